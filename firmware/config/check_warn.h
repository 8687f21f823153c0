/* check_warn.h - lines of what is no fault in a file, but worth a look.
 * Threads: [init] [desk] */
#ifndef CONFIG_CHECK_WARN_H
#define CONFIG_CHECK_WARN_H

#include "config/check_text.h"
#include "patch/patch.h"

/* Adds "FILE:LINE: warning: ...\n" to check->warnings; where there is no room, "... and more". */
void check_warn(struct check *check, const char *file, int line, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* The same, at the line of a key of the module; "" or a key that has no line: at its section's. */
void check_warn_key(struct check *check, const struct patch *patch,
	const struct patch_module *module, const char *key, const char *format, ...)
	PRINTF_LIKE(5, 6);

#endif
