/* fake_gpio.h - a GPIO chip that is a fake, and a board on it: it stands in for board/gpio_lines.c at link time,
 * goes away and returns, and its lines may be somebody else's. The time is the test's. One test includes
 * this file. */
#ifndef SUPPORT_FAKE_GPIO_H
#define SUPPORT_FAKE_GPIO_H

#include "board/gpio_board.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "board/gpio_lines.h"
#include "tests/support/suite.h"

enum { A = 17, B = 27, PUSH = 22, BUTTON = 26, LED_ON = 16, LED_STAGED = 12, N_PINS = 32 };

static struct { /* the chip */
	bool is_there;
	int denied; /* errno of opening it */
	const char *users[N_PINS];
	bool are_high[N_PINS], are_ours[N_PINS];
	struct gpio_wish wishes[N_PINS];
	struct edge edges[1000];
	int n_edges, n_opened;
	uint32_t seq, line_seqs[N_PINS];
} chip;

struct gpio_chip {
	int unused;
};

struct gpio_lines {
	int n, fd;
	unsigned pins[GPIO_MAX_LINES];
};

static struct gpio_chip the_chip;
static struct gpio_lines *inputs;

int gpio_chip_open(struct gpio_chip **out, const char *wanted, struct diag *diag)
{
	CU_ASSERT_STRING_EQUAL(wanted, "fake");
	chip.n_opened++;
	if (chip.denied)
		return diag_set(diag, chip.denied, "the fake: %s", strerror(-chip.denied));
	if (!chip.is_there)
		return diag_set(diag, -ENODEV, "there is no chip fake");
	*out = &the_chip;
	return 0;
}

void gpio_chip_close(struct gpio_chip *closed)
{
	CU_ASSERT_PTR_EQUAL(closed, &the_chip);
}

const char *gpio_chip_name(const struct gpio_chip *named)
{
	(void)named;
	return "gpiochip9 [fake]";
}

int gpio_chip_probe(struct gpio_chip *probed, const struct gpio_wish *wish, struct diag *diag)
{
	(void)probed;
	return chip.users[wish->pin] ? diag_set(diag, -EBUSY, "line %u of x is used by '%s'",
					       wish->pin, chip.users[wish->pin])
				     : 0;
}

int gpio_lines_request(
	struct gpio_lines **out, struct gpio_chip *from, const struct gpio_wish *wishes, int n)
{
	struct gpio_lines *lines = calloc(1, sizeof(*lines));

	(void)from;
	CU_ASSERT_PTR_NOT_NULL_FATAL(lines);
	for (int i = 0; i < n; i++) {
		if (chip.users[wishes[i].pin]) {
			free(lines);
			return -EBUSY;
		}
		lines->pins[lines->n++] = wishes[i].pin;
	}
	for (int i = 0; i < n; i++) {
		CU_ASSERT_FALSE(chip.are_ours[wishes[i].pin]);
		chip.are_ours[wishes[i].pin] = true;
		chip.wishes[wishes[i].pin] = wishes[i];
		if (wishes[i].is_output)
			chip.are_high[wishes[i].pin] = wishes[i].is_high;
	}
	lines->fd = eventfd(0, EFD_NONBLOCK);
	if (!wishes[0].is_output) {
		inputs = lines;
		chip.seq = 0;
		memset(chip.line_seqs, 0, sizeof(chip.line_seqs));
	}
	*out = lines;
	return 0;
}

void gpio_lines_release(struct gpio_lines *lines)
{
	for (int i = 0; i < lines->n; i++)
		chip.are_ours[lines->pins[i]] = false;
	if (lines == inputs)
		inputs = NULL;
	close(lines->fd);
	free(lines);
}

int gpio_lines_fd(const struct gpio_lines *lines)
{
	return lines->fd;
}

int gpio_lines_read(struct gpio_lines *lines, struct edges *edges)
{
	uint64_t n_rung;
	int n = 0;

	if (!chip.is_there)
		return -ENODEV;
	for (; n < chip.n_edges && edges_room(edges); n++)
		edges_push(edges, &chip.edges[n]);
	memmove(chip.edges, chip.edges + n, (size_t)(chip.n_edges - n) * sizeof(chip.edges[0]));
	chip.n_edges -= n;
	if (chip.n_edges == 0 && read(lines->fd, &n_rung, sizeof(n_rung)) < 0)
		return n; /* not rung */
	return n;
}

int gpio_lines_get(struct gpio_lines *lines, bool *are_high)
{
	for (int i = 0; i < lines->n; i++)
		are_high[i] = chip.are_high[lines->pins[i]];
	return chip.is_there ? 0 : -ENODEV;
}

int gpio_lines_set(struct gpio_lines *lines, const bool *are_high)
{
	for (int i = 0; i < lines->n && chip.is_there; i++)
		chip.are_high[lines->pins[i]] = are_high[i];
	return chip.is_there ? 0 : -ENODEV;
}

/* ---- */

static const struct board_config config = {
	.chip = "fake",
	.n_knobs = 1,
	.n_buttons = 1,
	.n_leds = 2,
	.knobs = {{.name = "cutoff",
		.pin_a = A,
		.pin_b = B,
		.pin_push = PUSH,
		.steps_per_detent = 4,
		.bias = BOARD_PULL_UP}},
	.buttons = {{.name = "commit", .pin = BUTTON, .bias = BOARD_PULL_DOWN}},
	.leds = {{"on", LED_ON, BOARD_RUNNING, false}, {"waits", LED_STAGED, BOARD_STAGED, true}},
};
static struct board *board;
static struct board_event events[64];
static int64_t now_ns;
static char logged[4000];
static int n_logged;

static int64_t test_now(void)
{
	return now_ns;
}

static void take_log(const char *line)
{
	strncat(logged, line, sizeof(logged) - strlen(logged) - 2);
	strcat(logged, "\n");
	n_logged++;
}

/* A chip with everything open: pulled up is high. The time is far from the real one, so that no
 * timer of the board's fires by itself. */
static void begin(void)
{
	memset(&chip, 0, sizeof(chip));
	chip.is_there = true;
	chip.are_high[A] = chip.are_high[B] = chip.are_high[PUSH] = true;
	now_ns = clock_now_ns() + 1000000 * NS_PER_S;
	logged[0] = '\0';
	n_logged = 0;
	log_set_writer(take_log);
}

static void open_board(void)
{
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(gpio_board_open(&board, &config, test_now, &diag), 0);
}

static int pass(int ms)
{
	now_ns += ms * NS_PER_MS;
	return board->read(board, events, 64);
}

static void edge(unsigned pin, bool is_high)
{
	uint64_t one = 1;

	chip.are_high[pin] = is_high;
	if (!chip.are_ours[pin])
		return;
	chip.edges[chip.n_edges++] =
		(struct edge){pin, is_high, now_ns, ++chip.seq, ++chip.line_seqs[pin]};
	CU_ASSERT_EQUAL(write(inputs->fd, &one, sizeof(one)), 8);
}

static void detent(bool is_right)
{
	edge(is_right ? A : B, false);
	edge(is_right ? B : A, false);
	edge(is_right ? A : B, true);
	edge(is_right ? B : A, true);
}

static bool is_readable(void)
{
	struct pollfd fd = {.fd = board->fd(board), .events = POLLIN};

	return poll(&fd, 1, 0) > 0;
}

static struct board_counts counts(void)
{
	struct board_counts now;

	board->count(board, &now);
	return now;
}

#endif
