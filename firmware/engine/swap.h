/* swap.h - a commit becomes audible: at which block, and with which fade.
 *
 * Threads: [producer]. */
#ifndef ENGINE_SWAP_H
#define ENGINE_SWAP_H

#include "engine/internal.h"

void swap_set_live(struct engine *engine, int slot) RT_SAFE;

/* stamped: what events were stamped with just now; rung: workers will be told to render below.
 * Where no fade is chosen ahead (lookahead.h), a swap is announced before its first block is
 * rendered: from then on events belong to the new patch, its tempo begins, and the old one rings
 * out. Taken back where the new one fails before it is heard. */
void swap_announce(struct engine *engine, uint64_t stamped, uint64_t rung) RT_SAFE;

/* A primed patch waits: from block n on it is heard, if it is time. The only place where a commit
 * becomes audible. */
void swap_if_ready(struct engine *engine, uint64_t n) RT_SAFE;

#endif
