/* carry.c - the worker's part: copying. The plan is made in carry_plan.c. */
#include "patch/carry.h"

#include "base/rt_poison.h"

enum {
	PIECE_FRAMES = CARRY_PIECE_BYTES / sizeof(v4f),
	REST_FRAMES = 1024, /* so little may be left of each memory for the last step */
};

/* n frames from `first` on, round the ring's end. */
static void copy_frames(
	struct carry *carry, const struct carry_memory *memory, uint32_t first, uint32_t n)
{
	uint32_t until_end = memory->n_frames - first;
	uint32_t n_now = n < until_end ? n : until_end;

	memcpy(memory->to + first, memory->from + first, n_now * sizeof(v4f));
	memcpy(memory->to, memory->from, (n - n_now) * sizeof(v4f));
	carry->step_bytes += n * sizeof(v4f);
}

static uint32_t written_since(const struct carry_memory *memory)
{
	uint32_t head = *memory->head;

	return head >= memory->clean_to ? head - memory->clean_to
					: head + memory->n_frames - memory->clean_to;
}

static void copy_written(struct carry *carry, struct carry_memory *memory, uint32_t n)
{
	copy_frames(carry, memory, memory->clean_to, n);
	memory->clean_to = (memory->clean_to + n) % memory->n_frames;
}

/* Copies the next piece of the first memory that needs it; false: little is left of each. */
static bool copy_piece(struct carry *carry)
{
	for (int i = 0; i < carry->n_memories; i++) {
		struct carry_memory *memory = &carry->memories[i];
		uint32_t left = memory->n_frames - memory->n_copied,
			 written = written_since(memory);

		if (left > 0) {
			uint32_t n = left < PIECE_FRAMES ? left : PIECE_FRAMES;

			copy_frames(carry, memory, memory->n_copied, n);
			memory->n_copied += n;
			return true;
		}
		if (written > REST_FRAMES) {
			copy_written(
				carry, memory, written < PIECE_FRAMES ? written : PIECE_FRAMES);
			return true;
		}
	}
	return false;
}

static void note_step(struct carry *carry)
{
	if (carry->step_bytes > carry->largest_bytes)
		carry->largest_bytes = carry->step_bytes;
	carry->step_bytes = 0;
}

bool carry_step(struct carry *carry)
{
	bool is_done = false;

	if (!carry->has_begun) {
		for (int i = 0; i < carry->n_memories; i++)
			carry->memories[i].clean_to = *carry->memories[i].head;
		carry->has_begun = true;
	}
	if (!copy_piece(carry)) {
		for (int i = 0; i < carry->n_memories; i++)
			copy_written(
				carry, &carry->memories[i], written_since(&carry->memories[i]));
		for (int i = 0; i < carry->n_copies; i++) {
			memcpy(carry->copies[i].to, carry->copies[i].from,
				carry->copies[i].n_bytes);
			carry->step_bytes += carry->copies[i].n_bytes;
		}
		is_done = true;
	}
	note_step(carry);
	return is_done;
}
