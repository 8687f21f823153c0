/* horizon.h - for the short time of a fade the future is made certain.
 *
 * Events are stamped with the first block that no worker has been told to render. So when the
 * producer tells both workers at once to render up to a horizon, no event can fall before it, and
 * what both patches will sound like until there is a fact. The standby's worker then compares
 * the two and chooses the fade (plan.h) before the first block at which it may begin:
 *
 *   primed ... first - ahead: told up to the horizon | first: may begin ... begins at the latest |
 *   fade | 10 ms known after it: horizon
 *
 * Two that sound the same so far (a commit of what plays) need no plan, and nothing waits for them.
 * Where it is too late (a patch near its budget), later starts are left; where none is left,
 * the fade is blind. Both are told to the desk, for they are facts that a rendering of the same
 * events has to be told (struct slot_told).
 * Threads: [init] horizon_blocks; [producer] horizon_extend, horizon_patience_blocks; [worker] horizon_plan_if_due, horizon_is_reached. */
#ifndef ENGINE_HORIZON_H
#define ENGINE_HORIZON_H

#include "engine/engine.h"

/* in slot.horizon, where there is none: */
#define HORIZON_NONE UINT64_MAX       /* seen too late: this fade is blind */
#define HORIZON_SAME (UINT64_MAX - 1) /* the two sound the same: no event has to wait */

/* Blocks from the first possible start to the horizon; 0: with these settings all fades are
 * blind. */
int horizon_blocks(const struct engine_config *config);
/* A blind fade begins so many blocks after the first possible start, at the latest. */
int horizon_patience_blocks(const struct engine *engine) RT_SAFE;
/* stamped: what events were stamped with just now; rung: what workers would be told to render
 * below. Returns the horizon instead when it is time for one. */
uint64_t horizon_extend(struct engine *engine, uint64_t stamped, uint64_t rung) RT_SAFE;
/* true: it was chosen (or given up) now. */
bool horizon_plan_if_due(struct slot *slot) RT_SAFE;
/* The other slot waits for this one to have rendered all below n. */
bool horizon_is_reached(const struct slot *slot, uint64_t n) RT_SAFE;

#endif
