/* midi.h - numbers of MIDI: status bytes of a channel's messages (the channel is in their low half)
 * and of the system, and controllers.
 * Threads: [any], constant.
 * Source:  MIDI 1.0 Detailed Specification, tables I to III. */
#ifndef DSP_MIDI_H
#define DSP_MIDI_H

#include <stdint.h>

enum {
	MIDI_NOTE_OFF = 0x80,
	MIDI_NOTE_ON = 0x90,
	MIDI_KEY_PRESSURE = 0xa0,
	MIDI_CONTROLLER = 0xb0,
	MIDI_PROGRAM = 0xc0,
	MIDI_CHANNEL_PRESSURE = 0xd0,
	MIDI_BEND = 0xe0,
	MIDI_SYSTEM = 0xf0
};

/* Of the system's messages in real time: whole status bytes */
enum {
	MIDI_CLOCK = 0xf8,
	MIDI_SENSING = 0xfe,
};

enum {
	MIDI_CC_BANK = 0,
	MIDI_CC_MOD = 1,
	MIDI_CC_DATA = 6,
	MIDI_CC_VOLUME = 7,
	MIDI_CC_PAN = 10,
	MIDI_CC_EXPRESSION = 11,
	MIDI_CC_LOW = 32, /* from a controller to its low byte */
	MIDI_CC_SUSTAIN = 64,
	MIDI_CC_SOSTENUTO = 66,
	MIDI_CC_SOFT = 67,
	MIDI_CC_NRPN_LOW = 98,
	MIDI_CC_NRPN_HIGH = 99,
	MIDI_CC_RPN_LOW = 100,
	MIDI_CC_RPN_HIGH = 101,
	MIDI_CC_SOUND_OFF = 120,
	MIDI_CC_RESET = 121,
	MIDI_CC_NOTES_OFF = 123
};

enum { MIDI_CHANNELS = 16 };

static inline int midi_kind(uint8_t status)
{
	return status & 0xf0;
}

/* From 0 */
static inline int midi_channel(uint8_t status)
{
	return status & 15;
}

/* Of a message of a channel, its status too */
static inline int midi_message_bytes(uint8_t status)
{
	int kind = midi_kind(status);

	return kind == MIDI_PROGRAM || kind == MIDI_CHANNEL_PRESSURE ? 2 : 3;
}

#endif
