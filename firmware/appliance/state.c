/* state.c - when the state is read, and when it is written.
 *
 * Read before the first block where its folder is there; where it is not (a data partition comes
 * later), what the settings say is played, and the state is committed when the folder appears.
 * Written by the keeper's thread, 2 s after the write before at the earliest, so what has changed is on
 * the disk 2 s later; and at the end. Nothing is written before it is known what was there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "appliance/run.h"

#define WRITE_NS (2 * NS_PER_S)
#define RETRY_NS (10 * NS_PER_S)       /* after a write that failed */
#define LOOK_NS  (500 * NS_PER_MS)     /* between looks for the folder */
#define MISS_NS  (10 * NS_PER_S)       /* it is not there for so long: said */
#define NEVER    (~(uint64_t)0)

static void tell_misfits(struct run *run, const struct state *state)
{
	if (state->n_edited)
		log_line(LOG_LEVEL_INFO,
			"state: %d patch file%s edited since; what was turned goes on top", state->n_edited,
			state->n_edited == 1 ? " was" : "s were");
	if (state->n_misfits)
		trouble_set(&run->troubles, "state",
			"%d of it no longer fits: %.250s; kept until it fits at a start, or a hand "
			"replaces it",
			state->n_misfits, state->misfit.text);
	if (state->missing.text[0])
		trouble_set(&run->troubles, "missing",
			"%.250s; another patch plays, and this one as it was left at a start when "
			"its file is right again",
			state->missing.text);
}

/* What was found, into run->kept.state. false: there is nothing to go on with. */
static bool take_found(struct run *run, struct state_found *found, int err)
{
	const struct state_opener opener = {run_open_patch, run};
	struct run_kept *kept = &run->kept;

	if (err == -EBADMSG)
		trouble_set(&run->troubles, "state", "%s: both files are damaged; starting afresh",
			run->state_folder);
	else if (!err && found->n_damaged)
		trouble_set(&run->troubles, "state",
			"%s: the newest file is damaged; going on with the one before",
			run->state_folder);
	if (err < 0)
		return false;
	state_read(found->text, &opener, &kept->state);
	tell_misfits(run, &kept->state);
	free(found->text);
	found->text = NULL;
	return true;
}

/* An appliance plays, and looks again; by hand it is an error. */
static int tell_holder(struct run *run, int holder, struct diag *diag)
{
	char who[40] = "another process";

	run->kept.is_held = true;
	if (holder)
		snprintf(who, sizeof(who), "another chronus, pid %d,", holder);
	diag_set(diag, -EBUSY, "%s keeps its state in %s; end it, or name another [state] folder",
		who, run->state_folder);
	if (!run->options->is_appliance)
		return -EBUSY;
	trouble_set(&run->troubles, "state", "%.300s; nothing is kept until then", diag->text);
	return 0;
}

int run_state_begin(struct run *run, struct diag *diag)
{
	struct run_kept *kept = &run->kept;
	struct state_found found;
	int err;

	kept->saved = NEVER;
	if (run->options->journal_path &&
		run->state_folder[0]) /* a journal begins with the patch's file */
		log_line(LOG_LEVEL_INFO,
			"--log-events: plays from the patch's file; what %s keeps of before is left as "
			"it is, and nothing of this run is kept there",
			run->state_folder);
	if (!run->state_folder[0] || run->options->journal_path)
		return 0;
	err = state_keeper_open(&kept->keeper, run->state_folder, run->settings.desk_cpu, diag);
	if (err < 0) {
		trouble_set(&run->troubles, "state", "%s", diag->text);
		return 0;
	}
	err = state_keeper_look(kept->keeper, &found);
	if (err == -EBUSY)
		return tell_holder(run, found.holder, diag);
	kept->phase = found.has_folder ? STATE_KEEPING : STATE_LOOKING;
	if (run->skips_state)
		free(found.text);
	else
		kept->has_state = found.has_folder && take_found(run, &found, err);
	state_keeper_follow(kept->keeper, found.generation);
	if (kept->has_state && strcmp(kept->state.start, run->settings.patch) != 0) {
		log_line(LOG_LEVEL_INFO, "state: [start] patch is another one now: %s",
			run->settings.patch);
		kept->has_other_start = true;
	}
	return 0;
}

struct patch *run_state_take_patch(struct run *run)
{
	struct patch *patch = run->kept.state.live;

	if (patch)
		run->kept.has_other_start = false;
	run->kept.has_taken = patch != NULL;
	run->kept.state.live = NULL;
	return patch;
}

/* The desk gets what the state has beside the patch that is heard. */
static void resume(struct run *run)
{
	struct run_kept *kept = &run->kept;
	int n_misfits = kept->state.n_misfits;

	desk_resume(run->desk, &kept->state);
	if (kept->state.n_misfits > n_misfits)
		tell_misfits(run, &kept->state);
	state_free(&kept->state);
}

void run_state_want(struct run *run, const char *path, const struct patch *patch)
{
	state_want(&run->kept.state, path, patch);
	run->kept.has_taken = false;
}

void run_state_resume(struct run *run)
{
	struct run_kept *kept = &run->kept;

	if (kept->has_other_start)
		state_to_steps(&kept->state);
	resume(run);
	if (kept->has_taken)
		log_line(LOG_LEVEL_INFO, "state: \"%s\" is as it was left",
			desk_patch_name(run->desk));
	/* what kept the program from playing may be good yet: not lost before a hand does something */
	if ((kept->has_state && !kept->has_other_start) || run->skips_state)
		kept->saved = desk_n_changes(run->desk);
}

/* ---- the folder comes late */
/* The settings of the last good start are at hand now, and the defaults play: begin again. */
static bool begins_again(struct run *run)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", run->state_folder, good_names[GOOD_SETTINGS]);
	if (!run->lacks_settings || run->service.notify.fd < 0 || access(path, R_OK) < 0)
		return false;
	log_line(LOG_LEVEL_WARNING,
		"state: the settings of the last good start are there now; starting again with "
		"them");
	run->must_end = true;
	return true;
}

static void looked(struct run *run, struct state_done *done, int64_t now_ns)
{
	struct run_kept *kept = &run->kept;
	struct patch *copy;
	struct diag diag;

	if (done->err == -EBUSY) {
		if (tell_holder(run, done->found.holder, &diag) < 0)
			trouble_set(&run->troubles, "state", "%s", diag.text);
		return;
	}
	kept->is_held = false;
	if (!done->found.has_folder) {
		if (!kept->looking_ns)
			kept->looking_ns = now_ns;
		if (now_ns - kept->looking_ns > MISS_NS)
			trouble_set(&run->troubles, "state",
				"%s is not there; nothing is kept, and it is looked for",
				run->state_folder);
		return;
	}
	trouble_clear(&run->troubles, "state");
	kept->phase = STATE_KEEPING;
	state_keeper_follow(kept->keeper, done->found.generation);
	if (run->skips_state || begins_again(run) || !take_found(run, &done->found, done->err))
		return;
	if (!kept->state.live) {
		resume(run);
		kept->saved = desk_n_changes(run->desk);
		return;
	}
	copy = patch_copy(kept->state.live);
	if (copy && desk_replace(run->desk, copy) == 0) {
		kept->phase = STATE_TAKING;
		return;
	}
	state_to_steps(&kept->state);
	resume(run);
	log_line(LOG_LEVEL_INFO, "state: the hands were quicker; it can be undone to");
}

/* The state's patch is heard, unless it was refused: then it is the newest step back. */
static void taken(struct run *run)
{
	struct run_kept *kept = &run->kept;
	bool is_heard = strcmp(desk_live_path(run->desk), kept->state.live->path) == 0;

	kept->phase = STATE_KEEPING;
	if (!is_heard)
		state_to_steps(&kept->state);
	resume(run);
	if (!is_heard)
		return;
	log_line(LOG_LEVEL_INFO, "state: \"%s\" is as it was left", desk_patch_name(run->desk));
	kept->saved = desk_n_changes(run->desk);
}

/* ---- writing */
static void written(struct run *run, const struct state_done *done, int64_t now_ns)
{
	struct run_kept *kept = &run->kept;

	kept->next_ns = kept->ordered_ns + WRITE_NS;
	if (!done->err) {
		if (done->order == STATE_WRITE)
			kept->saved = kept->ordered;
		kept->written_ns = now_ns;
		trouble_clear(&run->troubles, "state");
		return;
	}
	kept->next_ns = now_ns + RETRY_NS;
	trouble_set(&run->troubles, "state",
		"%s cannot be written: %s; playing on, and trying again every %d s",
		run->state_folder, strerror(-done->err), (int)(RETRY_NS / NS_PER_S));
}

static bool order_write(struct run *run, int64_t now_ns)
{
	struct run_kept *kept = &run->kept;
	size_t n_bytes;
	char *text;

	if (kept->saved == desk_n_changes(run->desk))
		return false;
	text = state_write(run->desk, run->settings.patch, &n_bytes);
	kept->ordered = desk_n_changes(run->desk);
	kept->ordered_ns = now_ns;
	if (!text) { /* nothing to come back to */
		kept->saved = kept->ordered;
		return false;
	}
	state_keeper_order(kept->keeper, STATE_WRITE, NULL, text, n_bytes);
	return true;
}

static bool order_copy(struct run *run, int64_t now_ns)
{
	enum good good;
	size_t n_bytes;
	char *text;

	if (!run_good_next(run, &good, &text, &n_bytes))
		return false;
	run->kept.ordered_ns = now_ns;
	state_keeper_order(run->kept.keeper, STATE_COPY, good_names[good], text, n_bytes);
	return true;
}

void run_state_tick(struct run *run, int64_t now_ns)
{
	struct run_kept *kept = &run->kept;
	struct state_done done;

	if (!kept->keeper)
		return;
	run_good_look(run);
	if (state_keeper_take(kept->keeper, &done)) {
		if (done.order == STATE_LOOK)
			looked(run, &done, now_ns);
		else
			written(run, &done, now_ns);
		free(done.found.text);
	}
	if (kept->phase == STATE_TAKING && !desk_is_committing(run->desk))
		taken(run);
	if (kept->phase == STATE_KEEPING && !desk_misses_patch(run->desk))
		trouble_clear(&run->troubles, "missing");
	if (!state_keeper_is_idle(kept->keeper) || now_ns < kept->next_ns)
		return;
	if (kept->phase == STATE_LOOKING) {
		kept->next_ns = now_ns + LOOK_NS;
		state_keeper_order(kept->keeper, STATE_LOOK, NULL, NULL, 0);
	} else if (kept->phase == STATE_KEEPING && run->service.alive.is_ready) {
		if (!order_write(run, now_ns))
			order_copy(run, now_ns);
	}
}

void run_state_close(struct run *run, int64_t now_ns)
{
	struct run_kept *kept = &run->kept;
	struct state_done done;

	if (!kept->keeper)
		return;
	if (kept->phase == STATE_KEEPING && run->desk && run->service.alive.is_ready) {
		for (int tries = 0; tries < 100 && !state_keeper_is_idle(kept->keeper); tries++) {
			if (state_keeper_take(kept->keeper, &done))
				written(run, &done, now_ns);
			else
				clock_sleep_until_ns(clock_now_ns() + 10 * NS_PER_MS);
		}
		if (state_keeper_is_idle(kept->keeper))
			order_write(run, now_ns);
	}
	state_keeper_close(kept->keeper);
	kept->keeper = NULL;
	state_free(&kept->state);
}

const char *run_state_words(const struct run *run, int64_t now_ns)
{
	static char text[400];
	const struct run_kept *kept = &run->kept;

	if (!kept->keeper)
		return "nothing is kept";
	if (kept->phase == STATE_LOOKING)
		snprintf(text, sizeof(text), "%s is %s", run->state_folder,
			kept->is_held ? "another chronus's" : "not there yet");
	else if (kept->written_ns)
		snprintf(text, sizeof(text), "%s, written %d s ago", run->state_folder,
			(int)((now_ns - kept->written_ns) / NS_PER_S));
	else
		snprintf(text, sizeof(text), "%s", run->state_folder);
	return text;
}
