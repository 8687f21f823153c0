/* keys_signal.c - the outputs of `keys` for a run of frames in which no gate moves. */
#include "modules/keys.h"

#include "dsp/fill.h"

#include "base/rt_poison.h"

#define REACHED 4e-5f /* nearer than that a float may stop at 192 kHz */

static bool smooth_rests(const struct keys_smooth *smooth)
{
	return !lanes_any((smooth->now != smooth->target) | (smooth->middle != smooth->target));
}

/* One frame on. It ends on the target. */
static v4f smooth_next(struct keys_smooth *smooth, float share)
{
	v4f target = smooth->target, middle = smooth->middle, now = smooth->now;
	v4i is_far;

	middle += (target - middle) * share;
	now += (middle - now) * share;
	is_far = (lanes_abs(target - middle) > REACHED) | (lanes_abs(target - now) > REACHED);
	smooth->middle = lanes_select(is_far, middle, target);
	smooth->now = lanes_select(is_far, now, target);
	return smooth->now;
}

/* Detune of a voice in unison: evenly from -1 to 1. */
static float spread_of(int voice, int n_voices)
{
	return n_voices > 1 ? 2.0f * (float)voice / (float)(n_voices - 1) - 1.0f : 0.0f;
}

/* One value for all frames: nothing is written where a whole block has it already. */
static void put_constant(
	const struct module_io *io, int out, int from, int to, const v4f values[MAX_GROUPS])
{
	size_t n = (size_t)io->n_frames;
	bool is_whole = from == 0 && to == io->n_frames;
	bool is_there = is_whole && (*io->constant_outs >> out & 1);

	for (int g = 0; g < io->n_groups && is_there; g++)
		is_there = !lanes_any((v4i)io->outs[out][(size_t)g * n] != (v4i)values[g]);
	for (int g = 0; g < io->n_groups && !is_there; g++)
		fill_lanes(io->outs[out] + (size_t)g * n, from, to, values[g]);
	if (is_whole)
		*io->constant_outs |= 1u << out;
	else
		*io->constant_outs &= ~(1u << out);
}

static void put_controls(struct keys *keys, const struct module_io *io, int from, int to)
{
	bool is_constant = smooth_rests(&keys->signal.controls);

	for (int k = 0; k < N_LANES && is_constant; k++) {
		v4f value = lanes_of(keys->signal.controls.now[k]);

		put_constant(
			io, KEYS_OUT_MOD + k, from, to, (const v4f[]){value, value, value, value});
	}
	for (int i = from; i < to && !is_constant; i++) {
		v4f now = smooth_next(&keys->signal.controls, keys->times.smooth_share);

		for (int k = 0; k < N_LANES; k++)
			for (int g = 0; g < io->n_groups; g++)
				io->outs[KEYS_OUT_MOD + k][g * io->n_frames + i] = lanes_of(now[k]);
	}
	if (!is_constant)
		*io->constant_outs &= ~(15u << KEYS_OUT_MOD);
}

/* ---- of each voice */

static v4f voices_of(const struct module_io *io, int group)
{
	v4f is_voice = {0};

	for (int k = 0; k < N_LANES; k++)
		is_voice[k] = group * N_LANES + k < io->n_voices ? 1.0f : 0.0f;
	return is_voice;
}

/* In unison all voices have the pressure of the first. */
static v4f pressure_of(const struct keys *keys, v4f now)
{
	return keys->mode == MODE_UNISON ? lanes_of(now[0]) : now;
}

static void put_pressure(struct keys *keys, const struct module_io *io, int from, int to)
{
	bool is_constant = true, is_unison = keys->mode == MODE_UNISON;
	v4f values[MAX_GROUPS];

	for (int g = 0; g < MAX_GROUPS; g++) {
		v4f now = keys->signal.pressure[is_unison ? 0 : g].now;

		is_constant = is_constant && smooth_rests(&keys->signal.pressure[g]);
		values[g] = pressure_of(keys, now) * voices_of(io, g);
	}
	if (is_constant) {
		put_constant(io, KEYS_OUT_PRESSURE, from, to, values);
		return;
	}
	for (int i = from; i < to; i++) {
		for (int g = 0; g < MAX_GROUPS; g++)
			values[g] =
				smooth_next(&keys->signal.pressure[g], keys->times.smooth_share);
		for (int g = 0; g < io->n_groups; g++)
			io->outs[KEYS_OUT_PRESSURE][g * io->n_frames + i] =
				pressure_of(keys, values[is_unison ? 0 : g]) * voices_of(io, g);
	}
	*io->constant_outs &= ~(1u << KEYS_OUT_PRESSURE);
}

/* The chair of each lane of a group */
struct seats {
	const struct keys_chair *at[N_LANES];
	v4f is_voice, spread;
};

static struct seats seats_of(const struct keys *keys, const struct module_io *io, int group)
{
	bool is_unison = keys->mode == MODE_UNISON;
	struct seats seats = {.is_voice = voices_of(io, group)};

	for (int k = 0; k < N_LANES; k++) {
		int voice = group * N_LANES + k;

		seats.at[k] = &keys->chairs[is_unison ? 0 : voice];
		seats.spread[k] = is_unison && voice < io->n_voices
					  ? spread_of(voice, io->n_voices) * 0.01f
					  : 0.0f;
	}
	return seats;
}

/* One of the glides of four chairs, n_frames from now */
#define GLIDES_AT(seats, which, n_frames)                            \
	(((v4f){keys_glide_at(&(seats)->at[0]->which, n_frames),     \
		 keys_glide_at(&(seats)->at[1]->which, n_frames),    \
		 keys_glide_at(&(seats)->at[2]->which, n_frames),    \
		 keys_glide_at(&(seats)->at[3]->which, n_frames)}) * \
		(seats)->is_voice)
/* The longest of them */
#define GLIDES_LEFT(seats, which)                                                          \
	int_max(int_max((seats)->at[0]->which.fade.left, (seats)->at[1]->which.fade.left), \
		int_max((seats)->at[2]->which.fade.left, (seats)->at[3]->which.fade.left))

static void put_gate(const struct seats *seats, v4f *out, int from, int to)
{
	v4f gate = {0};

	for (int k = 0; k < N_LANES; k++)
		gate[k] = seats->at[k]->is_on ? 1.0f : 0.0f;
	fill_lanes(out, from, to, gate * seats->is_voice);
}

static void put_velocity(const struct seats *seats, v4f *out, int from, int to)
{
	int moves_to = int_min(from + GLIDES_LEFT(seats, velocity), to);

	for (int i = from; i < moves_to; i++)
		out[i] = GLIDES_AT(seats, velocity, i - from + 1);
	fill_lanes(out, moves_to, to, GLIDES_AT(seats, velocity, to - from));
}

/* bend: of each frame, in semitones; NULL: none */
static void put_pitch(const struct seats *seats, const struct module_io *io, v4f *out, int from,
	int to, const float *bend)
{
	struct cable detune = io->params[KEYS_DETUNE];
	int moves_to = int_min(from + GLIDES_LEFT(seats, pitch), to);

	for (int i = from; i < moves_to; i++)
		out[i] = GLIDES_AT(seats, pitch, i - from + 1) +
			 seats->spread * cable_first(detune, i);
	if (detune.step) {
		for (int i = moves_to; i < to; i++)
			out[i] = GLIDES_AT(seats, pitch, to - from) +
				 seats->spread * cable_first(detune, i);
	} else {
		fill_lanes(out, moves_to, to,
			GLIDES_AT(seats, pitch, to - from) +
				seats->spread * cable_first(detune, from));
	}
	for (int i = from; i < to && bend; i++)
		out[i] += bend[i] * seats->is_voice;
}

static void put_release(struct keys *keys, const struct module_io *io, int from, int to)
{
	v4f values[MAX_GROUPS] = {{0}};
	bool is_constant = true;

	for (int g = 0; g < io->n_groups; g++) {
		struct seats seats = seats_of(keys, io, g);

		is_constant = is_constant && GLIDES_LEFT(&seats, release) == 0;
		values[g] = GLIDES_AT(&seats, release, 0);
	}
	if (is_constant) {
		put_constant(io, KEYS_OUT_RELEASE, from, to, values);
		return;
	}
	for (int g = 0; g < io->n_groups; g++) {
		struct seats seats = seats_of(keys, io, g);

		for (int i = from; i < to; i++)
			io->outs[KEYS_OUT_RELEASE][g * io->n_frames + i] =
				GLIDES_AT(&seats, release, i - from + 1);
	}
	*io->constant_outs &= ~(1u << KEYS_OUT_RELEASE);
}

static void pass(struct keys *keys, int n_frames)
{
	for (int c = 0; c < MAX_CHAIRS; c++) {
		struct keys_chair *chair = &keys->chairs[c];

		keys_glide_pass(&chair->pitch, n_frames);
		keys_glide_pass(&chair->velocity, n_frames);
		keys_glide_pass(&chair->release, n_frames);
		chair->closed_frames = chair->is_on ? 0
						    : int_min(chair->closed_frames + n_frames,
							      keys->times.sounding_frames);
	}
}

void keys_put(struct keys *keys, const struct module_io *io, int from, int to)
{
	bool is_bent = !smooth_rests(&keys->signal.bend) || keys->signal.bend.now[0] != 0.0f;
	float bend[BLOCK_MAX_FRAMES];

	for (int i = from; i < to && is_bent; i++)
		bend[i] = smooth_next(&keys->signal.bend, keys->times.smooth_share)[0] *
			  cable_first(io->params[KEYS_BEND], i);
	for (int g = 0; g < io->n_groups; g++) {
		struct seats seats = seats_of(keys, io, g);
		size_t at = (size_t)g * (size_t)io->n_frames;

		put_gate(&seats, io->outs[KEYS_OUT_GATE] + at, from, to);
		put_velocity(&seats, io->outs[KEYS_OUT_VELOCITY] + at, from, to);
		put_pitch(
			&seats, io, io->outs[KEYS_OUT_PITCH] + at, from, to, is_bent ? bend : NULL);
	}
	put_pressure(keys, io, from, to);
	put_release(keys, io, from, to);
	put_controls(keys, io, from, to);
	pass(keys, to - from);
}
