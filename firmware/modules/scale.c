/* scale.c - offset + factor * in, and then, for pitches, to the nearest note of a musical scale.
 *
 * A pitch half way between two notes of the scale goes up; the note that sounds stays until the pitch
 * is HOLD_SEMIS past the middle, so that a knob or a pitch there does not flicker. `root` is the
 * scale's first note (c is 0). A pitch that changes because another scale or root was chosen jumps as
 * a melody does.
 * Source: own. */
#include "modules/modules.h"
#include "dsp/voice.h"

enum { SCALE_FACTOR, SCALE_OFFSET, SCALE_SCALE, SCALE_ROOT, SCALE_N_PARAMS };
enum { SCALE_IN, SCALE_N_INS };
enum scale_name {
	SCALE_OFF,
	SCALE_CHROMATIC,
	SCALE_MAJOR,
	SCALE_MINOR,
	SCALE_HARMONIC_MINOR,
	SCALE_DORIAN,
	SCALE_PHRYGIAN,
	SCALE_LYDIAN,
	SCALE_MIXOLYDIAN,
	SCALE_MAJOR_PENTATONIC,
	SCALE_MINOR_PENTATONIC,
	SCALE_BLUES,
	SCALE_WHOLE_TONE,
	SCALE_FIFTHS,
	SCALE_OCTAVES,
	N_SCALES
};
enum { NOTES_AN_OCTAVE = 12 };

#define HOLD_SEMIS 0.1f

static const char *const scale_names[] = {
	[SCALE_OFF] = "off",
	[SCALE_CHROMATIC] = "chromatic",
	[SCALE_MAJOR] = "major",
	[SCALE_MINOR] = "minor",
	[SCALE_HARMONIC_MINOR] = "harmonic_minor",
	[SCALE_DORIAN] = "dorian",
	[SCALE_PHRYGIAN] = "phrygian",
	[SCALE_LYDIAN] = "lydian",
	[SCALE_MIXOLYDIAN] = "mixolydian",
	[SCALE_MAJOR_PENTATONIC] = "major_pentatonic",
	[SCALE_MINOR_PENTATONIC] = "minor_pentatonic",
	[SCALE_BLUES] = "blues",
	[SCALE_WHOLE_TONE] = "whole_tone",
	[SCALE_FIFTHS] = "fifths",
	[SCALE_OCTAVES] = "octaves",
};
_Static_assert(ARRAY_LEN(scale_names) == N_SCALES, "one name per scale");

/* Bit k: the scale has the note k semitones above its root. */
static const uint16_t notes_of[] = {
	[SCALE_OFF] = 0xfff,
	[SCALE_CHROMATIC] = 0xfff,
	[SCALE_MAJOR] = 0xab5,
	[SCALE_MINOR] = 0x5ad,
	[SCALE_HARMONIC_MINOR] = 0x9ad,
	[SCALE_DORIAN] = 0x6ad,
	[SCALE_PHRYGIAN] = 0x5ab,
	[SCALE_LYDIAN] = 0xad5,
	[SCALE_MIXOLYDIAN] = 0x6b5,
	[SCALE_MAJOR_PENTATONIC] = 0x295,
	[SCALE_MINOR_PENTATONIC] = 0x4a9,
	[SCALE_BLUES] = 0x4e9,
	[SCALE_WHOLE_TONE] = 0x555,
	[SCALE_FIFTHS] = 0x081,
	[SCALE_OCTAVES] = 0x001,
};
_Static_assert(ARRAY_LEN(notes_of) == N_SCALES, "one row per scale");

static const char *const note_names[] = {
	"c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b"};
_Static_assert(ARRAY_LEN(note_names) == NOTES_AN_OCTAVE, "one name per note");

/* clang-format off */
static const struct param_desc scale_params[] = {
	[SCALE_FACTOR] = {.key = "factor", .label = "Factor", .unit = UNIT_NONE, .min = -64.0f,
		.max = 64.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[SCALE_OFFSET] = {.key = "offset", .label = "Offset", .unit = UNIT_NONE, .min = -128.0f,
		.max = 128.0f, .def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f, .takes_notes = true},
	[SCALE_SCALE] = {.key = "scale", .label = "Scale", .unit = UNIT_CHOICE, .max = N_SCALES - 1,
		.curve = CURVE_CHOICE, .choices = scale_names},
	[SCALE_ROOT] = {.key = "root", .label = "Root", .unit = UNIT_CHOICE,
		.max = NOTES_AN_OCTAVE - 1, .curve = CURVE_CHOICE, .choices = note_names},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(scale_params) == SCALE_N_PARAMS, "one row per parameter");

static const struct port_desc scale_ins[] = {
	[SCALE_IN] = {.key = "in", .label = "In", .kind = PORT_CONTROL},
};
static const struct port_desc scale_outs[] = {{.key = "out", .label = "Out", .kind = PORT_CONTROL}};

/* The latest input that was put into a scale, and its note: inputs mostly stay. */
struct scale {
	v4f from, note;
	int32_t name, root;
	int32_t pad[2];
};

static void scale_reset(void *state)
{
	*(struct scale *)state = (struct scale){.name = -1};
}

/* The nearest note of the scale; within a semitone's grid both neighbours are looked for. */
static float nearest(uint16_t notes, float above_root)
{
	int down = (int)above_root, up = down + 1; /* 0..11, 1..12 */

	while (!(notes >> (down + NOTES_AN_OCTAVE) % NOTES_AN_OCTAVE & 1))
		down--;
	while (!(notes >> up % NOTES_AN_OCTAVE & 1))
		up++;
	return above_root - (float)down < (float)up - above_root ? (float)down : (float)up;
}

static void quantize(struct scale *scale, v4f pitch, int name, int root)
{
	v4f from_root = lanes_clamp(pitch, lanes_of(-1e5f), lanes_of(1e5f)) - (float)root;
	v4f octave = lanes_floor(from_root / (float)NOTES_AN_OCTAVE) * (float)NOTES_AN_OCTAVE;
	v4f above = lanes_clamp(from_root - octave, lanes_of(0.0f), lanes_of(11.9999f)), note;

	for (int k = 0; k < N_LANES; k++)
		above[k] = nearest(notes_of[name], above[k]);
	note = above + octave + (float)root;
	if (name == scale->name && root == scale->root) {
		v4f farther = lanes_abs(pitch - scale->note) - lanes_abs(pitch - note);

		note = lanes_select(farther < 2.0f * HOLD_SEMIS, scale->note, note);
	}
	scale->note = note;
	scale->from = pitch;
	scale->name = name;
	scale->root = root;
}

static inline v4f value_at(struct scale *now, const struct cable *params, struct cable in, size_t i)
{
	v4f x = cable_at(params[SCALE_OFFSET], i) +
		cable_at(params[SCALE_FACTOR], i) * cable_at(in, i);
	int name = (int)cable_at(params[SCALE_SCALE], i)[0];
	int root = (int)cable_at(params[SCALE_ROOT], i)[0];

	if (name == SCALE_OFF)
		return x;
	if (name != now->name || root != now->root || lanes_any(x != now->from))
		quantize(now, x, name, root);
	return now->note;
}

static void scale_render(void *state, const struct module_io *io)
{
	const struct cable *params = io->params;
	struct cable in = cable_or_zero(io->ins[SCALE_IN]);
	struct scale now = *(struct scale *)state;
	size_t moves = in.step;

	for (int p = 0; p < SCALE_N_PARAMS; p++)
		moves |= params[p].step;
	if (!moves) {
		out_constant(io, 0, value_at(&now, params, in, 0));
	} else {
		*io->constant_outs = 0;
		for (size_t i = 0; i < (size_t)io->n_frames; i++)
			io->outs[0][i] = value_at(&now, params, in, i);
	}
	*(struct scale *)state = now;
}

const struct module_desc scale_module = {
	.key = "scale",
	.purpose = "offset + factor * in, and to the nearest note of a musical scale",
	.params = scale_params,
	.n_params = SCALE_N_PARAMS,
	.ins = scale_ins,
	.n_ins = SCALE_N_INS,
	.outs = scale_outs,
	.n_outs = ARRAY_LEN(scale_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct scale),
	.reset = scale_reset,
	.render = scale_render,
};
