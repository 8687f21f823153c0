/* app.h - the programs of /data/app: a folder for each version, the link `current` to the one that
 * was kept, `before` to the one that was kept before it. Other versions are removed when one is kept,
 * and before one comes in; what a power cut leaves of that, the next time removes.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason. */
#ifndef CARD_APP_H
#define CARD_APP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "card/paths.h"

/* The version that `current` names, if it was made for the system that runs (CHRONUS_VERSION); ""
 * where there is none. */
void app_current(const struct paths *paths, char *version, size_t n_bytes);
bool app_is_current(const struct paths *paths, const char *version);
/* This version is the one from now on: on the card when it returns. Then it tidies up. */
int app_keep(const struct paths *paths, const char *version, struct diag *diag);
/* Removes what neither link leads to. What cannot be removed stays: that is no failure. */
void app_tidy(const struct paths *paths);

#endif
