/* press_read.h - an action of a button as the settings have it: between the files of config/ only.
 * Threads: [init] [desk] */
#ifndef CONFIG_PRESS_READ_H
#define CONFIG_PRESS_READ_H

#include "base/diag.h"
#include "config/settings.h"

/* choices: those allowed, as in knob_words.h; ends with NULL. 0, or -EINVAL or -ERANGE with the bare reason; out is
 * untouched then. */
int press_read(
	const char *text, const char *const *choices, struct press_action *out, struct diag *diag);
/* Whether the three go together; *key: the one that does not. 0, or -EINVAL with the bare reason. */
int press_check(
	const struct press_action presses[N_PRESS_KEYS], const char **key, struct diag *diag);

#endif
