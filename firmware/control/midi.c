/* midi.c - MIDI from a script, a socket or a keyboard: messages for the instruments, and notes that
 * none of them plays.
 * Tested by: unit/control/test_midi */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "control/midi_state.h"
#include "dsp/midi.h"

/* A parameter of a module that plays; what it does not have is the default. */
static int value_of(const struct patch_module *module, const char *key, int without)
{
	int p = module_param_find(module->desc, key);

	return p < 0 ? without : (int)(module->values[p] + 0.5f);
}

static bool hears(const struct patch_module *module, int channel, int note)
{
	int only = value_of(module, "channel", 0);

	return module->desc->midi && (only == 0 || only == channel + 1) &&
	       note >= value_of(module, "low", 0) && note <= value_of(module, "high", N_NOTES - 1);
}

static bool is_heard(const struct desk *desk, int channel, int note)
{
	for (int m = 0; m < desk->live->n_modules; m++)
		if (hears(&desk->live->modules[m], channel, note))
			return true;
	return false;
}

static void note_unheard(struct desk *desk, int channel, int note)
{
	stats_add(engine_stats(desk->engine), WRITER_DESK, STAT_MIDI_UNHEARD, 1);
	if (desk->midi.logged_for == desk->live)
		return;
	desk->midi.logged_for = desk->live;
	log_line(LOG_LEVEL_WARNING,
		"MIDI note %d on channel %d: no module of patch \"%s\" plays it (a `type = keys`, "
		"its "
		"channel, low and high); more such notes are only counted",
		note, channel + 1, desk->live->name);
}

static void take_message(struct desk *desk, const struct midi_message *message)
{
	int kind = midi_kind(message->bytes[0]), channel = midi_channel(message->bytes[0]);
	uint8_t bytes[3] = {message->bytes[0], message->n > 1 ? message->bytes[1] : 0,
		message->n > 2 ? message->bytes[2] : 0};

	if (kind == MIDI_PROGRAM)
		midi_program_change(desk, channel, bytes[1]);
	if (kind == MIDI_SYSTEM || kind == MIDI_PROGRAM)
		return;
	if (kind == MIDI_CONTROLLER && midi_knobs_take(desk, channel, bytes[1], bytes[2]))
		return;
	if (kind == MIDI_CONTROLLER)
		midi_program_choose_bank(desk, channel, bytes[1], bytes[2]);
	if (kind == MIDI_NOTE_ON && bytes[2] && !is_heard(desk, channel, bytes[1]))
		note_unheard(desk, channel, bytes[1]);
	midi_send(desk, bytes);
}

int desk_midi(struct desk *desk, const uint8_t *bytes, int n, struct diag *diag)
{
	struct midi_message message;
	uint64_t n_faults;

	if (!desk->midi.decoder && midi_decoder_open(&desk->midi.decoder) < 0)
		return diag_set(diag, -ENOMEM, "out of memory");
	n_faults = midi_decoder_n_faults(desk->midi.decoder);
	for (int i = 0; i < n; i++)
		if (midi_decoder_put(desk->midi.decoder, bytes[i], &message))
			take_message(desk, &message);
	stats_add(engine_stats(desk->engine), WRITER_DESK, STAT_MIDI_FAULTS,
		midi_decoder_n_faults(desk->midi.decoder) - n_faults);
	return 0;
}

void midi_close(struct desk *desk)
{
	midi_decoder_close(desk->midi.decoder);
	desk->midi.decoder = NULL;
}
