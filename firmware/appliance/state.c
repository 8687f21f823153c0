/* state.c - when the state is read, and when it is written.
 *
 * Read before the first block where its folder is there; where it is not (a data partition comes
 * later), what the settings say is played, and the state is committed when the folder appears.
 * Written by the writer's thread, 2 s after the write before at the earliest, so what has changed is on
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
#define RETRY_NS (10 * NS_PER_S)   /* after a write that failed */
#define LOOK_NS  (500 * NS_PER_MS) /* between looks for the folder */
#define MISS_NS  (10 * NS_PER_S)   /* it is not there for so long: said */
#define NEVER    (~(uint64_t)0)

/* [state] folder, else the one that systemd made for us: the first of a list. */
void run_state_name_folder(struct run *run)
{
	struct run_state *state = &run->state;
	const char *env = getenv("STATE_DIRECTORY");

	if (run->settings.state_folder[0])
		snprintf(state->folder, sizeof(state->folder), "%s", run->settings.state_folder);
	else if (env)
		snprintf(state->folder, sizeof(state->folder), "%.*s", (int)strcspn(env, ":"), env);
}

static void tell_misfits(struct run *run, const struct state *state)
{
	if (state->n_edited)
		log_line(LOG_LEVEL_INFO,
			"state: %d patch file%s edited since; what was turned goes on top",
			state->n_edited, state->n_edited == 1 ? " was" : "s were");
	if (state->n_misfits)
		warning_set(&run->warnings, "state",
			"%d of it no longer fits: %.250s; kept until it fits at a start, or a hand "
			"replaces it",
			state->n_misfits, state->misfit.text);
	if (state->missing.text[0])
		warning_set(&run->warnings, "missing",
			"%.250s; another patch plays, and this one as it was left at a start when "
			"its file is right again",
			state->missing.text);
}

/* Takes the state found into run->state.found. false: there is nothing to go on with. */
static bool take_found(struct run *run, struct state_found *found, int err)
{
	const struct state_opener opener = {run_patch_open, run};
	struct run_state *state = &run->state;

	if (err == -EBADMSG)
		warning_set(&run->warnings, "state", "%s: both files are damaged; starting afresh",
			run->state.folder);
	else if (!err && found->n_damaged)
		warning_set(&run->warnings, "state",
			"%s: the newest file is damaged; going on with the one before",
			run->state.folder);
	if (err < 0)
		return false;
	state_read(found->text, &opener, &state->found);
	tell_misfits(run, &state->found);
	free(found->text);
	found->text = NULL;
	return true;
}

/* An appliance plays, and looks again; by hand it is an error. */
static int tell_holder(struct run *run, int holder, struct diag *diag)
{
	char who[40] = "another process";

	run->state.is_held = true;
	if (holder)
		snprintf(who, sizeof(who), "another chronus, pid %d,", holder);
	diag_set(diag, -EBUSY, "%s keeps its state in %s; end it, or name another [state] folder",
		who, run->state.folder);
	if (!run->options->is_appliance)
		return -EBUSY;
	warning_set(&run->warnings, "state", "%.300s; nothing is kept until then", diag->text);
	return 0;
}

int run_state_begin(struct run *run, struct diag *diag)
{
	struct run_state *state = &run->state;
	struct state_found found;
	int err;

	state->saved = NEVER;
	if (run->options->journal_path &&
		run->state.folder[0]) /* a journal begins with the patch's file */
		log_line(LOG_LEVEL_INFO,
			"--log-events: plays from the patch's file; what %s keeps of before is left as "
			"it is, and nothing of this run is kept there",
			run->state.folder);
	if (!run->state.folder[0] || run->options->journal_path)
		return 0;
	err = state_writer_open(&state->writer, run->state.folder, run->settings.rt.desk_cpu, diag);
	if (err < 0) {
		warning_set(&run->warnings, "state", "%s", diag->text);
		return 0;
	}
	err = state_writer_look(state->writer, &found);
	if (err == -EBUSY)
		return tell_holder(run, found.holder, diag);
	state->phase = found.has_folder ? STATE_KEEPING : STATE_LOOKING;
	if (run->starts.skips_state)
		free(found.text);
	else
		state->has_state = found.has_folder && take_found(run, &found, err);
	state_writer_follow(state->writer, found.generation);
	if (state->has_state && strcmp(state->found.start, run->settings.start.patch) != 0) {
		log_line(LOG_LEVEL_INFO, "state: [start] patch is another one now: %s",
			run->settings.start.patch);
		state->has_other_start = true;
	}
	return 0;
}

void run_state_is_of_another_start(struct run *run)
{
	run->state.has_other_start = true;
}

struct patch *run_state_take_patch(struct run *run)
{
	struct patch *patch = run->state.found.live;

	if (patch)
		run->state.has_other_start = false;
	run->state.has_taken = patch != NULL;
	run->state.found.live = NULL;
	return patch;
}

/* The desk gets what the state has beside the patch that is heard. */
static void resume(struct run *run)
{
	struct run_state *state = &run->state;
	int n_misfits = state->found.n_misfits;

	desk_resume(run->desk, &state->found);
	if (state->found.n_misfits > n_misfits)
		tell_misfits(run, &state->found);
	state_free(&state->found);
}

void run_state_want(struct run *run, const char *path, const struct patch *patch)
{
	state_want(&run->state.found, path, patch);
	run->state.has_taken = false;
}

void run_state_resume(struct run *run)
{
	struct run_state *state = &run->state;

	if (state->has_other_start)
		state_to_steps(&state->found);
	resume(run);
	if (state->has_taken)
		log_line(LOG_LEVEL_INFO, "state: \"%s\" is as it was left",
			desk_patch_name(run->desk));
	/* what kept the program from playing may be good yet: not lost before a hand does something */
	if ((state->has_state && !state->has_other_start) || run->starts.skips_state)
		state->saved = desk_n_changes(run->desk);
}

/* ---- the folder comes late */
/* The settings of the last good start are at hand now, and the defaults play: begin again. */
static bool begins_again(struct run *run)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", run->state.folder, good_names[GOOD_SETTINGS]);
	if (!run->input.lacks_settings || run->service.notify.fd < 0 || access(path, R_OK) < 0)
		return false;
	log_line(LOG_LEVEL_WARNING,
		"state: the settings of the last good start are there now; starting again with "
		"them");
	run->state.must_end = true;
	return true;
}

static void looked(struct run *run, struct state_done *done, int64_t now_ns)
{
	struct run_state *state = &run->state;
	struct patch *copy;
	struct diag diag;

	if (done->err == -EBUSY) {
		if (tell_holder(run, done->found.holder, &diag) < 0)
			warning_set(&run->warnings, "state", "%s", diag.text);
		return;
	}
	state->is_held = false;
	if (!done->found.has_folder) {
		if (!state->looking_ns)
			state->looking_ns = now_ns;
		if (now_ns - state->looking_ns > MISS_NS)
			warning_set(&run->warnings, "state",
				"%s is not there; nothing is kept, and it is looked for",
				run->state.folder);
		return;
	}
	warning_clear(&run->warnings, "state");
	state->phase = STATE_KEEPING;
	state_writer_follow(state->writer, done->found.generation);
	if (run->starts.skips_state || begins_again(run) ||
		!take_found(run, &done->found, done->err))
		return;
	if (!state->found.live) {
		resume(run);
		state->saved = desk_n_changes(run->desk);
		return;
	}
	copy = patch_copy(state->found.live);
	if (copy && desk_replace(run->desk, copy) == 0) {
		state->phase = STATE_TAKING;
		return;
	}
	state_to_steps(&state->found);
	resume(run);
	log_line(LOG_LEVEL_INFO, "state: an input was quicker; it can be undone to");
}

/* The state's patch is heard, unless it was refused: then it is the newest step back. */
static void taken(struct run *run)
{
	struct run_state *state = &run->state;
	bool is_heard = strcmp(desk_live_path(run->desk), state->found.live->path) == 0;

	state->phase = STATE_KEEPING;
	if (!is_heard)
		state_to_steps(&state->found);
	resume(run);
	if (!is_heard)
		return;
	log_line(LOG_LEVEL_INFO, "state: \"%s\" is as it was left", desk_patch_name(run->desk));
	state->saved = desk_n_changes(run->desk);
}

/* ---- writing */
static void written(struct run *run, const struct state_done *done, int64_t now_ns)
{
	struct run_state *state = &run->state;

	state->next_ns = state->ordered_ns + WRITE_NS;
	if (!done->err) {
		if (done->order == STATE_WRITE)
			state->saved = state->ordered;
		state->written_ns = now_ns;
		warning_clear(&run->warnings, "state");
		return;
	}
	state->next_ns = now_ns + RETRY_NS;
	warning_set(&run->warnings, "state",
		"%s cannot be written: %s; playing on, and trying again every %d s",
		run->state.folder, strerror(-done->err), (int)(RETRY_NS / NS_PER_S));
}

static bool order_write(struct run *run, int64_t now_ns)
{
	struct run_state *state = &run->state;
	size_t n_bytes;
	char *text;

	if (state->saved == desk_n_changes(run->desk))
		return false;
	text = state_write(run->desk, run->settings.start.patch, &n_bytes);
	state->ordered = desk_n_changes(run->desk);
	state->ordered_ns = now_ns;
	if (!text) { /* nothing to come back to */
		state->saved = state->ordered;
		return false;
	}
	state_writer_order(state->writer, STATE_WRITE, NULL, text, n_bytes);
	return true;
}

static bool order_copy(struct run *run, int64_t now_ns)
{
	enum good good;
	size_t n_bytes;
	char *text;

	if (!run_good_next(run, &good, &text, &n_bytes))
		return false;
	run->state.ordered_ns = now_ns;
	state_writer_order(run->state.writer, STATE_COPY, good_names[good], text, n_bytes);
	return true;
}

void run_state_tick(struct run *run, int64_t now_ns)
{
	struct run_state *state = &run->state;
	struct state_done done;

	if (!state->writer)
		return;
	run_good_look(run);
	if (state_writer_take(state->writer, &done)) {
		if (done.order == STATE_LOOK)
			looked(run, &done, now_ns);
		else
			written(run, &done, now_ns);
		free(done.found.text);
	}
	if (state->phase == STATE_TAKING && !desk_is_committing(run->desk))
		taken(run);
	if (state->phase == STATE_KEEPING && !desk_misses_patch(run->desk))
		warning_clear(&run->warnings, "missing");
	if (!state_writer_is_idle(state->writer) || now_ns < state->next_ns)
		return;
	if (state->phase == STATE_LOOKING) {
		state->next_ns = now_ns + LOOK_NS;
		state_writer_order(state->writer, STATE_LOOK, NULL, NULL, 0);
	} else if (state->phase == STATE_KEEPING && run->service.alive.is_ready) {
		if (!order_write(run, now_ns))
			order_copy(run, now_ns);
	}
}

void run_state_close(struct run *run, int64_t now_ns)
{
	struct run_state *state = &run->state;
	struct state_done done;

	if (!state->writer)
		return;
	if (state->phase == STATE_KEEPING && run->desk && run->service.alive.is_ready) {
		for (int tries = 0; tries < 100 && !state_writer_is_idle(state->writer); tries++) {
			if (state_writer_take(state->writer, &done))
				written(run, &done, now_ns);
			else
				clock_sleep_until_ns(clock_now_ns() + 10 * NS_PER_MS);
		}
		if (state_writer_is_idle(state->writer))
			order_write(run, now_ns);
	}
	state_writer_close(state->writer);
	state->writer = NULL;
	state_free(&state->found);
}

const char *run_state_words(const struct run *run, int64_t now_ns)
{
	static char text[400];
	const struct run_state *state = &run->state;

	if (!state->writer)
		return "nothing is kept";
	if (state->phase == STATE_LOOKING)
		snprintf(text, sizeof(text), "%s is %s", run->state.folder,
			state->is_held ? "another chronus's" : "not there yet");
	else if (state->written_ns)
		snprintf(text, sizeof(text), "%s, written %d s ago", run->state.folder,
			(int)((now_ns - state->written_ns) / NS_PER_S));
	else
		snprintf(text, sizeof(text), "%s", run->state.folder);
	return text;
}
