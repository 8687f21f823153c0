/* Tested by: unit/config/test_check_patch */
#include "config/check_patch.h"

#include <string.h>

#include "config/check_mods.h"

/* Of a module's outputs, once all sources are known: as patch/compile.c settles it. */
enum content { CONTENT_MONO, CONTENT_VOICES, CONTENT_STEREO };

struct checker {
	const struct patch *patch;
	struct check *check;
	bool is_heard[PATCH_MAX_MODULES];
	enum content contents[PATCH_MAX_MODULES];
};

/* ---- what is heard */
static bool hear_sources(struct checker *checker, const struct patch_sum *sum)
{
	bool is_new = false;

	for (int t = 0; t < sum->n_terms; t++) {
		const struct patch_term *term = &checker->patch->terms[sum->first + t];

		if (term->module == PATCH_CONSTANT || term->gain == 0.0f ||
			checker->is_heard[term->module])
			continue;
		checker->is_heard[term->module] = is_new = true;
	}
	return is_new;
}

static bool hear_module(struct checker *checker, const struct patch_module *module)
{
	bool is_new = false;

	for (int i = 0; i < module->desc->n_ins; i++)
		is_new |= hear_sources(checker, &module->ins[i]);
	for (int p = 0; p < module->desc->n_params; p++)
		is_new |= hear_sources(checker, &module->mods[p]);
	return is_new;
}

static void find_heard(struct checker *checker, int out)
{
	bool is_new = true;

	checker->is_heard[PATCH_CLOCK] = checker->is_heard[out] = true;
	while (is_new) {
		is_new = false;
		for (int m = 0; m < checker->patch->n_modules; m++)
			if (checker->is_heard[m])
				is_new |= hear_module(checker, &checker->patch->modules[m]);
	}
}

/* ---- inputs */
static int find_gate(const struct module_desc *desc)
{
	for (int i = 0; i < desc->n_ins; i++)
		if (desc->ins[i].kind == PORT_GATE)
			return i;
	return -1;
}

static bool is_input(const struct port_desc *port)
{
	return (port->kind == PORT_AUDIO || port->kind == PORT_VOICES) &&
	       strncmp(port->key, "in", 2) == 0;
}

/* Something is plugged into one of its inputs for sound, or it has none. */
static bool has_input(const struct patch_module *module)
{
	bool has_any = false;

	for (int i = 0; i < module->desc->n_ins; i++) {
		if (!is_input(&module->desc->ins[i]))
			continue;
		if (module->ins[i].n_terms)
			return true;
		has_any = true;
	}
	return !has_any;
}

static void check_inputs(struct checker *checker, const struct patch_module *module)
{
	const struct module_desc *desc = module->desc;
	int gate = find_gate(desc), by = module_in_find(desc, "by");

	if (gate >= 0 && !module->ins[gate].n_terms) {
		check_warn_key(checker->check, checker->patch, module, "",
			"[%s] %s: nothing is plugged in: %s until %s is gated; plug a gate in, or "
			"write %s = 0 where a hand holds it (gate %s on)",
			module->id, desc->ins[gate].key,
			desc->outs[0].kind == PORT_AUDIO ? "silent" : "still", module->id,
			desc->ins[gate].key, module->id);
		return;
	}
	if (gate < 0 && !has_input(module))
		check_warn_key(checker->check, checker->patch, module, "",
			"[%s]: a %s without an input is silent; plug a sound in (%s = SOURCE)",
			module->id, desc->key, module_in_find(desc, "in") >= 0 ? "in" : "in1");
	else if (by >= 0 && !module->ins[by].n_terms)
		check_warn_key(checker->check, checker->patch, module, "",
			"[%s] by: nothing is plugged in, and a %s is silent without; plug in what "
			"it is multiplied by (by = SOURCE, or 1)",
			module->id, desc->key);
}

/* ---- voices */
static enum content content_of_sum(const struct checker *checker, const struct patch_sum *sum)
{
	enum content content = CONTENT_MONO;

	for (int t = 0; t < sum->n_terms; t++) {
		int source = checker->patch->terms[sum->first + t].module;

		if (source != PATCH_CONSTANT && checker->contents[source] > content)
			content = checker->contents[source];
	}
	return content;
}

static bool has_voices(const struct checker *checker, const struct patch_sum *sum)
{
	for (int t = 0; t < sum->n_terms; t++) {
		int source = checker->patch->terms[sum->first + t].module;

		if (source != PATCH_CONSTANT && checker->contents[source] == CONTENT_VOICES)
			return true;
	}
	return false;
}

static enum content content_of(const struct checker *checker, const struct patch_module *module)
{
	const struct module_desc *desc = module->desc;
	bool is_any = false;

	if (desc->flow == FLOW_STEREO)
		return CONTENT_STEREO;
	if (desc->flow != FLOW_FOLLOW)
		return desc->flow == FLOW_MONO ? CONTENT_MONO : CONTENT_VOICES;
	for (int i = 0; i < desc->n_ins; i++) {
		if (desc->ins[i].kind == PORT_AUDIO &&
			content_of_sum(checker, &module->ins[i]) == CONTENT_STEREO)
			return CONTENT_STEREO;
		is_any |= desc->ins[i].kind != PORT_VOICES && has_voices(checker, &module->ins[i]);
	}
	for (int p = 0; p < desc->n_params; p++)
		is_any |= has_voices(checker, &module->mods[p]);
	return is_any ? CONTENT_VOICES : CONTENT_MONO;
}

static void find_contents(struct checker *checker)
{
	bool has_risen = true;

	while (has_risen) {
		has_risen = false;
		for (int m = 0; m < checker->patch->n_modules; m++) {
			enum content content = content_of(checker, &checker->patch->modules[m]);

			if (content <= checker->contents[m])
				continue;
			checker->contents[m] = content;
			has_risen = true;
		}
	}
}

/* [out] is where all ends: voices that nothing else places stand in the middle there, as meant. */
static void check_voices(struct checker *checker, const struct patch_module *module, int m)
{
	const struct module_desc *desc = module->desc;

	if (checker->patch->n_voices == 1 || checker->contents[m] != CONTENT_STEREO)
		return;
	for (int i = 0; i < desc->n_ins && desc->n_outs && strcmp(desc->key, "out") != 0; i++)
		if (desc->ins[i].kind == PORT_AUDIO && has_voices(checker, &module->ins[i]))
			check_warn_key(checker->check, checker->patch, module, desc->ins[i].key,
				"[%s] %s: the %d voices are summed to mono before a stereo module; "
				"a mix module before it spreads them",
				module->id, desc->ins[i].key, checker->patch->n_voices);
}

void check_patch(const struct patch *patch, struct check *check)
{
	struct checker checker = {.patch = patch, .check = check};
	int out = patch_find(patch, "out");
	bool is_any_heard = false;

	find_heard(&checker, out);
	find_contents(&checker);
	for (int i = 0; i < patch->modules[out].desc->n_ins; i++)
		is_any_heard |= patch->modules[out].ins[i].n_terms != 0;
	if (!is_any_heard) { /* of the others it would be said as well */
		check_warn_key(check, patch, &patch->modules[out], "",
			"[out]: nothing is plugged in: silent; in = SOURCE plugs one in");
		return;
	}
	for (int m = 0; m < patch->n_modules; m++) {
		const struct patch_module *module = &patch->modules[m];

		if (!checker.is_heard[m]) {
			check_warn_key(check, patch, module, "",
				"[%s]: nothing hears it: no cable leads from it to [out], so it is "
				"silent; plug it in somewhere, or take it out",
				module->id);
			continue;
		}
		if (m != out)
			check_inputs(&checker, module);
		check_voices(&checker, module, m);
		check_mods(patch, module, check);
	}
}
