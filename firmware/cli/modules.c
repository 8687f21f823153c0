/* modules.c - `chronus modules`: the registry's tables, for people and as JSON.
 * Tested by: e2e/test_cli */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "config/ini_text.h"
#include "config/param_text.h"
#include "dsp/module.h"
#include "modules/registry.h"

static const char *kind_name(enum port_kind kind)
{
	static const char *const names[] = {
		[PORT_AUDIO] = "audio",
		[PORT_CONTROL] = "control",
		[PORT_GATE] = "gate",
		[PORT_PITCH] = "pitch",
		[PORT_VOICES] = "voices",
	};

	return names[kind];
}

static const char *curve_name(enum curve curve)
{
	static const char *const names[] = {
		[CURVE_LINEAR] = "linear",
		[CURVE_EXP] = "exponential",
		[CURVE_CHOICE] = "choice",
	};

	return names[curve];
}

static const char *flow_text(enum flow flow)
{
	static const char *const texts[] = {
		[FLOW_VOICE] = "a voice a lane",
		[FLOW_FOLLOW] = "voices, or stereo if an input is",
		[FLOW_STEREO] = "stereo; voices are summed",
		[FLOW_MONO] = "one for all voices",
		[FLOW_ALL] = "all voices",
	};

	return texts[flow];
}

static const char *list_kind_name(enum list_kind kind)
{
	static const char *const names[] = {
		[LIST_STEPS] = "steps",
		[LIST_NOTES] = "notes",
		[LIST_NUMBERS] = "numbers",
	};

	return names[kind];
}

/* ---- as JSON */
static void json_ports(struct json *json, const char *key, const struct port_desc *ports, int n)
{
	json_array(json, key);
	for (int i = 0; i < n; i++) {
		json_object(json, NULL);
		json_string(json, "key", ports[i].key);
		json_string(json, "label", ports[i].label);
		json_string(json, "kind", kind_name(ports[i].kind));
		json_end(json);
	}
	json_end(json);
}

static void json_param(struct json *json, const struct param_desc *param)
{
	json_object(json, NULL);
	json_string(json, "key", param->key);
	json_string(json, "label", param->label);
	json_string(json, "unit", unit_name(param->unit));
	json_string(json, "curve", curve_name(param->curve));
	if (param->curve == CURVE_CHOICE) {
		json_string(json, "default", param->choices[(int)param->def]);
		json_array(json, "choices");
		for (int i = 0; i <= (int)param->max; i++)
			json_string(json, NULL, param->choices[i]);
		json_end(json);
	} else {
		json_double(json, "min", (double)param->min);
		json_double(json, "max", (double)param->max);
		json_double(json, "default", (double)param->def);
		json_double(json, "smooth_ms", (double)param->smooth_ms);
	}
	json_end(json);
}

static void json_lists(struct json *json, const struct module_desc *desc)
{
	json_array(json, "lists");
	for (int i = 0; i < desc->n_lists; i++) {
		json_object(json, NULL);
		json_string(json, "key", desc->lists[i].key);
		json_string(json, "label", desc->lists[i].label);
		json_string(json, "kind", list_kind_name(desc->lists[i].kind));
		json_string(json, "default", desc->lists[i].def);
		json_end(json);
	}
	json_end(json);
}

static void json_module(struct json *json, const struct module_desc *desc)
{
	json_object(json, NULL);
	json_string(json, "key", desc->key);
	json_string(json, "purpose", desc->purpose);
	json_string(json, "lanes", flow_text(desc->flow));
	json_ports(json, "inputs", desc->ins, desc->n_ins);
	json_ports(json, "outputs", desc->outs, desc->n_outs);
	json_array(json, "parameters");
	for (int i = 0; i < desc->n_params; i++)
		json_param(json, &desc->params[i]);
	json_end(json);
	json_lists(json, desc);
	json_end(json);
}

static void json_all(struct json *json)
{
	json_array(json, NULL);
	for (int i = 0; i < n_modules; i++)
		json_module(json, modules[i]);
	json_end(json);
}

/* ---- for people */
static void print_ports(const char *title, const struct port_desc *ports, int n_ports)
{
	if (n_ports)
		printf("\n%s\n", title);
	for (int i = 0; i < n_ports; i++)
		printf("  %-16s %-8s %s\n", ports[i].key, kind_name(ports[i].kind), ports[i].label);
}

static void print_param(const struct param_desc *param)
{
	char range[64];

	if (param->curve == CURVE_CHOICE) {
		printf("  %-16s %-20s one of:", param->key, param->label);
		for (int i = 0; i <= (int)param->max; i++)
			printf(" %s", param->choices[i]);
		printf("; default %s\n", param->choices[(int)param->def]);
		return;
	}
	param_range_text(param, range, sizeof(range));
	printf("  %-16s %-20s %s; default %.7g; %s; moves in %.7g ms\n", param->key, param->label,
		range, (double)param->def, curve_name(param->curve), (double)param->smooth_ms);
}

static void print_module(const struct module_desc *desc)
{
	printf("%s - %s\nlanes: %s\n", desc->key, desc->purpose, flow_text(desc->flow));
	print_ports("inputs", desc->ins, desc->n_ins);
	print_ports("outputs (the first is meant by the module's name alone)", desc->outs,
		desc->n_outs);
	if (desc->n_params)
		printf("\nparameters\n");
	for (int i = 0; i < desc->n_params; i++)
		print_param(&desc->params[i]);
	if (desc->n_lists)
		printf("\nlists (up to %d each)\n", LIST_MAX_ITEMS);
	for (int i = 0; i < desc->n_lists; i++)
		printf("  %-16s %-20s %s; default %s\n", desc->lists[i].key, desc->lists[i].label,
			list_kind_name(desc->lists[i].kind), desc->lists[i].def);
}

static int refuse_unknown(const char *name)
{
	struct text_names names;

	text_names_begin(&names, name);
	for (int i = 0; i < n_modules; i++)
		text_names_add(&names, modules[i]->key);
	fprintf(stderr, "chronus modules: unknown module '%.40s'" TEXT_HINT "\n", name,
		TEXT_HINT_ARGS(&names));
	return CLI_USAGE;
}

int cli_modules(int argc, char **argv)
{
	bool wants_json = false;
	const struct option_row rows[] = {
		{.name = "json", .kind = OPTION_FLAG, .out = &wants_json, .help = "as JSON"},
	};
	int n_args = options_read(rows, ARRAY_LEN(rows), argc, argv);
	const struct module_desc *desc = NULL;
	struct json json;

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args > 1)
		return options_refuse(argv[0], "one module at a time, or none for the list");
	if (n_args == 1) {
		desc = module_find(argv[1]);
		if (!desc)
			return refuse_unknown(argv[1]);
	}
	json_begin(&json, stdout);
	if (desc && wants_json) {
		json_module(&json, desc);
	} else if (desc) {
		print_module(desc);
	} else if (wants_json) {
		json_all(&json);
	} else {
		for (int i = 0; i < n_modules; i++)
			printf("%-10s %s\n", modules[i]->key, modules[i]->purpose);
	}
	return CLI_OK;
}
