/* signals.h - signals that end a run, read from a file descriptor by the desk.
 *
 * Blocked before any thread starts, so in all of them.
 * Threads: take, close [init]; came [desk] */
#ifndef APPLIANCE_SIGNALS_H
#define APPLIANCE_SIGNALS_H

#include <stdbool.h>

#include "base/diag.h"

struct run;

struct run_signals {
	int fd; /* below 0: none */
};

int run_signals_take(struct run *run, struct diag *diag);
bool run_signals_came(const struct run *run); /* when poll() reports fd */
void run_signals_close(struct run *run);

#endif
