/* action_line.h - a line that becomes an action: between the files of action_read() only. Threads: [desk] */
#ifndef CONTROL_ACTION_LINE_H
#define CONTROL_ACTION_LINE_H

#include "control/action.h"

enum { LINE_MAX_WORDS = 6 };

/* Words behind the button; the first is none */
extern const char *const action_press_ways[N_PRESS_WAYS];

struct line {
	const struct action_names *names;
	int n_words;
	char *words[LINE_MAX_WORDS];
	struct action *action;
	struct diag *diag;
};

/* Words behind that of a command, into line->action: as action_read(). */
int read_tempo(struct line *line);
int read_load(struct line *line);
int read_save(struct line *line);
int read_hint(struct line *line);
int read_snapshot(struct line *line);
int read_recall(struct line *line);
int read_fault(struct line *line);
int read_get(struct line *line);

#endif
