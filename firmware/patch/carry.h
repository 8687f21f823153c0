/* carry.h - taking over what plays: a program continues where another one is.
 *
 * The desk plans, once, which bytes of the playing program go where in the new one (modules of the
 * same id and type; parameters whose value is to stay). The worker that plays copies: the state
 * regions all at once between two blocks, the long memories before that in bounded pieces; what was
 * written to a memory after its piece was copied is copied again. A module's memory is a ring
 * written from the head on, and the head is the first word of the module's state (module.h).
 *
 * Threads: carry_prepare [desk]; carry_step [worker] of the source, which owns the
 *          target's arena meanwhile; marks: the target's worker afterwards. */
#ifndef PATCH_CARRY_H
#define PATCH_CARRY_H

#include "patch/program.h"

struct carry_copy {
	const void *from;
	void *to;
	size_t n_bytes;
};

struct carry_memory {
	const v4f *from;
	v4f *to;
	const uint32_t *head; /* of the source; moves with every block */
	uint32_t n_entries;
	uint32_t n_copied;  /* of the first pass */
	uint32_t seen_head; /* where the head was in the step before */
	uint32_t n_written; /* before the head, and to be copied again */
};

/* State taken over into one module of the target. */
struct carry_mark {
	bool has_state;  /* gates and notes, too */
	uint32_t params; /* a bit each */
};

struct carry {
	int n_copies;
	struct carry_copy *copies;
	int n_memories;
	struct carry_memory *memories;
	struct carry_mark *marks; /* one a module of the target */
	size_t step_bytes;        /* copied in this step */
	size_t largest_bytes;     /* copied in one step so far */
	bool has_begun;
};

/* Plans in the target's arena. Parameters of common modules whose desk values are equal keep their
 * ramps; the others start from the target's values. The clock keeps its tempo, and the target's own
 * is its tempo_to_come. 0 or -ENOMEM. */
int carry_prepare(struct program *to, const struct patch *to_patch, const struct program *from,
	const struct patch *from_patch, struct arena *arena);

/* A step copies so much of the memories, or twice what is written in a block where that is more:
 * it always gains on what is written meanwhile. */
enum { CARRY_PIECE_BYTES = 64 * 1024 };
/* Called by the source's worker between two blocks. true: the target is complete as of this
 * moment. */
bool carry_step(struct carry *carry) RT_SAFE;

#endif
