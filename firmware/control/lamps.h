/* lamps.h - what the four signs show: is there sound, what waits, is there a mirror, did something
 * fail.
 *
 * | sign    | steady               | blinking                                  | off               |
 * | running | blocks are delivered | slowly: the program runs, no block is;    | -                 |
 * |         |                      | two flashes: there is no sound device     |                   |
 * | staged  | edits or a patch     | fast: a commit is under way               | nothing waits     |
 * |         | wait for the commit  |                                           |                   |
 * | standby | there is a mirror    | slowly: one is being made, or a commit is | there is none     |
 * |         |                      | under way                                 |                   |
 * | fault   | one was counted in   | fast: no block is delivered               | none of late, and |
 * |         | the last 10 s        | two flashes: something is wrong (settings,| nothing is wrong  |
 * |         |                      | patch, state): `chronus status` says what |                   |
 *
 * Blocks are delivered while the block clock has moved within LAMPS_STILL_MS.
 * Threads: [desk] */
#ifndef CONTROL_LAMPS_H
#define CONTROL_LAMPS_H

#include "board/board.h"
#include "control/desk.h"

enum { LAMPS_STILL_MS = 300, LAMPS_FAULT_MS = 10000 };

struct lamps {
	bool has_trouble; /* the caller's word: something is wrong */
	bool has_begun;
	uint64_t clock, n_faults;   /* as seen last */
	int64_t moved_ns, fault_ns; /* when they changed; fault_ns 0: never */
};

/* lamps: zeroed before the first call; call often. */
void lamps_look(struct lamps *lamps, const struct desk *desk, int64_t now_ns,
	enum board_lamp shown[BOARD_N_SIGNS]);

#endif
