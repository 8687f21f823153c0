/* inputs.c - ramps, modulation, sums and gate edges, made just before the module that needs
 * them. */
#include <string.h>

#include "patch/program.h"

#include "base/quintic.h"

#include "base/rt_poison.h"

#define ONSET_S 0.005f

static v4f fold_voices(const struct program *program, const v4f *at, int frame)
{
	v4f sum = {0};

	for (int g = 0; g < program->n_groups; g++) {
		v4f x = at[g * program->block_frames + frame];

		sum += (v4f)((v4i)x & program->voice_masks[g]);
	}
	return lanes_of(lanes_sum(sum));
}

/* to[i] (+)= gain * the source; the first source of a sum stores, the others add. */
static void add_source(const struct program *program, const struct source *source, const v4f *at,
	v4f *to, bool is_first)
{
	int n = program->block_frames;
	v4f gain = lanes_of(source->gain);

	for (int i = 0; i < n; i++) {
		v4f x;

		if (!at)
			x = gain;
		else if (source->pick == PICK_LANES)
			x = at[i] * gain;
		else if (source->pick == PICK_FIRST_VOICE)
			x = lanes_of(at[i][0]) * gain;
		else if (source->pick == PICK_MIDDLE)
			x = lanes_of(0.5f * (at[i][0] + at[i][1])) * gain;
		else
			x = fold_voices(program, at, i) * gain;
		to[i] = is_first ? x : to[i] + x;
	}
}

static void fill_sum(const struct program *program, const struct sum *sum, v4f *to)
{
	for (int s = 0; s < sum->n_sources; s++)
		add_source(program, &sum->sources[s], sum->sources[s].at, to, s == 0);
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
			add_source(program, source, at, to, s == 0);
		}
		for (int i = 0; i < n && program->n_voices < (g + 1) * N_LANES; i++)
			to[i] = (v4f)((v4i)to[i] & program->voice_masks[g]);
	}
}

/* Edges of one block stand one frame apart: frame j has the gate as it was after edge j + 1. */
static void lay_edges(const struct program *program, struct instance *instance, int part)
{
	const struct gate *gate = instance->gate;
	const struct cable *cable = &instance->gate_cables[part];
	int n = program->block_frames;
	v4f *to = program->gate_scratch;

	for (int i = 0; i < n; i++) {
		int edges_to_come = gate->n_edges - 1 - i;
		int is_on = gate->is_on ^ (edges_to_come > 0 && (edges_to_come & 1));
		v4f by_hand = lanes_of(is_on ? 1.0f : 0.0f);

		to[i] = cable->at ? lanes_max(cable->at[(size_t)i * cable->step], by_hand)
				  : by_hand;
	}
	instance->parts[part].ins[instance->gate_in] = cable_of(to, 1);
}

static void prepare_gate(const struct program *program, struct instance *instance, int part)
{
	struct gate *gate = instance->gate;
	struct cable *in = &instance->parts[part].ins[instance->gate_in];

	if (gate->n_edges > 1) {
		lay_edges(program, instance, part);
		return;
	}
	if (gate->is_on || !instance->gate_cables[part].at)
		*in = cable_of(&gate->now, 0);
	else
		*in = instance->gate_cables[part];
}

void inputs_prepare_params(const struct program *program, struct instance *instance)
{
	for (uint32_t left = instance->moving; left; left &= left - 1) {
		int p = __builtin_ctz(left);
		struct ramp *ramp = &instance->ramps[p];
		struct cable cable = cable_of(&ramp->now, 0);

		if (ramp_is_moving(ramp)) {
			v4f *to = instance->param_scratch + p * program->block_frames;

			ramp_fill(ramp, to, program->block_frames);
			cable = cable_of(to, 1);
		}
		for (int g = 0; g < instance->n_parts; g++)
			instance->parts[g].params[p] = cable;
	}
	if (instance->gate)
		instance->gate->now = lanes_of(instance->gate->is_on ? 1.0f : 0.0f);
}

static void modulate(
	const struct program *program, struct instance *instance, struct part *part, int p)
{
	const struct param_desc *desc = &instance->desc->params[p];
	int n = program->block_frames;
	v4f *to = instance->mod_scratch + p * n;
	v4f lo = lanes_of(desc->min), hi = lanes_of(desc->max);
	struct cable base = cable_of(&instance->ramps[p].now, 0);

	if (instance->moving & (1u << p))
		base = part->params[p]; /* as inputs_prepare_params left it */
	fill_sum(program, &part->mod_sums[p], to);
	for (int i = 0; i < n; i++)
		to[i] = lanes_clamp(base.at[(size_t)i * base.step] + to[i], lo, hi);
	part->params[p] = cable_of(to, 1);
}

void inputs_modulate(const struct program *program, struct instance *instance, int part)
{
	for (uint32_t left = instance->modulated; left; left &= left - 1)
		modulate(program, instance, &instance->parts[part], __builtin_ctz(left));
}

void inputs_begin_softly(struct program *program, struct instance *instance)
{
	instance->onset_frames = instance->onset_left = (int)(ONSET_S * program->rate_hz);
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
		float left = (float)(instance->onset_left - (int)i) / (float)instance->onset_frames;
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
		if (instance->onset_left > 0)
			soften(program, instance, part, in);
		else
			part->ins[in] = part->plugged[in];
	}
}

void inputs_plug(const struct program *program, struct instance *instance, int part)
{
	for (uint32_t left = instance->summed_ins; left; left &= left - 1) {
		int in = __builtin_ctz(left);
		const struct sum *sum = &instance->parts[part].in_sums[in];

		if (instance->desc->ins[in].kind == PORT_VOICES)
			fill_voices(program, sum, program_in_scratch(program, in));
		else
			fill_sum(program, sum, program_in_scratch(program, in));
	}
	if (instance->onset_frames)
		plug_softly(program, instance, &instance->parts[part]);
	if (instance->gate)
		prepare_gate(program, instance, part);
}

void inputs_settle(struct instance *instance, int n_frames)
{
	uint32_t still = 0;

	for (uint32_t left = instance->moving; left; left &= left - 1) {
		int p = __builtin_ctz(left);

		if (ramp_is_moving(&instance->ramps[p])) {
			still |= 1u << p;
			continue;
		}
		for (int g = 0; g < instance->n_parts; g++)
			instance->parts[g].params[p] = cable_of(&instance->ramps[p].now, 0);
	}
	instance->moving = still;
	if (instance->onset_frames && instance->onset_left <= 0)
		instance->onset_frames = 0;
	instance->onset_left -= instance->onset_frames ? n_frames : 0;
	if (instance->gate)
		instance->gate->n_edges = 0;
}
