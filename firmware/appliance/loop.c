/* loop.c - the desk's one loop: surfaces, script, saved files, clock.
 * Tested by: e2e/test_run */
#include <poll.h>

#include "base/clock.h"
#include "base/log.h"
#include "appliance/run.h"

enum { MAX_FDS = 32, BUSY_MS = 1, IDLE_MS = 20 };

static double seconds_played(const struct run *run)
{
	return (double)engine_clock(run->engine) * run->settings.audio.block_frames /
	       run->settings.audio.rate_hz;
}

static void tell_outcome(struct run *run)
{
	const char *outcome = desk_take_outcome(run->desk);

	if (!outcome)
		return;
	if (run->surfaces.control)
		control_socket_answer(run->surfaces.control, CONTROL_LATER, outcome);
	if (!run_screen_say(run, outcome))
		log_line(LOG_LEVEL_INFO, "%8.3f s  %s", seconds_played(run), outcome);
}

static void tell_saved(struct run *run)
{
	char told[DESK_REPLY_BYTES];

	if (run_saved_take_told(run, told))
		run_screen_say(run, told);
}

/* Script lines whose time has come. Returns how many were refused. */
static int obey_script(struct run *run, int *next)
{
	int n_errors = 0;

	while (*next < run->input.script.n_lines &&
		run->input.script.lines[*next].seconds <= seconds_played(run)) {
		const struct script_line *line = &run->input.script.lines[(*next)++];
		char reply[DESK_REPLY_BYTES];

		desk_set_time(run->desk, clock_now_ns());
		if (desk_command(run->desk, line->command, reply, sizeof(reply)) < 0) {
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

static void tick(struct run *run, int64_t now_ns, int64_t *next_tick_ns)
{
	if (now_ns >= *next_tick_ns) {
		*next_tick_ns = now_ns + NS_PER_S;
		run_statistics_tick(run, now_ns);
		run_rt_tick(run);
	}
}

static bool is_over(const struct run *run)
{
	return desk_wants_quit(run->desk) || run->state.must_end ||
	       (run->options->seconds > 0.0 && seconds_played(run) >= run->options->seconds) ||
	       engine_has_ended(run->engine);
}

int run_loop(struct run *run)
{
	int64_t next_tick_ns = 0;
	int next_line = 0, n_errors = 0;

	while (!is_over(run)) {
		struct pollfd fds[MAX_FDS] = {{.fd = run->signals.fd, .events = POLLIN}};
		int n = 1, saved_at = run_saved_poll(run, fds, &n);
		/* while there is no device nothing can become of what is under way */
		bool is_busy = !engine_is_away(run->engine) &&
			       (desk_is_busy(run->desk) || run_tone_is_on(run) ||
				       next_line < run->input.script.n_lines);

		n += run_surfaces_poll(run, fds + n, MAX_FDS - n);
		poll(fds, (nfds_t)n, is_busy ? BUSY_MS : IDLE_MS);
		if (fds[0].revents && run_signals_came(run))
			break;
		run_surfaces_serve(run);
		n_errors += obey_script(run, &next_line);
		if (saved_at && fds[saved_at].revents)
			run_saved_serve(run);
		run_save_tick(run);
		tell_saved(run);
		desk_poll(run->desk);
		tell_outcome(run);
		run_output_tick(run);
		run_surfaces_show(run, clock_now_ns());
		run_service_tick(run, clock_now_ns());
		run_tone_tick(run);
		if (!run_tone_is_on(run))
			run_state_tick(run, clock_now_ns());
		run_starts_tick(run, clock_now_ns());
		tick(run, clock_now_ns(), &next_tick_ns);
	}
	return n_errors;
}
