/* swap.h - a commit becomes audible: at which block, and with which fade.
 *
 * Threads: [producer]; swap_next_boundary also in horizon.c, which the producer calls. */
#ifndef ENGINE_SWAP_H
#define ENGINE_SWAP_H

#include "engine/engine.h"

/* A finite block n of this slot, or NULL. */
const struct block *swap_take_good(const struct slot *slot, uint64_t n) RT_SAFE;
/* A slot's ring may still hold what the slot played before it was built anew. */
bool swap_is_of_now(const struct slot *slot, uint64_t n) RT_SAFE;
void swap_set_live(struct engine *engine, int slot) RT_SAFE;

/* Block by block: the musical clock runs at the tempo of what is heard. */
void swap_move_beats(struct engine *engine) RT_SAFE;
/* The first block from `from` on at which a quantized commit may be heard; unquantized: from. */
uint64_t swap_next_boundary(const struct engine *engine, uint64_t from) RT_SAFE;
/* A primed patch waits: from block n on it is heard, if it is time. The only place where a commit
 * becomes audible. */
void swap_if_ready(struct engine *engine, uint64_t n) RT_SAFE;

#endif
