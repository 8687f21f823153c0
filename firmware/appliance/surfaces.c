/* surfaces.c - who may play: knobs and buttons on GPIO, the terminal's keys, the control socket.
 * Tested by: e2e/test_run */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/runtime_dir.h"
#include "appliance/run.h"
#include "appliance/screen.h"

enum { SCREEN_MS = 66 };

static enum board_bias bias_of(const struct settings *settings, enum settings_bias bias)
{
	static const enum board_bias biases[] = {[BIAS_PULL_UP] = BOARD_PULL_UP,
		[BIAS_PULL_DOWN] = BOARD_PULL_DOWN,
		[BIAS_NONE] = BOARD_NO_BIAS};

	return biases[bias == BIAS_OF_GPIO ? settings->bias : bias];
}

static struct board_knob board_knob_of(
	const struct settings *settings, const struct settings_knob *from)
{
	struct board_knob knob = {.pin_a = from->pin_a,
		.pin_b = from->pin_b,
		.pin_push = from->pin_push,
		.steps_per_detent = from->steps_per_detent,
		.reversed = from->reversed,
		.acceleration = from->acceleration,
		.bias = bias_of(settings, from->bias)};

	memcpy(knob.name, from->name, sizeof(knob.name));
	return knob;
}

static void describe_board(const struct settings *settings, struct board_config *config)
{
	static const enum board_sign signs[] = {[SIGN_RUNNING] = BOARD_RUNNING,
		[SIGN_STAGED] = BOARD_STAGED,
		[SIGN_STANDBY] = BOARD_STANDBY,
		[SIGN_FAULT] = BOARD_FAULT};

	memcpy(config->chip, settings->chip, sizeof(config->chip));
	config->n_knobs = settings->n_knobs;
	for (int i = 0; i < settings->n_knobs; i++)
		config->knobs[i] = board_knob_of(settings, &settings->knobs[i]);
	config->n_buttons = settings->n_buttons;
	for (int i = 0; i < settings->n_buttons; i++) {
		const struct settings_button *from = &settings->buttons[i];

		memcpy(config->buttons[i].name, from->name, sizeof(config->buttons[i].name));
		config->buttons[i].pin = from->pin;
		config->buttons[i].bias = bias_of(settings, from->bias);
	}
	config->n_leds = settings->n_leds;
	for (int i = 0; i < settings->n_leds; i++) {
		const struct settings_led *from = &settings->leds[i];

		memcpy(config->leds[i].name, from->name, sizeof(config->leds[i].name));
		config->leds[i].pin = from->pin;
		config->leds[i].shows = signs[from->shows];
		config->leds[i].is_active_low = from->active_low;
	}
}

static bool has_pins(const struct board_config *config)
{
	for (int i = 0; i < config->n_knobs; i++)
		if (config->knobs[i].pin_a != BOARD_NO_PIN ||
			config->knobs[i].pin_push != BOARD_NO_PIN)
			return true;
	for (int i = 0; i < config->n_buttons; i++)
		if (config->buttons[i].pin != BOARD_NO_PIN)
			return true;
	return config->n_leds > 0;
}

/* GPIO where pins are named, and the keys of the terminal where there is one. Without either the
 * instrument plays all the same. */
void run_surfaces_open(struct run *run)
{
	const struct board_config *config = &run->surfaces.controls;
	struct diag diag;
	char path[300];

	describe_board(&run->settings, &run->surfaces.controls);
	if (has_pins(config) && board_gpio_open(&run->surfaces.gpio, config, &diag) < 0)
		run_degrade(run, "GPIO: %s; playing without knobs, buttons and LEDs", diag.text);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		if (board_terminal_open(&run->surfaces.keys, config, &diag) < 0)
			log_line(LOG_LEVEL_INFO, "%s", diag.text);
		else if (screen_open(&run->surfaces.screen, STDOUT_FILENO) < 0)
			run->surfaces.screen = NULL;
	}
	if (run->folder.is_ours && runtime_path(path, sizeof(path), "control.sock") == 0 &&
		control_socket_open(&run->surfaces.control, path, &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "`chronus send` will not work: %s", diag.text);
}

/* ---- events */
static int execute(void *ctx, const char *line, char *reply, size_t reply_bytes)
{
	struct run *run = ctx;

	return desk_command(run->desk, line, reply, reply_bytes);
}

_Static_assert((int)CONTROL_LATER == (int)DESK_LATER, "the socket passes the desk's answer on");

bool run_screen_say(struct run *run, const char *line)
{
	if (run->surfaces.screen)
		screen_say(run->surfaces.screen, line);
	return run->surfaces.screen != NULL;
}

static void obey(struct run *run, const char *line)
{
	char reply[DESK_REPLY_BYTES];

	if (desk_command(run->desk, line, reply, sizeof(reply)) < 0)
		log_line(LOG_LEVEL_WARNING, "%s: %s", line, reply);
	else
		run_screen_say(run, reply);
}

/* Settings without buttons: the terminal's Enter and Backspace still commit and undo. */
static void press_line(const struct settings *settings, const struct board_event *event, char *line,
	size_t line_bytes)
{
	bool is_long = event->kind == BOARD_LONG_PRESS;

	if (event->index < settings->n_buttons)
		snprintf(line, line_bytes, "press %s%s", settings->buttons[event->index].name,
			is_long ? " long" : "");
	else
		snprintf(line, line_bytes, "%s", is_long ? "undo" : "commit");
}

static void obey_event(struct run *run, const struct board_event *event)
{
	const struct settings *settings = &run->settings;
	char line[128] = "quit";

	switch (event->kind) {
	case BOARD_TURN:
		snprintf(line, sizeof(line), "turn %s %+d", settings->knobs[event->index].name,
			event->detents);
		break;
	case BOARD_PRESS:
	case BOARD_LONG_PRESS:
		press_line(settings, event, line, sizeof(line));
		break;
	case BOARD_PUSH:
	case BOARD_LONG_PUSH:
		snprintf(line, sizeof(line), "press %s%s", settings->knobs[event->index].name,
			event->kind == BOARD_LONG_PUSH ? " long" : "");
		break;
	case BOARD_GATE:
		snprintf(line, sizeof(line), "gate * %s", event->detents ? "on" : "off");
		break;
	case BOARD_QUIT:
		break;
	}
	obey(run, line);
}

static void read_board(struct run *run, struct board **board)
{
	struct board_event events[64];
	int n = (*board)->read(*board, events, ARRAY_LEN(events));

	for (int i = 0; i < n; i++)
		obey_event(run, &events[i]);
	if (n < 0) {
		log_err(n, "%s gone; playing on without",
			board == &run->surfaces.keys ? "the terminal's keys are" : "the knobs are");
		(*board)->close(*board);
		*board = NULL;
	}
}

/* Counts of the GPIO board since the last look go to the statistics; its LEDs show the engine. */
static void show_gpio(struct run *run, int64_t now_ns)
{
	struct board_counts *seen = &run->surfaces.counted, now;
	enum board_lamp shown[BOARD_N_SIGNS];

	run->surfaces.gpio->count(run->surfaces.gpio, &now);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_DETENTS, now.n_detents - seen->n_detents);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_LOST, now.n_lost - seen->n_lost);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_ILLEGAL, now.n_illegal - seen->n_illegal);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_GONE, now.n_chip_losses - seen->n_chip_losses);
	*seen = now;
	run->surfaces.lamps.has_trouble = run->troubles.n > 0;
	lamps_look(&run->surfaces.lamps, run->desk, now_ns, shown);
	run->surfaces.gpio->show(run->surfaces.gpio, shown);
}

/* Adds the descriptor of a board and returns its index. */
static int poll_board(const struct board *board, struct pollfd *fds, int *n)
{
	if (!board)
		return 0;
	fds[*n] = (struct pollfd){.fd = board->fd(board), .events = POLLIN};
	return (*n)++;
}

int run_surfaces_poll(struct run *run, struct pollfd *fds, int max_fds)
{
	struct run_surfaces *surfaces = &run->surfaces;
	int n = 0;

	surfaces->polled = fds;
	surfaces->gpio_at = poll_board(surfaces->gpio, fds, &n);
	surfaces->keys_at = poll_board(surfaces->keys, fds, &n);
	if (surfaces->control)
		n += control_socket_fds(surfaces->control, fds + n, max_fds - n);
	return n;
}

void run_surfaces_serve(struct run *run)
{
	struct run_surfaces *surfaces = &run->surfaces;

	if (surfaces->gpio && surfaces->polled[surfaces->gpio_at].revents)
		read_board(run, &surfaces->gpio);
	if (surfaces->keys && surfaces->polled[surfaces->keys_at].revents)
		read_board(run, &surfaces->keys);
	if (surfaces->control)
		control_socket_serve(surfaces->control, clock_now_ns(), execute, run);
}

void run_surfaces_show(struct run *run, int64_t now_ns)
{
	struct run_surfaces *surfaces = &run->surfaces;

	if (surfaces->gpio)
		show_gpio(run, now_ns);
	if (surfaces->screen && now_ns >= surfaces->next_draw_ns) {
		surfaces->next_draw_ns = now_ns + SCREEN_MS * NS_PER_MS;
		screen_draw(surfaces->screen, run->desk, run->stats);
	}
}

/* ---- the end */
void run_socket_close(struct run *run)
{
	control_socket_close(run->surfaces.control);
	run->surfaces.control = NULL;
}

void run_surfaces_close(struct run *run)
{
	struct run_surfaces *surfaces = &run->surfaces;

	if (surfaces->gpio)
		surfaces->gpio->close(surfaces->gpio);
	if (surfaces->keys)
		surfaces->keys->close(surfaces->keys);
	if (surfaces->screen)
		screen_close(surfaces->screen);
	surfaces->gpio = surfaces->keys = NULL;
	surfaces->screen = NULL;
}
