/* seq.c - step sequencer: a pattern of hits, and a row of notes for them.
 *
 * Place:  step k of the grid (steps.h) plays one place of the phrase: the pattern, repeated until
 *         the row of notes has come round with it. Forward and backward go on through it, pingpong
 *         turns at its ends (which sound once), random chooses a place for each step.
 * Notes:  one a hit: hit h of the phrase has note h of the row, so notes and pattern may differ in
 *         length. A hit has its note whether it is played or left out (probability) and wherever
 *         the playing comes from: place, note and chance follow from k alone, so several sequences,
 *         the two workers and a commit agree.
 * Hold:   pitch, accent and velocity are those of the latest hit. What the parameters say counts
 *         when a step begins.
 * Source: own. */
#include "modules/modules.h"
#include "dsp/steps.h"

enum {
	SEQ_STEP,
	SEQ_GATE_LENGTH,
	SEQ_SWING,
	SEQ_DIRECTION,
	SEQ_PROBABILITY,
	SEQ_SEED,
	SEQ_TRANSPOSE,
	SEQ_VELOCITY,
	SEQ_N_PARAMS
};
enum { SEQ_PATTERN, SEQ_NOTES, SEQ_N_LISTS };
enum { OUT_GATE, OUT_PITCH, OUT_ACCENT, OUT_VELOCITY, SEQ_N_OUTS };
enum direction { FORWARD, BACKWARD, PINGPONG, RANDOM, N_DIRECTIONS };

static const char *const directions[] = {
	[FORWARD] = "forward",
	[BACKWARD] = "backward",
	[PINGPONG] = "pingpong",
	[RANDOM] = "random",
};
_Static_assert(ARRAY_LEN(directions) == N_DIRECTIONS, "one name per direction");

/* clang-format off */
static const struct param_desc seq_params[] = {
	[SEQ_STEP] = STEP_LENGTH_PARAM("step", "Step", STEP_SIXTEENTH),
	[SEQ_GATE_LENGTH] = STEP_GATE_PARAM(0.5f),
	[SEQ_SWING] = STEP_SWING_PARAM,
	[SEQ_DIRECTION] = {.key = "direction", .label = "Direction", .unit = UNIT_CHOICE,
		.max = N_DIRECTIONS - 1, .curve = CURVE_CHOICE, .choices = directions},
	[SEQ_PROBABILITY] = {.key = "probability", .label = "Chance", .unit = UNIT_NORM,
		.min = 0.0f, .max = 1.0f, .def = 1.0f, .curve = CURVE_LINEAR},
	[SEQ_SEED] = {.key = "seed", .label = "Seed", .unit = UNIT_NONE, .min = 0.0f, .max = 999.0f,
		.def = 1.0f, .curve = CURVE_LINEAR},
	[SEQ_TRANSPOSE] = {.key = "transpose_semis", .label = "Transpose", .unit = UNIT_SEMIS,
		.min = -48.0f, .max = 48.0f, .def = 0.0f, .curve = CURVE_LINEAR},
	[SEQ_VELOCITY] = {.key = "velocity", .label = "Velocity", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.7f, .curve = CURVE_LINEAR},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(seq_params) == SEQ_N_PARAMS, "one row per parameter");

/* clang-format off */
static const struct list_desc seq_lists[] = {
	[SEQ_PATTERN] = {.key = "pattern", .label = "Pattern", .kind = LIST_STEPS, .max = 3.0f,
		.def = "X.x.x.x."},
	[SEQ_NOTES] =
		{.key = "notes", .label = "Notes", .kind = LIST_NOTES, .max = 127.0f, .def = "36"},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(seq_lists) == SEQ_N_LISTS, "one row per list");

static const struct port_desc seq_outs[] = {
	[OUT_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
	[OUT_PITCH] = {.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
	[OUT_ACCENT] = {.key = "accent", .label = "Accent", .kind = PORT_CONTROL},
	[OUT_VELOCITY] = {.key = "velocity", .label = "Velocity", .kind = PORT_CONTROL},
};

struct seq {
	struct stepper stepper;
	float pitch, accent, velocity;
	uint32_t has_pitch;
};

static void seq_reset(void *state)
{
	struct seq *seq = state;

	*seq = (struct seq){0};
	stepper_reset(&seq->stepper);
}

/* A number for a step: the same everywhere. The mixing of splitmix64 (Steele, Lea, Flood: Fast
 * splittable pseudorandom number generators, 2014). */
static uint64_t number_of(int64_t step, uint64_t seed)
{
	uint64_t x = (uint64_t)step * 0x9e3779b97f4a7c15u + seed * 0xd1342543de82ef95u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static int64_t rest_of(int64_t x, int64_t n) /* 0..n - 1, also of negative x */
{
	int64_t rest = x % n;

	return rest < 0 ? rest + n : rest;
}

static bool is_hit(float kind)
{
	return kind == (float)BEAT_HIT || kind == (float)BEAT_ACCENT;
}

static int count_hits(const struct module_list *pattern, int64_t n)
{
	int n_hits = 0;

	for (int64_t i = 0; i < n; i++)
		n_hits += is_hit(pattern->at[i]);
	return n_hits;
}

static uint64_t seed_of(const struct module_io *io, int frame)
{
	return (uint64_t)(cable_first(io->params[SEQ_SEED], frame) + 0.5f);
}

/* The places of the phrase: times the pattern goes by until the notes begin again with it. */
static int64_t phrase_places(const struct module_io *io)
{
	const struct module_list *pattern = &io->lists[SEQ_PATTERN];
	int n_hits = count_hits(pattern, pattern->n), n_notes = io->lists[SEQ_NOTES].n;
	int n_times = n_notes;

	for (int a = n_hits, b = n_notes; a;) { /* Euclid: b is what both can be divided by */
		int rest = b % a;

		b = a;
		a = rest;
		n_times = n_notes / b;
	}
	return (int64_t)pattern->n * (n_hits ? n_times : 1);
}

static int64_t place_of(const struct module_io *io, int64_t step, int frame)
{
	enum direction direction =
		(enum direction)(int)cable_first(io->params[SEQ_DIRECTION], frame);
	int64_t n, at;

	if (direction == BACKWARD)
		return -1 - step;
	if (direction != PINGPONG && direction != RANDOM)
		return step;
	n = phrase_places(io);
	if (direction == RANDOM)
		return (int64_t)(number_of(step, seed_of(io, frame)) % (uint64_t)n);
	if (n == 1)
		return 0;
	at = rest_of(step, 2 * n - 2);
	return at < n ? at : 2 * n - 2 - at;
}

static enum beat_kind kind_of(const struct module_io *io, int64_t place)
{
	const struct module_list *pattern = &io->lists[SEQ_PATTERN];

	return (enum beat_kind)(int)pattern->at[rest_of(place, pattern->n)];
}

static float note_of(const struct module_io *io, int64_t place, int frame)
{
	const struct module_list *pattern = &io->lists[SEQ_PATTERN], *notes = &io->lists[SEQ_NOTES];
	int64_t at = rest_of(place, pattern->n), n_times = (place - at) / pattern->n;
	int64_t hit = n_times * count_hits(pattern, pattern->n) + count_hits(pattern, at);
	float semis = cable_first(io->params[SEQ_TRANSPOSE], frame);

	return notes->at[rest_of(hit, notes->n)] + (float)(int)(semis + (semis < 0 ? -0.5f : 0.5f));
}

static bool is_played(const struct module_io *io, int64_t step, int frame)
{
	uint64_t number = number_of(step, seed_of(io, frame) + 1000);

	return (float)(number >> 40) * 0x1p-24f < cable_first(io->params[SEQ_PROBABILITY], frame);
}

static void seq_step(struct seq *seq, const struct module_io *io, int frame)
{
	int64_t step = seq->stepper.step, place = place_of(io, step, frame);
	enum beat_kind kind = kind_of(io, place);
	bool is_tied = kind_of(io, place_of(io, step + 1, frame)) == BEAT_TIE;

	if (is_hit((float)kind) && !is_played(io, step, frame))
		kind = BEAT_REST;
	if (is_hit((float)kind)) {
		seq->pitch = note_of(io, place, frame);
		seq->accent = kind == BEAT_ACCENT ? 1.0f : 0.0f;
		seq->velocity =
			kind == BEAT_ACCENT ? 1.0f : cable_first(io->params[SEQ_VELOCITY], frame);
	}
	stepper_begin(&seq->stepper, io, frame, kind, is_tied,
		cable_first(io->params[SEQ_SWING], frame),
		cable_first(io->params[SEQ_GATE_LENGTH], frame));
}

static void seq_render(void *state, const struct module_io *io)
{
	struct seq *seq = state;
	struct cable length = io->params[SEQ_STEP], swing = io->params[SEQ_SWING];

	if (!seq->has_pitch) {
		seq->pitch = io->lists[SEQ_NOTES].at[0];
		seq->has_pitch = 1;
	}
	for (int at = 0, to; at < io->n_frames; at = to) {
		if (stepper_is_due(&seq->stepper, io, length, swing, at))
			seq_step(seq, io, at);
		to = stepper_until(&seq->stepper, io, length, at);
		fill(io->outs[OUT_GATE], at, to, seq->stepper.is_open ? 1.0f : 0.0f);
		fill(io->outs[OUT_PITCH], at, to, seq->pitch);
		fill(io->outs[OUT_ACCENT], at, to, seq->accent);
		fill(io->outs[OUT_VELOCITY], at, to, seq->velocity);
	}
}

const struct module_desc seq_module = {
	.key = "seq",
	.purpose = "step sequencer: a pattern of hits and accents, and a row of notes",
	.params = seq_params,
	.n_params = SEQ_N_PARAMS,
	.outs = seq_outs,
	.n_outs = SEQ_N_OUTS,
	.flow = FLOW_MONO,
	.lists = seq_lists,
	.n_lists = SEQ_N_LISTS,
	.state_bytes = sizeof(struct seq),
	.reset = seq_reset,
	.render = seq_render,
};
