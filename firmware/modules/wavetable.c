/* wavetable.c - single-cycle waves side by side; `position` moves through them.
 *
 * Tables: four waves each (wave_bands.c), made once. basic: sine, triangle, saw, square; organ:
 *         more and more drawbars; vowel: a, e, o, u; glass: few partials, higher and higher.
 * Bands:  a lane reads the band with the most harmonics that all stay below half the rate, by a
 *         cubic through four samples; towards that band's highest note it fades to the next, so
 *         that a moving pitch does not click. What reaches the ear ends between 0.75 and 1 times
 *         half the rate, or at the 512th harmonic.
 * Position: between two waves both are read and mixed. Another table is faded to over 5 ms; the
 *         table of lane 0 is that of all lanes.
 * Pitch:  where plugged, it is the frequency: 440 Hz * 2^((pitch - 69) / 12), and freq_hz is
 *         unused.
 * Source: Bristow-Johnson, "Wavetable Synthesis 101", AES 1996. */
#include <stdbool.h>

#include "dsp/cycles.h"
#include "dsp/lanes_curve.h"
#include "modules/modules.h"
#include "dsp/fade.h"
#include "dsp/voice.h"
#include "dsp/wave_bands.h"

enum { WAVETABLE_TABLE, WAVETABLE_POSITION, WAVETABLE_FREQ, WAVETABLE_LEVEL, WAVETABLE_N_PARAMS };
enum { WAVETABLE_PITCH, WAVETABLE_N_INS };

#define FREQ_MIN_HZ   0.1f
#define FREQ_MAX_HZ   20000.0f
#define FREQ_MAX_NORM 0.49f /* of the rate */
#define FADE_MS       5.0f
#define BLEND_PARTS   4.0f /* in the last quarter of a band it fades to the next */

static const char *const wavetable_names[] = {
	[TABLE_BASIC] = "basic",
	[TABLE_ORGAN] = "organ",
	[TABLE_VOWEL] = "vowel",
	[TABLE_GLASS] = "glass",
};
_Static_assert(ARRAY_LEN(wavetable_names) == N_WAVE_TABLES, "one name per table");

/* clang-format off */
static const struct param_desc wavetable_params[] = {
	[WAVETABLE_TABLE] = {.key = "table", .label = "Table", .unit = UNIT_CHOICE,
		.max = N_WAVE_TABLES - 1, .curve = CURVE_CHOICE, .choices = wavetable_names},
	[WAVETABLE_POSITION] = {.key = "position", .label = "Position", .unit = UNIT_NORM,
		.min = 0.0f, .max = 1.0f, .def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 20.0f},
	[WAVETABLE_FREQ] = {.key = "freq_hz", .label = "Frequency", .unit = UNIT_HZ,
		.min = FREQ_MIN_HZ, .max = FREQ_MAX_HZ, .def = 220.0f, .curve = CURVE_EXP,
		.smooth_ms = 5.0f},
	[WAVETABLE_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.7f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(wavetable_params) == WAVETABLE_N_PARAMS, "one row per parameter");

static const struct port_desc wavetable_ins[] = {
	[WAVETABLE_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
};
static const struct port_desc wavetable_outs[] = {
	{.key = "out", .label = "Out", .kind = PORT_AUDIO},
};

struct wavetable {
	struct cycles phase; /* of the latest frame */
	int32_t table, next_table;
	struct fade fade; /* from `table` to `next_table` */
	int32_t is_started;
	float rate_hz;
	float pad[2];
};

/* The parameters at a frame, as the sound needs them. */
struct sound {
	struct cycles step;
	v4i band;
	v4f blend; /* how much of the next band */
	v4i wave;
	v4f morph; /* how much of the next wave */
	bool has_blend, has_morph;
};

static void wavetable_reset(void *state)
{
	struct wavetable *wavetable = state;

	*wavetable = (struct wavetable){
		.rate_hz = wavetable->rate_hz, .fade = {.frames = wavetable->fade.frames}};
}

static void wavetable_init(void *state, float rate_hz)
{
	struct wavetable *wavetable = state;

	wave_bands_init();
	wavetable->rate_hz = rate_hz;
	wavetable->fade.frames = fade_frames(FADE_MS, rate_hz);
}

static inline struct sound sound_at(
	const struct wavetable *wavetable, const struct module_io *io, size_t i)
{
	v4f zero = lanes_of(0.0f), one = lanes_of(1.0f), place, above;
	v4f position = cable_at(io->params[WAVETABLE_POSITION], i) * (float)(WAVES_A_TABLE - 1);
	v4f hz = hz_at(io->ins[WAVETABLE_PITCH], io->params[WAVETABLE_FREQ], i);
	v4f max_hz = lanes_of(FREQ_MAX_NORM * wavetable->rate_hz);
	struct sound sound;

	hz = lanes_clamp(hz, lanes_of(FREQ_MIN_HZ), lanes_min(max_hz, lanes_of(FREQ_MAX_HZ)));
	/* band b can play up to b / WAVE_BANDS_AN_OCTAVE octaves above the highest note of band 0 */
	above = lanes_log2(hz * (WAVE_HARMONICS / 0.5f / wavetable->rate_hz));
	above = lanes_max(above * WAVE_BANDS_AN_OCTAVE, lanes_of(-0.999f)) + 1.0f;
	place = lanes_min(lanes_floor(above), lanes_of(WAVE_BANDS - 1));
	sound.step = cycles_of_hz(hz, 1.0 / (double)wavetable->rate_hz);
	sound.band = lanes_to_int(place);
	sound.blend = lanes_clamp((above - place - 1.0f) * BLEND_PARTS + 1.0f, zero, one);
	sound.has_blend = lanes_any(sound.blend > 0.0f);
	place = lanes_min(lanes_floor(position), lanes_of(WAVES_A_TABLE - 2));
	sound.wave = lanes_to_int(place);
	sound.morph = position - place;
	sound.has_morph = lanes_any(sound.morph > 0.0f);
	return sound;
}

/* Each lane's wave in its band, at its phase. */
static inline v4f band_read(const struct sound *sound, int table, v4i band, v4u phase)
{
	v4f row[N_LANES], a, b, c, e, d;
	v4i part;

	for (int k = 0; k < N_LANES; k++) {
		uint32_t bits = wave_bits[band[k]];
		uint32_t at = wave_first[band[k]] + (phase[k] >> (32 - bits));
		const float *wave = waves[table][sound->wave[k]] + at;

		part[k] = (int32_t)((phase[k] << bits) >> 8);
		memcpy(&row[k], wave, sizeof(row[k]));
		if (sound->has_morph) {
			v4f next;

			memcpy(&next, wave + WAVE_SAMPLES, sizeof(next));
			row[k] += (next - row[k]) * sound->morph[k];
		}
	}
	d = lanes_from_int(part) * 0x1p-24f;
	a = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);
	b = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
	c = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
	e = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
	row[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
	row[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
	row[2] = __builtin_shufflevector(c, e, 0, 1, 4, 5);
	row[3] = __builtin_shufflevector(c, e, 2, 3, 6, 7);
	a = (d - 1.0f) * (d - 2.0f);
	b = (d + 1.0f) * d;
	return (row[3] * (b * (d - 1.0f)) - row[0] * (a * d)) * (1.0f / 6.0f) +
	       (row[1] * (a * (d + 1.0f)) - row[2] * (b * (d - 2.0f))) * 0.5f;
}

static inline v4f table_read(const struct sound *sound, int table, v4u phase)
{
	v4f out = band_read(sound, table, sound->band, phase), next;
	v4i band = sound->band + 1;

	if (!sound->has_blend)
		return out;
	band = lanes_to_int(lanes_min(lanes_from_int(band), lanes_of(WAVE_BANDS - 1)));
	next = band_read(sound, table, band, phase);
	return out + (next - out) * sound->blend;
}

static void table_choose(struct wavetable *wavetable, int32_t table)
{
	if (!wavetable->is_started)
		wavetable->table = table;
	wavetable->is_started = 1;
	if (!wavetable->fade.left && table != wavetable->table) {
		wavetable->next_table = table;
		fade_begin(&wavetable->fade);
	}
}

/* Frames from..to - 1: one table is chosen, no fade ends before the last one. */
static void wavetable_run(
	struct wavetable *wavetable, const struct module_io *io, size_t from, size_t to)
{
	const struct cable *params = io->params;
	size_t is_moving = params[WAVETABLE_POSITION].step |
			   (io->ins[WAVETABLE_PITCH].at ? io->ins[WAVETABLE_PITCH].step
							: params[WAVETABLE_FREQ].step);
	struct sound sound = sound_at(wavetable, io, from);
	struct wavetable now = *wavetable;

	for (size_t i = from; i < to; i++) {
		v4f x;

		if (is_moving)
			sound = sound_at(&now, io, i);
		now.phase = cycles_add(now.phase, sound.step);
		x = table_read(&sound, now.table, cycles_high(now.phase));
		if (now.fade.left) {
			v4f next = table_read(&sound, now.next_table, cycles_high(now.phase));

			x += (next - x) * fade_next(&now.fade);
			if (!now.fade.left)
				now.table = now.next_table;
		}
		io->outs[0][i] = x * cable_at(params[WAVETABLE_LEVEL], i);
	}
	*wavetable = now;
}

static void wavetable_render(void *state, const struct module_io *io)
{
	struct wavetable *wavetable = state;
	struct cable table = io->params[WAVETABLE_TABLE];
	int run;

	for (int i = 0; i < io->n_frames; i += run) {
		table_choose(wavetable, (int32_t)cable_first(table, i));
		run = choice_frames(table, i, io->n_frames - i);
		if (wavetable->fade.left)
			run = int_min(run, wavetable->fade.left);
		wavetable_run(wavetable, io, (size_t)i, (size_t)(i + run));
	}
}

const struct module_desc wavetable_module = {
	.key = "wavetable",
	.purpose = "waves side by side, and a position that moves through them",
	.params = wavetable_params,
	.n_params = WAVETABLE_N_PARAMS,
	.ins = wavetable_ins,
	.n_ins = WAVETABLE_N_INS,
	.outs = wavetable_outs,
	.n_outs = ARRAY_LEN(wavetable_outs),
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct wavetable),
	.init = wavetable_init,
	.reset = wavetable_reset,
	.render = wavetable_render,
};
