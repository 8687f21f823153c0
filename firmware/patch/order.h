/* order.h - the cycle that patch_order() refuses, as modules and not as text.
 * Threads: [desk] [init] */
#ifndef PATCH_ORDER_H
#define PATCH_ORDER_H

#include "patch/patch.h"

/* The first cycle that no delay breaks: each of its modules once, in the direction the signal
 * flows, the one written first leading. out_cycle has room for n_modules. Returns its length, 0 if
 * there is no such cycle, or -ENOMEM. */
int patch_cycle_find(const struct patch *patch, int *out_cycle);

#endif
