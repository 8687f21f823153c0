/* gpio_board.c - knobs, buttons and LEDs on GPIO lines.
 *
 * Encoders' edges come as they are (bounce adds up to nothing, see quadrature.h); switches' are
 * debounced by the kernel. One epoll descriptor stands for the edges and for a timer,
 * which is set to whatever comes next: a long press, a blink, a held edge, the next look for the
 * chip.
 * The lines are gpio_claim.h's, their order edges.h's, the meaning of edges lines.h's. */
#include "board/gpio_board.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "board/gpio_claim.h"
#include "board/led.h"

/* Pull-ups charge what hangs on a line: 50 kOhm and 100 nF are 5 ms. */
#define SETTLE_NS (20 * NS_PER_MS)
#define SEEK_NS   NS_PER_S

enum gpio_state {
	GPIO_AWAY,     /* no chip: looked for at wake_ns */
	GPIO_SETTLING, /* lines are ours; levels are looked at at wake_ns */
	GPIO_HERE
};

struct gpio {
	struct board board; /* first: the board is this */
	int64_t (*now_ns)(void);
	int epoll_fd, timer_fd;
	enum gpio_state state;
	int64_t wake_ns;
	struct gpio_claim claim;
	struct edges edges;
	struct board_counts counts; /* of requests that have ended */
	enum board_pattern patterns[BOARD_N_INDICATORS];
	bool are_lit[BOARD_MAX_LEDS];
	bool is_absence_logged;
	struct diag said; /* nothing is said twice in a row */
};

static void say_once(struct gpio *gpio, enum log_level level, const struct diag *text)
{
	if (strcmp(gpio->said.text, text->text) == 0)
		return;
	gpio->said = *text;
	log_line(level, "GPIO: %s", text->text);
}

/* ---- the chip comes and goes */

static void lines_let_go(struct gpio *gpio)
{
	if (gpio->claim.inputs)
		epoll_ctl(gpio->epoll_fd, EPOLL_CTL_DEL, gpio_lines_fd(gpio->claim.inputs), NULL);
	gpio_claim_release(&gpio->claim);
	gpio->counts.n_lost += gpio->edges.n_lost;
	edges_init(&gpio->edges);
	memset(gpio->are_lit, 0, sizeof(gpio->are_lit));
	gpio->state = GPIO_AWAY;
}

/* Looks for the chip. An error is logged here. */
static int seek(struct gpio *gpio, int64_t now_ns, struct diag *diag)
{
	struct epoll_event in = {.events = EPOLLIN};
	struct gpio_claim *claim = &gpio->claim;
	struct diag text;
	char name[128];
	int err = gpio_claim_take(claim, name, sizeof(name), diag);

	if (err == 0 && claim->inputs &&
		epoll_ctl(gpio->epoll_fd, EPOLL_CTL_ADD, gpio_lines_fd(claim->inputs), &in) < 0) {
		err = diag_set(diag, -errno, "%s: %s", name, strerror(errno));
		lines_let_go(gpio);
	}
	if (err < 0) {
		bool is_absent = err == -ENODEV || err == -ENOENT || err == -ENXIO;

		gpio->wake_ns = now_ns + SEEK_NS;
		diag_set(&text, err, "%.250s; playing on without it, looking again every second",
			diag->text);
		if (err != -ENOSYS && !(is_absent && gpio->is_absence_logged))
			say_once(gpio, LOG_LEVEL_WARNING, &text);
		gpio->is_absence_logged = gpio->is_absence_logged || is_absent;
		return err;
	}
	gpio->is_absence_logged = false;
	diag_set(&text, 0, "knobs and buttons on %s", name);
	say_once(gpio, LOG_LEVEL_INFO, &text);
	gpio->state = GPIO_SETTLING;
	gpio->wake_ns = now_ns + SETTLE_NS;
	return 0;
}

static void chip_lost(struct gpio *gpio, int err, int64_t now_ns)
{
	struct diag text;

	lines_let_go(gpio);
	gpio->counts.n_chip_losses++;
	gpio->is_absence_logged = true;
	gpio->wake_ns = now_ns + SEEK_NS;
	diag_set(&text, 0,
		"the chip is gone (%s); playing on without it, looking for it every second",
		strerror(-err));
	say_once(gpio, LOG_LEVEL_WARNING, &text);
}

/* ---- inputs */

static int edges_fetch(struct gpio *gpio)
{
	return gpio->claim.inputs ? gpio_lines_read(gpio->claim.inputs, &gpio->edges) : 0;
}

/* How things stand at the start: where knobs rest, and switches that are held down already. */
static int settle(struct gpio *gpio)
{
	bool are_high[LINES_MAX];
	struct edge edge;
	int err;

	do { /* what the pull-ups did */
		err = edges_fetch(gpio);
		while (edges_take(&gpio->edges, INT64_MAX, &edge))
			;
	} while (err > 0);
	if (err == 0)
		err = gpio_claim_get(&gpio->claim, are_high);
	if (err < 0)
		return err;
	for (int i = 0; i < gpio->claim.lines.n; i++)
		gpio->claim.lines.at[i].is_high = are_high[i];
	gpio->edges.has_gap = lines_begin(&gpio->claim.lines, &gpio->claim.config);
	gpio->state = GPIO_HERE;
	return 0;
}

/* After edges were lost: levels as they are, taken while no edge waits. */
static int look_again(struct gpio *gpio, int64_t now_ns, struct board_event *events, int max)
{
	bool are_high[LINES_MAX];
	int n, err = gpio_claim_get(&gpio->claim, are_high);

	if (err == 0)
		err = edges_fetch(gpio);
	if (err != 0 || gpio->edges.n > 0)
		return err < 0 ? err : 0; /* edges first; then again */
	n = lines_look(&gpio->claim.lines, are_high, now_ns, events, max);
	gpio->edges.has_gap = n == max;
	return n;
}

/* Edges first: a switch that was let go in time was not held for long. */
static int hear(struct gpio *gpio, int64_t now_ns, struct board_event *events, int max)
{
	struct edge edge;
	int n = 0, err;

	do {
		err = edges_fetch(gpio);
		while (n < max && edges_take(&gpio->edges, now_ns, &edge))
			n += lines_edge(
				&gpio->claim.lines, edge.pin, edge.is_high, edge.at_ns, &events[n]);
	} while (err > 0 && n < max);
	if (err == 0 && gpio->edges.n == 0 && gpio->edges.has_gap && n < max) {
		err = look_again(gpio, now_ns, &events[n], max - n);
		n += int_max(err, 0);
	}
	if (err < 0)
		chip_lost(gpio, err, now_ns);
	else if (gpio->edges.n == 0)
		n += lines_tick(&gpio->claim.lines, now_ns, &events[n], max - n);
	return n;
}

/* ---- patterns */

static void leds_show(struct gpio *gpio, int64_t now_ns)
{
	const struct board_config *config = &gpio->claim.config;
	bool are_lit[BOARD_MAX_LEDS] = {false};
	int err;

	if (!gpio->claim.outputs)
		return;
	for (int i = 0; i < config->n_leds; i++)
		are_lit[i] = led_is_lit(gpio->patterns[config->leds[i].shows], now_ns);
	if (memcmp(are_lit, gpio->are_lit, sizeof(are_lit)) == 0)
		return;
	memcpy(gpio->are_lit, are_lit, sizeof(are_lit));
	err = gpio_claim_light(&gpio->claim, are_lit);
	if (err < 0)
		chip_lost(gpio, err, now_ns);
}

/* ---- the board */

static int64_t sooner(int64_t a_ns, int64_t b_ns)
{
	return a_ns == 0 || (b_ns != 0 && b_ns < a_ns) ? b_ns : a_ns;
}

/* Sets the timer to what comes next. */
static void timer_set(struct gpio *gpio, int64_t now_ns)
{
	struct itimerspec when = {.it_value = {0}};
	int64_t next_ns = gpio->wake_ns;

	if (gpio->state == GPIO_HERE) {
		next_ns = sooner(
			edges_deadline_ns(&gpio->edges), lines_deadline_ns(&gpio->claim.lines));
		if (gpio->edges.has_gap && gpio->edges.n == 0)
			next_ns = 1;
	}
	for (int i = 0; i < gpio->claim.config.n_leds && gpio->claim.outputs; i++)
		next_ns = sooner(next_ns,
			led_deadline_ns(gpio->patterns[gpio->claim.config.leds[i].shows], now_ns));
	when.it_value.tv_sec = next_ns / NS_PER_S;
	when.it_value.tv_nsec = next_ns % NS_PER_S;
	timerfd_settime(gpio->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static int gpio_read(struct board *board, struct board_event *events, int max)
{
	struct gpio *gpio = (struct gpio *)board;
	int64_t now_ns = gpio->now_ns();
	struct diag diag;
	int n = 0, err = 0;

	if (gpio->state == GPIO_AWAY && now_ns >= gpio->wake_ns)
		seek(gpio, now_ns, &diag);
	if (gpio->state == GPIO_SETTLING && now_ns >= gpio->wake_ns)
		err = settle(gpio);
	if (err < 0)
		chip_lost(gpio, err, now_ns);
	if (gpio->state == GPIO_HERE)
		n = hear(gpio, now_ns, events, max);
	leds_show(gpio, now_ns);
	timer_set(gpio, now_ns);
	return n;
}

static void gpio_show(struct board *board, const enum board_pattern patterns[BOARD_N_INDICATORS])
{
	struct gpio *gpio = (struct gpio *)board;
	int64_t now_ns = gpio->now_ns();

	if (memcmp(gpio->patterns, patterns, sizeof(gpio->patterns)) == 0)
		return;
	memcpy(gpio->patterns, patterns, sizeof(gpio->patterns));
	leds_show(gpio, now_ns);
	timer_set(gpio, now_ns);
}

static void gpio_count(const struct board *board, struct board_counts *counts)
{
	const struct gpio *gpio = (const struct gpio *)board;

	*counts = gpio->counts;
	counts->n_lost += gpio->edges.n_lost;
	counts->n_detents = gpio->claim.lines.n_detents;
	counts->n_illegal = gpio->claim.lines.n_illegal;
}

static int gpio_fd(const struct board *board)
{
	return ((const struct gpio *)board)->epoll_fd;
}

static void gpio_close(struct board *board)
{
	struct gpio *gpio = (struct gpio *)board;

	memset(gpio->patterns, 0, sizeof(gpio->patterns)); /* all off */
	leds_show(gpio, gpio->now_ns());
	lines_let_go(gpio);
	if (gpio->epoll_fd >= 0)
		close(gpio->epoll_fd);
	if (gpio->timer_fd >= 0)
		close(gpio->timer_fd);
	free(gpio);
}

static int descriptors_open(struct gpio *gpio)
{
	struct epoll_event in = {.events = EPOLLIN};

	gpio->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	gpio->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (gpio->epoll_fd < 0 || gpio->timer_fd < 0 ||
		epoll_ctl(gpio->epoll_fd, EPOLL_CTL_ADD, gpio->timer_fd, &in) < 0)
		return -errno;
	return 0;
}

int gpio_board_open(struct board **board, const struct board_config *config,
	int64_t (*now_ns)(void), struct diag *diag)
{
	struct gpio *gpio = calloc(1, sizeof(*gpio));
	int err;

	if (!gpio)
		return diag_set(diag, -ENOMEM, "GPIO: out of memory");
	gpio->board = (struct board){.fd = gpio_fd,
		.read = gpio_read,
		.close = gpio_close,
		.show = gpio_show,
		.count = gpio_count};
	gpio->now_ns = now_ns;
	gpio->epoll_fd = gpio->timer_fd = -1;
	edges_init(&gpio->edges);
	err = gpio_claim_init(&gpio->claim, config, diag);
	if (err == 0) {
		err = descriptors_open(gpio);
		if (err < 0)
			diag_set(diag, err, "GPIO: %s", strerror(-err));
	}
	if (err < 0 || seek(gpio, now_ns(), diag) == -ENOSYS) {
		gpio_close(&gpio->board);
		return err < 0 ? err : -ENOSYS;
	}
	timer_set(gpio, now_ns());
	*board = &gpio->board;
	return 0;
}

int board_gpio_open(struct board **board, const struct board_config *config, struct diag *diag)
{
	return gpio_board_open(board, config, clock_now_ns, diag);
}
