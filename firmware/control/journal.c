/* journal.c - what happened at which block, as a script that `render` can play again.
 *
 * An event's block is known once the producer has stamped it, so lines wait here, in order,
 * until then. An edit that only waits for a commit has no block of its own: it is written with
 * the time reached. */
#include "control/desk_state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOURNAL_LINES = 8192, JOURNAL_LINE_BYTES = 320 };

struct entry {
	int64_t position; /* in the event log; -1: an edit */
	char text[JOURNAL_LINE_BYTES];
};

struct journal {
	FILE *file;
	int64_t block; /* of the last line written */
	int first, n;
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

	fprintf(desk->journal->file, "%.6f %s\n", seconds, entry->text);
}

void journal_flush(struct desk *desk)
{
	struct journal *journal = desk->journal;
	bool has_news = false;

	while (journal && journal->n > 0) {
		const struct entry *entry = &journal->entries[journal->first];
		int64_t block = journal->block;

		if (entry->position >= 0)
			block = engine_event_block(desk->engine, entry->position);
		if (block < 0)
			break;
		if (block > journal->block)
			journal->block = block;
		write_entry(desk, entry);
		journal->first = (journal->first + 1) % JOURNAL_LINES;
		journal->n--;
		has_news = true;
	}
	if (has_news)
		fflush(journal->file);
}

static void add(struct desk *desk, int64_t position, const char *format, va_list args)
{
	struct journal *journal = desk->journal;
	struct entry *entry;

	journal_flush(desk);
	/* the engine has not stamped anything for thousands of events */
	if (journal->n == JOURNAL_LINES)
		return;
	entry = &journal->entries[(journal->first + journal->n++) % JOURNAL_LINES];
	entry->position = position;
	vsnprintf(entry->text, sizeof(entry->text), format, args);
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
	journal_flush(desk);
	fclose(desk->journal->file);
	free(desk->journal);
	desk->journal = NULL;
}
