/* compile.c - from a patch to a program: what exists, in which order, with how much memory.
 * The cables are drawn in connect.c. */
#include "patch/compile.h"

#include <errno.h>
#include <string.h>

#include "dsp/list_text.h"
#include "modules/out.h"

static int gate_port(const struct module_desc *desc)
{
	for (int i = 0; i < desc->n_ins; i++)
		if (desc->ins[i].kind == PORT_GATE)
			return i;
	return -1;
}

static enum layout layout_of(enum flow flow)
{
	switch (flow) {
	case FLOW_VOICE:
		return LAYOUT_VOICES;
	case FLOW_ALL:
		return LAYOUT_ALL;
	case FLOW_STEREO:
		return LAYOUT_STEREO;
	case FLOW_MONO:
	case FLOW_FOLLOW: /* until something is found that it follows */
		break;
	}
	return LAYOUT_MONO;
}

/* A bit for each layout among a sum's sources. */
static unsigned layouts_in(
	const struct patch *patch, const struct program *program, const struct patch_sum *sum)
{
	unsigned layouts = 0;

	for (int t = 0; t < sum->n_terms; t++) {
		int source = patch->terms[sum->first + t].module;

		if (source != PATCH_CONSTANT)
			layouts |= 1u << program->instances[source].layout;
	}
	return layouts;
}

/* The layout of a module that follows, as far as its sources are known. */
static enum layout followed(const struct patch *patch, const struct program *program, int m)
{
	const struct patch_module *module = &patch->modules[m];
	unsigned layouts = 0;

	for (int i = 0; i < module->desc->n_ins; i++) {
		unsigned heard = layouts_in(patch, program, &module->ins[i]);
		enum port_kind kind = module->desc->ins[i].kind;

		if (kind == PORT_AUDIO && heard & 1u << LAYOUT_STEREO)
			return LAYOUT_STEREO;
		if (kind != PORT_VOICES)
			layouts |= heard;
	}
	for (int p = 0; p < module->desc->n_params; p++)
		layouts |= layouts_in(patch, program, &module->mods[p]);
	return layouts & (1u << LAYOUT_VOICES | 1u << LAYOUT_ALL) ? LAYOUT_VOICES : LAYOUT_MONO;
}

/* Again and again until nothing rises: in a cycle a module's sources may come after it. */
static void settle_layouts(const struct patch *patch, struct program *program, const int *order)
{
	bool has_risen = true;

	for (int m = 0; m < patch->n_modules; m++)
		program->instances[m].layout = layout_of(patch->modules[m].desc->flow);
	while (has_risen) {
		has_risen = false;
		for (int i = 0; i < patch->n_modules; i++) {
			struct instance *instance = &program->instances[order[i]];
			enum layout layout = instance->layout;

			if (instance->desc->flow == FLOW_FOLLOW)
				layout = followed(patch, program, order[i]);
			if (layout > instance->layout) {
				instance->layout = layout;
				has_risen = true;
			}
		}
	}
}

/* The lists as written, or their defaults. */
static int make_lists(const struct patch *patch, const struct patch_module *module,
	struct module_list **out, struct arena *arena)
{
	const struct module_desc *desc = module->desc;

	*out = arena_take(arena, (size_t)desc->n_lists * sizeof(**out));
	if (!*out)
		return -ENOMEM;
	for (int l = 0; l < desc->n_lists; l++) {
		const struct patch_list *list = &module->lists[l];
		float items[LIST_MAX_ITEMS];
		const float *from = list->n ? patch->items + list->first : items;
		struct diag ignored; /* a descriptor's default can be read */
		int n = list->n ? list->n
				: int_max(list_read(&desc->lists[l], desc->lists[l].def, items,
						  &ignored),
					  0);
		float *at = arena_take(arena, (size_t)n * sizeof(*at));

		if (!at)
			return -ENOMEM;
		memcpy(at, from, (size_t)n * sizeof(*at));
		(*out)[l] = (struct module_list){at, n};
	}
	return 0;
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
	instance->gate_plug.in = gate_port(desc);
	if (gate_bytes)
		instance->gate = (struct gate *)at;
	instance->ramps = (struct ramp *)(at + gate_bytes);
	for (int p = 0; p < desc->n_params; p++)
		ramp_init(&instance->ramps[p], values[p]);
	at += gate_bytes + ramps_bytes;
	for (int g = 0; g < instance->n_parts; g++, at += desc->state_bytes) {
		instance->parts[g].state = at;
		module_init(desc, at, program->rate_hz);
	}
	return 0;
}

static int make_part(struct program *program, struct instance *instance, int g, v4f *const *outs,
	const struct module_list *lists, struct arena *arena)
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
		.lists = lists,
		.transport = program->transport,
		.n_voices = program->n_voices,
		.n_groups = program->n_groups,
		.group = g,
		.is_lone = instance->layout == LAYOUT_MONO ||
			   (instance->layout == LAYOUT_VOICES && program->n_voices == 1),
		.constant_outs = &part->constant_outs,
		.fast_path = &part->fast_path,
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

static int nth_of_its_kind(const struct patch *patch, int m)
{
	int n = 0;

	for (int i = 0; i < m; i++)
		n += patch->modules[i].desc == patch->modules[m].desc;
	return n;
}

static int make_instance(
	const struct patch *patch, struct program *program, int m, struct arena *arena)
{
	struct instance *instance = &program->instances[m];
	bool is_for_each = instance->layout == LAYOUT_VOICES || instance->layout == LAYOUT_ALL;
	struct module_list *lists = NULL;
	v4f *outs[MODULE_MAX_OUTS];
	int nth = nth_of_its_kind(patch, m), err;

	instance->n_parts = instance->layout == LAYOUT_VOICES ? program->n_groups : 1;
	instance->parts = arena_take(arena, (size_t)instance->n_parts * sizeof(*instance->parts));
	if (!instance->parts)
		return -ENOMEM;
	instance->parts_end = instance->parts + instance->n_parts;
	for (int o = 0; o < instance->desc->n_outs; o++) {
		outs[o] = take_blocks(program, arena, is_for_each ? program->n_groups : 1);
		if (!outs[o])
			return -ENOMEM;
	}
	err = make_lists(patch, &patch->modules[m], &lists, arena);
	if (!err)
		err = make_state(program, instance, patch->modules[m].values, arena);
	if (m == PATCH_CLOCK && !err)
		program->transport = &((struct patch_clock *)instance->parts[0].state)->transport;
	for (int g = 0; g < instance->n_parts && !err; g++) {
		err = make_part(program, instance, g, outs, lists, arena);
		instance->parts[g].io.nth = nth;
	}
	return err;
}

/* Some module has a cable from m. */
static bool is_read(const struct patch *patch, int m)
{
	for (int t = 0; t < patch->n_terms; t++)
		if (patch->terms[t].module == m)
			return true;
	return false;
}

static int make_steps(const struct patch *patch, struct program *program, const int *order,
	const bool *in_cycle, struct arena *arena)
{
	struct heard *heard = &program->heard;
	const struct module_desc *desc;
	int n = 0;

	program->steps =
		arena_take(arena, 2 * (size_t)program->n_instances * sizeof(*program->steps));
	if (!program->steps)
		return -ENOMEM;
	for (int i = 0; i < program->n_instances; i++) {
		struct step step = {
			.kind = in_cycle[order[i]] ? STEP_EMIT : STEP_RENDER,
			.instance = &program->instances[order[i]],
		};

		desc = step.instance->desc;
		step.run = in_cycle[order[i]] ? desc->emit : desc->render;
		if (step.instance == heard->out && !is_read(patch, order[i]))
			heard->step = step;
		else
			program->steps[n++] = step;
	}
	for (int i = 0; i < program->n_instances; i++) {
		desc = program->instances[order[i]].desc;
		if (in_cycle[order[i]])
			program->steps[n++] = (struct step){
				.kind = STEP_ABSORB,
				.instance = &program->instances[order[i]],
				.run = desc->absorb,
			};
	}
	program->n_steps = n;
	return 0;
}

static int make_scratch(struct program *program, const bool *in_cycle, struct arena *arena)
{
	v4f *params = take_blocks(program, arena, MODULE_MAX_PARAMS);
	v4f *mods = take_blocks(program, arena, MODULE_MAX_PARAMS);

	program->in_scratch = take_blocks(program, arena, MODULE_MAX_INS * program->n_groups);
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

static void set_heard(const struct patch *patch, struct heard *heard)
{
	const struct patch_module *out = &patch->modules[patch_find(patch, "out")];
	const struct part *part = &heard->out->parts[0];

	heard->is_silent = out->ins[OUT_IN].n_terms + out->ins[OUT_LEFT].n_terms +
				   out->ins[OUT_RIGHT].n_terms ==
			   0;
	heard->given = (struct source){.at = part->outs[0], .gain = 1.0f, .mixdown = MIXDOWN_LANES};
	if (out->ins[OUT_IN].n_terms == 1 && out->ins[OUT_LEFT].n_terms == 0 &&
		out->ins[OUT_RIGHT].n_terms == 0 && out->mods[OUT_LEVEL].n_terms == 0)
		heard->lone = part->in_sums[OUT_IN].sources[0];
	if (heard->lone.at && heard->lone.mixdown != MIXDOWN_LANES)
		heard->given.mixdown = MIXDOWN_FIRST_VOICE; /* left and right are the same */
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
	program->heard.out = &program->instances[patch_find(patch, "out")];
	settle_layouts(patch, program, order);
	for (int m = 0; m < patch->n_modules && !err; m++)
		err = make_instance(patch, program, m, arena);
	if (!err)
		err = make_scratch(program, in_cycle, arena);
	if (!err)
		err = make_steps(patch, program, order, in_cycle, arena);
	for (int m = 0; m < patch->n_modules && !err; m++)
		err = connect_module(patch, program, m, arena);
	if (!err)
		set_heard(patch, &program->heard);
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
	*out = program;
	return 0;
}
