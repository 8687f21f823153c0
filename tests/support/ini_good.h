/* ini_good.h - what the readers of ini files may accept: everything inside its range, every cable
 * to an output that is there. For the fuzzers. */
#ifndef SUPPORT_INI_GOOD_H
#define SUPPORT_INI_GOOD_H

#include <stdbool.h>

#include "base/diag.h"
#include "config/settings.h"
#include "patch/patch.h"

bool patch_is_good(const struct patch *patch);
bool settings_are_good(const struct settings *settings);
/* A refusal of FILE that says why, in one line. */
bool reason_is_good(const struct diag *diag, const char *file);

#endif
