#include "tests/support/test_modules.h"

#include <math.h>
#include <stdbool.h>

static const struct port_desc out_port[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};
static const struct port_desc two_ins[] = {
	{.key = "in", .label = "In", .kind = PORT_AUDIO},
	{.key = "ctl", .label = "Ctl", .kind = PORT_CONTROL},
};
static const struct port_desc voices_in[] = {{.key = "in", .label = "In", .kind = PORT_VOICES}};
/* clang-format off */
static const struct param_desc one_param[] = {
	{.key = "add", .label = "Add", .unit = UNIT_NONE, .min = -1000.0f, .max = 1000.0f,
		.def = 0.0f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */

static v4f read_in(const struct module_io *io, int in, int i)
{
	struct cable cable = io->ins[in];

	return cable.at ? cable.at[(size_t)i * cable.step] : (v4f){0};
}

static v4f voices_of(int group)
{
	float first = (float)(group * N_LANES);

	return (v4f){first + 1, first + 2, first + 3, first + 4};
}

static void voice_render(void *state, const struct module_io *io)
{
	(void)state;
	for (int i = 0; i < io->n_frames; i++)
		io->outs[0][i] = voices_of(io->group);
}

static void stereo_render(void *state, const struct module_io *io)
{
	(void)state;
	for (int i = 0; i < io->n_frames; i++)
		io->outs[0][i] = (v4f){3, 5, 99, 99};
}

static void mono_render(void *state, const struct module_io *io)
{
	(void)state;
	for (int i = 0; i < io->n_frames; i++)
		io->outs[0][i] = 2.0f + read_in(io, 0, i) + read_in(io, 1, i);
}

static void follow_render(void *state, const struct module_io *io)
{
	struct cable add = io->params[0];

	(void)state;
	for (int i = 0; i < io->n_frames; i++)
		io->outs[0][i] =
			read_in(io, 0, i) + read_in(io, 1, i) + add.at[(size_t)i * add.step];
}

static void all_render(void *state, const struct module_io *io)
{
	(void)state;
	for (int g = 0; g < io->n_groups; g++)
		for (int i = 0; i < io->n_frames; i++)
			io->outs[0][g * io->n_frames + i] =
				10.0f * voices_of(g) + read_in(io, 0, i);
}

static void voices_render(void *state, const struct module_io *io)
{
	struct cable in = io->ins[0];

	(void)state;
	for (int i = 0; i < io->n_frames; i++) {
		v4f sum = {0}, squares = {0};

		for (int g = 0; g < io->n_groups && in.at; g++) {
			v4f x = in.at[(size_t)g * in.group_step + (size_t)i * in.step];

			sum += x;
			squares += x * x;
		}
		io->outs[0][i] = (v4f){lanes_sum(sum), lanes_sum(squares), 0, 0};
	}
}

#define FLOW_MODULE(key_, flow_, ins_, params_, render_)                 \
	{.key = key_,                                                    \
		.purpose = "test",                                       \
		.flow = flow_,                                           \
		.ins = ins_,                                             \
		.n_ins = sizeof(ins_) / sizeof(struct port_desc),        \
		.outs = out_port,                                        \
		.n_outs = 1,                                             \
		.params = params_,                                       \
		.n_params = sizeof(params_) / sizeof(struct param_desc), \
		.render = render_}

const struct module_desc t_voice =
	FLOW_MODULE("t_voice", FLOW_VOICE, two_ins, one_param, voice_render);
const struct module_desc t_stereo =
	FLOW_MODULE("t_stereo", FLOW_STEREO, two_ins, one_param, stereo_render);
const struct module_desc t_mono = FLOW_MODULE("t_mono", FLOW_MONO, two_ins, one_param, mono_render);
const struct module_desc t_follow =
	FLOW_MODULE("t_follow", FLOW_FOLLOW, two_ins, one_param, follow_render);
const struct module_desc t_all = FLOW_MODULE("t_all", FLOW_ALL, two_ins, one_param, all_render);
const struct module_desc t_voices =
	FLOW_MODULE("t_voices", FLOW_STEREO, voices_in, one_param, voices_render);

/* ---- played */

enum { KEYS_VOICES = 16 };
struct keys {
	float pitch[KEYS_VOICES], velocity[KEYS_VOICES];
};

static void keys_reset(void *state)
{
	memset(state, 0, sizeof(struct keys));
}

static void keys_note(void *state, int note, float velocity, int frame)
{
	struct keys *keys = state;

	(void)frame;
	for (int v = 0; v < KEYS_VOICES; v++) {
		bool is_it = note == NOTE_ALL || keys->pitch[v] == (float)note;

		if (velocity > 0.0f ? keys->velocity[v] > 0.0f : !is_it)
			continue;
		keys->pitch[v] = velocity > 0.0f ? (float)note : 0.0f;
		keys->velocity[v] = velocity;
		if (note != NOTE_ALL)
			return;
	}
}

static void keys_render(void *state, const struct module_io *io)
{
	const struct keys *keys = state;

	for (int g = 0; g < io->n_groups; g++)
		for (int i = 0; i < io->n_frames; i++) {
			memcpy(&io->outs[0][g * io->n_frames + i], keys->pitch + N_LANES * g,
				sizeof(v4f));
			memcpy(&io->outs[1][g * io->n_frames + i], keys->velocity + N_LANES * g,
				sizeof(v4f));
		}
}

static const struct port_desc keys_outs[] = {
	{.key = "pitch", .label = "Pitch", .kind = PORT_PITCH},
	{.key = "velocity", .label = "Velocity", .kind = PORT_CONTROL},
};
const struct module_desc t_keys = {
	.key = "t_keys",
	.purpose = "test",
	.outs = keys_outs,
	.n_outs = 2,
	.flow = FLOW_ALL,
	.state_bytes = sizeof(struct keys),
	.reset = keys_reset,
	.render = keys_render,
	.note = keys_note,
};

/* ---- in time */

static void seq_render(void *state, const struct module_io *io)
{
	const struct module_list *pattern = &io->lists[0], *notes = &io->lists[1];

	(void)state;
	for (int i = 0; i < io->n_frames; i++) {
		double beat = io->transport->beat + i * io->transport->beats_per_frame;
		int step = (int)floor(beat * 4.0 + 1e-6);
		bool is_hit = pattern->at[step % pattern->n] > 0.0f;

		io->outs[0][i] = lanes_of(is_hit ? notes->at[step % notes->n] : 0.0f);
	}
}

static const struct list_desc seq_lists[] = {
	{.key = "pattern", .label = "Pattern", .kind = LIST_STEPS, .max = 3.0f, .def = "x"},
	{.key = "notes", .label = "Notes", .kind = LIST_NOTES, .max = 127.0f, .def = "60 62 64 65"},
};
const struct module_desc t_seq = {
	.key = "t_seq",
	.purpose = "test",
	.outs = out_port,
	.n_outs = 1,
	.flow = FLOW_MONO,
	.lists = seq_lists,
	.n_lists = 2,
	.render = seq_render,
};

/* ---- with memory */

struct echo {
	uint32_t head;
	uint32_t pad[3];
};

static size_t echo_frames(float rate_hz)
{
	(void)rate_hz;
	return T_ECHO_FRAMES * T_ECHO_ROWS;
}

static void echo_reset(void *state)
{
	*(struct echo *)state = (struct echo){0};
}

static void echo_render(void *state, const struct module_io *io)
{
	struct echo *echo = state;

	for (int i = 0; i < io->n_frames; i++) {
		v4f in = read_in(io, 0, i);

		io->outs[0][i] = io->memory[echo->head + 2];
		for (uint32_t r = 0; r < T_ECHO_ROWS; r++)
			io->memory[echo->head + r] = in * (float)(r + 1);
		echo->head = (echo->head + T_ECHO_ROWS) % (T_ECHO_FRAMES * T_ECHO_ROWS);
	}
}

const struct module_desc t_echo = {
	.key = "t_echo",
	.purpose = "test",
	.ins = two_ins,
	.n_ins = 2,
	.outs = out_port,
	.n_outs = 1,
	.flow = FLOW_STEREO,
	.state_bytes = sizeof(struct echo),
	.memory_frames = echo_frames,
	.reset = echo_reset,
	.render = echo_render,
};
