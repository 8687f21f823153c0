/* lines.c - edges of lines to turns and presses. See lines.h. */
#include "board/lines.h"

#include <errno.h>
#include <string.h>

static int pin_add(struct lines *lines, int pin, enum line_role role, int index, struct diag *diag)
{
	for (int i = 0; i < lines->n; i++) {
		if ((int)lines->at[i].pin == pin)
			return diag_set(diag, -EINVAL, "GPIO %d is used by two controls", pin);
	}
	lines->at[lines->n++] = (struct line){.pin = (unsigned)pin, .role = role, .index = index};
	return 0;
}

static int switch_add(struct lines *lines, int pin, struct line_switch wanted, struct diag *diag)
{
	if (pin == BOARD_NO_PIN)
		return 0;
	lines->switches[lines->n_switches] = wanted;
	return pin_add(lines, pin, LINE_SWITCH, lines->n_switches++, diag);
}

int lines_list(struct lines *lines, const struct board_config *config, struct diag *diag)
{
	int err = 0;

	memset(lines, 0, sizeof(*lines));
	for (int i = 0; i < config->n_knobs && err == 0; i++) {
		const struct board_knob *knob = &config->knobs[i];

		if (knob->pin_a != BOARD_NO_PIN && knob->pin_b != BOARD_NO_PIN) {
			err = pin_add(lines, knob->pin_a, LINE_A, i, diag);
			if (err == 0)
				err = pin_add(lines, knob->pin_b, LINE_B, i, diag);
		}
		if (err == 0)
			err = switch_add(lines, knob->pin_push,
					 (struct line_switch){{0}, BOARD_PUSH, BOARD_LONG_PUSH, i},
					 diag);
	}
	for (int i = 0; i < config->n_buttons && err == 0; i++)
		err = switch_add(lines, config->buttons[i].pin,
				 (struct line_switch){{0}, BOARD_PRESS, BOARD_LONG_PRESS, i}, diag);
	return err;
}

void lines_begin(struct lines *lines, const struct board_config *config)
{
	for (int i = 0; i < lines->n; i++) {
		struct line *line = &lines->at[i];

		if (line->role == LINE_SWITCH && !line->is_high) /* held since before: no press */
			lines->switches[line->index].button =
				(struct button){.is_down = true, .is_told = true};
		if (line->role == LINE_B)
			quadrature_init(&lines->knobs[line->index], line[-1].is_high, line->is_high,
					config->knobs[line->index].steps_per_detent,
					config->knobs[line->index].reversed);
	}
}

static int switch_event(const struct line_switch *sw, enum button_says says,
			struct board_event *event)
{
	if (says == BUTTON_NOTHING)
		return 0;
	*event = (struct board_event){
		.kind = says == BUTTON_LONG ? sw->long_kind : sw->short_kind,
		.index = sw->index,
	};
	return 1;
}

static struct line *line_of(struct lines *lines, unsigned pin)
{
	for (int i = 0; i < lines->n; i++) {
		if (lines->at[i].pin == pin)
			return &lines->at[i];
	}
	return NULL;
}

int lines_edge(struct lines *lines, unsigned pin, bool is_high, int64_t at_ns,
	       struct board_event *event)
{
	struct line *line = line_of(lines, pin);
	int detents;

	if (!line)
		return 0;
	line->is_high = is_high;
	if (line->role == LINE_SWITCH) {
		struct line_switch *sw = &lines->switches[line->index];

		return switch_event(sw, button_edge(&sw->button, !is_high, at_ns), event);
	}
	detents = quadrature_update(&lines->knobs[line->index],
				    line->role == LINE_A ? is_high : line[-1].is_high,
				    line->role == LINE_B ? is_high : line[1].is_high);
	*event = (struct board_event){BOARD_TURN, line->index, detents};
	return detents != 0;
}

int lines_tick(struct lines *lines, int64_t now_ns, struct board_event *events, int max)
{
	int n = 0;

	for (int i = 0; i < lines->n_switches && n < max; i++) {
		struct line_switch *sw = &lines->switches[i];

		n += switch_event(sw, button_tick(&sw->button, now_ns), &events[n]);
	}
	return n;
}

int64_t lines_deadline_ns(const struct lines *lines)
{
	int64_t next_ns = 0;

	for (int i = 0; i < lines->n_switches; i++) {
		int64_t at_ns = button_deadline_ns(&lines->switches[i].button);

		if (at_ns && (next_ns == 0 || at_ns < next_ns))
			next_ns = at_ns;
	}
	return next_ns;
}
