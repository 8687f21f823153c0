/* euclid.c - hits spread as evenly as they can be over a number of steps.
 *
 * Source: Toussaint, The Euclidean Algorithm Generates Traditional Musical Rhythms (2005): hits and
 *         rests are paired as Euclid's algorithm divides (Bjorklund), so that each rhythm begins
 *         where that paper and other instruments have it; rotation moves it later.
 * Live:   numbers count when a step begins, and are rounded; whatever they do, a step is played
 *         once. Accents fall on every N-th hit from the first of the first round on. */
#include "modules/modules.h"
#include "dsp/steps.h"

enum {
	EUCLID_HITS,
	EUCLID_STEPS,
	EUCLID_ROTATION,
	EUCLID_ACCENT_EVERY,
	EUCLID_STEP,
	EUCLID_GATE_LENGTH,
	EUCLID_SWING,
	EUCLID_N_PARAMS
};
enum { EUCLID_GATE, EUCLID_ACCENT, EUCLID_N_OUTS };

/* clang-format off */
static const struct param_desc euclid_params[] = {
	[EUCLID_HITS] = {.key = "hits", .label = "Hits", .unit = UNIT_NONE, .min = 0.0f,
		.max = 32.0f, .def = 3.0f, .curve = CURVE_LINEAR},
	[EUCLID_STEPS] = {.key = "steps", .label = "Steps", .unit = UNIT_NONE, .min = 1.0f,
		.max = 32.0f, .def = 8.0f, .curve = CURVE_LINEAR},
	[EUCLID_ROTATION] = {.key = "rotation", .label = "Rotation", .unit = UNIT_NONE, .min = 0.0f,
		.max = 31.0f, .def = 0.0f, .curve = CURVE_LINEAR},
	[EUCLID_ACCENT_EVERY] = {.key = "accent_every", .label = "Accents", .unit = UNIT_NONE,
		.min = 0.0f, .max = 16.0f, .def = 0.0f, .curve = CURVE_LINEAR},
	[EUCLID_STEP] = STEP_LENGTH_PARAM("step", "Step", STEP_SIXTEENTH),
	[EUCLID_GATE_LENGTH] = STEP_GATE_PARAM(0.5f),
	[EUCLID_SWING] = STEP_SWING_PARAM,
};
/* clang-format on */
_Static_assert(ARRAY_LEN(euclid_params) == EUCLID_N_PARAMS, "one row per parameter");

static const struct port_desc euclid_outs[] = {
	[EUCLID_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
	[EUCLID_ACCENT] = {.key = "accent", .label = "Accent", .kind = PORT_CONTROL},
};

struct euclid {
	struct stepper stepper;
	float accent; /* of the latest hit */
	uint32_t pad[3];
};

static void euclid_reset(void *state)
{
	struct euclid *euclid = state;

	*euclid = (struct euclid){0};
	stepper_reset(&euclid->stepper);
}

static int whole(const struct module_io *io, int param, int frame)
{
	return (int)(cable_first(io->params[param], frame) + 0.5f);
}

/* A row of steps, the first in the highest of n_steps bits; 1: a hit */
struct row {
	uint32_t bits;
	int n_steps;
};

static struct row row_join(struct row a, struct row b)
{
	return (struct row){a.bits << b.n_steps | b.bits, a.n_steps + b.n_steps};
}

/* n_a rows a and n_b rows b: each a takes a b behind it, and what is left over is the next b, until
 * one at most is left. 0 <= hits <= steps <= 32 */
static uint32_t rhythm_of(int hits, int steps)
{
	struct row a = {1, 1}, b = {0, 1}, all = {0, 0};
	int n_a = hits, n_b = steps - hits;

	while (hits && (n_b > 1 || (n_b == 1 && a.n_steps == 1))) {
		struct row joined = row_join(a, b);

		if (n_a > n_b) {
			int n_left = n_a - n_b;

			b = a;
			n_a = n_b;
			n_b = n_left;
		} else {
			n_b -= n_a;
		}
		a = joined;
	}
	for (int i = 0; i < n_a; i++)
		all = row_join(all, a);
	for (int i = 0; i < n_b; i++)
		all = row_join(all, b);
	return all.bits;
}

/* Hits of a rhythm before step `at`, whatever its sign, counted from step 0. */
static int64_t hits_before(uint32_t rhythm, int64_t at, int hits, int steps)
{
	int64_t round = at / steps - (at % steps < 0);
	int in_round = (int)(at - round * steps);

	return round * hits + __builtin_popcountll((uint64_t)rhythm >> (steps - in_round));
}

static void euclid_step(struct euclid *euclid, const struct module_io *io, int frame)
{
	int steps = whole(io, EUCLID_STEPS, frame);
	int hits = int_min(whole(io, EUCLID_HITS, frame), steps);
	int rotation = whole(io, EUCLID_ROTATION, frame) % steps;
	int every = whole(io, EUCLID_ACCENT_EVERY, frame);
	uint32_t rhythm = rhythm_of(hits, steps);
	int64_t at = euclid->stepper.step - rotation, hit = hits_before(rhythm, at, hits, steps);
	bool is_hit = hits_before(rhythm, at + 1, hits, steps) > hit;

	if (is_hit)
		euclid->accent = every > 0 && hit % every == 0 ? 1.0f : 0.0f;
	stepper_begin(&euclid->stepper, io, frame, is_hit ? BEAT_HIT : BEAT_REST, false,
		cable_first(io->params[EUCLID_SWING], frame),
		cable_first(io->params[EUCLID_GATE_LENGTH], frame));
}

static void euclid_render(void *state, const struct module_io *io)
{
	struct euclid *euclid = state;
	struct cable length = io->params[EUCLID_STEP], swing = io->params[EUCLID_SWING];

	for (int at = 0, to; at < io->n_frames; at = to) {
		if (stepper_is_due(&euclid->stepper, io, length, swing, at))
			euclid_step(euclid, io, at);
		to = stepper_until(&euclid->stepper, io, length, at);
		fill(io->outs[EUCLID_GATE], at, to, euclid->stepper.is_open ? 1.0f : 0.0f);
		fill(io->outs[EUCLID_ACCENT], at, to, euclid->accent);
	}
}

const struct module_desc euclid_module = {
	.key = "euclid",
	.purpose = "hits spread evenly over a number of steps",
	.params = euclid_params,
	.n_params = EUCLID_N_PARAMS,
	.outs = euclid_outs,
	.n_outs = EUCLID_N_OUTS,
	.flow = FLOW_MONO,
	.state_bytes = sizeof(struct euclid),
	.reset = euclid_reset,
	.render = euclid_render,
};
