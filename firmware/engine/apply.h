/* apply.h - a worker obeys the events of the log, at the blocks that they are stamped with.
 * Threads: a tag at each function. */
#ifndef ENGINE_APPLY_H
#define ENGINE_APPLY_H

#include "engine/slot.h"

/* [worker] Obeys every event up to block n that it has not read yet. */
void apply_events(struct slot *slot, uint64_t n) RT_SAFE;
/* [worker] One more piece of this slot's state for the one that takes over from it, before block n;
 * after the last that slot begins to prime. */
void apply_adopt_step(struct slot *slot, uint64_t n) RT_SAFE;
/* [worker] Block n is one of those in which the other slot's patch is to be heard. */
bool apply_has_left(const struct slot *slot, uint64_t n) RT_SAFE;

#endif
