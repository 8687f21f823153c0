/* keys_midi.c - the messages of a channel, as `keys` obeys them.
 *
 * A key is let go by the channel that pressed it, whatever `channel`, `low` and `high` are by then,
 * and so is a pedal: none of them can hang. 120 and 123 to 127 let go of what a pedal holds, too.
 * Source: MIDI 1.0 Detailed Specification, tables II and III; RP-015 for 121. */
#include "modules/keys.h"

#include "base/rt_poison.h"

#define RELEASE_UNKNOWN (64.0f / 127.0f) /* of a note that ends by velocity 0 */

static float norm_of(int value)
{
	return (float)value / 127.0f;
}

/* The pressure of a voice is that of its key or of the channel, the firmer one. */
static void press_firmly(struct keys *keys)
{
	for (int c = 0; c < MAX_CHAIRS; c++) {
		float own = keys->chairs[c].pressure;

		keys->signal.pressure[c / N_LANES].target[c % N_LANES] =
			own > keys->signal.channel_pressure ? own : keys->signal.channel_pressure;
	}
}

static void catch_notes(struct keys *keys)
{
	memset(keys->is_caught, 0, sizeof(keys->is_caught));
	for (uint32_t i = 0; keys->pedals.sostenuto && i < keys->down.n; i++)
		keys->is_caught[keys->down.at[i]] = 1;
}

/* A pedal goes up whoever is listened to. */
static void move_pedal(uint16_t *pedal, int channel, bool is_down, bool is_heard)
{
	uint16_t bit = (uint16_t)(1u << channel);

	if (!is_down)
		*pedal &= (uint16_t)~bit;
	else if (is_heard)
		*pedal |= bit;
}

static void move_sostenuto(struct keys *keys, int channel, bool is_down, bool is_heard)
{
	bool was_down = keys->pedals.sostenuto;

	move_pedal(&keys->pedals.sostenuto, channel, is_down, is_heard);
	if (was_down != (bool)keys->pedals.sostenuto)
		catch_notes(keys);
}

static void reset_controllers(struct keys *keys, int channel, bool is_heard)
{
	move_pedal(&keys->pedals.sustain, channel, false, true);
	move_pedal(&keys->pedals.soft, channel, false, true);
	move_sostenuto(keys, channel, false, true);
	if (!is_heard)
		return;
	keys->signal.controls.target[CONTROL_MOD] = 0.0f;
	keys->signal.controls.target[CONTROL_EXPRESSION] = 1.0f;
	keys->signal.bend.target = lanes_of(0.0f);
	keys->signal.channel_pressure = 0.0f;
	for (int c = 0; c < MAX_CHAIRS; c++)
		keys->chairs[c].pressure = 0.0f;
}

/* by: whose notes it lets go of: the channel from 1, or 0 */
static void take_controller(
	struct keys *keys, int channel, int by, int number, int value, bool is_heard)
{
	static const int8_t controls[] = {[MIDI_CC_MOD] = CONTROL_MOD + 1,
		[MIDI_CC_VOLUME] = CONTROL_VOLUME + 1,
		[MIDI_CC_PAN] = CONTROL_PAN + 1,
		[MIDI_CC_EXPRESSION] = CONTROL_EXPRESSION + 1};
	bool is_down = value >= 64;

	if (number == MIDI_CC_SUSTAIN)
		move_pedal(&keys->pedals.sustain, channel, is_down, is_heard);
	else if (number == MIDI_CC_SOSTENUTO)
		move_sostenuto(keys, channel, is_down, is_heard);
	else if (number == MIDI_CC_SOFT)
		move_pedal(&keys->pedals.soft, channel, is_down, is_heard);
	else if (number == MIDI_CC_RESET)
		reset_controllers(keys, channel, is_heard);
	else if (number == MIDI_CC_SOUND_OFF || number >= MIDI_CC_NOTES_OFF)
		keys_let_go_all(keys, by, number == MIDI_CC_SOUND_OFF);
	else if (is_heard && number == MIDI_CC_PAN)
		keys->signal.controls.target[CONTROL_PAN] = (float)int_max(value - 64, -63) / 63.0f;
	else if (is_heard && number < (int)ARRAY_LEN(controls) && controls[number])
		keys->signal.controls.target[controls[number] - 1] = norm_of(value);
}

static void take_note(struct keys *keys, const struct keys_manner *manner,
	const struct keys_message *message, bool is_heard)
{
	int status = midi_kind(message->bytes[0]), note = message->bytes[1] & 127;
	int by = message->is_by_hand ? 0 : midi_channel(message->bytes[0]) + 1;
	float velocity = message->is_by_hand ? message->velocity : norm_of(message->bytes[2]);
	bool is_press = status == MIDI_NOTE_ON && velocity > 0.0f;

	if (is_press && (is_heard || message->is_by_hand))
		keys_press(keys, manner, note, velocity, by);
	else if (!is_press && (keys->by[note] == by || message->is_by_hand))
		keys_let_go(keys, manner, note,
			status == MIDI_NOTE_OFF && !message->is_by_hand ? velocity
									: RELEASE_UNKNOWN);
}

void keys_take(
	struct keys *keys, const struct keys_manner *manner, const struct keys_message *message)
{
	int channel = midi_channel(message->bytes[0]), first = message->bytes[1],
	    second = message->bytes[2];
	int by = message->is_by_hand ? 0 : channel + 1;
	bool is_heard = manner->channel == 0 || manner->channel == channel + 1;
	bool is_near = first >= manner->low && first <= manner->high;
	struct keys_chair *chair;

	switch (midi_kind(message->bytes[0])) {
	case MIDI_NOTE_OFF:
	case MIDI_NOTE_ON:
		take_note(keys, manner, message, is_heard && is_near);
		break;
	case MIDI_KEY_PRESSURE:
		chair = is_heard ? keys_chair_of(keys, first) : NULL;
		if (chair && keys->by[first] == channel + 1)
			chair->pressure = norm_of(second);
		break;
	case MIDI_CONTROLLER:
		take_controller(keys, channel, by, first, second, is_heard);
		break;
	case MIDI_CHANNEL_PRESSURE:
		if (is_heard)
			keys->signal.channel_pressure = norm_of(first);
		break;
	case MIDI_BEND:
		if (is_heard)
			keys->signal.bend.target = lanes_of(
				(float)int_max(first + 128 * second - 8192, -8191) / 8191.0f);
		break;
	default:
		break;
	}
	press_firmly(keys);
}
