/* answer.c - what the desk says to who asked.
 * Tested by: unit/control/test_tell */
#include "control/answer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "control/desk.h"

enum { HEAD_BYTES = 24 }; /* "ok N lines" and its newline */

void answer_say(struct answer *answer, const char *format, ...)
{
	va_list args;

	if (!answer->text)
		return;
	va_start(args, format);
	vsnprintf(answer->text, answer->n_bytes, format, args);
	va_end(args);
}

void answer_line(struct answer *answer, const char *format, ...)
{
	size_t at = HEAD_BYTES + answer->n_used,
	       room = answer->n_bytes > at ? answer->n_bytes - at : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(answer->text ? answer->text + (room ? at : 0) : NULL, answer->text ? room : 0,
		format, args);
	va_end(args);
	answer->n_used += (size_t)n + 1;
	answer->n_lines++;
	if ((size_t)n + 1 >= room)
		answer->is_full = true;
	else if (answer->text)
		answer->text[at + (size_t)n] = '\n';
}

int answer_lines_end(struct answer *answer, struct diag *diag)
{
	int n_head;

	if (!answer->text)
		return 0;
	if (answer->is_full)
		return diag_set(diag, -EMSGSIZE,
			"the answer has %d lines, %zu bytes, which have no room here%s",
			answer->n_lines, answer->n_used,
			answer->n_bytes < DESK_ANSWER_BYTES ? ": ask by `chronus send`" : "");
	n_head = snprintf(answer->text, HEAD_BYTES, "ok %d lines\n", answer->n_lines);
	memmove(answer->text + n_head, answer->text + HEAD_BYTES, answer->n_used);
	answer->text[(size_t)n_head + answer->n_used - 1] = '\0'; /* not the last newline */
	return DESK_LINES;
}
