/* answer.c - what the desk says to who asked.
 * Tested by: unit/control/test_desk */
#include <stdarg.h>
#include <stdio.h>

#include "control/desk_state.h"

void answer_say(struct answer *answer, const char *format, ...)
{
	va_list args;

	if (!answer->text)
		return;
	va_start(args, format);
	vsnprintf(answer->text, answer->n_bytes, format, args);
	va_end(args);
}
