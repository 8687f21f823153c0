/* slot_state.h - a slot's states by name (slot.h has their order and their owners), and how a
 * journal says a commit's fade was chosen.
 *
 * Threads: [any]. */
#ifndef ENGINE_SLOT_STATE_H
#define ENGINE_SLOT_STATE_H

#include <stdbool.h>

enum slot_state {
	SLOT_PARKED,
	SLOT_ADOPTING,
	SLOT_PRIMING,
	SLOT_READY,
	SLOT_MIRROR,
	SLOT_LIVE,
	SLOT_RETIRING,
	SLOT_RETIRED,
	SLOT_FAILED,
	N_SLOT_STATES
};

enum { N_SLOTS = 2 };

/* How a commit's fade was or is to be chosen (lookahead.h). A journal tells a rendering. */
struct replay_hint {
	bool is_same;     /* the two sounded the same as far as was compared */
	int late_blocks;  /* the first so many starts could not be reached */
	int blind_blocks; /* so many blocks after ready_block, unplanned; -1: planned */
	int tempo_blocks; /* where it is blind: another tempo began so many after ready_block */
};
#define REPLAY_HINT_NONE ((struct replay_hint){.blind_blocks = -1})

/* [any] */
const char *slot_state_name(enum slot_state state);

#endif
