/* transition.h - how the patch that plays gives way to the next one: when that may begin, by which
 * law, how far it is, and what of both is mixed.
 *
 * The producer asks once a wake-up what the workers are to render, and once a block for its
 * samples. The search for the best start is the standby's worker's (lookahead.h). The desk reads
 * engine_transition() (engine.h).
 * Threads: a tag at each function; each field names its writer. */
#ifndef ENGINE_TRANSITION_H
#define ENGINE_TRANSITION_H

#include <stdatomic.h>

#include "engine/block_ring.h"
#include "engine/fade.h"
#include "engine/slot_state.h"

struct engine;
struct slot;

/* The planned fade into a slot: its place and its law. */
struct slot_plan {
	uint64_t block; /* in which the fade begins; 0: none could be chosen */
	int offset;     /* frame of that block */
	int n_frames;   /* 0: as the measured correlation says */
	float makeup;
	int n_late_blocks;
};

/* A slot's patch comes to be heard, and is left. */
struct transition_side {
	/* ---- writer: the parked slot's owner */
	struct replay_hint hint;
	bool is_planned;        /* its fade is chosen ahead */
	bool has_tempo_to_come; /* its tempo differs from the one it took over */

	/* ---- writer: [producer]; where 0 says none, 0 again by the parked slot's owner */
	/* events from now on fall on this block or later */
	_Atomic uint64_t lookahead_end;
	/* block in which a planned fade may begin, and its tempo does */
	_Atomic uint64_t first_start;
	/* fewer blocks were compared than a rendering would compare, and were the same */
	_Atomic bool is_same_hint;
	/* blocks from ready_block to the last swap, when it was blind, else -1 */
	_Atomic int blind_blocks;
	_Atomic uint64_t live_since; /* first block heard of the last commit in it */
	/* from this block on the other slot is to be heard: events that only this one's patch has
	 * are not for it any more, and with spillover it rings out; 0: it stays */
	_Atomic uint64_t leave_block;
	_Atomic uint64_t left_block; /* the other one's leave_block at the last commit in it */

	/* ---- writer: the slot's worker, the parked slot's owner */
	_Atomic uint64_t planned_for; /* the lookahead_end that plan is for */
	struct slot_plan plan;        /* of planned_for */
	_Atomic uint64_t tempo_block; /* first block at another tempo, 0: there was none */
};

struct transition {
	int n_lookahead_blocks; /* lookahead.h; [init] */
	struct transition_side sides[N_SLOTS];

	struct { /* the producer's own: how far it is */
		struct fade fade;
		struct tail tail;
		uint64_t cut_block; /* the tail is cut here; 0: it is not */
	} rt;
};

/* [init] */
void transition_init(struct transition *transition, int fade_frames);
/* [desk] A patch was built in the parked slot: nothing is known of its transition yet. */
void transition_prepare(struct engine *engine, struct slot *slot, bool is_for_commit);

/* [producer] Before the workers are told to render: stamped is the block that events were stamped
 * with just now, due what the device needs. Returns the block that they are told to render below:
 * beyond due while the future of a fade is made certain. */
uint64_t transition_schedule(struct engine *engine, uint64_t stamped, uint64_t due) RT_SAFE;
/* [producer] The samples of block n, a patch that waits becoming audible if it is time: the live
 * slot's block, or what is mixed of both, in mix. *live: that slot's own. NULL: it has none. */
const float *transition_block(
	struct engine *engine, uint64_t n, float *mix, const struct block **live) RT_SAFE;
/* [producer] The tail is cut at block n. */
void transition_cut(struct engine *engine, uint64_t n) RT_SAFE;
/* [producer] There is nothing to fade to: the old one lets go, or who should rescue the new one
 * waits for ever. */
void transition_abandon(struct engine *engine) RT_SAFE;

#endif
