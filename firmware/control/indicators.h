/* indicators.h - patterns of the four indicators: is there sound, what waits, is there a mirror, did
 * something fail.
 *
 * | shows   | steady               | blinking                                  | off               |
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
 * Blocks are delivered while the block clock has moved within INDICATORS_IDLE_MS.
 * Threads: [desk] */
#ifndef CONTROL_INDICATORS_H
#define CONTROL_INDICATORS_H

#include "board/board.h"
#include "control/desk.h"

enum { INDICATORS_IDLE_MS = 300, INDICATORS_FAULT_MS = 10000 };

struct indicators {
	bool has_warning; /* the caller's word: something is wrong */
	bool has_begun;
	uint64_t clock, n_faults;   /* as seen last */
	int64_t moved_ns, fault_ns; /* when they changed; fault_ns 0: never */
};

/* indicators: zeroed before the first call; call often. */
void indicators_look(struct indicators *indicators, const struct desk *desk, int64_t now_ns,
	enum board_pattern shown[BOARD_N_INDICATORS]);

#endif
