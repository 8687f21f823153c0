/* connect.c - cables: what each port and each parameter of a program reads.
 *
 * A lone source at gain 1 is read where it was written, at no cost. Anything else is a sum, made
 * just before the module runs. Voices plugged into the audio port of a module that is rendered once
 * are summed; its other ports and parameters follow voice 1. A port for all voices has a block for
 * each group, with nothing in the lanes that are no voice.
 * Tested by: unit/patch/test_flows */
#include "patch/compile.h"

#include <errno.h>

struct plug {
	const struct patch *patch;
	struct program *program;
	struct arena *arena;
	const struct instance *to;
	int part;
	enum port_kind kind; /* of a parameter: PORT_CONTROL */
};

static bool has_voices(const struct instance *instance)
{
	return instance->layout == LAYOUT_VOICES || instance->layout == LAYOUT_ALL;
}

static enum mixdown find_mixdown(const struct plug *plug, const struct instance *from)
{
	if (from->layout == LAYOUT_MONO)
		return MIXDOWN_LANES;
	if (plug->kind == PORT_VOICES)
		return from->layout == LAYOUT_STEREO ? MIXDOWN_MIDDLE : MIXDOWN_LANES;
	if (from->layout == LAYOUT_STEREO)
		return plug->to->layout == LAYOUT_STEREO ? MIXDOWN_LANES : MIXDOWN_FIRST_VOICE;
	if (plug->to->layout == LAYOUT_VOICES)
		return MIXDOWN_LANES;
	return plug->kind == PORT_AUDIO && plug->program->n_voices > 1 ? MIXDOWN_SUM_OF_VOICES
								       : MIXDOWN_FIRST_VOICE;
}

static struct source find_source(const struct plug *plug, const struct patch_term *term)
{
	struct source source = {.gain = term->gain};
	const struct instance *from;

	if (term->module == PATCH_CONSTANT)
		return source;
	from = &plug->program->instances[term->module];
	source.mixdown = find_mixdown(plug, from);
	source.at = from->parts[0].outs[term->out];
	if (has_voices(from))
		source.group_step = (size_t)plug->program->block_frames;
	source.constant_outs = &from->parts[0].constant_outs;
	source.constant_bit = 1u << term->out;
	if (has_voices(from) && plug->to->layout == LAYOUT_VOICES && plug->kind != PORT_VOICES) {
		source.at += (size_t)plug->part * source.group_step;
		if (from->layout == LAYOUT_VOICES)
			source.constant_outs = &from->parts[plug->part].constant_outs;
	}
	return source;
}

static int make_sum(const struct plug *plug, const struct patch_sum *sum, struct sum *out)
{
	out->sources = arena_take(plug->arena, (size_t)sum->n_terms * sizeof(*out->sources));
	if (!out->sources)
		return -ENOMEM;
	out->n_sources = sum->n_terms;
	for (int t = 0; t < sum->n_terms; t++)
		out->sources[t] = find_source(plug, &plug->patch->terms[sum->first + t]);
	return 0;
}

/* A cable where one will do: a lone source as it is, or a lone constant. Where voices do not fill
 * their last group, a port for all voices needs the other lanes wiped. */
static bool is_plain(const struct plug *plug, const struct sum *sum)
{
	const struct source *source = &sum->sources[0];
	bool must_wipe = plug->kind == PORT_VOICES && plug->program->n_voices % N_LANES != 0;

	return sum->n_sources == 1 && (!source->at || (source->mixdown == MIXDOWN_LANES &&
							      source->gain == 1.0f && !must_wipe));
}

static int plain_cable(const struct plug *plug, const struct source *source, struct cable *out)
{
	int n = plug->kind == PORT_VOICES ? plug->program->n_groups : 1;
	v4f *constants;

	if (source->at) {
		*out = (struct cable){source->at, 1, source->group_step};
		return 0;
	}
	constants = arena_take(plug->arena, (size_t)n * sizeof(v4f));
	if (!constants)
		return -ENOMEM;
	for (int g = 0; g < n; g++)
		constants[g] =
			plug->kind == PORT_VOICES
				? (v4f)((v4i)lanes_of(source->gain) & plug->program->voice_masks[g])
				: lanes_of(source->gain);
	*out = (struct cable){constants, 0, n > 1};
	return 0;
}

static void watch(const struct plug *plug, struct instance *to, int in)
{
	struct part *part = &to->parts[plug->part];
	const struct source *source = &part->in_sums[in].sources[0];
	struct cable *cable =
		in == to->gate_plug.in ? &to->gate_plug.cables[plug->part] : &part->ins[in];

	part->watches[part->n_watches++] =
		(struct watch){&cable->step, source->constant_outs, source->constant_bit};
}

static int connect_in(struct plug *plug, struct instance *to, const struct patch_sum *sum, int in)
{
	struct part *part = &to->parts[plug->part];
	size_t block_frames = (size_t)plug->program->block_frames;
	struct cable cable = {program_in_scratch(plug->program, in), 1, block_frames};
	int err;

	if (sum->n_terms == 0)
		return 0;
	plug->kind = to->desc->ins[in].kind;
	err = make_sum(plug, sum, &part->in_sums[in]);
	if (err < 0)
		return err;
	if (is_plain(plug, &part->in_sums[in])) {
		err = plain_cable(plug, &part->in_sums[in].sources[0], &cable);
		part->in_sums[in].n_sources = 0;
		if (part->in_sums[in].sources[0].at && plug->kind != PORT_AUDIO &&
			plug->kind != PORT_VOICES)
			watch(plug, to, in);
	} else {
		to->summed_ins |= 1u << in;
	}
	part->ins[in] = cable;
	if (in == to->gate_plug.in)
		to->gate_plug.cables[plug->part] = cable;
	return err;
}

static int connect_mod(struct plug *plug, struct instance *to, const struct patch_sum *sum, int p)
{
	if (sum->n_terms == 0)
		return 0;
	plug->kind = PORT_CONTROL;
	to->modulated |= 1u << p;
	return make_sum(plug, sum, &to->parts[plug->part].mod_sums[p]);
}

int connect_module(const struct patch *patch, struct program *program, int m, struct arena *arena)
{
	const struct patch_module *module = &patch->modules[m];
	struct instance *to = &program->instances[m];
	struct plug plug = {.patch = patch, .program = program, .arena = arena, .to = to};
	int err = 0;

	for (int g = 0; g < to->n_parts; g++) {
		plug.part = g;
		for (int i = 0; i < to->desc->n_ins && !err; i++)
			err = connect_in(&plug, to, &module->ins[i], i);
		for (int p = 0; p < to->desc->n_params && !err; p++)
			err = connect_mod(&plug, to, &module->mods[p], p);
		if (to->gate_plug.in >= 0 && !to->parts[g].ins[to->gate_plug.in].at)
			to->parts[g].ins[to->gate_plug.in] = cable_of(&to->gate->now, 0);
	}
	to->has_plugs = to->gate || to->summed_ins;
	to->has_work = to->has_plugs || to->modulated;
	return err;
}
