/* answer.h - the answer to an action: one line, or several. Threads: [desk] */
#ifndef CONTROL_ANSWER_H
#define CONTROL_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

struct answer { /* text NULL: nobody reads it */
	char *text;
	size_t n_bytes;
	size_t n_used; /* of lines, without what stands before them */
	int n_lines;
	bool is_full;
};
/* In the place of what was said before. */
void answer_say(struct answer *answer, const char *format, ...) PRINTF_LIKE(2, 3);
/* One line of several, at the end. */
void answer_line(struct answer *answer, const char *format, ...) PRINTF_LIKE(2, 3);
/* All are there: DESK_LINES, or -EMSGSIZE where they have no room. */
int answer_lines_end(struct answer *answer, struct diag *diag);

#endif
