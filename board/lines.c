/* lines.c - edges of lines to turns and presses. See lines.h. */
#include "board/lines.h"

#include <errno.h>
#include <string.h>

static int pin_add(struct lines *lines, int pin, struct line wanted, struct diag *diag)
{
	for (int i = 0; i < lines->n; i++) {
		if ((int)lines->at[i].pin == pin)
			return diag_set(diag, -EINVAL, "GPIO %d is used by two controls", pin);
	}
	wanted.pin = (unsigned)pin;
	lines->at[lines->n++] = wanted;
	return 0;
}

static int switch_add(struct lines *lines, int pin, enum board_bias bias, struct line_switch wanted,
	struct diag *diag)
{
	if (pin == BOARD_NO_PIN)
		return 0;
	lines->switches[lines->n_switches] = wanted;
	return pin_add(lines, pin,
		(struct line){.role = LINE_SWITCH, .index = lines->n_switches++, .bias = bias},
		diag);
}

static struct button button_of(const struct board_press *press)
{
	return (struct button){.is_hold = press->is_hold, .has_double = press->has_double};
}

static int knob_add(struct lines *lines, const struct board_knob *knob, int i, struct diag *diag)
{
	struct line line = {.role = LINE_A, .index = i, .bias = knob->bias};
	int err = 0;

	if (knob->pin_a != BOARD_NO_PIN && knob->pin_b != BOARD_NO_PIN) {
		err = pin_add(lines, knob->pin_a, line, diag);
		line.role = LINE_B;
		if (err == 0)
			err = pin_add(lines, knob->pin_b, line, diag);
	}
	if (err < 0)
		return err;
	return switch_add(lines, knob->pin_push, knob->bias,
		(struct line_switch){button_of(&knob->push), BOARD_PUSH, i}, diag);
}

int lines_list(struct lines *lines, const struct board_config *config, struct diag *diag)
{
	int err = 0;

	memset(lines, 0, sizeof(*lines));
	for (int i = 0; i < config->n_knobs && err == 0; i++)
		err = knob_add(lines, &config->knobs[i], i, diag);
	for (int i = 0; i < config->n_buttons && err == 0; i++)
		err = switch_add(lines, config->buttons[i].pin, config->buttons[i].bias,
			(struct line_switch){button_of(&config->buttons[i].press), BOARD_PRESS, i},
			diag);
	return err;
}

void lines_lose(struct lines *lines, int i)
{
	lines->at[i].is_lost = true;
	if (lines->at[i].role == LINE_A)
		lines->at[i + 1].is_lost = true;
	if (lines->at[i].role == LINE_B)
		lines->at[i - 1].is_lost = true;
}

static bool is_closed(const struct line *line)
{
	return line->is_high == (line->bias == BOARD_PULL_DOWN);
}

static void knob_begin(
	struct line_knob *knob, const struct board_knob *config, const struct line *line_a)
{
	uint8_t rest = knob->quadrature.rest;

	quadrature_init(&knob->quadrature, line_a->is_high, line_a[1].is_high,
		config->steps_per_detent, config->reversed, line_a->bias != BOARD_PULL_DOWN);
	if (knob->has_rest)
		knob->quadrature.rest = rest;
	knob->has_rest = !line_a->is_lost;
	knob->acceleration = (struct acceleration){.max = config->acceleration};
}

bool lines_begin(struct lines *lines, const struct board_config *config)
{
	bool has_news = false;

	for (int i = 0; i < lines->n; i++) {
		struct line *line = &lines->at[i];
		bool is_held = !line->is_lost && is_closed(line);

		if (line->role == LINE_SWITCH) /* held since before: no press */
			has_news |= button_begin(&lines->switches[line->index].button, is_held);
		if (line->role == LINE_A)
			knob_begin(&lines->knobs[line->index], &config->knobs[line->index], line);
	}
	return has_news;
}

static int switch_event(const struct line_switch *sw, enum button_says says, int64_t at_ns,
	struct board_event *event)
{
	if (says == BUTTON_NOTHING)
		return 0;
	*event = (struct board_event){
		.kind = (enum board_event_kind)(
			(int)sw->first_kind + (int)says - (int)BUTTON_SHORT),
		.index = sw->index,
		.at_ns = at_ns,
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

/* Both levels of a knob are known. */
static int knob_update(
	struct lines *lines, const struct line *line_a, int64_t at_ns, struct board_event *event)
{
	struct line_knob *knob = &lines->knobs[line_a->index];
	uint32_t n_illegal = knob->quadrature.n_illegal;
	int detents = quadrature_update(&knob->quadrature, line_a->is_high, line_a[1].is_high);

	lines->n_illegal += knob->quadrature.n_illegal - n_illegal;
	if (detents == 0)
		return 0;
	lines->n_detents += (uint64_t)(detents < 0 ? -detents : detents);
	detents = acceleration_detents(&knob->acceleration, detents, at_ns);
	*event = (struct board_event){BOARD_TURN, line_a->index, detents, at_ns};
	return 1;
}

static int switch_update(
	struct lines *lines, const struct line *line, int64_t at_ns, struct board_event *event)
{
	struct line_switch *sw = &lines->switches[line->index];

	return switch_event(sw, button_edge(&sw->button, is_closed(line), at_ns), at_ns, event);
}

int lines_edge(
	struct lines *lines, unsigned pin, bool is_high, int64_t at_ns, struct board_event *event)
{
	struct line *line = line_of(lines, pin);

	if (!line)
		return 0;
	line->is_high = is_high;
	if (line->role == LINE_SWITCH)
		return switch_update(lines, line, at_ns, event);
	return knob_update(lines, line->role == LINE_A ? line : line - 1, at_ns, event);
}

/* A knob's two lines are taken at once: which of them changed first nobody knows. */
int lines_look(struct lines *lines, const bool *are_high, int64_t at_ns, struct board_event *events,
	int max)
{
	int n = 0;

	for (int i = 0; i < lines->n && n < max; i++) {
		struct line *line = &lines->at[i];

		if (line->is_lost || line->role == LINE_B)
			continue;
		line->is_high = are_high[i];
		if (line->role == LINE_A)
			line[1].is_high = are_high[i + 1];
		n += line->role == LINE_A ? knob_update(lines, line, at_ns, &events[n])
					  : switch_update(lines, line, at_ns, &events[n]);
	}
	return n;
}

int lines_tick(struct lines *lines, int64_t now_ns, struct board_event *events, int max)
{
	int n = 0;

	for (int i = 0; i < lines->n_switches && n < max; i++) {
		struct line_switch *sw = &lines->switches[i];

		n += switch_event(sw, button_tick(&sw->button, now_ns), now_ns, &events[n]);
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
