/* midi_decoder.h - bytes of a MIDI cable to messages: running status, real-time bytes inside of
 * messages, whatever comes. alsa-lib's parser, fed with what it can take only: bytes that belong to
 * no message are counted here and not passed on to it.
 * Threads: one at a time. */
#ifndef CONTROL_MIDI_DECODER_H
#define CONTROL_MIDI_DECODER_H

#include <stdbool.h>
#include <stdint.h>

struct midi_decoder;

struct midi_message {
	uint8_t bytes[3]; /* the status always, and what follows it */
	int n;            /* 1..3 */
};

/* 0 or -ENOMEM. */
int midi_decoder_open(struct midi_decoder **decoder);
void midi_decoder_close(struct midi_decoder *decoder); /* NULL: nothing */
/* true: the byte ends *message. Messages of a length of their own (sysex) are passed over. */
bool midi_decoder_put(struct midi_decoder *decoder, uint8_t byte, struct midi_message *message);
/* Bytes outside of any message, undefined ones, and messages cut off by another one, so far */
uint64_t midi_decoder_n_faults(const struct midi_decoder *decoder);

#endif
