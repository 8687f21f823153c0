/* pending_events.c - events on their way to the engine. While its log is full they wait here: of a
 * parameter only the latest value, of a gate or a note every edge. */
#include "control/desk_state.h"

#include <string.h>

#include "base/log.h"
#include "dsp/midi.h"
#include "patch/symbol.h"

void desk_set_time(struct desk *desk, int64_t time_ns)
{
	desk->pending.time_ns = time_ns;
}

static void write_down(struct desk *desk, const struct pending_event *event)
{
	struct action action = {.kind = ACTION_SET};

	if (event->kind == EVENT_MIDI) {
		action.kind = ACTION_MIDI;
		action.midi.n = midi_message_bytes(event->bytes[0]);
		memcpy(action.midi.bytes, event->bytes, 3);
	} else if (event->kind == EVENT_NOTE) {
		action.kind = ACTION_NOTE;
		action.note.module = event->module;
		action.note.note = event->param;
		action.note.velocity = event->value;
	} else if (event->kind == EVENT_GATE) {
		action.kind = ACTION_GATE;
		action.gate.module = event->module;
		action.gate.is_on = event->value > GATE_ON;
	} else {
		action.set.module = event->module;
		action.set.param = event->param;
		action.set.value = event->value;
	}
	journal_event(desk, engine_last_event(desk->engine), &action);
}

/* Its index. -1: the patch has it not, or what is turned in another patch is not meant for it. */
static int32_t module_in(
	const struct desk *desk, const struct patch *patch, const struct pending_event *pending)
{
	int m = patch_find_ref(patch, pending->module);

	if (m >= 0 && pending->kind == EVENT_PARAM &&
		!recall_crosses(desk, pending->file, patch, pending->module, pending->param))
		return -1;
	return int_max(m, -1);
}

static bool try_send(struct desk *desk, const struct pending_event *pending)
{
	struct event event = {
		.time_ns = pending->time_ns,
		.kind = (uint8_t)pending->kind,
		.param = (int16_t)pending->param,
		.value = pending->value,
	};

	for (int s = 0; s < N_SLOTS && pending->kind != EVENT_MIDI; s++)
		event.at[s].module = module_in(desk, desk->slot_patches[s], pending);
	if (pending->kind == EVENT_MIDI)
		memcpy(event.bytes, pending->bytes, sizeof(event.bytes));
	if (!engine_send(desk->engine, &event))
		return false;
	late_note_sent(desk, pending);
	write_down(desk, pending);
	return true;
}

static bool replace_pending(struct desk *desk, const struct pending_event *event)
{
	for (int i = 0; i < desk->pending.n && event->kind == EVENT_PARAM; i++) {
		struct pending_event *old = &desk->pending.list[i];

		if (old->kind != EVENT_PARAM || old->param != event->param ||
			old->module.symbol != event->module.symbol || old->file != event->file)
			continue;
		old->value = event->value;
		old->time_ns = event->time_ns;
		return true;
	}
	return false;
}

void pending_flush(struct desk *desk)
{
	int n = 0;

	while (n < desk->pending.n && try_send(desk, &desk->pending.list[n]))
		n++;
	if (n == 0)
		return;
	desk->pending.n -= n;
	memmove(desk->pending.list, desk->pending.list + n,
		(size_t)desk->pending.n * sizeof(*desk->pending.list));
}

void pending_send(struct desk *desk, const struct pending_event *given)
{
	struct pending_event event = *given;

	event.time_ns = desk->pending.time_ns;
	pending_flush(desk);
	if (desk->pending.n == 0 && try_send(desk, &event))
		return;
	if (replace_pending(desk, &event))
		return;
	if (desk->pending.n == DESK_MAX_PENDING) {
		/* Nothing has been taken for thousands of events: no thread is left to take
		 * them. */
		log_line(LOG_LEVEL_ERROR, "the engine takes no events; %s is not told",
			symbol_name(event.module.symbol));
		return;
	}
	desk->pending.list[desk->pending.n++] = event;
}
