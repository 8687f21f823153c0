/* desk_state.h - the desk's insides: between the files of control/ only. Threads: [desk] */
#ifndef CONTROL_DESK_STATE_H
#define CONTROL_DESK_STATE_H

#include "config/knob_turns.h"
#include "config/patch_read.h"
#include "control/hands.h"
#include "control/left_patches.h"
#include "control/midi_decoder.h"
#include "control/save.h"
#include "control/state_rest.h"

/* what desk_undo returns where it took back a commit that was not heard, and its answer */
enum { DESK_IS_TAKEN_BACK = DESK_SAVE_LATER + 1 };
#define DESK_TAKEN_BACK "ok the waiting commit is taken back"
enum { DESK_MAX_EDITS = 512, DESK_MAX_UNDO = 32, DESK_MAX_PENDING = 4096, DESK_MAX_BAD = 16 };
/* all that the engine has not played yet, and all that it has not taken yet */
enum { DESK_MAX_LATE = EVENT_LOG_CELLS + DESK_MAX_PENDING };
enum { DESK_MAX_REQUESTS = DESK_MAX_UNDO + 2 };

/* A value or a list that waits for the commit: its module may come with the loaded patch. */
struct edit {
	struct module_ref module;
	int param; /* index of the list where there are items */
	float value;
	int n_items;    /* 0: a value */
	bool is_misfit; /* a patch was loaded since that it does not go along into */
	uint64_t file;  /* of the patch that it was staged for */
	float items[LIST_MAX_ITEMS];
};

/* An event that found the engine's log full. Its module is looked up when it is sent. */
struct pending_event {
	enum event_kind kind;
	uint64_t file; /* EVENT_PARAM: of the patch that it was turned in */
	struct module_ref module;
	int param; /* EVENT_NOTE: the note */
	float value;
	uint8_t bytes[4]; /* EVENT_MIDI: in the place of all that */
	int64_t time_ns;  /* pending_send() fills it in */
};

/* A value turned while a commit was under way, as it was before: if the turn was stamped with a
 * block of the new patch, the old one never had it. */
struct late_value {
	int64_t position; /* in the event log; -1: not sent yet */
	int module, param;
	float value;
	bool was_touched;
};

/* The standby's journey to a commit, and back to being a mirror. commit.c moves it:
 *
 * | journey | the standby's slot         | next, and when                                        |
 * |---------|----------------------------|-------------------------------------------------------|
 * | REST    | mirror; parked without one | RESCUE: the live one failed, unmirrored;              |
 * |         |                            | TAKE: a request waits; RETAKE: there is no mirror     |
 * | TAKE    | asked for                  | PRIME: it parked and is built; REST: taken back,      |
 * |         |                            | refused, or the live one failed                       |
 * | PRIME   | adopting, priming, ready   | RETIRE: swapped, or taken back; REST: refused, fell   |
 * |         |                            | behind (asked for again), or the live one failed      |
 * | RESCUE  | priming on its own         | RETIRE: swapped; REST: it failed, look again          |
 * | RETIRE  | retiring: the old patch    | REST: its tail is over and nothing is rendered ahead  |
 * | RETAKE  | asked for                  | RESYNC: it parked and is built; REST: a request waits |
 * | RESYNC  | adopting                   | REST: it is the mirror, or a request waits            |
 */
enum journey {
	JOURNEY_REST,
	JOURNEY_TAKE,
	JOURNEY_PRIME,
	JOURNEY_RETIRE,
	JOURNEY_RETAKE,
	JOURNEY_RESYNC,
	JOURNEY_RESCUE,
};

/* A parameter that a knob turns. module -1: the patch does not have it, or it has no such range. */
struct bound_param {
	int module, param;
	struct turn_ends ends;
};

/* Those of a knob, in the patch that is heard and in the one that edits are staged for. */
struct binding {
	struct bound_param live[SETTINGS_MAX_TURNS], staged[SETTINGS_MAX_TURNS];
};

/* A commit, an undo or a revert (a commit of the patch that plays, as its file says) that was asked
 * for and has not begun. */
struct request {
	enum action_kind kind;   /* ACTION_COMMIT, _UNDO, _REVERT, _RECALL */
	struct replay_hint hint; /* by a journal, or REPLAY_HINT_NONE */
	int number;              /* of the snapshot that is recalled */
};

/* Values turned late. writer: late_values.c */
struct late_values {
	int n;
	struct late_value list[DESK_MAX_LATE]; /* of desk->live, oldest first */
};

/* writer: pending_events.c */
struct pending_events {
	int64_t time_ns; /* when that happened which is done now */
	int n;
	struct pending_event list[DESK_MAX_PENDING]; /* oldest first */
};

/* A knob as its controller has left it */
struct midi_knob {
	double place; /* of the controller, 0..1 on the knob's scale */
	int value_14; /* of both bytes */
	bool has_place, has_low;
	bool is_joined; /* the place is the value's, as long as that is this one: */
	float value;
	const struct patch *told_for; /* told that it cannot turn */
};

/* All knobs */
struct midi_knobs {
	struct midi_knob knobs[SETTINGS_MAX_KNOBS];
	int16_t nrpn[16]; /* of each channel, that data are for; below 0: none */
};

/* Program changes */
struct midi_programs {
	uint8_t bank_high[16], bank_low[16]; /* of each channel */
	bool is_wanted;                      /* the one below, at the next poll */
	int number, bank;
};

/* MIDI as it comes. writers: midi.c, midi_channels.c, midi_knobs.c, midi_program.c */
struct midi_in {
	struct midi_decoder *decoder;   /* NULL: nothing came yet */
	const struct patch *logged_for; /* told that it does not play a note */
	uint16_t channels;              /* a bit each, on which something came */
	struct midi_knobs knobs;
	struct midi_programs programs;
};

/* Commits and undos that wait. writer: requests.c */
struct requests {
	int n;
	struct request list[DESK_MAX_REQUESTS]; /* oldest first; the one under way is not in it */
};

/* Patches that can be heard again. writer: undo_steps.c */
struct undo_steps {
	int n;
	struct patch *steps[DESK_MAX_UNDO]; /* oldest first */
};

/* Edits and a patch that wait for the commit. writer: edits.c */
struct staged {
	struct patch *loaded; /* by `load`; NULL: edits go on top of live */
	int n;
	struct edit edits[DESK_MAX_EDITS];
	/* what the commit under way has used: so many edits, and this patch */
	int n_used;
	const struct patch *loaded_used;
	bool is_replacing;     /* what was loaded comes in the place of what is heard: no undo */
	bool has_refused_load; /* since the last commit: the musician may think it is staged */
};

/* The commit or undo under way. writers: commit.c, and what it calls to begin one: next.c, rescue.c */
struct commit {
	enum journey journey;
	int target;              /* slot that it is built in */
	struct replay_hint hint; /* by a journal: how its fade was chosen */
	struct patch *next;      /* what it will make heard */
	enum action_kind kind;   /* as it was asked for; a rescue is a commit */
	int number;              /* of the snapshot that is recalled */
	bool is_taking_back;     /* a hand has taken it back; who is first, that or the swap? */
	bool has_cut;            /* the tail under what plays is cut already */
	bool has_news;           /* next differs from live by more than values */
	bool drops_live;         /* next comes from the undo steps and uses one up */
	int n_lost;              /* times in a row that priming fell too far behind */
	bool has_said_away;      /* who waits for it was told that the device is away */
	char outcome[DESK_REPLY_BYTES]; /* of the last one; empty: told */
};

/* Patches that failed in both slots. writer: rescue.c */
struct bad_patches {
	int n;
	uint64_t marks[DESK_MAX_BAD];
	uint64_t rescued_at; /* block of the last rescue, 0: none */
};

/* Module resets that the log has. writer: resets.c */
struct logged_resets {
	uint64_t n_logged;
	int64_t logged_ns;
};

/* The state that state_text.h keeps. writers: state_text.c, commit.c, edits.c, orders.c; saving: save.c */
struct saved_state {
	struct state_rest rest; /* of the state that it went on from */
	uint64_t n_changes;
	struct saving saving;
};

struct desk {
	const struct settings *settings;
	struct engine *engine;
	struct patch *live;                  /* what is heard, with the values as they are now */
	struct patch *slot_patches[N_SLOTS]; /* what each slot's program was built from */
	struct binding bindings[SETTINGS_MAX_KNOBS]; /* of live and loaded; writer: bindings.c */
	struct staged staged;
	struct late_values late;
	struct pending_events pending;
	struct hands hands;
	struct midi_in midi;
	struct requests requests;
	struct commit commit;
	struct undo_steps undo;
	struct left_patches left; /* of patches that are not heard now; writer: recall.c */
	struct bad_patches bad;
	struct logged_resets resets;
	struct saved_state saved;
	struct journal *journal; /* NULL: nothing is kept */
	bool wants_quit, allows_faults;
};

/* The patch that edits are staged for: the loaded one, or the live one. */
static inline const struct patch *desk_staged_base(const struct desk *desk)
{
	return desk->staged.loaded ? desk->staged.loaded : desk->live;
}

static inline struct action_names desk_names(const struct desk *desk)
{
	return (struct action_names){desk->settings, desk->live, desk_staged_base(desk)};
}

/* ---- bindings.c */
/* Looked up in that patch. -ENOENT, or -EINVAL: the range is none of that parameter. */
int turn_bind(const struct patch *patch, const struct settings_turn *turn,
	struct bound_param *bound, struct diag *diag);

/* ---- edits.c */
void desk_set_value(struct desk *desk, int module, int param, float value);
int desk_stage_value(
	struct desk *desk, struct module_ref module, int param, float value, struct diag *diag);
/* items: n of them, in the list's range. */
int desk_stage_list(struct desk *desk, struct module_ref module, int list, const float *items,
	int n, struct diag *diag);
/* Whether so many more have room; -ENOSPC. */
int desk_stage_room(const struct desk *desk, int n, struct diag *diag);
/* The newest edit of a value, or NULL. */
const struct edit *desk_find_edit(const struct desk *desk, struct module_ref module, int param);
/* of: as a copy of that one (patch->file); 0: as itself. */
int desk_load(struct desk *desk, const char *path, uint64_t of, struct diag *diag);
/* Whether a commit of this patch takes the edit. */
bool edit_is_of(const struct desk *desk, const struct edit *edit, const struct patch *patch);
/* Stages again the edits and the patch that the commit under way has used: it will not be heard. */
void desk_restage(struct desk *desk);

/* The commit under way uses all that is staged, */
void edits_use(struct desk *desk);
/* or only the newer reading of the file of what plays; NULL: there is none, */
void edits_use_loaded(struct desk *desk, const struct patch *loaded);
/* and is heard: it is staged no more. */
void edits_used_up(struct desk *desk);
/* A patch that no hand has loaded, from the state. is_replacing: in the place of what is heard */
void edits_give_loaded(struct desk *desk, struct patch *patch, bool is_replacing);
/* One that was to replace what is heard is refused: no hand has staged it. */
void edits_drop_replacement(struct desk *desk);
/* The musician knows that a load was refused. */
void edits_forgive_refusal(struct desk *desk);

/* ---- recall.c: a patch that is come back to sounds as it was left */
/* Whether a value that is turned in the patch of that file is this patch's, too: it is the same one,
 * or the settings say that it carries. */
bool recall_crosses(const struct desk *desk, uint64_t file, const struct patch *to,
	struct module_ref module, int param);
/* into is about to be heard after from: it gets what was turned in it before, and what goes along. 0 or
 * -ENOMEM. */
int recall_apply(const struct desk *desk, struct patch *into, const struct patch *from);
/* to is heard after from. */
void recall_note(struct desk *desk, const struct patch *from, const struct patch *to);
/* Those of a state are older than what there is; both are empty then. */
void recall_resume(struct desk *desk, struct left_patches *left, struct left_patches *snapshots);
void recall_free(struct desk *desk);

/* ---- undo_steps.c */
/* The patch (the desk's from then on) before the one of the commit that is heard now. */
void undo_push(struct desk *desk, struct patch *patch);
/* The newest is heard again. */
void undo_pop(struct desk *desk);
/* Older ones than those that there are: n of them, which fit. */
void undo_lay_beneath(struct desk *desk, struct patch *const *older, int n);

/* ---- late_values.c */
/* Before a value of the live patch is turned. */
void late_note(struct desk *desk, int module, int param);
/* It is in the log now. What was turned and is heard already is the live patch's for good. */
void late_note_sent(struct desk *desk, const struct pending_event *sent);
/* The live patch is about to be left: it forgets what was turned after its last block. */
void late_take_back(struct desk *desk);
/* Another commit begins. */
void late_forget(struct desk *desk);

/* ---- pending_events.c */
void pending_send(struct desk *desk, const struct pending_event *event);
void pending_flush(struct desk *desk);

/* ---- next.c: the patch that a commit will make heard */
int next_prepare(struct desk *desk, struct diag *diag);
uint64_t patch_mark(const struct patch *patch); /* equal for patches that were written the same */

/* ---- rescue.c: when what is heard has failed, and no mirror was there to go on */
bool rescue_is_needed(const struct desk *desk);
int rescue_begin(struct desk *desk, struct diag *diag);
/* kind FAULT_NONE: from now on its blocks are late, by so many microseconds. */
int desk_fault(struct desk *desk, enum action_slot slot, enum fault_kind kind, float value,
	struct diag *diag);

/* ---- resets.c: at most once a second */
void desk_tell_resets(struct desk *desk);

/* ---- orders.c; hint: as a journal says it, or REPLAY_HINT_NONE */
int desk_commit(struct desk *desk, const struct replay_hint *hint, struct diag *diag);
int desk_undo(struct desk *desk, const struct replay_hint *hint, struct diag *diag);
/* The patch that plays as its file says, by a commit of its own; what is staged waits on. */
int desk_revert(struct desk *desk, const struct replay_hint *hint, struct diag *diag);

/* ---- requests.c: commits and undos in the order that they were asked for */
/* Behind all others; a commit behind a commit takes its place, and a revert a revert's. false: no room. */
bool desk_ask(struct desk *desk, const struct request *request);
bool desk_has_request(const struct desk *desk);
const struct request *desk_newest_request(const struct desk *desk); /* or NULL */
void desk_drop_newest_request(struct desk *desk);
/* The oldest, which leaves the queue. There must be one. */
struct request desk_take_request(struct desk *desk);
/* Before all others: it was under way, or was meant to be next. */
void desk_ask_again(struct desk *desk, const struct request *request);

/* ---- refusals.c */
/* A patch that will not be played, and why. */
void desk_count_refusal(struct desk *desk, const struct diag *diag);

/* ---- commit.c */
bool commit_can_be_taken_back(const struct desk *desk); /* a commit is under way, and no undo */
/* The tail of the patch before ends soon. A commit asks for that by itself. */
int desk_cut_tail(struct desk *desk);
/* Settles a commit that was heard since the last look, and takes no further step, unlike a poll. */
void commit_settle_if_heard(struct desk *desk);
void commit_poll(struct desk *desk);
/* Nobody has to be told how the last one ended. */
void commit_clear_outcome(struct desk *desk);
/* A hand takes back the newest one, which is under way or waited; it is told so when that is done. */
void commit_take_back(struct desk *desk, bool is_under_way);
/* The answer to a commit that stands still with the block clock. */
const char *desk_say_away(struct desk *desk);

/* ---- journal.c: what happened at which block, as a script */
void journal_event(struct desk *desk, int64_t position, const struct action *action);
/* A commit or undo, whose line is finished when it is heard, or struck out when it is not. */
void journal_commit(struct desk *desk, int64_t position);
void journal_heard(struct desk *desk, int slot);
void journal_strike(struct desk *desk, const char *why);
/* Nothing that was said before it may stand behind it. */
void journal_snapshot(struct desk *desk, int number);
void journal_edit(struct desk *desk, const struct action *action);
void journal_load(struct desk *desk, const struct patch *patch);
void journal_saved(struct desk *desk, const struct patch *patch); /* its file is this now */
void journal_flush(struct desk *desk);

/* ---- tell.c, tell_patches.c: answers to questions */
int tell_value(const struct desk *desk, const struct action *action, struct answer *answer,
	struct diag *diag);
int tell_patch(const struct desk *desk, struct answer *answer, struct diag *diag);
int tell_patches(const struct desk *desk, struct answer *answer, struct diag *diag);
int tell_knobs(const struct desk *desk, struct answer *answer, struct diag *diag);

#endif
