/* journal.c - what happened at which frame, as a script that `render` can play again.
 *
 * A commit's line waits until it is heard: `late N`, `same` or `blind N` after it says what could
 * only be known then (engine/lookahead.h), `tempo N` where the new tempo began (engine/beat.h). One
 * that is not heard becomes a comment.
 * An event's frame is known once the producer has stamped it, so lines wait here, in order, until
 * that block is played. An edit that only waits for a commit has no frame of its own: it is written
 * with the time reached, and never before the patch that it was made for is known to be heard.
 * The last line is `quit`, at the block that the desk ended at: after it a run fades out, which a
 * rendering does not. */
#include "control/desk_state.h"
#include "control/journal_file.h"
#include "control/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOURNAL_LINES = 8192 };

struct entry {
	int64_t position; /* in the event log; -1: an edit */
	int64_t earliest; /* frame of an edit, at least */
	bool is_passable; /* an event: edits behind it may as well stand before it */
	bool is_open;     /* a commit that is not heard yet */
	char *text;
};

struct journal {
	struct journal_file to;
	int64_t frame; /* of the last line written */
	int64_t known; /* what was heard last is known to the desk from this frame on */
	int64_t end;   /* the first one that is not to be rendered; -1: not known yet */
	int first, n;
	struct entry *open; /* the commit under way; NULL: none */
	struct action open_action;
	struct entry entries[JOURNAL_LINES];
};

int desk_keep_journal(struct desk *desk, const char *path, struct diag *diag)
{
	struct settings *settings = malloc(sizeof(*settings));
	struct journal *journal = calloc(1, sizeof(*journal));
	int err;

	if (!journal || !settings) {
		free(journal);
		free(settings);
		return diag_set(diag, -ENOMEM, "out of memory");
	}
	*settings = *desk->settings;
	settings->audio.rate_hz = engine_config(desk->engine)->rate_hz;
	settings->audio.block_frames = engine_config(desk->engine)->block_frames;
	journal->end = -1;
	err = journal_file_open(&journal->to, path, settings, desk->live, diag);
	free(settings);
	if (err < 0) {
		free(journal);
		return err;
	}
	desk->journal = journal;
	return 0;
}

/* The first frame of a block. */
static int64_t frame_of(const struct desk *desk, uint64_t block)
{
	return (int64_t)block * engine_config(desk->engine)->block_frames;
}

static void write_line(const struct desk *desk, int64_t frame, const char *text)
{
	double seconds = script_seconds((uint64_t)frame, engine_config(desk->engine)->rate_hz);
	bool is_comment = text[0] == '#';

	if (!desk->journal->to.err)
		fprintf(desk->journal->to.file, "%s%.6f %s\n", is_comment ? "# " : "", seconds,
			is_comment ? text + 2 : text);
}

/* Into a comment, with the reason. Out of memory it stays as it was. */
static void strike(struct entry *entry, const char *why)
{
	char *text;

	if (asprintf(&text, "# %s: %s", why, entry->text) < 0)
		return;
	free(entry->text);
	entry->text = text;
}

void journal_flush(struct desk *desk)
{
	struct journal *journal = desk->journal;
	int64_t clock = frame_of(desk, engine_clock(desk->engine));
	bool has_news = false;

	while (journal && journal->n > 0) {
		struct entry *entry = &journal->entries[journal->first];
		int64_t frame = journal->frame;

		if (entry->is_open)
			break;
		if (entry->position >= 0)
			frame = engine_event_frame(desk->engine, entry->position);
		else if (frame < entry->earliest)
			frame = entry->earliest;
		if (frame < 0 || (journal->end < 0 && frame >= clock)) /* the end may come before */
			break;
		if (entry->position >= 0 && engine_event_is_lost(desk->engine, entry->position))
			strike(entry, "too late for its module");
		if (frame > journal->frame)
			journal->frame = frame;
		if (journal->end >= 0 && journal->frame >= journal->end)
			strike(entry, "after the end");
		write_line(desk, journal->frame, entry->text);
		free(entry->text);
		journal->first = (journal->first + 1) % JOURNAL_LINES;
		journal->n--;
		has_news = true;
	}
	if (has_news)
		journal_file_flush(&journal->to);
}

static struct entry *add(struct desk *desk, int64_t position, const struct action *action)
{
	struct journal *journal = desk->journal;
	char text[ACTION_TEXT_BYTES];
	struct entry *entry;

	journal_flush(desk);
	/* the engine has not stamped anything for thousands of events */
	if (journal->n == JOURNAL_LINES) {
		journal_file_fail(&journal->to, -ENOBUFS, "too many lines wait");
		return NULL;
	}
	entry = &journal->entries[(journal->first + journal->n) % JOURNAL_LINES];
	entry->position = position;
	entry->earliest = journal->known;
	entry->is_passable = false;
	entry->is_open = false;
	entry->text = strdup(action_text(desk->settings, action, text));
	if (!entry->text) {
		journal_file_fail(&journal->to, -ENOMEM, "a line is lost");
		return NULL;
	}
	journal->n++;
	return entry;
}

void journal_commit(struct desk *desk, int64_t position)
{
	struct journal *journal = desk->journal;

	if (!journal)
		return;
	journal_strike(desk, "not heard"); /* the one before fell behind: this is its next try */
	journal->open_action = (struct action){.kind = desk->commit.kind,
		.recall = {.hint = REPLAY_HINT_NONE, .number = desk->commit.number}};
	journal->open = add(desk, position, &journal->open_action);
	if (journal->open)
		journal->open->is_open = true;
}

static void finish(struct desk *desk)
{
	struct journal *journal = desk->journal;

	journal->open->is_open = false;
	journal->open = NULL;
	journal_flush(desk);
}

/* Its line says how it was heard. Out of memory it says less. */
static void finish_as(struct desk *desk, struct replay_hint hint)
{
	struct journal *journal = desk->journal;
	char text[ACTION_TEXT_BYTES], *copy;

	if (!journal->open)
		return;
	journal->open_action.hint = hint;
	copy = strdup(action_text(desk->settings, &journal->open_action, text));
	if (copy) {
		free(journal->open->text);
		journal->open->text = copy;
	}
	finish(desk);
}

void journal_heard(struct desk *desk, int slot)
{
	struct transition_facts facts = engine_transition(desk->engine, slot);

	if (!desk->journal)
		return;
	desk->journal->known = frame_of(desk, facts.live_since + 1);
	finish_as(desk, (struct replay_hint){.is_same = facts.is_same,
				.late_blocks = facts.late_blocks,
				.blind_blocks = facts.blind_blocks,
				.tempo_blocks = facts.tempo_blocks >= 0 ? facts.tempo_blocks
									: facts.blind_blocks});
}

void journal_strike(struct desk *desk, const char *why)
{
	if (!desk->journal || !desk->journal->open)
		return;
	strike(desk->journal->open, why);
	finish(desk);
}

void journal_event(struct desk *desk, int64_t position, const struct action *action)
{
	struct entry *entry = desk->journal ? add(desk, position, action) : NULL;

	if (entry)
		entry->is_passable = true;
}

/* Events wait for their frames, which may be those of another patch than the edit was made for.
 * Both orders come to the same. */
static void pass_events(struct desk *desk)
{
	struct journal *journal = desk->journal;

	for (int i = journal->n - 1; i > 0; i--) {
		struct entry *edit = &journal->entries[(journal->first + i) % JOURNAL_LINES];
		struct entry *event = &journal->entries[(journal->first + i - 1) % JOURNAL_LINES];
		struct entry passed = *event;
		int64_t frame;

		if (!event->is_passable)
			return;
		frame = engine_event_frame(desk->engine, event->position);
		if (frame >= 0 && frame < edit->earliest)
			return;
		*event = *edit;
		*edit = passed;
	}
}

void journal_edit(struct desk *desk, const struct action *action)
{
	if (desk->journal && add(desk, -1, action))
		pass_events(desk);
}

void journal_snapshot(struct desk *desk, int number)
{
	if (desk->journal)
		add(desk, engine_last_event(desk->engine),
			&(struct action){.kind = ACTION_SNAPSHOT, .number = number});
}

void journal_load(struct desk *desk, const struct patch *patch)
{
	struct journal_name name;

	if (desk->journal && journal_file_name(&desk->journal->to, patch, &name) == 0)
		journal_edit(desk, &(struct action){.kind = ACTION_LOAD,
					   .load = {name.path, true, name.sum, name.of}});
}

void journal_saved(struct desk *desk, const struct patch *patch)
{
	struct journal_name name;

	if (desk->journal && journal_file_name(&desk->journal->to, patch, &name) == 0)
		journal_edit(desk, &(struct action){.kind = ACTION_SAVE,
					   .save = {name.path, true, name.sum, name.of}});
}

void desk_end_journal(struct desk *desk)
{
	if (desk->journal && desk->journal->end < 0)
		desk->journal->end = frame_of(desk, engine_clock(desk->engine));
}

/* A commit that is not heard by the end: it is no part of what was played, but for an old patch
 * that has left already. */
static void leave_open(struct desk *desk)
{
	int old = engine_live(desk->engine), new = 1 - old;
	int64_t ready = (int64_t)engine_transition(desk->engine, new).ready_block;
	int64_t left = (int64_t)engine_transition(desk->engine, old).leave_block;
	int64_t end = desk->journal->end / engine_config(desk->engine)->block_frames;

	if (old == desk->commit.target) { /* since the desk looked last */
		journal_heard(desk, old);
		return;
	}
	if (!left || engine_slot_state(desk->engine, new) != SLOT_READY) {
		journal_strike(desk, "not heard");
		return;
	}
	finish_as(
		desk, (struct replay_hint){.blind_blocks = (int)((end > left ? end : left) - ready),
			      .tempo_blocks = (int)(left - ready)});
}

int desk_close_journal(struct desk *desk)
{
	char text[ACTION_TEXT_BYTES];
	int err;

	if (!desk->journal)
		return 0;
	desk_end_journal(desk);
	if (desk->journal->open)
		leave_open(desk);
	journal_flush(desk);
	write_line(desk, desk->journal->end,
		action_text(desk->settings, &(struct action){.kind = ACTION_QUIT}, text));
	for (; desk->journal->n > 0; desk->journal->n--) /* nobody is left to stamp them */
		free(desk->journal->entries[desk->journal->first++ % JOURNAL_LINES].text);
	err = journal_file_close(&desk->journal->to);
	free(desk->journal);
	desk->journal = NULL;
	return err;
}
