/* keys.c - notes that are played, to voices.
 *
 * keys_chairs.c has who sits where. A message waits for its frame of the next block (emit).
 * Gates:  a gate that has to open again is closed for one frame before; with legato (mono, unison)
 *         it stays open, and only the pitch changes. A key that was pressed and let go between two
 *         blocks opens its gate for one frame.
 * Level:  is looked at every LEVEL_FRAMES frames, and used that many frames later. So it may come
 *         from what the voices sound like (a cycle: emit, absorb), and blocks do not matter.
 * Source: own. */
#include <math.h>

#include "modules/keys.h"
#include "modules/modules.h"

enum { LEVEL_FRAMES = BLOCK_MAX_FRAMES };

#define FADE_MS     5.0f
#define SMOOTH_MS   2.0f /* of each of two filters: a controller is there after 10 ms */
#define SOUNDING_MS 2000.0f

static const char *const modes[] = {
	[MODE_POLY] = "poly", [MODE_UNISON] = "unison", [MODE_MONO] = "mono"};
_Static_assert(ARRAY_LEN(modes) == N_MODES, "one name per mode");
static const char *const steals[] = {[STEAL_OLDEST] = "oldest", [STEAL_QUIETEST] = "quietest"};
_Static_assert(ARRAY_LEN(steals) == N_STEALS, "one name each");
static const char *const off_on[] = {"off", "on"};

/* clang-format off */
static const struct param_desc keys_params[] = {
	[KEYS_MODE] = {.key = "mode", .label = "Mode", .unit = UNIT_CHOICE, .max = N_MODES - 1,
		.curve = CURVE_CHOICE, .choices = modes},
	[KEYS_STEAL] = {.key = "steal", .label = "Steal", .unit = UNIT_CHOICE, .max = N_STEALS - 1,
		.curve = CURVE_CHOICE, .choices = steals},
	[KEYS_LEGATO] = {.key = "legato", .label = "Legato", .unit = UNIT_CHOICE, .max = 1.0f,
		.curve = CURVE_CHOICE, .choices = off_on},
	[KEYS_HOLD] = {.key = "hold", .label = "Hold", .unit = UNIT_CHOICE, .max = 1.0f,
		.curve = CURVE_CHOICE, .choices = off_on},
	[KEYS_DETUNE] = {.key = "detune_cents", .label = "Detune", .unit = UNIT_NONE, .min = 0.0f,
		.max = 100.0f, .def = 12.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[KEYS_BEND] = {.key = "bend_semis", .label = "Bend", .unit = UNIT_SEMIS, .min = 0.0f,
		.max = 48.0f, .def = 2.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[KEYS_GLIDE] = {.key = "glide_ms", .label = "Glide", .unit = UNIT_MS, .min = 0.0f,
		.max = 5000.0f, .def = 0.0f, .curve = CURVE_LINEAR},
	[KEYS_CHANNEL] = {.key = "channel", .label = "Channel", .unit = UNIT_NONE, .min = 0.0f,
		.max = 16.0f, .def = 0.0f, .curve = CURVE_LINEAR},
	[KEYS_LOW] = {.key = "low", .label = "Lowest", .unit = UNIT_NONE, .min = 0.0f,
		.max = 127.0f, .def = 0.0f, .curve = CURVE_LINEAR, .takes_notes = true},
	[KEYS_HIGH] = {.key = "high", .label = "Highest", .unit = UNIT_NONE, .min = 0.0f,
		.max = 127.0f, .def = 127.0f, .curve = CURVE_LINEAR, .takes_notes = true},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(keys_params) == KEYS_N_PARAMS, "one row per parameter");

static const struct port_desc keys_ins[] = {
	[KEYS_LEVEL] = {.key = "level", .label = "Level", .kind = PORT_VOICES},
};
static const struct port_desc keys_outs[] = {
	[KEYS_OUT_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
	[KEYS_OUT_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
	[KEYS_OUT_VELOCITY] = {.key = "velocity", .label = "Velocity", .kind = PORT_CONTROL},
	[KEYS_OUT_PRESSURE] = {.key = "pressure", .label = "Pressure", .kind = PORT_CONTROL},
	[KEYS_OUT_RELEASE] = {.key = "release", .label = "Release", .kind = PORT_CONTROL},
	[KEYS_OUT_MOD] = {.key = "mod", .label = "Mod wheel", .kind = PORT_CONTROL},
	[KEYS_OUT_VOLUME] = {.key = "volume", .label = "Volume", .kind = PORT_CONTROL},
	[KEYS_OUT_PAN] = {.key = "pan", .label = "Pan", .kind = PORT_CONTROL},
	[KEYS_OUT_EXPRESSION] = {.key = "expression", .label = "Expression", .kind = PORT_CONTROL},
};
_Static_assert(ARRAY_LEN(keys_outs) == KEYS_N_OUTS, "one row per output");

static void keys_reset(void *state)
{
	struct keys *keys = state;
	const struct keys_times times = keys->times;

	memset(keys, 0, sizeof(*keys));
	keys->times = times;
	for (int c = 0; c < MAX_CHAIRS; c++)
		keys->chairs[c].pitch.to = 60.0f;
	keys->signal.controls.target[CONTROL_VOLUME] = 1.0f;
	keys->signal.controls.target[CONTROL_EXPRESSION] = 1.0f;
	keys->signal.controls.now = keys->signal.controls.middle = keys->signal.controls.target;
	keys->manner.high = N_NOTES - 1;
}

static void keys_init(void *state, float rate_hz)
{
	struct keys *keys = state;

	keys->times = (struct keys_times){
		.smooth_share = (float)(1.0 - exp(-1000.0 / (double)(SMOOTH_MS * rate_hz))),
		.fade_frames = fade_frames(FADE_MS, rate_hz),
		.sounding_frames = fade_frames(SOUNDING_MS, rate_hz),
	};
}

static bool is_on(const struct module_io *io, int param, int frame)
{
	return cable_first(io->params[param], frame) > 0.5f;
}

static int whole(const struct module_io *io, int param, int frame)
{
	return (int)(cable_first(io->params[param], frame) + 0.5f);
}

static struct keys_manner manner_at(const struct keys *keys, const struct module_io *io, int frame)
{
	int mode = (int)cable_first(io->params[KEYS_MODE], frame);
	uint64_t now = (keys->n_frames + (uint64_t)frame) / LEVEL_FRAMES;

	return (struct keys_manner){
		.is_quietest = is_on(io, KEYS_STEAL, frame),
		.is_legato = mode != MODE_POLY && is_on(io, KEYS_LEGATO, frame),
		.is_hold = is_on(io, KEYS_HOLD, frame),
		.has_level = keys->has_level,
		.mode = mode,
		.n_chairs = mode == MODE_POLY ? int_min(io->n_voices, MAX_CHAIRS) : 1,
		.glide_frames =
			fade_frames(cable_first(io->params[KEYS_GLIDE], frame), io->rate_hz),
		.channel = whole(io, KEYS_CHANNEL, frame),
		.low = whole(io, KEYS_LOW, frame),
		.high = whole(io, KEYS_HIGH, frame),
		.level = (int)((now + 1) % 2), /* looked at a period ago */
	};
}

/* ---- what is played */

/* Between two blocks. Beyond what any keyboard plays the oldest is obeyed before the block. */
static void put_message(struct keys *keys, const struct keys_message *message)
{
	if (keys->queue.n == MAX_MESSAGES) {
		keys_take(keys, &keys->manner, &keys->queue.at[0]);
		keys->queue.n--;
		memmove(keys->queue.at, keys->queue.at + 1,
			(MAX_MESSAGES - 1) * sizeof(keys->queue.at[0]));
	}
	keys->queue.at[keys->queue.n++] = *message;
}

static void keys_note(void *state, int note, float velocity, int frame)
{
	struct keys_message message = {.velocity = velocity,
		.frame = (uint16_t)frame,
		.is_by_hand = 1,
		.bytes = {MIDI_NOTE_ON, (uint8_t)note, 1}};

	if (note == NOTE_ALL) {
		message.bytes[0] = MIDI_CONTROLLER;
		message.bytes[1] = MIDI_CC_NOTES_OFF;
	}
	put_message(state, &message);
}

static void keys_midi(void *state, const uint8_t bytes[3], int frame)
{
	put_message(state, &(struct keys_message){.frame = (uint16_t)frame,
				   .bytes = {bytes[0], bytes[1] & 127, bytes[2] & 127}});
}

/* The messages up to a frame. Returns how many of them were obeyed by now. */
static int play(struct keys *keys, int frame, int n_taken)
{
	while (n_taken < keys->queue.n && keys->queue.at[n_taken].frame <= frame)
		keys_take(keys, &keys->manner, &keys->queue.at[n_taken++]);
	return n_taken;
}

/* ---- blocks */

/* The frame until which the same parameters and gates hold */
static int until(const struct module_io *io, int from, bool is_passing)
{
	if (is_passing)
		return from + 1;
	if (!(io->params[KEYS_MODE].step | io->params[KEYS_STEAL].step |
		    io->params[KEYS_LEGATO].step | io->params[KEYS_HOLD].step))
		return io->n_frames;
	for (int i = from + 1; i < io->n_frames; i++) {
		for (int p = KEYS_MODE; p <= KEYS_HOLD; p++) {
			struct cable cable = io->params[p];

			if (cable.step && cable.at[i][0] != cable.at[i - 1][0])
				return i;
		}
	}
	return io->n_frames;
}

static void keys_emit(void *state, const struct module_io *io)
{
	struct keys *keys = state;
	int n_taken = 0;

	for (int at = 0, to; at < io->n_frames; at = to) {
		keys->manner = manner_at(keys, io, at);
		if (keys->manner.n_chairs != keys->n_chairs || keys->manner.mode != keys->mode)
			keys_count_chairs(keys, &keys->manner);
		n_taken = play(keys, at, n_taken);
		keys_settle(keys, &keys->manner);
		to = until(io, at, keys_move_gates(keys));
		if (n_taken < keys->queue.n)
			to = int_min(to, keys->queue.at[n_taken].frame);
		keys_put(keys, io, at, to);
	}
	while (n_taken < keys->queue.n) /* none should be: it is for a later frame */
		keys_take(keys, &keys->manner, &keys->queue.at[n_taken++]);
	keys->queue.n = 0;
}

static void keys_absorb(void *state, const struct module_io *io)
{
	struct keys *keys = state;
	struct cable level = io->ins[KEYS_LEVEL];
	uint64_t to_look = (LEVEL_FRAMES - keys->n_frames % LEVEL_FRAMES) % LEVEL_FRAMES;
	float *look = keys->level[(keys->n_frames + to_look) / LEVEL_FRAMES % 2];

	keys->has_level = level.at != NULL;
	if (to_look < (uint64_t)io->n_frames) {
		for (int v = 0; v < MAX_CHAIRS; v++) {
			size_t at = (size_t)(v / N_LANES) * level.group_step + to_look * level.step;
			bool is_there = level.at && v < io->n_voices;

			look[v] = is_there ? level.at[at][v % N_LANES] : 0.0f;
			look[v] = look[v] < 0.0f ? -look[v] : look[v];
		}
	}
	keys->n_frames += (uint64_t)io->n_frames;
}

static void keys_render(void *state, const struct module_io *io)
{
	keys_emit(state, io);
	keys_absorb(state, io);
}

const struct module_desc keys_module = {
	.key = "keys",
	.purpose = "notes that are played, by MIDI or by hand, to voices: poly, unison or mono",
	.params = keys_params,
	.n_params = KEYS_N_PARAMS,
	.ins = keys_ins,
	.n_ins = KEYS_N_INS,
	.outs = keys_outs,
	.n_outs = KEYS_N_OUTS,
	.flow = FLOW_ALL,
	.state_bytes = sizeof(struct keys),
	.init = keys_init,
	.reset = keys_reset,
	.render = keys_render,
	.note = keys_note,
	.midi = keys_midi,
	.emit = keys_emit,
	.absorb = keys_absorb,
};
