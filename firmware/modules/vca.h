/* vca.h - what the two files of the module vca share.
 * Threads: [worker]. */
#ifndef MODULES_VCA_H
#define MODULES_VCA_H

#include <stdbool.h>

#include "dsp/module.h"

enum { VCA_LEVEL, VCA_N_PARAMS };
enum { VCA_IN, VCA_BY, VCA_N_INS };

/* A block of an input that moves, at a level that does not. Must equal the reference,
 * vca_render(). false: it is not so, and nothing is done. */
bool vca_fast(const struct module_io *io) RT_SAFE;

#endif
