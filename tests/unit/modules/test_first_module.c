/* Your first module: a ring modulator, and its test. The README.md of firmware/modules says more.
 * Source: own: a product. (Each module says where its method comes from.) */
#include "dsp/cable.h"
#include "modules/modules.h"

enum { FIRST_LEVEL, FIRST_N_PARAMS };
enum { FIRST_IN1, FIRST_IN2, FIRST_N_INS };

/* clang-format off */
static const struct param_desc first_params[] = {
	[FIRST_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 1.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
static const struct port_desc first_ins[] = {
	[FIRST_IN1] = {.key = "in1", .label = "In 1", .kind = PORT_AUDIO},
	[FIRST_IN2] = {.key = "in2", .label = "In 2", .kind = PORT_AUDIO},
};
static const struct port_desc first_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

static void first_render(void *state, const struct module_io *io)
{
	struct cable a = cable_or_zero(io->ins[FIRST_IN1]), b = cable_or_zero(io->ins[FIRST_IN2]);
	struct cable level = io->params[FIRST_LEVEL];

	(void)state; /* it remembers nothing: no state, no init, no reset */
	for (size_t i = 0; i < (size_t)io->n_frames; i++)
		io->outs[0][i] = cable_at(a, i) * cable_at(b, i) * cable_at(level, i);
}

static const struct module_desc first_module = {
	/* not static in a file of its own */
	.key = "first",
	.purpose = "the product of two signals",
	.params = first_params,
	.n_params = FIRST_N_PARAMS,
	.ins = first_ins,
	.n_ins = FIRST_N_INS,
	.outs = first_outs,
	.n_outs = ARRAY_LEN(first_outs),
	.flow = FLOW_FOLLOW,
	.render = first_render,
};
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

static void multiplies(void)
{
	v4f a[] = {lanes_of(0.5f), lanes_of(-1.0f)}, b[] = {lanes_of(0.5f), lanes_of(1.0f)}, out[2];
	struct bench bench;

	bench_open_desc(&bench, &first_module, 48000.0f);
	bench_plug(&bench, "in1", a);
	bench_plug(&bench, "in2", b);
	bench_render(&bench, out, 2, 2);
	CU_ASSERT_TRUE(out[0][0] == 0.25f && out[1][3] == -1.0f);
	bench_close(&bench);
}

SUITE_MAIN("first module", {"multiplies", multiplies})
