/* euclid.c - hits spread as evenly as they can be over a number of steps.
 *
 * Source: Toussaint, The Euclidean Algorithm Generates Traditional Musical Rhythms (2005). Step i
 *         is a hit where i * hits mod steps < hits (Bresenham's line): the same necklaces, each
 *         beginning with a hit; rotation moves them later.
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

/* Hits from step 0 up to before this one, of a pattern without rotation; negative before step 0. */
static int64_t hits_before(int64_t step, int hits, int steps)
{
	int64_t x = (step - 1) * hits;

	return x / steps - (x % steps < 0) + 1;
}

static void euclid_step(struct euclid *euclid, const struct module_io *io, int frame)
{
	int steps = whole(io, EUCLID_STEPS, frame);
	int hits = int_min(whole(io, EUCLID_HITS, frame), steps);
	int rotation = whole(io, EUCLID_ROTATION, frame) % steps;
	int every = whole(io, EUCLID_ACCENT_EVERY, frame);
	int64_t at = euclid->stepper.step - rotation, hit = hits_before(at, hits, steps);
	bool is_hit = hits_before(at + 1, hits, steps) > hit;

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
