/* sah.c - sample and hold: keeps what its input was when the gate opened.
 *
 * Modes: sample  takes the input at the frame where the gate opens, and holds it
 *        track   follows the input while the gate is open, and holds its last value
 * With nothing plugged into `in` it takes random numbers, -1 to 1, each lane its own: one for
 * each opening of the gate. Before the first it is 0.
 * Source: own. */
#include "modules/modules.h"
#include "dsp/voice.h"

enum { SAH_MODE, SAH_N_PARAMS };
enum { SAH_IN, SAH_GATE, SAH_N_INS };
enum sah_mode { MODE_SAMPLE, MODE_TRACK, N_MODES };

static const char *const sah_modes[] = {[MODE_SAMPLE] = "sample", [MODE_TRACK] = "track"};
_Static_assert(ARRAY_LEN(sah_modes) == N_MODES, "one name per mode");

/* clang-format off */
static const struct param_desc sah_params[] = {
	[SAH_MODE] = {.key = "mode", .label = "Mode", .unit = UNIT_CHOICE, .max = N_MODES - 1,
		.curve = CURVE_CHOICE, .choices = sah_modes},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(sah_params) == SAH_N_PARAMS, "one row per parameter");

static const struct port_desc sah_ins[] = {
	[SAH_IN] = {.key = "in", .label = "In", .kind = PORT_CONTROL},
	[SAH_GATE] = {.key = "gate", .label = "Gate", .kind = PORT_GATE},
};
static const struct port_desc sah_outs[] = {{.key = "out", .label = "Out", .kind = PORT_CONTROL}};

struct sah {
	v4f held;
	v4i was_open;
	v4u random;
	int32_t is_started;
	int32_t pad[3];
};

static void sah_render(void *state, const struct module_io *io)
{
	struct sah *sah = state, now;
	struct cable in = io->ins[SAH_IN], gate = cable_or_zero(io->ins[SAH_GATE]);

	if (!sah->is_started)
		sah->random = rand_seed(io);
	sah->is_started = 1;
	now = *sah;
	if (!gate.step && !lanes_any((gate.at[0] > GATE_ON) & (v4i)~now.was_open) &&
		io->params[SAH_MODE].at[0][0] == (float)MODE_SAMPLE && !io->params[SAH_MODE].step) {
		now.was_open = gate.at[0] > GATE_ON;
		out_constant(io, 0, now.held);
		*sah = now;
		return;
	}
	*io->constant_outs = 0;
	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4i takes = gate_rises(gate, i, &now.was_open);

		if (cable_at(io->params[SAH_MODE], i)[0] != (float)MODE_SAMPLE && in.at)
			takes = now.was_open;
		if (lanes_any(takes)) {
			v4u random = rand_next(now.random);
			v4f value = in.at ? cable_at(in, i) : rand_bipolar(random);

			now.random = ((v4u)takes & random) | (~(v4u)takes & now.random);
			now.held = lanes_select(takes, value, now.held);
		}
		io->outs[0][i] = now.held;
	}
	*sah = now;
}

const struct module_desc sah_module = {
	.key = "sah",
	.purpose = "sample and hold, or track and hold; random where nothing is plugged in",
	.params = sah_params,
	.n_params = SAH_N_PARAMS,
	.ins = sah_ins,
	.n_ins = SAH_N_INS,
	.outs = sah_outs,
	.n_outs = ARRAY_LEN(sah_outs),
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct sah),
	.render = sah_render,
};
