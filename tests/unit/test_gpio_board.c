/* test_gpio_board.c - knobs, buttons and LEDs on a chip that is a fake: it stands in for
 * board/gpio_lines.c at link time, goes away and returns, and its lines may be somebody else's. The
 * time is the test's. */
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
	.knobs = {{"cutoff", A, B, PUSH, 4, 0, 0, BOARD_PULL_UP}},
	.buttons = {{"commit", BUTTON, BOARD_PULL_DOWN}},
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

static void test_turns_and_presses(void)
{
	begin();
	open_board();
	CU_ASSERT_EQUAL(chip.wishes[A].debounce_us, 0);
	CU_ASSERT_EQUAL(chip.wishes[BUTTON].debounce_us, 5000);
	CU_ASSERT_EQUAL(chip.wishes[BUTTON].bias, BOARD_PULL_DOWN);
	detent(true); /* before the pull-ups are up: nothing */
	CU_ASSERT_EQUAL(pass(0), 0);
	CU_ASSERT_EQUAL(pass(20), 0);
	CU_ASSERT_FALSE(is_readable());
	detent(true);
	detent(false);
	detent(true);
	CU_ASSERT_TRUE(is_readable());
	CU_ASSERT_EQUAL(pass(0), 3);
	CU_ASSERT_TRUE(events[0].kind == BOARD_TURN && events[0].detents == 1);
	CU_ASSERT_EQUAL(events[1].detents, -1);
	CU_ASSERT_FALSE(is_readable());
	edge(BUTTON, true);
	edge(PUSH, false);
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(PUSH, true);
	CU_ASSERT_EQUAL(pass(0), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_PUSH);
	CU_ASSERT_EQUAL(pass(500), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_LONG_PRESS);
	CU_ASSERT_EQUAL(counts().n_detents, 3);
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "gpiochip9 [fake]"));
	board->close(board);
	CU_ASSERT_FALSE(chip.are_ours[A]);
}

/* More events than are asked for at once: the descriptor says so until all are told. */
static void test_few_at_a_time(void)
{
	int n = 0;

	begin();
	open_board();
	pass(20);
	for (int i = 0; i < 100; i++)
		detent(true);
	while (is_readable()) {
		int got = board->read(board, events, 3);

		CU_ASSERT_FATAL(got >= 0 && got <= 3 && n <= 100);
		n += got;
	}
	CU_ASSERT_EQUAL(n, 100);
	board->close(board);
}

static void test_lines_in_use(void)
{
	begin();
	chip.users[B] = "spi0 CS1";
	chip.users[LED_ON] = "ACT";
	open_board();
	CU_ASSERT_PTR_NOT_NULL(
		strstr(logged, "line 27 of x is used by 'spi0 CS1'; playing without knob cutoff"));
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "'ACT'; playing without led on"));
	CU_ASSERT_EQUAL(n_logged, 3);
	CU_ASSERT_TRUE(!chip.are_ours[A] && chip.are_ours[PUSH] && chip.are_ours[LED_STAGED]);
	pass(20);
	detent(true);
	edge(PUSH, false);
	edge(PUSH, true);
	CU_ASSERT_EQUAL(pass(0), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_PUSH);
	edge(BUTTON, true);
	edge(BUTTON, false);
	CU_ASSERT_EQUAL(pass(0), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_PRESS);
	board->close(board);

	begin(); /* none can be had: looked for again, said once */
	for (int pin = 0; pin < N_PINS; pin++)
		chip.users[pin] = "all";
	open_board();
	n_logged = 0;
	for (int i = 0; i < 5; i++)
		pass(1000);
	CU_ASSERT_EQUAL(n_logged, 0);
	memset(chip.users, 0, sizeof(chip.users));
	pass(1000);
	CU_ASSERT_TRUE(chip.are_ours[A] && chip.are_ours[LED_ON]);
	board->close(board);
}

static void test_a_chip_that_comes_and_goes(void)
{
	begin();
	chip.is_there = false;
	open_board();
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "there is no chip fake"));
	CU_ASSERT_FALSE(is_readable());
	CU_ASSERT_EQUAL(pass(5000), 0);
	CU_ASSERT_EQUAL(n_logged, 1);
	chip.is_there = true;
	for (int turn = 0; turn < 10; turn++) {
		n_logged = 0;
		pass(1000);
		CU_ASSERT_EQUAL(n_logged, 1);
		CU_ASSERT_EQUAL(pass(20), 0);
		detent(true);
		edge(A, false); /* half a detent, and a button held ... */
		edge(BUTTON, true);
		CU_ASSERT_EQUAL(pass(0), 1);
		chip.is_there = false;
		CU_ASSERT_EQUAL(pass(100), 0);
		CU_ASSERT_FALSE(is_readable());
		chip.n_opened = 0;
		for (int ms = 0; ms < 10000; ms += 10) /* ... mean nothing while it is away */
			CU_ASSERT_EQUAL(pass(10), 0);
		CU_ASSERT_TRUE(chip.n_opened >= 9 && chip.n_opened <= 10);
		CU_ASSERT_EQUAL(n_logged, 2);
		CU_ASSERT_EQUAL(counts().n_chip_losses, (uint64_t)turn + 1);
		chip.is_there = true;
		chip.are_high[A] = true;
		chip.are_high[BUTTON] = turn % 2; /* still held, every other time */
	}
	pass(1000);
	chip.are_high[A] = chip.are_high[B] = false; /* seen in the middle of a turn */
	pass(20);
	edge(A, true);
	edge(B, true); /* where it has rested before: half a detent */
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(A, false);
	edge(B, false);
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(A, true);
	edge(B, true);
	CU_ASSERT_EQUAL(pass(0), 1);
	chip.is_there = false;
	pass(0);
	chip.is_there = true;
	chip.are_high[BUTTON] = true;
	pass(1000);
	pass(20);
	edge(BUTTON, false); /* held since before: nothing */
	CU_ASSERT_EQUAL(pass(0), 0);
	CU_ASSERT_EQUAL(counts().n_detents, 11);
	board->close(board);
}

static void test_no_permission(void)
{
	struct diag diag;

	begin();
	chip.denied = -EACCES;
	open_board();
	for (int i = 0; i < 5; i++)
		pass(1000);
	CU_ASSERT_EQUAL(n_logged, 1);
	chip.denied = 0;
	pass(1000);
	CU_ASSERT_EQUAL(n_logged, 2);
	board->close(board);
	begin();
	chip.denied = -ENOSYS;
	CU_ASSERT_EQUAL(gpio_board_open(&board, &config, test_now, &diag), -ENOSYS);
	CU_ASSERT_EQUAL(n_logged, 0); /* the caller says it */
}

/* The kernel dropped edges: counted, levels looked at, and the next detent counts. */
static void test_losses(void)
{
	begin();
	open_board();
	pass(20);
	edge(A, false);
	edge(B, false);
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(A, true);
	edge(B, true);
	edge(BUTTON, true);
	edge(BUTTON, false);
	edge(PUSH, false);
	memmove(chip.edges, chip.edges + 4, sizeof(chip.edges[0]) * (size_t)--chip.n_edges);
	chip.n_edges -= 3; /* all but the last one are gone */
	CU_ASSERT_EQUAL(pass(0), 0);
	CU_ASSERT_EQUAL(pass(1), 0);
	CU_ASSERT_EQUAL(counts().n_illegal, 1); /* two steps: not told which way */
	edge(PUSH, true);
	CU_ASSERT_EQUAL(pass(0), 1);
	detent(false);
	detent(true);
	CU_ASSERT_EQUAL(pass(0), 2);
	CU_ASSERT_TRUE(events[0].detents == -1 && events[1].detents == 1);
	edge(BUTTON, true);
	CU_ASSERT_EQUAL(counts().n_lost, 2);
	pass(0);
	CU_ASSERT_EQUAL(counts().n_lost, 4); /* the button's two are known of with its next one */
	edge(PUSH, false);
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(PUSH, true); /* dropped: seen by its level only */
	edge(A, false);
	chip.edges[0] = chip.edges[1];
	chip.n_edges = 1;
	CU_ASSERT_EQUAL(pass(0), 0);
	CU_ASSERT_EQUAL(pass(1), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_PUSH);
	board->close(board);
}

static void show(enum board_lamp running, enum board_lamp staged)
{
	board->show(board, (enum board_lamp[]){running, staged, BOARD_LAMP_OFF, BOARD_LAMP_OFF});
}

static void test_leds(void)
{
	int n_changes = 0;

	begin();
	now_ns -= now_ns % NS_PER_S;
	open_board();
	CU_ASSERT_TRUE(!chip.are_high[LED_ON] && chip.are_high[LED_STAGED]); /* both dark */
	show(BOARD_LAMP_STEADY, BOARD_LAMP_OFF);
	CU_ASSERT_TRUE(chip.are_high[LED_ON] && chip.are_high[LED_STAGED]);
	show(BOARD_LAMP_STEADY, BOARD_LAMP_STEADY);
	CU_ASSERT_FALSE(chip.are_high[LED_STAGED]);
	show(BOARD_LAMP_SLOW, BOARD_LAMP_FAST);
	for (int ms = 0; ms < 2000; ms += 25) {
		bool was_high = chip.are_high[LED_STAGED];

		pass(25);
		n_changes += was_high != chip.are_high[LED_STAGED];
		CU_ASSERT_EQUAL(chip.are_high[LED_ON], now_ns % NS_PER_S < 500 * NS_PER_MS);
	}
	CU_ASSERT_EQUAL(n_changes, 16); /* four times a second, on and off */
	chip.is_there = false;
	show(BOARD_LAMP_OFF, BOARD_LAMP_STEADY); /* noticed here, too */
	CU_ASSERT_EQUAL(counts().n_chip_losses, 1);
	chip.is_there = true;
	pass(1000);
	CU_ASSERT_TRUE(!chip.are_high[LED_ON] && !chip.are_high[LED_STAGED]); /* at once */
	board->close(board);
	CU_ASSERT_TRUE(chip.are_high[LED_STAGED]); /* dark at the end */
}

SUITE_MAIN("gpio_board", {"turns and presses", test_turns_and_presses},
	{"few at a time", test_few_at_a_time}, {"lines in use", test_lines_in_use},
	{"a chip that comes and goes", test_a_chip_that_comes_and_goes},
	{"no permission, no libgpiod", test_no_permission}, {"edges lost", test_losses},
	{"LEDs", test_leds})
