/* midi.h - USB keyboards and whatever else has a raw MIDI port, as one source: all ports at once, or
 * those that [midi] names, plugged and unplugged at any time.
 * Threads: as in source.h. */
#ifndef INPUT_MIDI_H
#define INPUT_MIDI_H

#include "input/source.h"

int input_midi_open(
	struct input_source **source, const struct settings *settings, struct diag *diag);
/* Ports are the files midiC*D* of device_folder, which may come later; card_folder has the names of
 * their cards (/proc/asound). */
int input_midi_open_in(struct input_source **source, const struct settings *settings,
	const char *device_folder, const char *card_folder, struct diag *diag);

#endif
