/* start_tone.c - [start] tone: a short soft tone before the patch, as a sign of life.
 *
 * It is a patch like any other and ends with a commit like any other, so nothing clicks; what was
 * chosen to be played waits until then. */
#include <string.h>

#include "base/log.h"
#include "appliance/built_in.h"
#include "appliance/run.h"
#include "config/patch_read.h"

/* 880 Hz for a sixth of a second, at -20 dB, rising and falling in curves. */
static const char tone[] = "[patch]\n"
			   "name = Start tone\n"
			   "[tone_osc]\n"
			   "type = osc\n"
			   "freq_hz = 880\n"
			   "level = 0.1\n"
			   "[tone_env]\n"
			   "type = adsr\n"
			   "in = tone_osc\n"
			   "attack_ms = 20\n"
			   "sustain = 1\n"
			   "release_ms = 150\n"
			   "[out]\n"
			   "in = tone_env\n";

enum { ON_MS = 20, OFF_MS = 170, END_MS = 350 }; /* of the block clock */
enum { TONE_WAITS, TONE_SOUNDS, TONE_FADES, TONE_COMMITS, TONE_OVER };

void run_tone_begin(struct run *run)
{
	struct patch *before;
	struct diag diag;

	run->tone.step = TONE_OVER;
	if (!run->settings.start.tone || run->options->journal_path ||
		patch_read_text(tone, strlen(tone), "", &before, &diag) < 0)
		return;
	run->tone.step = TONE_WAITS;
	run->tone.next = run_patch_swap(run, before);
}

const struct patch *run_tone_chosen(const struct run *run)
{
	return run->tone.next ? run->tone.next : run->patch;
}

bool run_tone_is_on(const struct run *run)
{
	return run->tone.step != TONE_OVER;
}

static void gate(struct run *run, const char *line, int next)
{
	char reply[DESK_REPLY_BYTES];

	if (desk_command(run->desk, line, reply, sizeof(reply)) < 0)
		log_line(LOG_LEVEL_WARNING, "start tone: %s", reply);
	run->tone.step = next;
}

static void finish(struct run *run)
{
	run->tone.step = TONE_OVER;
	patch_free(run->tone.next);
	run->tone.next = NULL;
	run_state_resume(run);
}

/* Asked for again while the desk is busy with something else. */
static void follow(struct run *run)
{
	struct patch *copy = patch_copy(run->tone.next);

	if (copy && desk_replace(run->desk, copy) == 0)
		run->tone.step = TONE_COMMITS;
}

/* The patch was refused (too large, too dear): what is always affordable. */
static void fall_back(struct run *run)
{
	struct diag diag;

	warning_set(&run->warnings, "patch", "%.300s; playing the built-in patch",
		run->stats->texts.refused_why);
	if (!run->tone.has_fallen)
		run_state_want(run, NULL, run->tone.next);
	patch_free(run->tone.next);
	run->tone.next = NULL;
	if (run->tone.has_fallen || patch_read_text(built_in_patch, strlen(built_in_patch),
					    BUILT_IN_PATH, &run->tone.next, &diag) < 0) {
		finish(run);
		return;
	}
	run->tone.has_fallen = true;
	run->tone.step = TONE_FADES;
}

void run_tone_tick(struct run *run)
{
	double ms = 1e3 * (double)engine_clock(run->engine) * run->settings.audio.block_frames /
		    run->settings.audio.rate_hz;
	bool has_patch = desk_live_path(run->desk)[0];

	if (!run_tone_is_on(run))
		return;
	if (has_patch) /* or an input has chosen one */
		finish(run);
	else if (run->tone.step == TONE_WAITS && ms >= ON_MS)
		gate(run, "gate tone_env on", TONE_SOUNDS);
	else if (run->tone.step == TONE_SOUNDS && ms >= OFF_MS)
		gate(run, "gate tone_env off", TONE_FADES);
	else if (run->tone.step == TONE_FADES && ms >= END_MS)
		follow(run);
	else if (run->tone.step == TONE_COMMITS && !desk_is_committing(run->desk))
		fall_back(run);
}

void run_tone_close(struct run *run)
{
	patch_free(run->tone.next);
	run->tone.next = NULL;
}
