/* outbox.c - events on their way to the engine. While its log is full they wait here: of a
 * parameter only the latest value, of a gate or a note every edge. */
#include "control/desk_state.h"

#include <string.h>

#include "base/log.h"

static int module_in(const struct patch *patch, const struct waiting *event)
{
	int m = patch ? patch_find(patch, event->id) : -1;

	return m >= 0 && patch->modules[m].desc == event->desc ? m : -1;
}

static void write_down(struct desk *desk, const struct waiting *waiting)
{
	int64_t at = engine_last_event(desk->engine);
	const struct param_desc *param;

	if (waiting->kind == EVENT_NOTE) {
		if (waiting->value > 0.0f)
			journal_event(desk, at, "note %s %d on %.9g", waiting->id, waiting->param,
				(double)waiting->value);
		else
			journal_event(desk, at, "note %s %d off", waiting->id, waiting->param);
		return;
	}
	if (waiting->kind == EVENT_GATE) {
		journal_event(desk, at, "gate %s %s", waiting->id,
			waiting->value > GATE_ON ? "on" : "off");
		return;
	}
	param = &waiting->desc->params[waiting->param];
	if (param->curve == CURVE_CHOICE)
		journal_event(desk, at, "set %s.%s %s", waiting->id, param->key,
			param->choices[(int)waiting->value]);
	else
		journal_event(desk, at, "set %s.%s %.9g", waiting->id, param->key,
			(double)waiting->value);
}

static bool try_send(struct desk *desk, const struct waiting *waiting)
{
	struct event event = {
		.kind = (uint8_t)waiting->kind,
		.param = (int16_t)waiting->param,
		.value = waiting->value,
	};

	for (int s = 0; s < N_SLOTS; s++)
		event.at[s].module = module_in(desk->slot_patches[s], waiting);
	if (!engine_send(desk->engine, &event))
		return false;
	desk_note_sent(desk, waiting);
	write_down(desk, waiting);
	return true;
}

static bool replace_waiting(struct desk *desk, const struct waiting *event)
{
	for (int i = 0; i < desk->n_waiting && event->kind == EVENT_PARAM; i++) {
		struct waiting *old = &desk->waiting[i];

		if (old->kind != EVENT_PARAM || old->param != event->param ||
			strcmp(old->id, event->id) != 0)
			continue;
		old->value = event->value;
		return true;
	}
	return false;
}

void outbox_flush(struct desk *desk)
{
	int n = 0;

	while (n < desk->n_waiting && try_send(desk, &desk->waiting[n]))
		n++;
	if (n == 0)
		return;
	desk->n_waiting -= n;
	memmove(desk->waiting, desk->waiting + n, (size_t)desk->n_waiting * sizeof(*desk->waiting));
}

void outbox_send(struct desk *desk, const struct waiting *event)
{
	outbox_flush(desk);
	if (desk->n_waiting == 0 && try_send(desk, event))
		return;
	if (replace_waiting(desk, event))
		return;
	if (desk->n_waiting == DESK_MAX_WAITING) {
		/* Nothing has been taken for thousands of events: no thread is left to take
		 * them. */
		log_line(LOG_LEVEL_ERROR, "the engine takes no events; %s is not told", event->id);
		return;
	}
	desk->waiting[desk->n_waiting++] = *event;
}
