/* out.c - where a patch is heard: left and right in lanes 0 and 1. The engine has folded voices to
 * stereo before they arrive here.
 *
 * Limiter: up to OUT_KNEE, K (-1 dBFS), every bit passes unchanged. Above, with
 *          u = (|x| - K) / (1 - K), the size is K + (1 - K) u / (1 + u): the same slope at the
 *          knee, never above 1, and no memory. A block that stays below the knee pays one
 *          comparison. What is not finite stays so: the engine must see it.
 * Source: own. */
#include "dsp/effect.h"
#include "modules/modules.h"
#include "modules/out.h"

/* clang-format off */
static const struct param_desc out_params[] = {
	[OUT_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 2.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(out_params) == OUT_N_PARAMS, "one row per parameter");

static const struct port_desc out_ins[] = {
	[OUT_IN] = {.key = "in", .label = "Stereo in", .kind = PORT_AUDIO},
	[OUT_LEFT] = {.key = "left", .label = "Left in", .kind = PORT_AUDIO},
	[OUT_RIGHT] = {.key = "right", .label = "Right in", .kind = PORT_AUDIO},
};
static const struct port_desc out_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

static __attribute__((noinline)) void limit(v4f *out, int n)
{
	for (int i = 0; i < n; i++) {
		v4f size = lanes_abs(out[i]);
		v4f u = (size - OUT_KNEE) / (1.0f - OUT_KNEE); /* of the largest floats: infinite */
		v4f bent = 1.0f - (1.0f - OUT_KNEE) / (1.0f + u);

		bent += size - size; /* an infinite or not-a-number sample is not hidden */
		bent = (v4f)((v4i)bent | ((v4i)out[i] & INT32_MIN));
		out[i] = lanes_select(size > OUT_KNEE, bent, out[i]);
	}
}

enum out_kind {
	OUT_AS_IT_IS, /* only `in`, which moves, at level 1 */
	OUT_CONSTANT, /* only `in`, which moves, at a constant level */
	OUT_ONE,      /* only `in` */
	OUT_ALL,
};

static inline __attribute__((always_inline)) v4f out_sum(
	const struct module_io *io, const enum out_kind kind)
{
	struct cable in = cable_or_zero(io->ins[OUT_IN]), level = io->params[OUT_LEVEL];
	struct cable left = cable_or_zero(io->ins[OUT_LEFT]),
		     right = cable_or_zero(io->ins[OUT_RIGHT]);
	const v4i is_left = {-1, 0, 0, 0}, is_right = {0, -1, 0, 0};
	v4f highest = {0.0f, 0.0f, 0.0f, 0.0f}, lowest = highest;

	if (kind <= OUT_CONSTANT) {
		in.step = 1;
		level.step = 0;
	}
#pragma GCC unroll 4
	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f sum = cable_at(in, i);

		if (kind == OUT_ALL)
			sum += (v4f)((v4i)lane_if(is_left, cable_at(left, i)) |
				     (v4i)lane_if(is_right, cable_at(right, i)));
		if (kind != OUT_AS_IT_IS)
			sum *= cable_at(level, i);
		sum = lane_if(is_left | is_right, sum);
		highest = lanes_max(highest, sum);
		lowest = lanes_min(lowest, sum);
		io->outs[0][i] = sum;
	}
	return lanes_max(highest, -lowest);
}

static void out_render(void *state, const struct module_io *io)
{
	struct cable in = io->ins[OUT_IN], level = io->params[OUT_LEVEL];
	v4f peak;

	(void)state;
	if (io->ins[OUT_LEFT].at || io->ins[OUT_RIGHT].at) {
		peak = out_sum(io, OUT_ALL);
	} else if (!in.at) {
		memset(io->outs[0], 0, (size_t)io->n_frames * sizeof(v4f));
		return;
	} else if (!in.step || level.step) {
		peak = out_sum(io, OUT_ONE);
	} else if (lanes_any(level.at[0] != 1.0f)) {
		peak = out_sum(io, OUT_CONSTANT);
	} else {
		peak = out_sum(io, OUT_AS_IT_IS);
	}
	if (lanes_any(peak > OUT_KNEE))
		limit(io->outs[0], io->n_frames);
}

const struct module_desc out_module = {
	.key = "out",
	.purpose = "what is heard: left and right",
	.params = out_params,
	.n_params = OUT_N_PARAMS,
	.ins = out_ins,
	.n_ins = OUT_N_INS,
	.outs = out_outs,
	.n_outs = ARRAY_LEN(out_outs),
	.flow = FLOW_STEREO,
	.state_bytes = 0,
	.render = out_render,
};
