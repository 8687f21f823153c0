/* compile.c - from a patch to a program: what exists, in which order, with how much memory.
 * The cables are drawn in connect.c. */
#include "patch/compile.h"

#include <errno.h>
#include <string.h>

static int gate_port(const struct module_desc *desc)
{
	for (int i = 0; i < desc->n_ins; i++)
		if (desc->ins[i].kind == PORT_GATE)
			return i;
	return -1;
}

/* Does a stereo signal reach one of the module's audio inputs? Sources are settled before it. */
static bool hears_stereo(const struct patch *patch, const struct program *program, int m)
{
	const struct patch_module *module = &patch->modules[m];

	for (int i = 0; i < module->desc->n_ins; i++) {
		const struct patch_sum *sum = &module->ins[i];

		if (module->desc->ins[i].kind != PORT_AUDIO)
			continue;
		for (int t = 0; t < sum->n_terms; t++) {
			int source = patch->terms[sum->first + t].module;

			if (source != PATCH_CONSTANT && program->instances[source].is_stereo)
				return true;
		}
	}
	return false;
}

static void settle_flow(const struct patch *patch, struct program *program, const int *order)
{
	for (int m = 0; m < patch->n_modules; m++)
		program->instances[m].is_stereo = patch->modules[m].desc->flow == FLOW_STEREO;
	for (int i = 0; i < patch->n_modules; i++)
		if (patch->modules[order[i]].desc->flow == FLOW_FOLLOW)
			program->instances[order[i]].is_stereo =
				hears_stereo(patch, program, order[i]);
}

/* Gate, ramps and the states of all parts: one run of bytes. */
static int make_state(struct program *program, struct instance *instance, const float *values,
	struct arena *arena)
{
	const struct module_desc *desc = instance->desc;
	size_t gate_bytes = gate_port(desc) < 0 ? 0 : sizeof(struct gate);
	size_t ramps_bytes = (size_t)desc->n_params * sizeof(struct ramp);
	unsigned char *at;

	ramps_bytes = (ramps_bytes + 15) / 16 * 16;
	instance->state_bytes =
		gate_bytes + ramps_bytes + (size_t)instance->n_parts * desc->state_bytes;
	instance->state = at = arena_take(arena, instance->state_bytes);
	if (!at)
		return -ENOMEM;
	instance->gate_in = gate_port(desc);
	if (gate_bytes)
		instance->gate = (struct gate *)at;
	instance->ramps = (struct ramp *)(at + gate_bytes);
	for (int p = 0; p < desc->n_params; p++)
		ramp_init(&instance->ramps[p], values[p]);
	at += gate_bytes + ramps_bytes;
	for (int g = 0; g < instance->n_parts; g++, at += desc->state_bytes) {
		instance->parts[g].state = at;
		desc->init(at, program->rate_hz);
	}
	return 0;
}

static int make_part(struct program *program, struct instance *instance, int g, v4f *const *outs,
	struct arena *arena)
{
	const struct module_desc *desc = instance->desc;
	struct part *part = &instance->parts[g];
	size_t n_memory = desc->memory_frames ? desc->memory_frames(program->rate_hz) : 0;

	for (int o = 0; o < desc->n_outs; o++)
		part->outs[o] = outs[o] + g * program->block_frames;
	for (int p = 0; p < desc->n_params; p++)
		part->params[p] = cable_of(&instance->ramps[p].now, 0);
	part->io = (struct module_io){
		.params = part->params,
		.ins = part->ins,
		.outs = part->outs,
		.n_frames = program->block_frames,
		.rate_hz = program->rate_hz,
	};
	if (n_memory == 0)
		return 0;
	part->io.memory = arena_take(arena, n_memory * sizeof(v4f));
	part->io.memory_frames = n_memory;
	return part->io.memory ? 0 : -ENOMEM;
}

static v4f *take_blocks(const struct program *program, struct arena *arena, int n)
{
	return arena_take(arena, (size_t)n * (size_t)program->block_frames * sizeof(v4f));
}

static int make_instance(struct program *program, struct instance *instance, const float *values,
	struct arena *arena)
{
	const struct module_desc *desc = instance->desc;
	v4f *outs[MODULE_MAX_OUTS];
	int err;

	instance->n_parts = instance->is_stereo ? 1 : program->n_groups;
	instance->parts = arena_take(arena, (size_t)instance->n_parts * sizeof(*instance->parts));
	if (!instance->parts)
		return -ENOMEM;
	for (int o = 0; o < desc->n_outs; o++) {
		outs[o] = take_blocks(program, arena, instance->n_parts);
		if (!outs[o])
			return -ENOMEM;
	}
	err = make_state(program, instance, values, arena);
	for (int g = 0; g < instance->n_parts && !err; g++)
		err = make_part(program, instance, g, outs, arena);
	return err;
}

static int make_steps(
	struct program *program, const int *order, const bool *in_cycle, struct arena *arena)
{
	int n = 0;

	program->steps =
		arena_take(arena, 2 * (size_t)program->n_instances * sizeof(*program->steps));
	if (!program->steps)
		return -ENOMEM;
	for (int i = 0; i < program->n_instances; i++)
		program->steps[n++] = (struct step){
			.kind = in_cycle[order[i]] ? STEP_EMIT : STEP_RENDER,
			.instance = &program->instances[order[i]],
		};
	for (int i = 0; i < program->n_instances; i++)
		if (in_cycle[order[i]])
			program->steps[n++] =
				(struct step){STEP_ABSORB, &program->instances[order[i]]};
	program->n_steps = n;
	return 0;
}

static int make_scratch(struct program *program, const bool *in_cycle, struct arena *arena)
{
	v4f *params = take_blocks(program, arena, MODULE_MAX_PARAMS);
	v4f *mods = take_blocks(program, arena, MODULE_MAX_PARAMS);

	program->in_scratch = take_blocks(program, arena, MODULE_MAX_INS);
	program->gate_scratch = take_blocks(program, arena, 1);
	for (int m = 0; m < program->n_instances; m++) {
		struct instance *instance = &program->instances[m];

		instance->param_scratch = params;
		instance->mod_scratch = mods;
		/* emit and absorb are apart: what lies between must not write over them */
		if (!in_cycle[m])
			continue;
		instance->param_scratch = take_blocks(program, arena, instance->desc->n_params);
		instance->mod_scratch = take_blocks(program, arena, instance->desc->n_params);
		if (!instance->param_scratch || !instance->mod_scratch)
			return -ENOMEM;
	}
	return params && mods && program->in_scratch && program->gate_scratch ? 0 : -ENOMEM;
}

static int build(const struct patch *patch, const int *order, const bool *in_cycle,
	struct program *program, struct arena *arena)
{
	int err = 0;

	program->instances =
		arena_take(arena, (size_t)patch->n_modules * sizeof(*program->instances));
	if (!program->instances)
		return -ENOMEM;
	for (int m = 0; m < patch->n_modules; m++)
		program->instances[m].desc = patch->modules[m].desc;
	settle_flow(patch, program, order);
	for (int m = 0; m < patch->n_modules && !err; m++)
		err = make_instance(
			program, &program->instances[m], patch->modules[m].values, arena);
	if (!err)
		err = make_scratch(program, in_cycle, arena);
	if (!err)
		err = make_steps(program, order, in_cycle, arena);
	for (int m = 0; m < patch->n_modules && !err; m++)
		err = connect_module(patch, program, m, arena);
	return err;
}

static void set_voices(struct program *program, int n_voices)
{
	program->n_voices = n_voices;
	program->n_groups = (n_voices + N_LANES - 1) / N_LANES;
	for (int v = 0; v < n_voices; v++)
		program->voice_masks[v / N_LANES][v % N_LANES] = -1;
}

int program_compile(const struct patch *patch, const struct program_config *config,
	struct arena *arena, struct program **out, struct diag *diag)
{
	int order[PATCH_MAX_MODULES];
	bool in_cycle[PATCH_MAX_MODULES];
	int out_idx = patch_find(patch, "out");
	struct program *program;
	int err;

	if (out_idx < 0)
		return diag_set(
			diag, -EINVAL, "%s: no [out] section: nothing would be heard", patch->path);
	err = patch_order(patch, order, in_cycle, diag);
	if (err < 0)
		return err;
	arena_reset(arena);
	program = arena_take(arena, sizeof(*program));
	if (program) {
		program->generation = config->generation;
		program->rate_hz = config->rate_hz;
		program->block_frames = config->block_frames;
		program->n_instances = patch->n_modules;
		program->tempo_bpm = patch->tempo_bpm;
		set_voices(program, patch->n_voices);
		err = build(patch, order, in_cycle, program, arena);
	}
	if (!program || err == -ENOMEM)
		return diag_set(diag, -ENOMEM,
			"%s: the patch needs more than the %zu MB of a slot; raise arena_mb in "
			"[engine], "
			"or use fewer delays or voices",
			patch->path, arena->size_bytes >> 20);
	if (err < 0)
		return err;
	program->out = program->instances[out_idx].parts[0].outs[0];
	*out = program;
	return 0;
}
