/* slew.c - a signal that follows its input no faster than it should: portamento, smoothing.
 *
 * Modes:  glide        every new input is reached in a straight line in rise_ms or fall_ms, however
 *                      far it is (constant time: portamento from note to note)
 *         rate         straight, at one unit in rise_ms or fall_ms
 *         exponential  fast at first, then slower; within 1 % after rise_ms or fall_ms
 * It begins where its input is. Up means rise_ms, down fall_ms. Another mode goes on from where the
 * output is. At 0 ms the output is the input; what lagged behind when a time was turned down comes
 * within 5 ms.
 * Source: own. */
#include "modules/modules.h"
#include "dsp/voice.h"

enum { SLEW_MODE, SLEW_RISE, SLEW_FALL, SLEW_N_PARAMS };
enum { SLEW_IN, SLEW_N_INS };
enum slew_mode { MODE_GLIDE, MODE_RATE, MODE_EXPONENTIAL, N_MODES };

#define OCTAVES_TO_1_PERCENT 6.64385619f
#define CATCH_UP_MS          5.0f

static const char *const slew_modes[] = {
	[MODE_GLIDE] = "glide",
	[MODE_RATE] = "rate",
	[MODE_EXPONENTIAL] = "exponential",
};
_Static_assert(ARRAY_LEN(slew_modes) == N_MODES, "one name per mode");

/* clang-format off */
static const struct param_desc slew_params[] = {
	[SLEW_MODE] = {.key = "mode", .label = "Mode", .unit = UNIT_CHOICE, .max = N_MODES - 1,
		.curve = CURVE_CHOICE, .choices = slew_modes},
	[SLEW_RISE] = {.key = "rise_ms", .label = "Rise", .unit = UNIT_MS, .min = 0.0f,
		.max = 10000.0f, .def = 100.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[SLEW_FALL] = {.key = "fall_ms", .label = "Fall", .unit = UNIT_MS, .min = 0.0f,
		.max = 10000.0f, .def = 100.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(slew_params) == SLEW_N_PARAMS, "one row per parameter");

static const struct port_desc slew_ins[] = {
	[SLEW_IN] = {.key = "in", .label = "In", .kind = PORT_CONTROL},
};
static const struct port_desc slew_outs[] = {{.key = "out", .label = "Out", .kind = PORT_CONTROL}};

struct slew {
	v4f value, target; /* the latest output; the latest input */
	v4f slope, left;   /* a glide's: a frame, and how many frames until it ends */
	v4f rise, fall;    /* the latest times in frames, as time_next() lets them fall */
	float frames_per_ms;
	int32_t is_started;
	float pad[2];
};

static void slew_reset(void *state)
{
	struct slew *slew = state;

	*slew = (struct slew){.frames_per_ms = slew->frames_per_ms};
}

static void slew_init(void *state, float rate_hz)
{
	struct slew *slew = state;

	slew->frames_per_ms = rate_hz / 1000.0f;
}

/* A glide counts down and is where it must be for what is left, so it ends exactly. */
static inline void glide_next(struct slew *now, v4f in, v4f frames)
{
	v4i is_new = in != now->target;
	v4f left = lanes_max(now->left - 1.0f, lanes_of(0.0f));

	if (lanes_any(is_new)) {
		v4f whole = lanes_max(frames, lanes_of(1.0f));

		now->slope = lanes_select(is_new, (in - now->value) / whole, now->slope);
		left = lanes_select(is_new, whole - 1.0f, left);
		now->target = in;
	}
	now->left = left;
	now->value = now->target - now->slope * left;
}

/* A time is there at once, but one that has fallen to less than CATCH_UP_MS is used up only as time
 * passes: what lags behind comes in even steps and not in one. */
static inline v4f time_next(v4f before, v4f frames, float frames_per_ms)
{
	return lanes_max(frames, lanes_min(before, lanes_of(CATCH_UP_MS * frames_per_ms)) - 1.0f);
}

static inline v4f slew_next(struct slew *now, enum slew_mode mode, v4f in, v4f rise, v4f fall)
{
	v4i is_up = in > now->value;
	v4f set = lanes_select(is_up, rise, fall), by = in - now->value;
	v4f frames = lanes_max(lanes_select(is_up, now->rise, now->fall), lanes_of(1e-3f));

	if (mode == MODE_GLIDE) {
		glide_next(now, in, frames);
		return now->value;
	}
	if (mode == MODE_RATE)
		by = lanes_clamp(by, -1.0f / frames, 1.0f / frames);
	else
		by *= 1.0f -
		      lanes_exp2(lanes_max(-OCTAVES_TO_1_PERCENT / frames, lanes_of(-100.0f)));
	if (lanes_any(frames > set + 1.0f))
		by = lanes_select(frames > set + 1.0f, (in - now->value) / frames, by);
	now->value += by;
	now->target = now->value; /* a glide would begin here */
	now->left = lanes_of(0.0f);
	return now->value;
}

/* Nothing to do: every lane is where its input stays. */
static int is_constant(const struct slew *slew, struct cable in, size_t n)
{
	v4i differs = (slew->value != in.at[0]) | (slew->target != in.at[0]);

	for (size_t i = 1; in.step && i < n; i++)
		differs |= in.at[i] != in.at[0];
	return !lanes_any(differs);
}

static void slew_render(void *state, const struct module_io *io)
{
	struct slew *slew = state, now;
	struct cable in = cable_or_zero(io->ins[SLEW_IN]);
	size_t n = (size_t)io->n_frames;

	if (!slew->is_started)
		slew->value = slew->target = in.at[0];
	slew->is_started = 1;
	if (is_constant(slew, in, n)) {
		for (size_t i = 0; i < n; i++)
			io->outs[0][i] = slew->value;
		slew->rise = cable_at(io->params[SLEW_RISE], n - 1) * slew->frames_per_ms;
		slew->fall = cable_at(io->params[SLEW_FALL], n - 1) * slew->frames_per_ms;
		return;
	}
	now = *slew;
	for (size_t i = 0; i < n; i++) {
		enum slew_mode mode = (enum slew_mode)cable_at(io->params[SLEW_MODE], i)[0];
		v4f rise = cable_at(io->params[SLEW_RISE], i) * now.frames_per_ms;
		v4f fall = cable_at(io->params[SLEW_FALL], i) * now.frames_per_ms;

		now.rise = time_next(now.rise, rise, now.frames_per_ms);
		now.fall = time_next(now.fall, fall, now.frames_per_ms);
		io->outs[0][i] = slew_next(&now, mode, cable_at(in, i), rise, fall);
	}
	*slew = now;
}

const struct module_desc slew_module = {
	.key = "slew",
	.purpose = "follows its input no faster than set: portamento, smoothing",
	.params = slew_params,
	.n_params = SLEW_N_PARAMS,
	.ins = slew_ins,
	.n_ins = SLEW_N_INS,
	.outs = slew_outs,
	.n_outs = ARRAY_LEN(slew_outs),
	.flow = FLOW_FOLLOW,
	.state_bytes = sizeof(struct slew),
	.init = slew_init,
	.reset = slew_reset,
	.render = slew_render,
};
