/* surfaces.c - who may play: the sources of input/, the terminal's screen, the control socket.
 * Tested by: e2e/test_run */
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/runtime_dir.h"
#include "appliance/run.h"
#include "appliance/screen.h"
#include "input/map.h"
#include "input/midi_page.h"

enum { SCREEN_MS = 66 };

/* Without any of them the instrument plays all the same. */
static void open_source(struct run *run, int at)
{
	const struct input_row *row = &input_rows[at];
	struct run_surfaces *surfaces = &run->surfaces;
	struct diag diag;
	char path[300];
	int err = row->open(&surfaces->sources[at], &run->settings, &diag);

	if (err < 0 && row->is_optional)
		log_line(LOG_LEVEL_INFO, "%s: %s", row->name, diag.text);
	else if (err < 0)
		run_degrade(run, "%s: %s; playing without %s", row->name, diag.text, row->without);
	if (!err && surfaces->sources[at]->publish && run->folder.is_ours &&
		runtime_path(path, sizeof(path), MIDI_PAGE_FILE) == 0 &&
		surfaces->sources[at]->publish(surfaces->sources[at], path, &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "`chronus midi` will not work: %s", diag.text);
	if (!err && row->has_screen && screen_open(&surfaces->screen, STDOUT_FILENO) < 0)
		surfaces->screen = NULL;
}

void run_surfaces_open(struct run *run)
{
	struct diag diag;
	char path[300];

	for (int i = 0; i < n_input_rows; i++)
		open_source(run, i);
	if (run->folder.is_ours && runtime_path(path, sizeof(path), "control.sock") == 0 &&
		control_socket_open(&run->surfaces.control, path, &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "`chronus send` will not work: %s", diag.text);
}

/* ---- events */
static int execute(void *ctx, const char *line, char *reply, size_t reply_bytes)
{
	struct run *run = ctx;

	run_saved_serve(run); /* a `commit` after `edit` hears what was edited */
	desk_set_time(run->desk, clock_now_ns());
	return desk_command(run->desk, line, reply, reply_bytes);
}

_Static_assert((int)CONTROL_LATER == (int)DESK_LATER && (int)CONTROL_LINES == (int)DESK_LINES &&
		       (int)CONTROL_SAVE_LATER == (int)DESK_SAVE_LATER &&
		       (int)CONTROL_ANSWER_BYTES == (int)DESK_ANSWER_BYTES,
	"the socket passes the desk's answer on");

bool run_screen_say(struct run *run, const char *line)
{
	if (run->surfaces.screen)
		screen_say(run->surfaces.screen, line);
	return run->surfaces.screen != NULL;
}

/* Its answer is for the screen; where there is none nobody asks for one. */
static void obey(struct run *run, const struct input_event *event)
{
	bool has_screen = run->surfaces.screen != NULL;
	char answer[DESK_REPLY_BYTES], text[ACTION_TEXT_BYTES];
	struct action action;
	struct diag diag;

	if (!input_map(&run->settings, event, &action))
		return;
	desk_set_time(run->desk, event->time_ns);
	if (desk_execute(run->desk, &action, has_screen ? answer : NULL, sizeof(answer), &diag) < 0)
		log_line(LOG_LEVEL_WARNING, "%s: %s", action_text(&run->settings, &action, text),
			diag.text);
	else if (has_screen)
		screen_say(run->surfaces.screen, answer);
}

static void read_source(struct run *run, int at)
{
	struct input_source **source = &run->surfaces.sources[at];
	struct input_event events[64];
	int n = (*source)->read(*source, events, ARRAY_LEN(events));

	for (int i = 0; i < n; i++) {
		events[i].source = (uint8_t)at;
		if (!events[i].time_ns)
			events[i].time_ns = clock_now_ns();
		obey(run, &events[i]);
	}
	if (n < 0) {
		log_err(n, "%s: gone; playing on without %s", input_rows[at].name,
			input_rows[at].without);
		(*source)->close(*source);
		*source = NULL;
	}
}

/* Counts since the last look go to the statistics. */
static void count(struct run *run, int at)
{
	const struct input_source *source = run->surfaces.sources[at];
	struct board_counts *seen = &run->surfaces.counted[at], now;

	source->count(source, &now);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_DETENTS, now.n_detents - seen->n_detents);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_LOST, now.n_lost - seen->n_lost);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_ILLEGAL, now.n_illegal - seen->n_illegal);
	stats_add(run->stats, WRITER_DESK, STAT_GPIO_GONE, now.n_chip_losses - seen->n_chip_losses);
	*seen = now;
}

static void count_faults(struct run *run, int at)
{
	const struct input_source *source = run->surfaces.sources[at];
	uint64_t now = source->faults(source);

	stats_add(run->stats, WRITER_DESK, STAT_MIDI_FAULTS, now - run->surfaces.faults[at]);
	run->surfaces.faults[at] = now;
}

int run_surfaces_poll(struct run *run, struct pollfd *fds, int max_fds)
{
	struct run_surfaces *surfaces = &run->surfaces;
	int n = 0;

	surfaces->polled = fds;
	for (int i = 0; i < n_input_rows && n < max_fds; i++) {
		const struct input_source *source = surfaces->sources[i];

		if (!source)
			continue;
		surfaces->polled_at[i] = n;
		fds[n++] = (struct pollfd){.fd = source->fd(source), .events = POLLIN};
	}
	if (surfaces->control)
		n += control_socket_fds(surfaces->control, fds + n, max_fds - n);
	return n;
}

void run_surfaces_serve(struct run *run)
{
	struct run_surfaces *surfaces = &run->surfaces;

	for (int i = 0; i < n_input_rows; i++)
		if (surfaces->sources[i] && surfaces->polled[surfaces->polled_at[i]].revents)
			read_source(run, i);
	if (surfaces->control)
		control_socket_serve(surfaces->control, clock_now_ns(), execute, run);
}

void run_surfaces_show(struct run *run, int64_t now_ns)
{
	struct run_surfaces *surfaces = &run->surfaces;
	enum board_pattern shown[BOARD_N_INDICATORS];

	surfaces->indicators.has_warning = run->warnings.n > 0;
	indicators_look(&surfaces->indicators, run->desk, now_ns, shown);
	for (int i = 0; i < n_input_rows; i++) {
		struct input_source *source = surfaces->sources[i];

		if (source && source->count)
			count(run, i);
		if (source && source->faults)
			count_faults(run, i);
		if (source && source->show)
			source->show(source, shown);
	}
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

	for (int i = 0; i < n_input_rows; i++) {
		if (surfaces->sources[i])
			surfaces->sources[i]->close(surfaces->sources[i]);
		surfaces->sources[i] = NULL;
	}
	if (surfaces->screen)
		screen_close(surfaces->screen);
	surfaces->screen = NULL;
}
