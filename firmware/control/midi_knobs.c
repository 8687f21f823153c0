/* midi_knobs.c - controllers that turn knobs: a message becomes a place on the knob's scale, or detents.
 *
 * A place is taken up where the value is: the value may have been changed by another hand, and every
 * patch brings its own. That is so as long as the value is what the knob has set last; no more is
 * remembered of a patch.
 * Tested by: unit/control/test_midi_knobs */
#include <math.h>

#include "base/log.h"
#include "control/midi_state.h"
#include "dsp/midi.h"

enum { NRPN_NONE = -1, TOP_7 = 127, TOP_14 = 16383 };

static bool is_on_channel(const struct settings_knob *knob, int channel)
{
	return knob->midi.channel == 0 || knob->midi.channel == channel + 1;
}

/* ---- bytes to places */

/* The middle of a controller is the middle of the scale. */
static double place_of(int value, int top)
{
	int middle = (top + 1) / 2;

	return value <= middle ? 0.5 * value / middle
			       : 0.5 + 0.5 * (value - middle) / (top - middle);
}

/* Of the values that a high byte allows the one next to the last one: its low byte is yet to come,
 * and nothing may jump back and forth until it does. Without a low byte ever, it is one of 7 bits. */
static double take_high(struct midi_knob *knob, int byte)
{
	int low = byte << 7, high = low | TOP_7;

	if (!knob->has_low)
		knob->value_14 = low;
	else
		knob->value_14 = knob->value_14 < low    ? low
				 : knob->value_14 > high ? high
							 : knob->value_14;
	return knob->has_low ? place_of(knob->value_14, TOP_14) : place_of(byte, TOP_7);
}

static double take_low(struct midi_knob *knob, int byte)
{
	knob->has_low = true;
	knob->value_14 = (knob->value_14 & ~TOP_7) | byte;
	return place_of(knob->value_14, TOP_14);
}

static int detents_of(enum settings_relative relative, int byte)
{
	switch (relative) {
	case RELATIVE_2S:
		return byte < 64 ? byte : byte - 128;
	case RELATIVE_OFFSET:
		return byte - 64;
	case RELATIVE_SIGN:
		return byte & 64 ? -(byte & 63) : byte;
	case RELATIVE_OFF:
		break;
	}
	return 0;
}

/* ---- places to values */

/* Once a patch: a controller says the same many times a second. */
static void tell(struct desk *desk, struct midi_knob *knob, const struct diag *diag)
{
	if (knob->told_for != desk->live)
		log_line(LOG_LEVEL_WARNING, "MIDI: knob %s: %s",
			desk->settings->knobs[knob - desk->midi.knobs.knobs].name, diag->text);
	knob->told_for = desk->live;
}

/* The way that is left to the end of the scale for the value, by the controller's. */
static double scaled(double value, double from, double to)
{
	if (to > from)
		return value + (1.0 - value) * (to - from) / (1.0 - from);
	return to < from ? value * to / from : value;
}

/* Near the value, or past it on the way from a place before; below 0: there is none. */
static bool has_met(const struct knob_place *now, double from, double to)
{
	int top = now->n_steps - 1;
	bool is_near =
		top > 0 ? int_min((int)(to * now->n_steps), top) == (int)rint(now->norm * top)
			: fabs(to - now->norm) <= 1.0 / TOP_7;

	return is_near || (from >= 0.0 && (from - now->norm) * (to - now->norm) <= 0.0);
}

static void move(struct desk *desk, int k, double place)
{
	const struct settings_knob *settings = &desk->settings->knobs[k];
	struct midi_knob *knob = &desk->midi.knobs.knobs[k];
	double to = settings->reversed ? 1.0 - place : place, from = knob->place;
	struct knob_place now;
	struct diag diag;
	bool is_first = !knob->has_place, is_joined;
	int err = desk_knob_place(desk, k, &now, &diag);

	knob->place = to;
	knob->has_place = true;
	if (err < 0) {
		tell(desk, knob, &diag);
		return;
	}
	is_joined =
		settings->midi.takeover == TAKEOVER_JUMP ||
		(knob->is_joined && now.value == knob->value) ||
		has_met(&now, is_first || settings->midi.takeover == TAKEOVER_SCALE ? -1.0 : from,
			to);
	if (!is_joined && (is_first || settings->midi.takeover == TAKEOVER_PICKUP))
		return;
	knob->is_joined = is_joined;
	if (!is_joined)
		to = scaled(now.norm, from, to);
	if (desk_knob_put(desk, k, to, &knob->value, &diag) < 0)
		tell(desk, knob, &diag);
}

static void turn(struct desk *desk, int k, int detents)
{
	struct answer nobody = {.text = NULL};
	struct diag diag;

	if (desk->settings->knobs[k].reversed)
		detents = -detents;
	if (detents && desk_turn(desk, k, detents, &nobody, &diag) < 0)
		tell(desk, &desk->midi.knobs.knobs[k], &diag);
}

/* ---- messages to knobs */

static bool take_cc(struct desk *desk, int k, int number, int byte)
{
	const struct settings_cc *midi = &desk->settings->knobs[k].midi;
	struct midi_knob *knob = &desk->midi.knobs.knobs[k];

	if (number == midi->cc && midi->relative != RELATIVE_OFF)
		turn(desk, k, detents_of(midi->relative, byte));
	else if (number == midi->cc)
		move(desk, k, take_high(knob, byte));
	else if (midi->bits == 14 && number == midi->cc + MIDI_CC_LOW && knob->has_place)
		move(desk, k, take_low(knob, byte));
	else
		return midi->bits == 14 && number == midi->cc + MIDI_CC_LOW;
	return true;
}

static bool take_nrpn(struct desk *desk, int k, int number, int byte)
{
	struct midi_knob *knob = &desk->midi.knobs.knobs[k];

	if (number == MIDI_CC_DATA)
		move(desk, k, take_high(knob, byte));
	else if (number == MIDI_CC_DATA + MIDI_CC_LOW && knob->has_place)
		move(desk, k, take_low(knob, byte));
	else
		return false;
	return true;
}

/* The number that data are for, until another is chosen: by its two halves, or by one of RPN. */
static void choose_nrpn(struct desk *desk, int channel, int number, int byte)
{
	int16_t *nrpn = &desk->midi.knobs.nrpn[channel];
	int before = *nrpn == NRPN_NONE ? 0 : *nrpn;

	if (number == MIDI_CC_NRPN_HIGH)
		*nrpn = (int16_t)((before & TOP_7) | byte << 7);
	else if (number == MIDI_CC_NRPN_LOW)
		*nrpn = (int16_t)((before & ~TOP_7) | byte);
	else if (number == MIDI_CC_RPN_HIGH || number == MIDI_CC_RPN_LOW)
		*nrpn = NRPN_NONE;
}

void midi_knobs_open(struct desk *desk)
{
	for (int channel = 0; channel < MIDI_CHANNELS; channel++)
		desk->midi.knobs.nrpn[channel] = NRPN_NONE;
}

bool midi_knobs_take(struct desk *desk, int channel, int number, int byte)
{
	bool is_taken = false;

	choose_nrpn(desk, channel, number, byte);
	for (int k = 0; k < desk->settings->n_knobs; k++) {
		const struct settings_knob *knob = &desk->settings->knobs[k];

		if (!is_on_channel(knob, channel))
			continue;
		if (knob->midi.cc >= 0)
			is_taken |= take_cc(desk, k, number, byte);
		else if (knob->midi.nrpn >= 0 && knob->midi.nrpn == desk->midi.knobs.nrpn[channel])
			is_taken |= take_nrpn(desk, k, number, byte);
	}
	return is_taken;
}
