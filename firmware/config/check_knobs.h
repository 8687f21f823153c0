/* check_knobs.h - does a patch have what knobs turn?
 *
 * Threads: [init] [desk] */
#ifndef CONFIG_CHECK_KNOBS_H
#define CONFIG_CHECK_KNOBS_H

#include "config/check_text.h"
#include "config/settings.h"
#include "patch/patch.h"

/* A warning for each parameter that the patch does not have, and for each range that is not within the
 * parameter's. It is no fault of the file: another patch may have it. */
void check_knobs(const struct settings *settings, const struct patch *patch, struct check *check);

#endif
