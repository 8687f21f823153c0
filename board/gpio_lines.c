/* gpio_lines.c - knobs and buttons on GPIO lines, by libgpiod 2.
 *
 * One request for all lines: the kernel stamps their edges in one order. Encoders' edges come as
 * they are (bounce adds up to nothing, see quadrature.h); switches' are debounced by the kernel.
 * Each line has its own interrupt thread, which may queue behind another's: edges that are read
 * together are put into the order of their timestamps. Where the kernel's queue runs over it drops
 * the oldest: levels stay right, detents may be lost.
 * What edges mean is lines.h's.
 * Source: libgpiod 2.2, gpiod.h. */
#include <errno.h>
#include <gpiod.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "board/board.h"
#include "board/lines.h"

enum { EVENTS_AT_ONCE = 64 };
/* Pull-ups charge what hangs on a line: 50 kOhm and 100 nF are 5 ms. */
enum { DEBOUNCE_US = 5000, SETTLE_US = 20000 };

struct gpio {
	struct board board; /* first: the board is this */
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *buffer;
	int epoll_fd, timer_fd;
	struct lines lines;
	/* Edges read from the kernel and not yet told, by time. */
	struct gpiod_edge_event *edges[EVENTS_AT_ONCE];
	int n_edges, next_edge;
};

/* The chip whose lines are the header's pins; $CHRONUS_GPIO_CHIP names another (/dev/gpiochipN). */
static bool is_header_chip(struct gpiod_chip *chip)
{
	static const char *const labels[] = {"pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"};
	struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
	bool is_it = false;

	for (size_t i = 0; info && i < ARRAY_LEN(labels); i++)
		is_it = is_it || strcmp(gpiod_chip_info_get_label(info), labels[i]) == 0;
	if (info)
		gpiod_chip_info_free(info);
	return is_it;
}

static struct gpiod_chip *chip_open(struct diag *diag)
{
	const char *named = getenv("CHRONUS_GPIO_CHIP");
	struct gpiod_chip *chip;
	char path[32];

	if (named && named[0]) {
		chip = gpiod_chip_open(named);
		if (!chip)
			diag_set(diag, -ENODEV, "CHRONUS_GPIO_CHIP %s: %s", named, strerror(errno));
		return chip;
	}
	for (int i = 0; i < 32; i++) {
		snprintf(path, sizeof(path), "/dev/gpiochip%d", i);
		chip = gpiod_chip_open(path);
		if (chip && is_header_chip(chip))
			return chip;
		if (!chip && errno == EACCES)
			diag_set(diag, -EACCES, "%s: %s (be in the group gpio)", path,
				strerror(errno));
		if (chip)
			gpiod_chip_close(chip);
	}
	if (!diag->text[0])
		diag_set(diag, -ENODEV,
			"no GPIO chip of a Raspberry Pi; $CHRONUS_GPIO_CHIP may "
			"name another (/dev/gpiochipN)");
	return NULL;
}

/* Which line the kernel would not give, and who has it. */
static int tell_busy(struct gpio *gpio, struct gpiod_chip *chip, int err, struct diag *diag)
{
	for (int i = 0; i < gpio->lines.n; i++) {
		unsigned pin = gpio->lines.at[i].pin;
		struct gpiod_line_info *info = gpiod_chip_get_line_info(chip, pin);

		if (!info)
			return diag_set(diag, -EINVAL, "GPIO %u: the chip has no such line", pin);
		if (gpiod_line_info_is_used(info)) {
			const char *user = gpiod_line_info_get_consumer(info);

			diag_set(diag, -EBUSY, "GPIO %u is used by '%s'", pin, user ? user : "?");
			gpiod_line_info_free(info);
			return -EBUSY;
		}
		gpiod_line_info_free(info);
	}
	return diag_set(diag, err, "GPIO lines: %s", strerror(-err));
}

static int config_add(struct gpio *gpio, struct gpiod_line_config *config,
	struct gpiod_line_settings *settings, bool for_switches)
{
	gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
	gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
	gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_UP);
	gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC);
	gpiod_line_settings_set_debounce_period_us(settings, for_switches ? DEBOUNCE_US : 0);
	for (int i = 0; i < gpio->lines.n; i++) {
		if ((gpio->lines.at[i].role == LINE_SWITCH) != for_switches)
			continue;
		if (gpiod_line_config_add_line_settings(
			    config, &gpio->lines.at[i].pin, 1, settings))
			return -errno;
	}
	return 0;
}

static int lines_request(struct gpio *gpio, struct gpiod_chip *chip, struct diag *diag)
{
	struct gpiod_request_config *request = gpiod_request_config_new();
	struct gpiod_line_config *config = gpiod_line_config_new();
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	int err = request && config && settings ? 0 : -ENOMEM;

	if (err == 0)
		err = config_add(gpio, config, settings, false);
	if (err == 0)
		err = config_add(gpio, config, settings, true);
	if (err == 0) {
		gpiod_request_config_set_consumer(request, "chronus");
		gpiod_request_config_set_event_buffer_size(request, 1024);
		gpio->request = gpiod_chip_request_lines(chip, request, config);
		if (!gpio->request)
			err = -errno;
	}
	if (settings)
		gpiod_line_settings_free(settings);
	if (config)
		gpiod_line_config_free(config);
	if (request)
		gpiod_request_config_free(request);
	return err < 0 ? tell_busy(gpio, chip, err, diag) : 0;
}

/* How things stand at the start: where knobs rest, and switches that are held down already. */
static int lines_look(struct gpio *gpio, const struct board_config *config)
{
	usleep(SETTLE_US);
	for (int i = 0; i < gpio->lines.n; i++) {
		struct line *line = &gpio->lines.at[i];
		enum gpiod_line_value value =
			gpiod_line_request_get_value(gpio->request, line->pin);

		if (value == GPIOD_LINE_VALUE_ERROR)
			return -errno;
		line->is_high = value == GPIOD_LINE_VALUE_ACTIVE;
	}
	lines_begin(&gpio->lines, config);
	return 0;
}

static int edge_event(struct gpio *gpio, struct gpiod_edge_event *edge, struct board_event *event)
{
	bool is_high = gpiod_edge_event_get_event_type(edge) == GPIOD_EDGE_EVENT_RISING_EDGE;

	return lines_edge(&gpio->lines, gpiod_edge_event_get_line_offset(edge), is_high,
		(int64_t)gpiod_edge_event_get_timestamp_ns(edge), event);
}

/* Takes n edges from the buffer, by time; two of the same line stay as they came. */
static void edges_sort(struct gpio *gpio, int n)
{
	for (int i = 0; i < n; i++) {
		struct gpiod_edge_event *edge =
			gpiod_edge_event_buffer_get_event(gpio->buffer, (unsigned long)i);
		uint64_t at_ns = gpiod_edge_event_get_timestamp_ns(edge);
		int to = i;

		for (; to > 0 && gpiod_edge_event_get_timestamp_ns(gpio->edges[to - 1]) > at_ns;
			to--)
			gpio->edges[to] = gpio->edges[to - 1];
		gpio->edges[to] = edge;
	}
}

/* More edges from the kernel: how many, 0 (none now) or a negative errno. */
static int edges_fetch(struct gpio *gpio)
{
	int n = gpiod_line_request_wait_edge_events(gpio->request, 0);

	gpio->next_edge = gpio->n_edges = 0;
	if (n > 0)
		n = gpiod_line_request_read_edge_events(
			gpio->request, gpio->buffer, EVENTS_AT_ONCE);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -EIO;
	edges_sort(gpio, n);
	gpio->n_edges = n;
	return n;
}

/* Sets the timer to the next switch that will have been held for long; at once where edges wait
 * that were read already, which the kernel's descriptor does not show. */
static void timer_set(struct gpio *gpio)
{
	struct itimerspec when = {.it_value = {0}};
	int64_t next_ns = lines_deadline_ns(&gpio->lines);

	if (gpio->next_edge < gpio->n_edges)
		next_ns = 1;
	when.it_value.tv_sec = next_ns / NS_PER_S;
	when.it_value.tv_nsec = next_ns % NS_PER_S;
	timerfd_settime(gpio->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* Edges first: a switch that was let go in time was not held for long. */
static int gpio_read(struct board *board, struct board_event *events, int max)
{
	struct gpio *gpio = (struct gpio *)board;
	int64_t now_ns = clock_now_ns();
	int n = 0, err = 0;

	while (n < max) {
		if (gpio->next_edge == gpio->n_edges) {
			err = edges_fetch(gpio);
			if (err <= 0)
				break;
		}
		n += edge_event(gpio, gpio->edges[gpio->next_edge++], &events[n]);
	}
	if (err >= 0)
		n += lines_tick(&gpio->lines, now_ns, &events[n], max - n);
	timer_set(gpio);
	return n == 0 && err < 0 ? err : n;
}

static int gpio_fd(const struct board *board)
{
	return ((const struct gpio *)board)->epoll_fd;
}

static void gpio_close(struct board *board)
{
	struct gpio *gpio = (struct gpio *)board;

	if (gpio->epoll_fd >= 0)
		close(gpio->epoll_fd);
	if (gpio->timer_fd >= 0)
		close(gpio->timer_fd);
	if (gpio->buffer)
		gpiod_edge_event_buffer_free(gpio->buffer);
	if (gpio->request)
		gpiod_line_request_release(gpio->request);
	free(gpio);
}

static int descriptors_open(struct gpio *gpio)
{
	struct epoll_event in = {.events = EPOLLIN};

	gpio->buffer = gpiod_edge_event_buffer_new(EVENTS_AT_ONCE);
	gpio->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	gpio->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (!gpio->buffer || gpio->epoll_fd < 0 || gpio->timer_fd < 0 ||
		epoll_ctl(gpio->epoll_fd, EPOLL_CTL_ADD, gpiod_line_request_get_fd(gpio->request),
			&in) < 0 ||
		epoll_ctl(gpio->epoll_fd, EPOLL_CTL_ADD, gpio->timer_fd, &in) < 0)
		return -errno;
	return 0;
}

int board_gpio_open(struct board **board, const struct board_config *config, struct diag *diag)
{
	struct gpio *gpio = calloc(1, sizeof(*gpio));
	struct gpiod_chip *chip = NULL;
	int err;

	if (!gpio)
		return diag_set(diag, -ENOMEM, "GPIO: out of memory");
	diag->text[0] = '\0';
	gpio->board = (struct board){gpio_fd, gpio_read, gpio_close};
	gpio->epoll_fd = gpio->timer_fd = -1;
	err = lines_list(&gpio->lines, config, diag);
	if (err == 0 && gpio->lines.n == 0)
		err = diag_set(diag, -ENODEV, "no knob and no button has a pin");
	if (err == 0) {
		chip = chip_open(diag);
		err = chip ? lines_request(gpio, chip, diag) : -ENODEV;
	}
	if (err == 0) {
		err = lines_look(gpio, config);
		if (err == 0)
			err = descriptors_open(gpio);
		if (err < 0)
			diag_set(diag, err, "GPIO: %s", strerror(-err));
	}
	if (chip)
		gpiod_chip_close(chip); /* the request has its own descriptor */
	if (err < 0) {
		gpio_close(&gpio->board);
		return err;
	}
	*board = &gpio->board;
	return 0;
}
