/* connect.c - cables: what each port and each parameter of a program reads.
 *
 * A lone source at gain 1 is read where it was written, at no cost. Anything else is a sum, made
 * just before the module runs. Voices plugged into a stereo module's audio port are summed to
 * both sides; its other ports and parameters follow voice 1. */
#include "patch/compile.h"

#include <errno.h>

struct plug {
	const struct patch *patch;
	struct program *program;
	struct arena *arena;
	const struct instance *to;
	int part;
	bool is_audio;
};

static struct source find_source(const struct plug *plug, const struct patch_term *term)
{
	struct source source = {.gain = term->gain};
	const struct instance *from;
	int part;

	if (term->module == PATCH_CONSTANT)
		return source;
	from = &plug->program->instances[term->module];
	part = plug->part;
	if (plug->to->is_stereo != from->is_stereo) {
		source.pick = plug->to->is_stereo && plug->is_audio ? PICK_SUM_OF_VOICES
								    : PICK_FIRST_VOICE;
		part = 0;
	}
	source.at = from->parts[part].outs[term->out];
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

/* A cable where one will do: a lone source as it is, or a lone constant. */
static bool is_plain(const struct sum *sum)
{
	const struct source *source = &sum->sources[0];

	return sum->n_sources == 1 &&
	       (!source->at || (source->pick == PICK_LANES && source->gain == 1.0f));
}

static int plain_cable(const struct plug *plug, const struct source *source, struct cable *out)
{
	v4f *constant;

	if (source->at) {
		*out = cable_of(source->at, 1);
		return 0;
	}
	constant = arena_take(plug->arena, sizeof(v4f));
	if (!constant)
		return -ENOMEM;
	*constant = lanes_of(source->gain);
	*out = cable_of(constant, 0);
	return 0;
}

static int connect_in(struct plug *plug, struct instance *to, const struct patch_sum *sum, int in)
{
	struct part *part = &to->parts[plug->part];
	struct cable cable =
		cable_of(plug->program->in_scratch + in * plug->program->block_frames, 1);
	int err;

	if (sum->n_terms == 0)
		return 0;
	plug->is_audio = to->desc->ins[in].kind == PORT_AUDIO;
	err = make_sum(plug, sum, &part->in_sums[in]);
	if (err < 0)
		return err;
	if (is_plain(&part->in_sums[in])) {
		err = plain_cable(plug, &part->in_sums[in].sources[0], &cable);
		part->in_sums[in].n_sources = 0;
	} else {
		to->summed_ins |= 1u << in;
	}
	part->ins[in] = cable;
	if (in == to->gate_in)
		to->gate_cables[plug->part] = cable;
	return err;
}

static int connect_mod(struct plug *plug, struct instance *to, const struct patch_sum *sum, int p)
{
	if (sum->n_terms == 0)
		return 0;
	plug->is_audio = false;
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
		if (to->gate_in >= 0 && !to->parts[g].ins[to->gate_in].at)
			to->parts[g].ins[to->gate_in] = cable_of(&to->gate->now, 0);
	}
	return err;
}
