/* Tested by: unit/config/test_malformed */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

int diag_set(struct diag *diag, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(diag->text, sizeof(diag->text), format, args);
	va_end(args);
	for (char *c = diag->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return err;
}
