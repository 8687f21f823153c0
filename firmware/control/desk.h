/* desk.h - the one thread that knows what is played, what is staged, and what comes next.
 *
 * Everything a musician does arrives here as an action (control/action.h), in order: from a knob, a
 * key, a script, the control socket. Edits that are heard at once go to the workers as events; edits
 * that are staged are kept until a commit builds them into a patch.
 * Threads: [desk], all of it.
 * Errors:  0, or a negative errno; the reply says why. A refused command changes nothing. */
#ifndef CONTROL_DESK_H
#define CONTROL_DESK_H

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"
#include "control/action.h"
#include "engine/engine.h"
#include "patch/patch.h"

struct desk;

/* DESK_ANSWER_BYTES: for `show`, `list` and `knobs`; where there is less room they are refused. */
enum {
	DESK_REPLY_BYTES = 512,
	DESK_ANSWER_BYTES = 64 * 1024,
	DESK_LATER = 1,
	DESK_LINES = 2,
	DESK_SAVE_LATER = 3
};

/* patch: what the engine was started with; the desk keeps a copy. settings and engine stay the
 * caller's. */
int desk_open(struct desk **desk, const struct settings *settings, struct engine *engine,
	const struct patch *patch, struct diag *diag);
void desk_close(struct desk *desk);

/* When that happened which is done from now on: CLOCK_MONOTONIC, or the time since the first frame
 * where the sink has no time. Without it, or where it is past, all happens as soon as it can. */
void desk_set_time(struct desk *desk, int64_t time_ns);

/* Does one action. answer gets one line, "ok ..."; NULL: nobody reads it. A negative errno: refused,
 * and diag says why. DESK_LATER: it has begun, and desk_take_outcome will tell how it ended. DESK_LINES: the
 * answer has more lines: "ok N lines", then N, each with its newline but for the last one.
 * DESK_SAVE_LATER: desk_saved() will tell. */
int desk_execute(struct desk *desk, const struct action *action, char *answer, size_t answer_bytes,
	struct diag *diag);
/* The same for a line of the command language (action_read.c has the list). reply gets "ok ..." or
 * "error: why". */
int desk_command(struct desk *desk, const char *line, char *reply, size_t reply_bytes);

/* Moves on what is under way (commits, resync); call often: every few ms, or every block. */
void desk_poll(struct desk *desk);
bool desk_is_busy(const struct desk *desk); /* a commit or a resync is under way, or events wait */
bool desk_wants_quit(const struct desk *desk);
void desk_allow_faults(struct desk *desk); /* `fault` commands are obeyed from now on */

/* Commits and undos take some blocks. desk_is_committing: one is under way, or waits. When it
 * has ended, its outcome ("ok ..." or "error: why") can be taken once; NULL: there is none. While
 * the sound device is away nothing can end: then the first outcome says so, and the commit is
 * heard, with an outcome of its own, when the device is back. */
bool desk_is_committing(const struct desk *desk);
const char *desk_take_outcome(struct desk *desk);

/* A file that `save` asks for. Where nobody has said that files are written here (a rendering), it does
 * nothing and says so. */
struct desk_save {
	char path[512]; /* of the file; one that is there is kept as PATH~ */
	char *text;     /* the taker's: free it */
	size_t n_bytes;
};
void desk_allow_saves(struct desk *desk);
bool desk_is_saving(const struct desk *desk); /* something is to be written, or told of */
/* true, once each: this is to be written. */
bool desk_take_save(struct desk *desk, struct desk_save *save);
/* The file holds what `save` wrote there last, or is writing: nobody else has edited it. */
bool desk_has_saved(const struct desk *desk, const char *path);
/* It was, or not, and why. Returns what who asked is told. */
const char *desk_saved(struct desk *desk, int err, const char *why);

/* From now on everything that changes the sound is written to FILE as a script for `render
 * --script`, or into a folder that is there, with copies of the patches (control/journal_file.h). Before the
 * engine starts. */
int desk_keep_journal(struct desk *desk, const char *path, struct diag *diag);
/* From the block clock on nothing belongs to it: before the engine is stopped, which fades out. */
void desk_end_journal(struct desk *desk);
/* After the engine has stopped. 0, or the first error that its file had, told when it came. */
int desk_close_journal(struct desk *desk);

/* The settings' knobs, or the patches whose values they turn, have changed. */
void desk_rebind(struct desk *desk);

/* ---- what a screen shows */
struct desk_knob_view {
	const char *name;
	const char *target;     /* "filter1.cutoff_hz" */
	const char *low, *high; /* its range as the settings have it; empty: the whole one */
	int n_targets;          /* that the knob has */
	bool is_staged_knob;    /* its turns wait for the commit */
	bool is_there;          /* the patch has the target */
	bool has_staged;        /* a staged value waits */
	/* as text with the unit; written: as the file says, "": there is nothing written */
	char value[32], staged[32], written[32];
	double norm; /* 0..1 on the knob's scale */
};
int desk_n_knobs(const struct desk *desk);
/* Of the target that the knob's position is that of: the first one that the patch has. */
void desk_view_knob(const struct desk *desk, int knob, struct desk_knob_view *view);
/* which: below n_targets */
void desk_view_knob_target(
	const struct desk *desk, int knob, int which, struct desk_knob_view *view);
const char *desk_patch_name(const struct desk *desk);
const char *desk_live_path(const struct desk *desk); /* the file of what is heard */
/* whether what is heard is this patch, as its file has it, apart from what was turned; the patch is used
 * up for that (its marks of what was turned) */
bool desk_plays(const struct desk *desk, struct patch *patch);
/* the file that the next commit's patch was read from; "" or no path: from none */
const char *desk_staged_path(const struct desk *desk);
/* name of the loaded, uncommitted patch, or NULL */
const char *desk_staged_patch(const struct desk *desk);
int desk_n_staged(const struct desk *desk); /* staged edits that wait for a commit */
int desk_n_undo(const struct desk *desk);   /* commits that can be taken back */

#endif
