/* out.c - where a patch is heard: left and right in lanes 0 and 1, no limit of its own (the
 * engine's output stage has one). The engine has folded voices to stereo before they arrive
 * here. */
#include "dsp/modules.h"

enum { OUT_LEVEL, OUT_N_PARAMS };
enum { OUT_IN, OUT_LEFT, OUT_RIGHT, OUT_N_INS };

static const struct param_desc out_params[] = {
	[OUT_LEVEL] = {"level", "Level", UNIT_NORM, 0.0f, 2.0f, 1.0f, CURVE_LINEAR, 5.0f, NULL},
};
_Static_assert(ARRAY_LEN(out_params) == OUT_N_PARAMS, "one row per parameter");

static const struct port_desc out_ins[] = {
	[OUT_IN] = {"in", "Stereo in", PORT_AUDIO},
	[OUT_LEFT] = {"left", "Left in", PORT_AUDIO},
	[OUT_RIGHT] = {"right", "Right in", PORT_AUDIO},
};
static const struct port_desc out_outs[] = {{"out", "Out", PORT_AUDIO}};

static void out_reset(void *state)
{
	(void)state;
}

static void out_init(void *state, float rate_hz)
{
	(void)rate_hz;
	out_reset(state);
}

static void out_render(void *state, const struct module_io *io)
{
	static const v4f silence;
	struct cable none = cable_of(&silence, 0);
	struct cable in = io->ins[OUT_IN].at ? io->ins[OUT_IN] : none;
	struct cable left = io->ins[OUT_LEFT].at ? io->ins[OUT_LEFT] : none;
	struct cable right = io->ins[OUT_RIGHT].at ? io->ins[OUT_RIGHT] : none;
	struct cable level = io->params[OUT_LEVEL];
	const v4i is_left = {-1, 0, 0, 0}, is_right = {0, -1, 0, 0};

	(void)state;
	if (!io->ins[OUT_IN].at && !io->ins[OUT_LEFT].at && !io->ins[OUT_RIGHT].at) {
		memset(io->outs[0], 0, (size_t)io->n_frames * sizeof(v4f));
		return;
	}
	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4i sides = ((v4i)left.at[i * left.step] & is_left) |
			    ((v4i)right.at[i * right.step] & is_right);
		v4f sum = (in.at[i * in.step] + (v4f)sides) * level.at[i * level.step];

		io->outs[0][i] = (v4f)((v4i)sum & (is_left | is_right));
	}
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
	.init = out_init,
	.reset = out_reset,
	.render = out_render,
};
