/* lockstep.h - who may act when: one after the other, so that no sample depends on a thread's speed.
 *
 * In lockstep (`render`, tests) the workers act only between a ring of their bells and the moment
 * at which both have answered; who rings waits for that moment. The producer rings and waits once a
 * wake-up; the desk acts only while the producer waits in its sink for the desk's word, and waits
 * for the workers whenever it has asked for a slot. So each reads what the others have done with
 * their turn, and never what they are about to do.
 * Threads: a tag at each function. */
#ifndef ENGINE_LOCKSTEP_H
#define ENGINE_LOCKSTEP_H

#include "engine/internal.h"

/* [producer], [desk] Both workers have answered all their rings: neither acts before it is rung
 * again. */
bool lockstep_is_quiet(const struct engine *engine) RT_SAFE;
/* [producer], [desk] Returns when it is so, or when the engine must stop. Outside of lockstep: at
 * once. */
void lockstep_wait(struct engine *engine) RT_SAFE;

#endif
