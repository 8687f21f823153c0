/* apply.c - a worker obeys the events of the log, at the blocks that they are stamped with.
 * Tested by: unit/control/test_desk, unit/engine/test_tails */
#include "engine/apply.h"

#include "engine/internal.h"
#include "patch/carry.h"

#include "base/rt_poison.h"

static void note_piece(const struct slot *slot, size_t n_bytes)
{
	_Atomic uint64_t *max = &slot->engine->stats->piece_max_bytes;

	if (n_bytes > atomic_load_explicit(max, memory_order_relaxed))
		atomic_store_explicit(max, n_bytes, memory_order_relaxed);
}

void apply_adopt_step(struct slot *slot, uint64_t n)
{
	struct slot *to = &slot->engine->slots[slot->rt.adopting];

	if (to->program->carry) {
		bool is_done = carry_step(to->program->carry);

		note_piece(slot, to->program->carry->largest_bytes);
		if (!is_done)
			return;
	}
	to->carried_cursor = atomic_load_explicit(&slot->cursor, memory_order_relaxed);
	to->rt.n_primed = 0;
	atomic_store_explicit(&to->next_block, n, memory_order_relaxed);
	atomic_store_explicit(&to->ready_block, n + to->task.n_to_prime, memory_order_relaxed);
	slot->rt.adopting = -1;
	slot_move(to, SLOT_ADOPTING, SLOT_PRIMING);
	doorbell_ring(&to->bell);
}

/* Not so where the desk has taken that slot back since, or waits for another program in it. */
static bool is_to_be_handed_over(const struct slot *slot, const struct event *event)
{
	const struct slot *to = &slot->engine->slots[event->slot];

	return to != slot && slot_state(to) == SLOT_ADOPTING &&
	       to->program->generation == event->at[event->slot].generation;
}

static bool was_carried(const struct slot *slot, const struct event *event, int32_t module)
{
	const struct carry *carry = slot->program->carry;

	if (!carry)
		return false;
	if (event->kind == EVENT_GATE || event->kind == EVENT_NOTE)
		return carry->marks[module].has_state;
	return carry->marks[module].params >> event->param & 1;
}

static void plant_fault(struct slot *slot, const struct event *event)
{
	const struct engine_config *config = &slot->engine->config;

	if (event->slot != slot->index && event->slot != N_SLOTS)
		return;
	slot->rt.strike = (enum fault_kind)event->param;
	slot->rt.stall_ends =
		event->block + (uint64_t)(event->value * 1e-3f * (float)config->rate_hz /
					  (float)config->block_frames);
}

bool apply_has_left(const struct slot *slot, uint64_t n)
{
	uint64_t leave_block =
		atomic_load_explicit(&side_of(slot)->leave_block, memory_order_acquire);

	return leave_block && n >= leave_block;
}

static void play_midi(struct slot *slot, const struct event *event, uint64_t position, int frame)
{
	const struct carry *carry = slot->program->carry;
	bool is_before = position < slot->carried_cursor && carry;

	for (int m = 0; m < slot->program->n_instances; m++)
		if (!is_before || !carry->marks[m].has_state)
			program_midi(slot->program, m, event->bytes, frame);
}

/* Before block n is rendered. */
static void apply_event(struct slot *slot, const struct event *event, uint64_t position, uint64_t n)
{
	int32_t module = event->at[slot->index].module;
	int frame = event->block == n ? event->frame : 0; /* of a block that it has left out */

	if (event->kind == EVENT_FAULT) {
		plant_fault(slot, event);
		return;
	}
	if (module < 0 || event->at[slot->index].generation != slot->program->generation)
		return;
	if (event->at[1 - slot->index].module < 0 && apply_has_left(slot, event->block))
		return; /* the journal has struck it */
	if (event->kind == EVENT_MIDI) {
		play_midi(slot, event, position, frame);
		return;
	}
	if (position < slot->carried_cursor && was_carried(slot, event, module))
		return;
	if (event->kind == EVENT_PARAM)
		program_set_param(slot->program, module, event->param, event->value, frame);
	else if (event->kind == EVENT_GATE)
		program_set_gate(slot->program, module, event->value > GATE_ON, frame);
	else if (event->kind == EVENT_NOTE)
		program_note(slot->program, module, event->param, event->value, frame);
}

void apply_events(struct slot *slot, uint64_t n)
{
	uint64_t cursor = atomic_load_explicit(&slot->cursor, memory_order_relaxed);
	const struct event *event;

	if (event_log_is_read(&slot->engine->events, cursor))
		return;
	while ((event = event_log_peek(&slot->engine->events, cursor, n))) {
		atomic_store_explicit(&slot->cursor, ++cursor, memory_order_release);
		if (event->kind != EVENT_ADOPT) {
			apply_event(slot, event, cursor - 1, n);
		} else if (is_to_be_handed_over(slot, event)) {
			slot->rt.adopting = event->slot;
			apply_adopt_step(slot, n);
		}
	}
}
