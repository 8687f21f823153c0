/* lookahead.h - both patches are rendered ahead of a fade, so that it is chosen from known signals.
 *
 * Events are stamped with the first block that no worker has been told to render. So when the
 * producer tells both workers at once to render up to the end of a lookahead, no event can fall
 * before that: the sound of both patches is certain up to there. The standby's worker then
 * compares the two and chooses the fade (plan.h) before the first block at which it may begin:
 *
 *   primed ... first - ahead: told the lookahead | first: may begin ... begins at the latest |
 *   fade | 10 ms known after it: lookahead_end
 *
 * Two that sound the same so far (a commit of what plays) need no plan, and nothing waits for them.
 * A choice that comes too late (a patch near its budget) leaves later starts only; if none is left,
 * the fade is blind. Both are told to the desk, for they are facts that a rendering of the same
 * events has to be told (struct replay_hint).
 * Threads: a tag at each function. */
#ifndef ENGINE_LOOKAHEAD_H
#define ENGINE_LOOKAHEAD_H

#include "engine/internal.h"

/* in slot.lookahead_end, where there is none: */
#define LOOKAHEAD_NONE UINT64_MAX       /* seen too late: this fade is blind */
#define LOOKAHEAD_SAME (UINT64_MAX - 1) /* the two sound the same: no event has to wait */

/* [init] Blocks from the first possible start to the end of the lookahead; 0: with these settings
 * all fades are blind. */
int lookahead_blocks(const struct engine_config *config);
/* [any] A blind fade begins so many blocks after the first possible start, at the latest. */
int lookahead_patience_blocks(const struct engine *engine) RT_SAFE;
/* [producer] new primes or is ready. stamped: the block that events were stamped with just now;
 * target: the block that workers would be told to render below. Returns the end of a lookahead
 * instead when it is time for one. */
uint64_t lookahead_extend(
	struct engine *engine, struct slot *new, uint64_t stamped, uint64_t target) RT_SAFE;
/* [worker] true: it was chosen (or given up) now. */
bool lookahead_plan_if_due(struct slot *slot) RT_SAFE;
/* [worker] The other slot waits for this one to have rendered all below n. */
bool lookahead_is_reached(const struct slot *slot, uint64_t n) RT_SAFE;

#endif
