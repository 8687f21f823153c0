/* loop.c - the desk's one loop: hands, sockets, script, clock, screen. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/core_speed.h"
#include "base/log.h"
#include "base/pi_board.h"
#include "base/sys_file.h"
#include "appliance/run.h"
#include "appliance/screen.h"
#include "config/ini_lines.h"
#include "control/file_name.h"

enum { MAX_FDS = 32, BUSY_MS = 1, IDLE_MS = 20, SCREEN_MS = 66 };

static int execute(void *ctx, const char *line, char *reply, size_t reply_bytes)
{
	struct run *run = ctx;

	return desk_execute(run->desk, line, reply, reply_bytes);
}

static double seconds_played(const struct run *run)
{
	return (double)engine_clock(run->engine) * run->settings.block_frames /
	       run->settings.rate_hz;
}

_Static_assert((int)CONTROL_LATER == (int)DESK_LATER, "the socket passes the desk's answer on");

static void tell_outcome(struct run *run)
{
	const char *outcome = desk_take_outcome(run->desk);

	if (!outcome)
		return;
	if (run->control)
		control_socket_answer(run->control, outcome);
	if (run->screen)
		screen_say(run->screen, outcome);
	else
		log_line(LOG_LEVEL_INFO, "%8.3f s  %s", seconds_played(run), outcome);
}

static void obey(struct run *run, const char *line)
{
	char reply[DESK_REPLY_BYTES];

	if (desk_execute(run->desk, line, reply, sizeof(reply)) < 0)
		log_line(LOG_LEVEL_WARNING, "%s: %s", line, reply);
	else if (run->screen)
		screen_say(run->screen, reply);
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
			board == &run->keys ? "the terminal's keys are" : "the knobs are");
		(*board)->close(*board);
		*board = NULL;
	}
}

/* What the GPIO board has counted since the last look goes to the statistics, and what the engine
 * does to its LEDs. */
static void serve_gpio(struct run *run, int64_t now_ns)
{
	struct board_counts *seen = &run->counted, now;
	enum board_lamp shown[BOARD_N_SIGNS];

	run->gpio->count(run->gpio, &now);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_DETENTS, now.n_detents - seen->n_detents);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_LOST, now.n_lost - seen->n_lost);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_ILLEGAL, now.n_illegal - seen->n_illegal);
	stats_add(
		run->stats, WRITER_DESK, STAT_GPIO_GONE, now.n_chip_losses - seen->n_chip_losses);
	*seen = now;
	lamps_look(&run->lamps, run->desk, now_ns, shown);
	run->gpio->show(run->gpio, shown);
}

/* Script lines whose time has come. Returns how many were refused. */
static int obey_script(struct run *run, int *next)
{
	int n_errors = 0;

	while (*next < run->script.n_lines &&
		run->script.lines[*next].seconds <= seconds_played(run)) {
		const struct script_line *line = &run->script.lines[(*next)++];
		char reply[DESK_REPLY_BYTES];

		if (desk_execute(run->desk, line->command, reply, sizeof(reply)) < 0) {
			log_line(LOG_LEVEL_WARNING, "%s:%d: %s", run->options->script_path,
				line->line, reply);
			n_errors++;
		} else {
			log_line(LOG_LEVEL_INFO, "%8.3f s  %s: %s", seconds_played(run),
				line->command, reply);
		}
	}
	return n_errors;
}

static void give_hints(struct run *run)
{
	unsigned burst = atomic_load(&run->stats->burst_max);
	char hint[STATS_TEXT_BYTES];

	if (run->has_hinted || burst <= (unsigned)run->settings.lead_blocks)
		return;
	run->has_hinted = true;
	snprintf(hint, sizeof(hint),
		"the device takes up to %u blocks at once, lead_blocks is %d: set lead_blocks = %u",
		burst, run->settings.lead_blocks, burst);
	stats_set_text(run->stats, run->stats->hint, sizeof(run->stats->hint), hint);
	log_line(LOG_LEVEL_WARNING, "%s", hint);
}

/* The device has gone, or come back: for the log and the statistics. */
static void tell_device_news(struct run *run)
{
	struct sink_news news;

	while (run->sink->take_news && run->sink->take_news(run->sink, &news)) {
		log_line(LOG_LEVEL_WARNING, "%s", news.text);
		stats_set_text(run->stats, run->stats->sink, sizeof(run->stats->sink), news.name);
	}
}

/* Throttling comes and goes: measured once a second, for 30 us. */
static void measure_clock(struct run *run)
{
	const struct pi_board *board;
	char model[128];

	if (!atomic_load(&run->stats->core_mhz) &&
		sys_read(model, sizeof(model), "", "/proc/device-tree/model") > 0) {
		board = pi_board_find(model);
		atomic_store(&run->stats->board_mhz, board ? board->full_mhz : 0);
	}
	atomic_store(&run->stats->core_mhz, core_speed_mhz());
}

static void tick(struct run *run, int64_t now_ns, int64_t *next_tick_ns, int64_t *next_draw_ns)
{
	if (now_ns >= *next_tick_ns) {
		*next_tick_ns = now_ns + NS_PER_S;
		stats_tick(run->stats, &run->history, now_ns);
		measure_clock(run);
		run_rt_tick(run);
		give_hints(run);
	}
	if (run->screen && now_ns >= *next_draw_ns) {
		*next_draw_ns = now_ns + SCREEN_MS * NS_PER_MS;
		screen_draw(run->screen, run->desk, run->stats);
	}
}

static bool got_signal(const struct run *run)
{
	struct signalfd_siginfo info;

	return read(run->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info);
}

static bool is_over(const struct run *run)
{
	return desk_wants_quit(run->desk) || run->must_end ||
	       (run->options->seconds > 0.0 && seconds_played(run) >= run->options->seconds) ||
	       engine_has_ended(run->engine);
}

static void check_saved_settings(const struct run *run)
{
	static struct settings settings;
	struct diag diag;
	char *text;
	size_t n_bytes;
	int err = ini_file_load(run->options->config_path, &text, &n_bytes, &diag);

	if (!err) {
		err = settings_read_text(
			text, n_bytes, run->options->config_path, &settings, &diag);
		if (!err)
			err = ini_text_filled(text, n_bytes, run->options->config_path, &diag);
		free(text);
	}
	if (err < 0)
		log_line(LOG_LEVEL_WARNING, "%s (saved; nothing has changed)", diag.text);
	else
		log_line(LOG_LEVEL_INFO, "%s: saved; it holds from the next start on",
			run->options->config_path);
}

/* Adds what is polled for saved files: those that the patch to come and the settings are in now. */
static int poll_watch(struct run *run, struct pollfd *fds, int *n)
{
	if (!run->watch)
		return 0;
	watch_file(run->watch, WATCH_PATCH, desk_staged_path(run->desk));
	if (run->options->config_path)
		watch_file(run->watch, WATCH_SETTINGS, run->options->config_path);
	fds[*n] = (struct pollfd){.fd = watch_fd(run->watch), .events = POLLIN};
	return (*n)++;
}

/* A file was saved while it plays: the patch is staged as `load` does it. */
static void serve_watch(struct run *run)
{
	const char *path = desk_staged_path(run->desk);
	char name[FILE_NAME_BYTES] = "", line[FILE_NAME_BYTES + 8], reply[DESK_REPLY_BYTES];

	if (watch_was_saved(run->watch, WATCH_SETTINGS))
		check_saved_settings(run);
	if (!watch_was_saved(run->watch, WATCH_PATCH))
		return;
	file_name_write(path, NULL, name); /* one that fits, or the patch had not been read */
	snprintf(line, sizeof(line), "load %s", name);
	if (desk_execute(run->desk, line, reply, sizeof(reply)) < 0)
		log_line(LOG_LEVEL_WARNING, "saved, but not staged: %s", reply);
	else
		log_line(LOG_LEVEL_INFO, "%s: saved; %s", path, reply);
	if (run->screen)
		screen_say(run->screen, reply);
}

/* Adds what is polled for a board; 0: it is not there. */
static int poll_board(const struct board *board, struct pollfd *fds, int *n)
{
	if (!board)
		return 0;
	fds[*n] = (struct pollfd){.fd = board->fd(board), .events = POLLIN};
	return (*n)++;
}

int run_loop(struct run *run)
{
	int64_t next_tick_ns = 0, next_draw_ns = 0;
	int next_line = 0, n_errors = 0;
	struct diag diag;

	if (watch_open(&run->watch, &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "saved files will not be staged: %s", diag.text);
	while (!is_over(run)) {
		struct pollfd fds[MAX_FDS] = {{.fd = run->signal_fd, .events = POLLIN}};
		int n = 1, gpio_at = poll_board(run->gpio, fds, &n);
		int keys_at = poll_board(run->keys, fds, &n);
		int watch_at = poll_watch(run, fds, &n);
		/* while there is no device nothing can become of what is under way */
		bool is_waiting = !engine_is_away(run->engine) &&
				  (desk_is_busy(run->desk) || run_tone_is_on(run) ||
					  next_line < run->script.n_lines);

		if (run->control)
			n += control_socket_fds(run->control, fds + n, MAX_FDS - n);
		poll(fds, (nfds_t)n, is_waiting ? BUSY_MS : IDLE_MS);
		if (fds[0].revents && got_signal(run))
			break;
		if (gpio_at && fds[gpio_at].revents)
			read_board(run, &run->gpio);
		if (keys_at && fds[keys_at].revents)
			read_board(run, &run->keys);
		if (run->control)
			control_socket_serve(run->control, clock_now_ns(), execute, run);
		n_errors += obey_script(run, &next_line);
		if (watch_at && fds[watch_at].revents)
			serve_watch(run);
		desk_poll(run->desk);
		tell_outcome(run);
		tell_device_news(run);
		if (run->gpio)
			serve_gpio(run, clock_now_ns());
		run_service_tick(run, clock_now_ns());
		run_tone_tick(run);
		if (!run_tone_is_on(run))
			run_state_tick(run, clock_now_ns());
		run_starts_tick(run, clock_now_ns());
		tick(run, clock_now_ns(), &next_tick_ns, &next_draw_ns);
	}
	watch_close(run->watch);
	return n_errors;
}
