/* inputs.c - ramps, modulation, sums and gate edges, made just before the module that needs
 * them. */
#include <string.h>

#include "base/quintic.h"
#include "patch/mixdown.h"

#include "base/rt_poison.h"

#define ONSET_S 0.005f

/* How a source's samples are added. */
enum adding {
	ADD_COPY, /* stored, at gain 1 */
	ADD_STORE,
	ADD_TO,
};

static inline void add_mixed_down(const struct program *program, const struct source *source,
	enum mixdown mixdown, enum adding adding, const v4f *at, v4f *to, int n)
{
	v4f gain = lanes_of(source->gain);

	for (int i = 0; i < n; i += AT_ONCE) {
		v4f x[AT_ONCE];

		mixdown_frames(program, source, mixdown, at + i, x);
		for (int k = 0; k < AT_ONCE; k++)
			to[i + k] = adding == ADD_COPY    ? x[k]
				    : adding == ADD_STORE ? x[k] * gain
							  : to[i + k] + x[k] * gain;
	}
}

/* One loop for each mixdown, as the compiler sees constants. */
static inline void add_as(const struct program *program, const struct source *source,
	enum adding adding, const v4f *at, v4f *to, int n)
{
	switch (source->mixdown) {
	case MIXDOWN_LANES:
		add_mixed_down(program, source, MIXDOWN_LANES, adding, at, to, n);
		break;
	case MIXDOWN_FIRST_VOICE:
		add_mixed_down(program, source, MIXDOWN_FIRST_VOICE, adding, at, to, n);
		break;
	case MIXDOWN_MIDDLE:
		add_mixed_down(program, source, MIXDOWN_MIDDLE, adding, at, to, n);
		break;
	case MIXDOWN_SUM_OF_VOICES:
		add_mixed_down(program, source, MIXDOWN_SUM_OF_VOICES, adding, at, to, n);
		break;
	}
}

/* to[i] (+)= gain * the source; the first source of a sum stores, the others add. */
static void add_source(const struct program *program, const struct source *source, const v4f *at,
	v4f *to, int n, bool is_first)
{
	if (!at) {
		for (int i = 0; i < n; i++)
			to[i] = (is_first ? (v4f){0} : to[i]) + source->gain;
	} else if (is_first && source->gain == 1.0f) {
		add_as(program, source, ADD_COPY, at, to, n);
	} else if (is_first) {
		add_as(program, source, ADD_STORE, at, to, n);
	} else {
		add_as(program, source, ADD_TO, at, to, n);
	}
}

static bool is_constant(const struct source *source)
{
	return !source->at || *source->constant_outs & source->constant_bit;
}

static bool are_constant(const struct sum *sum)
{
	for (int s = 0; s < sum->n_sources; s++)
		if (!is_constant(&sum->sources[s]))
			return false;
	return true;
}

static void fill_sum(const struct program *program, const struct sum *sum, v4f *to, int n)
{
	for (int s = 0; s < sum->n_sources; s++)
		add_source(program, &sum->sources[s], sum->sources[s].at, to, n, s == 0);
}

/* The same for all voices: a block a group, and nothing in the lanes that are no voice. */
static void fill_voices(const struct program *program, const struct sum *sum, v4f *to)
{
	int n = program->block_frames;

	for (int g = 0; g < program->n_groups; g++, to += n) {
		for (int s = 0; s < sum->n_sources; s++) {
			const struct source *source = &sum->sources[s];
			const v4f *at = source->at;

			if (at)
				at += (size_t)g * source->group_step;
			add_source(program, source, at, to, n, s == 0);
		}
		for (int i = 0; i < n && program->n_voices < (g + 1) * N_LANES; i++)
			to[i] = (v4f)((v4i)to[i] & program->voice_masks[g]);
	}
}

static void lay_edges(const struct program *program, struct instance *instance, int part)
{
	const struct gate *gate = instance->gate;
	const struct cable *cable = &instance->gate_plug.cables[part];
	int n = program->block_frames;
	v4f *to = program->gate_scratch;
	int is_on = gate->is_on ^ (gate->n_edges & 1);

	for (int i = 0; i < n; i++) {
		v4f by_hand;

		is_on ^= (int)(gate->edges[i / 64] >> (i % 64) & 1);
		by_hand = lanes_of(is_on ? 1.0f : 0.0f);
		to[i] = cable->at ? lanes_max(cable->at[(size_t)i * cable->step], by_hand)
				  : by_hand;
	}
	instance->parts[part].ins[instance->gate_plug.in] = cable_of(to, 1);
}

static void prepare_gate(const struct program *program, struct instance *instance, int part)
{
	struct gate *gate = instance->gate;
	struct cable *in = &instance->parts[part].ins[instance->gate_plug.in];
	static const v4f closed = {0.0f, 0.0f, 0.0f, 0.0f};

	if (program->is_leaving) {
		*in = cable_of(&closed, 0);
		return;
	}
	if (gate->n_edges > 1 || (gate->n_edges == 1 && !(gate->edges[0] & 1))) {
		lay_edges(program, instance, part);
		return;
	}
	if (gate->is_on || !instance->gate_plug.cables[part].at)
		*in = cable_of(&gate->now, 0);
	else
		*in = instance->gate_plug.cables[part];
}

static bool gate_at_end(const struct gate *gate)
{
	return gate->is_on ^ (gate->n_late & 1);
}

void inputs_prepare_params(const struct program *program, struct instance *instance)
{
	for (uint32_t left = instance->moving; left; left &= left - 1) {
		int p = __builtin_ctz(left);
		struct ramp *ramp = &instance->ramps[p];
		struct cable cable = cable_of(&ramp->now, 0);

		if (ramp_is_moving(ramp)) {
			v4f *to = instance->param_scratch + p * program->block_frames;

			if (ramp->n_waiting)
				ramp_fill_waiting(ramp, &instance->desc->params[p],
					program->rate_hz, to, program->block_frames);
			else
				ramp_fill(ramp, to, program->block_frames);
			cable = cable_of(to, 1);
		}
		for (int g = 0; g < instance->n_parts; g++)
			instance->parts[g].params[p] = cable;
	}
	if (instance->gate)
		instance->gate->now = lanes_of(gate_at_end(instance->gate) ? 1.0f : 0.0f);
}

/* to = base + the source, or + what is in `to` already where there is none, within the range. */
static inline void modulate_frames(const struct cable *base, size_t step, const v4f *source,
	float source_gain, const struct param_desc *desc, v4f *to, int n)
{
	v4f constant = base->at[0], gain = lanes_of(source_gain);
	v4f lo = lanes_of(desc->min), hi = lanes_of(desc->max);

	for (int i = 0; i < n; i += AT_ONCE) {
		for (int k = i; k < i + AT_ONCE; k++) {
			v4f x = source ? source[k] * gain : to[k];

			to[k] = lanes_clamp((step ? base->at[k] : constant) + x, lo, hi);
		}
	}
}

static void modulate(
	const struct program *program, struct instance *instance, struct part *part, int p)
{
	const struct param_desc *desc = &instance->desc->params[p];
	const struct sum *sum = &part->mod_sums[p];
	v4f *to = instance->mod_scratch + p * program->block_frames;
	int n = program->block_frames;
	bool stands; /* then a few frames are enough */
	struct cable base = cable_of(&instance->ramps[p].now, 0);
	const v4f *lone = sum->sources[0].at; /* a sum with one source is not made first */

	if (instance->moving & (1u << p))
		base = part->params[p]; /* as inputs_prepare_params left it */
	stands = base.step == 0 && are_constant(sum);
	n = stands ? AT_ONCE : n;
	if (sum->n_sources > 1 || sum->sources[0].mixdown != MIXDOWN_LANES)
		lone = NULL;
	if (!lone)
		fill_sum(program, sum, to, n);
	if (!lone)
		modulate_frames(&base, base.step, NULL, 0.0f, desc, to, n);
	else if (base.step == 0)
		modulate_frames(&base, 0, lone, sum->sources[0].gain, desc, to, n);
	else
		modulate_frames(&base, 1, lone, sum->sources[0].gain, desc, to, n);
	part->params[p] = cable_of(to, !stands);
}

void inputs_modulate(const struct program *program, struct instance *instance, int part)
{
	for (uint32_t left = instance->modulated; left; left &= left - 1)
		modulate(program, instance, &instance->parts[part], __builtin_ctz(left));
}

void inputs_begin_softly(struct program *program, struct instance *instance)
{
	instance->onset.frames = instance->onset.left = (int)(ONSET_S * program->rate_hz);
	instance->has_work = instance->has_plugs = true;
	for (int g = 0; g < instance->n_parts; g++)
		memcpy(instance->parts[g].plugged, instance->parts[g].ins,
			sizeof(instance->parts[g].ins));
}

/* The input times a quintic from 0 to 1 (its slope and curvature are continuous: no edge to
 * repeat). */
static void soften(
	const struct program *program, const struct instance *instance, struct part *part, int in)
{
	struct cable from = part->plugged[in];
	size_t n = (size_t)program->block_frames;
	size_t n_groups =
		instance->desc->ins[in].kind == PORT_VOICES ? (size_t)program->n_groups : 1;
	v4f *to = program_in_scratch(program, in);

	for (size_t i = 0; i < n; i++) {
		float left = (float)(instance->onset.left - (int)i) / (float)instance->onset.frames;
		float gain = quintic(left > 0.0f ? 1.0f - left : 1.0f);

		for (size_t g = 0; g < n_groups; g++)
			to[g * n + i] = from.at[g * from.group_step + i * from.step] * gain;
	}
	part->ins[in] = (struct cable){to, 1, n};
}

static bool is_heard(enum port_kind kind)
{
	return kind == PORT_AUDIO || kind == PORT_VOICES;
}

/* Audio inputs while an onset lasts, and once more as they are connected when it is over. */
static void plug_softly(const struct program *program, struct instance *instance, struct part *part)
{
	for (int in = 0; in < instance->desc->n_ins; in++) {
		if (!part->plugged[in].at || !is_heard(instance->desc->ins[in].kind))
			continue;
		if (instance->onset.left > 0)
			soften(program, instance, part, in);
		else
			part->ins[in] = part->plugged[in];
	}
}

static void set_step(struct instance *instance, struct part *part, int in, size_t step)
{
	part->ins[in].step = step;
	if (in == instance->gate_plug.in)
		instance->gate_plug.cables[part - instance->parts].step = step;
}

static void make_sum(
	const struct program *program, struct instance *instance, struct part *part, int in)
{
	enum port_kind kind = instance->desc->ins[in].kind;
	v4f *to = program_in_scratch(program, in);
	bool stands = !is_heard(kind) && are_constant(&part->in_sums[in]);

	if (kind == PORT_VOICES) {
		fill_voices(program, &part->in_sums[in], to);
		return;
	}
	fill_sum(program, &part->in_sums[in], to, stands ? AT_ONCE : program->block_frames);
	if (!is_heard(kind))
		set_step(instance, part, in, !stands);
}

void inputs_plug(const struct program *program, struct instance *instance, int part_index)
{
	struct part *part = &instance->parts[part_index];

	for (uint32_t left = instance->summed_ins; left; left &= left - 1)
		make_sum(program, instance, part, __builtin_ctz(left));
	if (instance->onset.frames)
		plug_softly(program, instance, part);
	if (instance->gate)
		prepare_gate(program, instance, part_index);
}

/* The block's edges are over; late ones come first in the next. */
static void settle_edges(struct gate *gate, int n_frames)
{
	int n = int_min(gate->n_late, n_frames);

	memset(gate->edges, 0, sizeof(gate->edges));
	for (int i = 0; i < n; i++)
		gate->edges[i / 64] |= UINT64_C(1) << (i % 64);
	gate->n_edges = gate->n_late;
	gate->n_late -= n;
	gate->free_frame = n;
}

void inputs_settle(struct instance *instance, int n_frames)
{
	uint32_t moving = 0;

	for (uint32_t left = instance->moving; left; left &= left - 1) {
		int p = __builtin_ctz(left);

		if (ramp_is_moving(&instance->ramps[p])) {
			moving |= 1u << p;
			continue;
		}
		for (int g = 0; g < instance->n_parts; g++)
			instance->parts[g].params[p] = cable_of(&instance->ramps[p].now, 0);
	}
	instance->moving = moving;
	if (instance->onset.frames && instance->onset.left <= 0)
		instance->onset.frames = 0;
	instance->onset.left -= instance->onset.frames ? n_frames : 0;
	if (instance->gate && instance->gate->n_edges)
		settle_edges(instance->gate, n_frames);
}
