/* check_patch.h - warnings of a patch that is right but will hardly do as was meant: silent modules, envelopes
 * that nothing gates, voices that fall together, modulation without effect.
 * Threads: [init] [desk] */
#ifndef CONFIG_CHECK_PATCH_H
#define CONFIG_CHECK_PATCH_H

#include "config/check_warn.h"

/* The patch was read from a text and has not been changed since. */
void check_patch(const struct patch *patch, struct check *check);

#endif
