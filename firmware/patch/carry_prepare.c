/* carry_prepare.c - the desk's part: which bytes of the playing program the new one takes over. */
#include "patch/carry.h"

#include <errno.h>
#include <string.h>

struct preparation {
	struct carry *carry;
	int max_copies, max_memories;
};

static void prepare_copy(struct preparation *prep, void *to, const void *from, size_t n_bytes)
{
	prep->carry->copies[prep->carry->n_copies++] = (struct carry_copy){from, to, n_bytes};
}

static void prepare_memory(struct preparation *prep, const struct part *to, const struct part *from)
{
	if (to->io.memory_frames == 0)
		return;
	prep->carry->memories[prep->carry->n_memories++] = (struct carry_memory){
		.from = from->io.memory,
		.to = to->io.memory,
		.head = from->state,
		.n_entries = (uint32_t)to->io.memory_frames,
	};
}

/* The part of the source that a part goes on from: one for all goes on in every group. -1: it
 * is new. */
static int part_of(const struct instance *from, int g)
{
	if (from->layout == LAYOUT_MONO)
		return 0;
	return g < from->n_parts ? g : -1;
}

static void prepare_module(struct preparation *prep, struct instance *to,
	const struct patch_module *to_module, const struct instance *from,
	const struct patch_module *from_module, struct carry_mark *mark)
{
	mark->has_state = true;
	to->is_uneven =
		to->layout == LAYOUT_MONO && (from->layout != LAYOUT_MONO || from->is_uneven);
	to->has_work = to->has_work || to->is_uneven;
	if (to->gate)
		prepare_copy(prep, to->gate, from->gate, sizeof(*to->gate));
	for (int p = 0; p < to->desc->n_params; p++) {
		if (memcmp(&to_module->values[p], &from_module->values[p], sizeof(float)) != 0)
			continue;
		prepare_copy(prep, &to->ramps[p], &from->ramps[p], sizeof(to->ramps[p]));
		mark->params |= 1u << p;
	}
	for (int g = 0; g < to->n_parts; g++) {
		int other = part_of(from, g);

		if (other < 0)
			continue;
		prepare_copy(
			prep, to->parts[g].state, from->parts[other].state, to->desc->state_bytes);
		prepare_memory(prep, &to->parts[g], &from->parts[other]);
	}
	/* whichever ramps move, the first block finds out */
	to->moving = (1u << to->desc->n_params) - 1;
}

/* Unheard, the two must stay in time with each other: another tempo waits. */
static void prepare_tempo(struct preparation *prep, struct program *to, const struct program *from)
{
	struct carry_mark *mark = &prep->carry->marks[PATCH_CLOCK];
	struct ramp *ramp = &to->instances[PATCH_CLOCK].ramps[PATCH_CLOCK_TEMPO_BPM];

	if (mark->params >> PATCH_CLOCK_TEMPO_BPM & 1)
		return;
	to->tempo_to_come = ramp->target;
	prepare_copy(prep, ramp, &from->instances[PATCH_CLOCK].ramps[PATCH_CLOCK_TEMPO_BPM],
		sizeof(*ramp));
}

int carry_prepare(struct program *to, const struct patch *to_patch, const struct program *from,
	const struct patch *from_patch, struct arena *arena)
{
	struct preparation prep = {.carry = arena_take(arena, sizeof(struct carry))};
	struct carry *carry = prep.carry;

	for (int m = 0; m < to->n_instances; m++) {
		prep.max_copies += 1 + to->instances[m].desc->n_params + to->instances[m].n_parts;
		prep.max_memories += to->instances[m].n_parts;
	}
	if (!carry)
		return -ENOMEM;
	carry->copies = arena_take(arena, (size_t)prep.max_copies * sizeof(*carry->copies));
	carry->memories = arena_take(arena, (size_t)prep.max_memories * sizeof(*carry->memories));
	carry->marks = arena_take(arena, (size_t)to->n_instances * sizeof(*carry->marks));
	if (!carry->copies || !carry->memories || !carry->marks)
		return -ENOMEM;
	for (int m = 0; m < to->n_instances; m++) {
		const struct patch_module *to_module = &to_patch->modules[m];
		int other = patch_find_ref(from_patch, module_ref_of(to_module));

		if (other < 0) {
			if (to_module->desc->memory_frames)
				inputs_begin_softly(to, &to->instances[m]);
			continue;
		}
		prepare_module(&prep, &to->instances[m], to_module, &from->instances[other],
			&from_patch->modules[other], &carry->marks[m]);
	}
	prepare_tempo(&prep, to, from);
	to->carry = carry;
	return 0;
}
