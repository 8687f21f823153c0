/* degraded.h - missing capabilities (RT priority, GPIO ...), each logged once.
 *
 * Threads: [init] [desk] */
#ifndef APPLIANCE_DEGRADED_H
#define APPLIANCE_DEGRADED_H

#include <stdarg.h>

#include "base/util.h"

enum { DEGRADED_MAX = 10, DEGRADED_BYTES = 400 };

struct degraded {
	int n;
	char lines[DEGRADED_MAX][DEGRADED_BYTES];
};

/* Keeps the line and logs it as "degraded: ...", unless it was said before. What is missing, what
 * that costs, what to do. */
void degraded_add(struct degraded *degraded, const char *format, ...) PRINTF_LIKE(2, 3);
void degraded_vadd(struct degraded *degraded, const char *format, va_list args) PRINTF_LIKE(2, 0);

#endif
