/* appliance.c - the running instrument from its first line to its last. See appliance.h.
 * Tested by: e2e/test_run */
#include "appliance/appliance.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "appliance/run.h"

static void print_summary(const struct run *run)
{
	static const enum stat_id shown[] = {STAT_BLOCKS, STAT_NONE, STAT_LATE, STAT_DROP,
		STAT_XRUN, STAT_SUSPENDS, STAT_DEVICE_LOST, STAT_COMMITS, STAT_REFUSED,
		STAT_FAILOVERS, STAT_REANCHORS};
	char text[300] = "";

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %llu",
			i ? ", " : "", stat_name(shown[i]),
			(unsigned long long)stats_total(run->stats, shown[i]));
	log_line(LOG_LEVEL_INFO, "%s", text);
}

/* An appliance plays something: what could not be opened is tried without the patch, then without
 * the settings. */
static int open_sound(struct run *run, struct diag *diag)
{
	int err = run_sound_open(run, diag);

	for (int tries = 0; err < 0 && run->options->is_appliance && tries < 2; tries++) {
		warning_set(&run->warnings, "engine", "%.250s; playing the built-in patch%s",
			diag->text, tries ? " with the default settings" : "");
		run_sound_close(run);
		run_recorder_close(run);
		run_statistics_close(run);
		if (tries)
			run_settings_reset(run);
		if (tries == 0 && run->patch)
			run_state_want(run, NULL, run_tone_chosen(run));
		err = run_patch_built_in(run, diag);
		if (!err)
			err = run_sound_open(run, diag);
	}
	return err;
}

/* In this order; close_all() goes back. The end that an error comes to is in *end. */
static int open_all(struct run *run, enum appliance_end *end, struct diag *diag)
{
	int err;

	*end = APPLIANCE_FAILED;
	run_service_open(run);
	err = run_signals_take(run, diag); /* before any thread there is */
	if (!err)
		err = run_folder_claim(run, diag);
	if (err < 0)
		return err;
	err = run_input_open(run, diag);
	if (err < 0 && err != -EBUSY)
		*end = APPLIANCE_BAD_INPUT;
	if (!err)
		err = open_sound(run, diag);
	if (err < 0)
		return err;
	if (!run_tone_is_on(run))
		run_state_resume(run);
	run_rt_settle(run);
	run_surfaces_open(run);
	run_rt_report(run);
	run_saved_open(run);
	run_save_open(run);
	return 0;
}

static enum appliance_end close_all(struct run *run, enum appliance_end end)
{
	bool is_whole;

	run_saved_close(run);
	run_service_stop(run);
	run_save_close(run);
	run_socket_close(run); /* no more commands */
	if (run->desk)
		desk_end_journal(run->desk);
	if (run->engine)
		engine_stop(run->engine);
	run_state_close(run, clock_now_ns());
	run_starts_good(run);
	run_surfaces_close(run);
	is_whole = run_sound_close(run);
	if (run->stats && end != APPLIANCE_BAD_INPUT)
		print_summary(run);
	is_whole = run_recorder_close(run) && is_whole;
	run_statistics_close(run);
	run_service_close(run);
	run_signals_close(run);
	run_input_close(run);
	run_folder_leave(run);
	return end == APPLIANCE_DONE && !is_whole ? APPLIANCE_FAILED : end;
}

static enum appliance_end play(struct run *run)
{
	struct diag diag;
	enum appliance_end end;

	if (open_all(run, &end, &diag) < 0) {
		log_line(LOG_LEVEL_ERROR, "%s", diag.text);
		run_service_fail(run, diag.text);
		return close_all(run, end);
	}
	return close_all(run, run_loop(run) ? APPLIANCE_FAILED : APPLIANCE_DONE);
}

enum appliance_end appliance_play(const struct appliance_options *options)
{
	struct run *run = calloc(1, sizeof(*run));
	enum appliance_end end;

	if (!run)
		return APPLIANCE_FAILED;
	run->options = options;
	run->signals.fd = run->folder.lock = run->rt.latency_fd = -1; /* nothing is open */
	end = play(run);
	free(run);
	return end;
}
