/* journal.c - what happened at which block, as a script that `render` can play again.
 *
 * A commit's line waits until it is heard: `late N` or `blind N` after it says what could only be
 * known then (engine/horizon.h), `tempo N` where the new tempo began (engine/beat.h). One that is
 * not heard becomes a comment.
 * An event's block is known once the producer has stamped it, so lines wait here, in order,
 * until then. An edit that only waits for a commit has no block of its own: it is written with
 * the time reached. */
#include "control/desk_state.h"
#include "engine/beat.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOURNAL_LINES = 8192 };

struct entry {
	int64_t position; /* in the event log; -1: an edit */
	bool is_open;     /* a commit that is not heard yet */
	char *text;
};

struct journal {
	FILE *file;
	int64_t block; /* of the last line written */
	int first, n;
	struct entry *open; /* the commit under way; NULL: none */
	struct entry entries[JOURNAL_LINES];
};

int desk_keep_journal(struct desk *desk, const char *path, struct diag *diag)
{
	const struct engine_config *config = &desk->engine->config;
	struct journal *journal = calloc(1, sizeof(*journal));

	if (!journal)
		return diag_set(diag, -ENOMEM, "out of memory");
	journal->file = fopen(path, "we");
	if (!journal->file) {
		free(journal);
		return diag_set(diag, -errno, "cannot write %s: %s", path, strerror(errno));
	}
	fprintf(journal->file,
		"# chronus render --patch %s --rate %d --block %d --script THIS_FILE ...\n",
		desk->live->path, config->rate_hz, config->block_frames);
	desk->journal = journal;
	return 0;
}

/* A quarter into the block, so that reading the number back ends in the same block. */
static void write_entry(const struct desk *desk, const struct entry *entry)
{
	const struct engine_config *config = &desk->engine->config;
	double seconds =
		((double)desk->journal->block + 0.25) * config->block_frames / config->rate_hz;
	bool is_comment = entry->text[0] == '#';

	fprintf(desk->journal->file, "%s%.6f %s\n", is_comment ? "# " : "", seconds,
		is_comment ? entry->text + 2 : entry->text);
}

/* For a module of the patch that was just left, but stamped with a block of the next one. */
static bool is_gone(const struct desk *desk, const struct entry *entry, int64_t block)
{
	const struct slot *slot = &desk->engine->slots[engine_live(desk->engine)];
	const struct event *event = &desk->engine->events.cells[entry->position % EVENT_LOG_CELLS];

	return event->kind != EVENT_ADOPT && event->kind != EVENT_FAULT &&
	       event->kind != EVENT_CUT && block >= (int64_t)atomic_load(&slot->live_since) &&
	       event->at[slot->index].module < 0 &&
	       event->at[slot->index].generation == slot->program->generation;
}

/* Says more in an entry. Out of memory it stays as it was. */
static void rewrite(struct entry *entry, const char *format, ...) PRINTF_LIKE(2, 3);
static void rewrite(struct entry *entry, const char *format, ...)
{
	char *text;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	free(entry->text);
	entry->text = text;
}

/* Into a comment, with the reason. */
static void strike(struct entry *entry, const char *why)
{
	rewrite(entry, "# %s: %s", why, entry->text);
}

void journal_flush(struct desk *desk)
{
	struct journal *journal = desk->journal;
	bool has_news = false;

	while (journal && journal->n > 0) {
		struct entry *entry = &journal->entries[journal->first];
		int64_t block = journal->block;

		if (entry->is_open)
			break;
		if (entry->position >= 0)
			block = engine_event_block(desk->engine, entry->position);
		if (block < 0)
			break;
		if (entry->position >= 0 && is_gone(desk, entry, block))
			strike(entry, "too late for its module");
		if (block > journal->block)
			journal->block = block;
		write_entry(desk, entry);
		free(entry->text);
		journal->first = (journal->first + 1) % JOURNAL_LINES;
		journal->n--;
		has_news = true;
	}
	if (has_news)
		fflush(journal->file);
}

static struct entry *add(struct desk *desk, int64_t position, const char *format, va_list args)
{
	struct journal *journal = desk->journal;
	struct entry *entry;

	journal_flush(desk);
	/* the engine has not stamped anything for thousands of events */
	if (journal->n == JOURNAL_LINES)
		return NULL;
	entry = &journal->entries[(journal->first + journal->n) % JOURNAL_LINES];
	entry->position = position;
	entry->is_open = false;
	if (vasprintf(&entry->text, format, args) < 0)
		return NULL;
	journal->n++;
	return entry;
}

static struct entry *add_event(struct desk *desk, int64_t position, const char *format, ...)
	PRINTF_LIKE(3, 4);
static struct entry *add_event(struct desk *desk, int64_t position, const char *format, ...)
{
	struct entry *entry;
	va_list args;

	va_start(args, format);
	entry = add(desk, position, format, args);
	va_end(args);
	return entry;
}

void journal_commit(struct desk *desk, int64_t position, const char *what)
{
	if (!desk->journal)
		return;
	journal_strike(desk); /* the one before fell behind: this is its next try */
	desk->journal->open = add_event(desk, position, "%s", what);
	if (desk->journal->open)
		desk->journal->open->is_open = true;
}

/* Says after the open commit what stands before n, unless n is below 0. */
static void tell(struct desk *desk, const char *how, int n)
{
	if (desk->journal && desk->journal->open && n >= 0)
		rewrite(desk->journal->open, "%s %s %d", desk->journal->open->text, how, n);
}

static void finish(struct desk *desk)
{
	struct journal *journal = desk->journal;

	if (!journal || !journal->open)
		return;
	journal->open->is_open = false;
	journal->open = NULL;
	journal_flush(desk);
}

void journal_heard(struct desk *desk, const struct slot *slot)
{
	int n_blind = atomic_load_explicit(&slot->blind_blocks, memory_order_relaxed);
	int n_tempo = beat_tempo_blocks(slot);
	bool is_planned = slot->is_planned && n_blind < 0 && slot->plan.block;

	tell(desk, "blind", n_blind);
	if (n_blind >= 0 && n_tempo != n_blind)
		tell(desk, "tempo", n_tempo);
	if (is_planned && slot->plan.n_late_blocks > 0)
		tell(desk, "late", slot->plan.n_late_blocks);
	finish(desk);
}

void journal_strike(struct desk *desk)
{
	if (!desk->journal || !desk->journal->open)
		return;
	strike(desk->journal->open, "not heard");
	finish(desk);
}

void journal_event(struct desk *desk, int64_t position, const char *format, ...)
{
	va_list args;

	if (!desk->journal)
		return;
	va_start(args, format);
	add(desk, position, format, args);
	va_end(args);
}

void journal_edit(struct desk *desk, const char *format, ...)
{
	va_list args;

	if (!desk->journal)
		return;
	va_start(args, format);
	add(desk, -1, format, args);
	va_end(args);
}

void journal_close(struct desk *desk)
{
	if (!desk->journal)
		return;
	finish(desk);
	journal_flush(desk);
	for (; desk->journal->n > 0; desk->journal->n--) /* nobody is left to stamp them */
		free(desk->journal->entries[desk->journal->first++ % JOURNAL_LINES].text);
	fclose(desk->journal->file);
	free(desk->journal);
	desk->journal = NULL;
}
