/* source.h - where events come from: GPIO, a terminal, a test. A source is a file of its own and a
 * row of a table.
 *
 * Threads: open, close [init]; the rest [desk].
 * Errors:  open gives a negative errno and the reason in diag. read: -EIO when the source is gone
 *          for good. */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include <stdbool.h>

#include "base/diag.h"
#include "board/board.h"
#include "config/settings.h"
#include "input/event.h"

struct input_source {
	/* A file descriptor that polls readable when there is something to read. */
	int (*fd)(const struct input_source *source);
	/* Up to max events, without their source; how many, 0 when there is nothing more. Never
	 * waits. */
	int (*read)(struct input_source *source, struct input_event *events, int max);
	void (*close)(struct input_source *source);
	/* Its LEDs from now on. NULL: it has none. */
	void (*show)(
		struct input_source *source, const enum board_pattern patterns[BOARD_N_INDICATORS]);
	/* Edges and losses since it was opened. NULL: it counts nothing. */
	void (*count)(const struct input_source *source, struct board_counts *counts);
	/* Bytes that made no message since it was opened. NULL: it reads none. */
	uint64_t (*faults)(const struct input_source *source);
	/* Shows what comes in a file of its own, once. NULL: it does not. */
	int (*publish)(struct input_source *source, const char *path, struct diag *diag);
};

enum { INPUT_IS_UNUSED = 1, INPUT_MAX_SOURCES = 8 };

struct input_row {
	const char *name;    /* as in "NAME: why" */
	const char *without; /* as in "playing without WITHOUT" */
	bool is_optional;    /* nobody misses it where it cannot be opened */
	bool has_screen;     /* who moves it looks at the terminal */
	/* 0 and *source; INPUT_IS_UNUSED: the settings or the terminal ask for none. */
	int (*open)(
		struct input_source **source, const struct settings *settings, struct diag *diag);
};

extern const struct input_row input_rows[];
extern const int n_input_rows;

#endif
