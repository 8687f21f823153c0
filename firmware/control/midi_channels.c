/* midi_channels.c - messages on their way to the instruments, and letting go of all that they hold.
 * Tested by: unit/control/test_midi */
#include <string.h>

#include "control/midi_state.h"
#include "dsp/midi.h"

void midi_send(struct desk *desk, const uint8_t bytes[3])
{
	struct pending_event event = {.kind = EVENT_MIDI};

	desk->midi.channels |= (uint16_t)(1u << midi_channel(bytes[0]));
	memcpy(event.bytes, bytes, 3);
	pending_send(desk, &event);
}

void midi_release_all(struct desk *desk)
{
	for (int channel = 0; channel < MIDI_CHANNELS; channel++) {
		const uint8_t status = (uint8_t)(MIDI_CONTROLLER | channel);

		if (!(desk->midi.channels >> channel & 1))
			continue;
		midi_send(desk, (const uint8_t[]){status, MIDI_CC_RESET, 0});
		midi_send(desk, (const uint8_t[]){status, MIDI_CC_NOTES_OFF, 0});
	}
	desk->midi.channels = 0;
}
