#include "control/midi_decoder.h"

#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdlib.h>

/* not of dsp/midi.h: some of its names are macros of ALSA */
enum { SYSEX = 0xf0, TUNE_REQUEST = 0xf6, SYSEX_END = 0xf7, REAL_TIME = 0xf8, PIECE_BYTES = 64 };

struct midi_decoder {
	snd_midi_event_t *parser, *writer;
	uint64_t n_faults;
	uint8_t status; /* that a data byte belongs to; 0: none */
	bool is_inside; /* a message has begun and not ended */
};

int midi_decoder_open(struct midi_decoder **out)
{
	struct midi_decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return -ENOMEM;
	if (snd_midi_event_new(PIECE_BYTES, &decoder->parser) < 0 ||
		snd_midi_event_new(PIECE_BYTES, &decoder->writer) < 0) {
		midi_decoder_close(decoder);
		return -ENOMEM;
	}
	snd_midi_event_no_status(decoder->writer, 1);
	*out = decoder;
	return 0;
}

void midi_decoder_close(struct midi_decoder *decoder)
{
	if (!decoder)
		return;
	if (decoder->parser)
		snd_midi_event_free(decoder->parser);
	if (decoder->writer)
		snd_midi_event_free(decoder->writer);
	free(decoder);
}

static bool is_undefined(uint8_t byte)
{
	return byte == 0xf4 || byte == 0xf5 || byte == 0xf9 || byte == 0xfd;
}

/* A status byte other than a real-time one: what it cuts off is lost. */
static void begin(struct midi_decoder *decoder, uint8_t byte)
{
	decoder->n_faults += decoder->is_inside && (byte != SYSEX_END || decoder->status != SYSEX);
	snd_midi_event_reset_encode(decoder->parser);
	decoder->is_inside = byte < TUNE_REQUEST && !is_undefined(byte);
	decoder->status = decoder->is_inside ? byte : 0;
}

/* true: the parser may have the byte. It says nothing of those that it drops, so they are counted
 * here; and older versions of alsa-lib write beyond their buffer at a data byte without a status,
 * and take a status byte inside of a message for data (1.2.8 does neither). */
static bool is_for_parser(struct midi_decoder *decoder, uint8_t byte)
{
	bool is_status = byte & 0x80;
	bool ends_sysex = byte == SYSEX_END && decoder->status == SYSEX;

	decoder->n_faults += is_undefined(byte) || (byte == SYSEX_END && !ends_sysex) ||
			     (!is_status && !decoder->status);
	if (byte >= REAL_TIME)
		return !is_undefined(byte);
	if (is_status)
		begin(decoder, byte);
	else if (decoder->status && decoder->status != SYSEX)
		decoder->is_inside = true;
	return decoder->status && decoder->status != SYSEX;
}

bool midi_decoder_put(struct midi_decoder *decoder, uint8_t byte, struct midi_message *message)
{
	snd_seq_event_t event = {0};
	long n;

	if (!is_for_parser(decoder, byte)) {
		*message = (struct midi_message){{byte}, 1};
		return byte == TUNE_REQUEST;
	}
	if (snd_midi_event_encode_byte(decoder->parser, byte, &event) <= 0)
		return false;
	n = snd_midi_event_decode(decoder->writer, message->bytes, sizeof(message->bytes), &event);
	if (byte < REAL_TIME) {
		decoder->is_inside = false;
		if (decoder->status >= SYSEX)
			decoder->status = 0;
	}
	message->n = (int)n;
	return n > 0;
}

uint64_t midi_decoder_n_faults(const struct midi_decoder *decoder)
{
	return decoder->n_faults;
}
