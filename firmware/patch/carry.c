/* carry.c - the worker's part: copying. The list of what to copy is made in carry_prepare.c. */
#include "patch/carry.h"

#include "base/rt_poison.h"

enum { PIECE_ENTRIES = CARRY_PIECE_BYTES / sizeof(v4f) };

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* n entries from `first` on, round the ring's end. */
static void copy_entries(
	struct carry *carry, const struct carry_memory *memory, uint32_t first, uint32_t n)
{
	uint32_t n_now = least(n, memory->n_entries - first);

	memcpy(memory->to + first, memory->from + first, n_now * sizeof(v4f));
	memcpy(memory->to, memory->from, (n - n_now) * sizeof(v4f));
	carry->step_bytes += n * sizeof(v4f);
}

/* Frames written since the step before. A lap or more of it is the whole ring. */
static uint32_t note_written(struct carry_memory *memory)
{
	uint32_t head = *memory->head, n = head - memory->seen_head;

	if (head < memory->seen_head)
		n += memory->n_entries;
	memory->seen_head = head;
	memory->n_written = least(memory->n_written + n, memory->n_entries);
	return n;
}

/* As much of a memory as is allowed: the first pass, then what was written. */
static uint32_t copy_memory(struct carry *carry, struct carry_memory *memory, uint32_t n_max)
{
	uint32_t n = least(n_max, memory->n_entries - memory->n_copied), n_again, first;

	copy_entries(carry, memory, memory->n_copied, n);
	memory->n_copied += n;
	n_again = least(n_max - n, memory->n_written);
	first = memory->seen_head >= memory->n_written
			? memory->seen_head - memory->n_written
			: memory->seen_head + memory->n_entries - memory->n_written;
	copy_entries(carry, memory, first, n_again);
	memory->n_written -= n_again;
	return n + n_again;
}

/* true: all memories are as they are at the source. */
static bool copy_memories(struct carry *carry)
{
	uint32_t n_written = 0, n_left;
	bool is_done = true;

	for (int i = 0; i < carry->n_memories; i++)
		n_written += note_written(&carry->memories[i]);
	n_left = 2 * n_written > PIECE_ENTRIES ? 2 * n_written : PIECE_ENTRIES;
	for (int i = 0; i < carry->n_memories; i++) {
		struct carry_memory *memory = &carry->memories[i];

		n_left -= copy_memory(carry, memory, n_left);
		is_done =
			is_done && memory->n_copied == memory->n_entries && memory->n_written == 0;
	}
	return is_done;
}

static void note_step(struct carry *carry)
{
	if (carry->step_bytes > carry->largest_bytes)
		carry->largest_bytes = carry->step_bytes;
	carry->step_bytes = 0;
}

bool carry_step(struct carry *carry)
{
	bool is_done;

	if (!carry->has_begun) {
		for (int i = 0; i < carry->n_memories; i++)
			carry->memories[i].seen_head = *carry->memories[i].head;
		carry->has_begun = true;
	}
	is_done = copy_memories(carry);
	for (int i = 0; i < carry->n_copies && is_done; i++) {
		memcpy(carry->copies[i].to, carry->copies[i].from, carry->copies[i].n_bytes);
		carry->step_bytes += carry->copies[i].n_bytes;
	}
	note_step(carry);
	return is_done;
}
