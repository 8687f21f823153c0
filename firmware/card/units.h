/* units.h - what systemd is told: start, restart, reboot. Names are ours, never sent by anybody.
 * Threads: [init] */
#ifndef CARD_UNITS_H
#define CARD_UNITS_H

#include "base/diag.h"
#include "card/paths.h"

/* unit NULL: the verb has none. Does not wait for it to be done. Below a root that tests choose it is
 * that root's systemctl. 0, or a negative errno with the reason. */
int units_tell(const struct paths *paths, const char *verb, const char *unit, struct diag *diag);

#endif
