/* sound.h - device, statistics, engine and desk: opened for run->patch, closed for another try or
 * at the end. run->engine and run->desk are made here.
 * Threads: [init] */
#ifndef APPLIANCE_SOUND_H
#define APPLIANCE_SOUND_H

#include <stdbool.h>

#include "base/diag.h"

struct run;

int run_sound_open(struct run *run, struct diag *diag);
/* Statistics and recorder stay. false: the journal is not whole. */
bool run_sound_close(struct run *run);

#endif
