/* keys.c - notes that are played, to voices.
 *
 * Chairs: a sounding note sits on a chair: each voice is one (poly), or all voices together are the
 *         only one (mono: the first voice sounds, unison: all do, spread by detune_cents). A note
 *         that finds all chairs taken takes one: of a key that is only on hold if there is one, and
 *         of these the oldest, or the quietest by `level`. When a chair is free again the latest
 *         key that is down without one sits down again: with one chair, last-note priority.
 * Gates:  a gate that has to open again is closed for one frame before; with legato (mono, unison)
 *         it stays open, and only the pitch changes. A key that was pressed and let go between two
 *         blocks opens its gate for one frame.
 * Level:  is looked at every LEVEL_FRAMES frames, and used that many frames later. So it may come
 *         from what the voices sound like (a cycle: emit, absorb), and blocks do not matter.
 * Source: own. */
#include <stdbool.h>

#include "dsp/cable.h"
#include "dsp/fill.h"
#include "dsp/held.h"
#include "modules/modules.h"

enum { KEYS_MODE, KEYS_STEAL, KEYS_LEGATO, KEYS_HOLD, KEYS_DETUNE, KEYS_N_PARAMS };
enum { KEYS_LEVEL, KEYS_N_INS };
enum { OUT_GATE, OUT_PITCH, OUT_VELOCITY, KEYS_N_OUTS };
enum mode { MODE_POLY, MODE_UNISON, MODE_MONO, N_MODES };
enum { STEAL_OLDEST, STEAL_QUIETEST, N_STEALS };
enum { MAX_CHAIRS = 16, LEVEL_FRAMES = BLOCK_MAX_FRAMES };

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
};
/* clang-format on */
_Static_assert(ARRAY_LEN(keys_params) == KEYS_N_PARAMS, "one row per parameter");

static const struct port_desc keys_ins[] = {
	[KEYS_LEVEL] = {.key = "level", .label = "Level", .kind = PORT_VOICES},
};
static const struct port_desc keys_outs[] = {
	[OUT_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
	[OUT_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
	[OUT_VELOCITY] = {.key = "velocity", .label = "Velocity", .kind = PORT_CONTROL},
};

struct chair {
	uint64_t since; /* the count of changes when it was taken or left */
	float pitch, velocity;
	int32_t note;
	uint8_t is_taken;
	uint8_t is_on;  /* the gate of the latest frame */
	uint8_t closes; /* for the next frame */
	uint8_t opens;  /* for a frame at least */
};

struct keys {
	uint64_t n_frames; /* rendered */
	uint64_t n_changes;
	float level[2][MAX_CHAIRS]; /* at even and odd multiples of LEVEL_FRAMES */
	struct chair chairs[MAX_CHAIRS];
	struct held held;
	int32_t n_chairs, mode;
	uint32_t pad[2];
};
_Static_assert(sizeof(struct keys) % 16 == 0, "a multiple of 16");

static void keys_reset(void *state)
{
	struct keys *keys = state;

	memset(keys, 0, sizeof(*keys));
	for (int c = 0; c < MAX_CHAIRS; c++)
		keys->chairs[c].pitch = 60.0f;
}

static void keys_note(void *state, int note, float velocity)
{
	held_note(&((struct keys *)state)->held, note, velocity);
}

/* The parameters at a frame */
struct manner {
	bool is_quietest, is_legato, is_hold;
	enum mode mode;
	int n_chairs;
	const float *level; /* of each chair */
};

static bool is_on(const struct module_io *io, int param, int frame)
{
	return cable_first(io->params[param], frame) > 0.5f;
}

static struct manner manner_at(const struct keys *keys, const struct module_io *io, int frame)
{
	enum mode mode = (enum mode)(int)cable_first(io->params[KEYS_MODE], frame);
	uint64_t now = (keys->n_frames + (uint64_t)frame) / LEVEL_FRAMES;

	return (struct manner){
		.is_quietest = is_on(io, KEYS_STEAL, frame),
		.is_legato = mode != MODE_POLY && is_on(io, KEYS_LEGATO, frame),
		.is_hold = is_on(io, KEYS_HOLD, frame),
		.mode = mode,
		.n_chairs = mode == MODE_POLY ? int_min(io->n_voices, MAX_CHAIRS) : 1,
		.level = keys->level[(now + 1) % 2], /* looked at a period ago */
	};
}

/* ---- who sits where */

static struct chair *chair_of(struct keys *keys, int note)
{
	for (int c = 0; c < keys->n_chairs; c++) {
		if (keys->chairs[c].is_taken && keys->chairs[c].note == note)
			return &keys->chairs[c];
	}
	return NULL;
}

/* Whom a new note would rather follow: itself, a free chair, a key that is up, any other. */
static int rank_of(const struct keys *keys, const struct chair *chair, int note)
{
	if (chair->is_taken && chair->note == note)
		return 0;
	if (!chair->is_taken && !chair->opens)
		return chair->note == note && chair->since ? 1 : 2;
	if (!chair->is_taken)
		return 3;
	return note_row_has(&keys->held.down, chair->note) ? 5 : 4;
}

static struct chair *chair_for(struct keys *keys, const struct manner *manner, int note)
{
	int best = 0, best_rank = 6;

	for (int c = 0; c < keys->n_chairs; c++) {
		int rank = rank_of(keys, &keys->chairs[c], note);
		bool is_older = keys->chairs[c].since < keys->chairs[best].since;

		if (manner->is_quietest && manner->level[c] != manner->level[best])
			is_older = manner->level[c] < manner->level[best];
		if (rank < best_rank || (rank == best_rank && is_older)) {
			best = c;
			best_rank = rank;
		}
	}
	return &keys->chairs[best];
}

static void sit_down(struct keys *keys, const struct manner *manner, int note)
{
	struct chair *chair = chair_for(keys, manner, note);
	bool goes_on = manner->is_legato && chair->is_on;

	chair->note = note;
	chair->pitch = (float)note;
	if (!goes_on)
		chair->velocity = keys->held.velocity[note];
	chair->closes = chair->is_on && !goes_on;
	chair->opens = 1;
	chair->is_taken = 1;
	chair->since = ++keys->n_changes;
}

static void stand_up(struct keys *keys, struct chair *chair)
{
	if (!chair->is_taken)
		return;
	chair->is_taken = 0;
	chair->since = ++keys->n_changes;
}

static void let_go(struct keys *keys, const struct manner *manner, int note)
{
	struct chair *chair = chair_of(keys, note);

	note_row_remove(&keys->held.down, note);
	if (chair && !manner->is_hold)
		stand_up(keys, chair);
}

/* Chairs that are free go to the latest keys that are down and have none. */
static void fill_chairs(struct keys *keys, const struct manner *manner)
{
	int n_free = 0;

	for (int c = 0; c < keys->n_chairs; c++)
		n_free += !keys->chairs[c].is_taken;
	for (uint32_t i = keys->held.down.n; i-- > 0 && n_free > 0;) {
		if (chair_of(keys, keys->held.down.at[i]))
			continue;
		sit_down(keys, manner, keys->held.down.at[i]);
		n_free--;
	}
}

/* More or fewer voices, or another mode: with one chair, the latest key has it. */
static void count_chairs(struct keys *keys, const struct manner *manner)
{
	const struct note_row *down = &keys->held.down;

	for (int c = manner->n_chairs; c < MAX_CHAIRS; c++)
		stand_up(keys, &keys->chairs[c]);
	keys->n_chairs = manner->n_chairs;
	if (keys->n_chairs == 1 && down->n && !chair_of(keys, down->at[down->n - 1]))
		sit_down(keys, manner, down->at[down->n - 1]);
}

/* Takes the keys played since the block before */
static void play(struct keys *keys, const struct manner *manner)
{
	struct held *held = &keys->held;
	struct note_row pressed = held->pressed;

	held->pressed.n = 0;
	for (int note = 0; note < N_NOTES; note++) {
		if (held->was_let_go[note])
			let_go(keys, manner, note);
	}
	for (uint32_t i = 0; i < pressed.n; i++) {
		note_row_append(&held->down, pressed.at[i]);
		sit_down(keys, manner, pressed.at[i]);
	}
	for (uint32_t i = 0; i < pressed.n; i++) {
		if (held->is_let_go[pressed.at[i]])
			let_go(keys, manner, pressed.at[i]);
	}
	held->n_moves = 0;
	memset(held->was_let_go, 0, sizeof(held->was_let_go));
	memset(held->is_let_go, 0, sizeof(held->is_let_go));
}

/* Those who sit there by the pedal alone leave. */
static void end_hold(struct keys *keys)
{
	for (int c = 0; c < keys->n_chairs; c++) {
		struct chair *chair = &keys->chairs[c];

		if (chair->is_taken && !note_row_has(&keys->held.down, chair->note))
			stand_up(keys, chair);
	}
}

/* ---- gates */

/* The gates of the frames that follow; true: they hold for one frame only. */
static bool move_gates(struct keys *keys)
{
	bool is_passing = false;

	for (int c = 0; c < MAX_CHAIRS; c++) {
		struct chair *chair = &keys->chairs[c];

		if (chair->closes) {
			chair->is_on = 0;
			chair->closes = 0;
			is_passing = true;
		} else {
			chair->is_on = chair->is_taken | chair->opens;
			is_passing |= chair->opens;
			chair->opens = 0;
		}
	}
	return is_passing;
}

/* How far a voice is from the note in unison: evenly from -1 to 1. */
static float spread_of(int voice, int n_voices)
{
	return n_voices > 1 ? 2.0f * (float)voice / (float)(n_voices - 1) - 1.0f : 0.0f;
}

static void put_group(
	const struct keys *keys, const struct module_io *io, int group, int from, int to)
{
	bool is_unison = keys->mode == MODE_UNISON;
	struct cable detune = io->params[KEYS_DETUNE];
	v4f gate = {0}, pitch = {0}, velocity = {0}, spread = {0};
	size_t at = (size_t)group * (size_t)io->n_frames;

	for (int k = 0; k < N_LANES; k++) {
		int voice = group * N_LANES + k;
		const struct chair *chair = &keys->chairs[is_unison ? 0 : voice % MAX_CHAIRS];

		if (voice >= io->n_voices)
			continue;
		gate[k] = chair->is_on ? 1.0f : 0.0f;
		pitch[k] = chair->pitch;
		velocity[k] = chair->velocity;
		spread[k] = is_unison ? spread_of(voice, io->n_voices) * 0.01f : 0.0f;
	}
	fill_lanes(io->outs[OUT_GATE] + at, from, to, gate);
	fill_lanes(io->outs[OUT_VELOCITY] + at, from, to, velocity);
	if (!is_unison || !detune.step)
		fill_lanes(io->outs[OUT_PITCH] + at, from, to, pitch + spread * detune.at[0][0]);
	for (int i = from; is_unison && detune.step && i < to; i++)
		io->outs[OUT_PITCH][at + (size_t)i] = pitch + spread * detune.at[i][0];
}

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

	for (int at = 0, to; at < io->n_frames; at = to) {
		struct manner manner = manner_at(keys, io, at);

		if (manner.n_chairs != keys->n_chairs || (int32_t)manner.mode != keys->mode) {
			keys->mode = (int32_t)manner.mode;
			count_chairs(keys, &manner);
		}
		if (keys->held.n_moves)
			play(keys, &manner);
		if (!manner.is_hold)
			end_hold(keys);
		fill_chairs(keys, &manner);
		to = until(io, at, move_gates(keys));
		for (int g = 0; g < io->n_groups; g++)
			put_group(keys, io, g, at, to);
	}
}

static void keys_absorb(void *state, const struct module_io *io)
{
	struct keys *keys = state;
	struct cable level = io->ins[KEYS_LEVEL];
	uint64_t to_look = (LEVEL_FRAMES - keys->n_frames % LEVEL_FRAMES) % LEVEL_FRAMES;
	float *look = keys->level[(keys->n_frames + to_look) / LEVEL_FRAMES % 2];

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
	.purpose = "notes that are played, to voices: poly, unison or mono",
	.params = keys_params,
	.n_params = KEYS_N_PARAMS,
	.ins = keys_ins,
	.n_ins = KEYS_N_INS,
	.outs = keys_outs,
	.n_outs = KEYS_N_OUTS,
	.flow = FLOW_ALL,
	.state_bytes = sizeof(struct keys),
	.reset = keys_reset,
	.render = keys_render,
	.note = keys_note,
	.emit = keys_emit,
	.absorb = keys_absorb,
};
