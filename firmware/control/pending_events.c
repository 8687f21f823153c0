/* pending_events.c - events on their way to the engine. While its log is full they wait here: of a
 * parameter only the latest value, of a gate or a note every edge. */
#include "control/desk_state.h"

#include <string.h>

#include "base/log.h"

static int module_in(const struct patch *patch, const struct pending_event *event)
{
	int m = patch ? patch_find(patch, event->id) : -1;

	return m >= 0 && patch->modules[m].desc == event->desc ? m : -1;
}

static void write_down(struct desk *desk, const struct pending_event *event)
{
	int64_t at = engine_last_event(desk->engine);
	const struct param_desc *param;

	if (event->kind == EVENT_NOTE) {
		if (event->value > 0.0f)
			journal_event(desk, at, "note %s %d on %.9g", event->id, event->param,
				(double)event->value);
		else
			journal_event(desk, at, "note %s %d off", event->id, event->param);
		return;
	}
	if (event->kind == EVENT_GATE) {
		journal_event(
			desk, at, "gate %s %s", event->id, event->value > GATE_ON ? "on" : "off");
		return;
	}
	param = &event->desc->params[event->param];
	if (param->curve == CURVE_CHOICE)
		journal_event(desk, at, "set %s.%s %s", event->id, param->key,
			param->choices[(int)event->value]);
	else
		journal_event(
			desk, at, "set %s.%s %.9g", event->id, param->key, (double)event->value);
}

static bool try_send(struct desk *desk, const struct pending_event *pending)
{
	struct event event = {
		.kind = (uint8_t)pending->kind,
		.param = (int16_t)pending->param,
		.value = pending->value,
	};

	for (int s = 0; s < N_SLOTS; s++)
		event.at[s].module = module_in(desk->slot_patches[s], pending);
	if (!engine_send(desk->engine, &event))
		return false;
	desk_note_sent(desk, pending);
	write_down(desk, pending);
	return true;
}

static bool replace_pending(struct desk *desk, const struct pending_event *event)
{
	for (int i = 0; i < desk->n_pending && event->kind == EVENT_PARAM; i++) {
		struct pending_event *old = &desk->pending[i];

		if (old->kind != EVENT_PARAM || old->param != event->param ||
			strcmp(old->id, event->id) != 0)
			continue;
		old->value = event->value;
		return true;
	}
	return false;
}

void pending_flush(struct desk *desk)
{
	int n = 0;

	while (n < desk->n_pending && try_send(desk, &desk->pending[n]))
		n++;
	if (n == 0)
		return;
	desk->n_pending -= n;
	memmove(desk->pending, desk->pending + n, (size_t)desk->n_pending * sizeof(*desk->pending));
}

void pending_send(struct desk *desk, const struct pending_event *event)
{
	pending_flush(desk);
	if (desk->n_pending == 0 && try_send(desk, event))
		return;
	if (replace_pending(desk, event))
		return;
	if (desk->n_pending == DESK_MAX_PENDING) {
		/* Nothing has been taken for thousands of events: no thread is left to take
		 * them. */
		log_line(LOG_LEVEL_ERROR, "the engine takes no events; %s is not told", event->id);
		return;
	}
	desk->pending[desk->n_pending++] = *event;
}
