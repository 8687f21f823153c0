/* Actions and their text: each becomes a line and comes back bit for bit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "config/patch_read.h"
#include "config/settings.h"
#include "control/action.h"
#include "control/file_name.h"
#include "modules/registry.h"
#include "patch/symbol.h"
#include "tests/support/action_same.h"
#include "tests/support/suite.h"

enum { N_RANDOM = 20000 };

static struct settings settings;
static struct patch *patch;
static struct action_names names;

/* One module of each type. */
static void prepare(void)
{
	settings_default(&settings);
	settings.n_knobs = 2;
	strcpy(settings.knobs[0].name, "cutoff");
	strcpy(settings.knobs[1].name, "bank");
	settings.n_buttons = 1;
	strcpy(settings.buttons[0].name, "commit-1");
	patch = patch_new();
	for (int i = 0; i < n_modules; i++) {
		char id[PATCH_ID_BYTES];

		snprintf(id, sizeof(id), "m%d_%s", i, modules[i]->key);
		CU_ASSERT_FATAL(patch_add_module(patch, id, modules[i]) >= 0);
	}
	names = (struct action_names){&settings, patch, patch};
}

static int below(unsigned *seed, int n)
{
	return rand_r(seed) % n;
}

static float value_of(const struct param_desc *param, unsigned *seed)
{
	float norm = (float)rand_r(seed) / (float)RAND_MAX;

	return param->curve == CURVE_CHOICE ? (float)below(seed, (int)param->max + 1)
					    : param->min + norm * (param->max - param->min);
}

static struct patch_module *any_module(unsigned *seed, bool has(const struct module_desc *desc))
{
	for (;;) {
		struct patch_module *module = &patch->modules[below(seed, patch->n_modules)];

		if (has(module->desc))
			return module;
	}
}

static bool has_params(const struct module_desc *desc)
{
	return desc->n_params > 0;
}

static bool has_lists(const struct module_desc *desc)
{
	return desc->n_lists > 0;
}

static bool is_any(const struct module_desc *desc)
{
	return desc != NULL;
}

static void random_list(struct action *action, unsigned *seed)
{
	const struct patch_module *module = any_module(seed, has_lists);
	const struct list_desc *list;

	action->stage_list.module = module_ref_of(module);
	action->stage_list.list = below(seed, module->desc->n_lists);
	action->stage_list.n = 1 + below(seed, LIST_MAX_ITEMS);
	list = &module->desc->lists[action->stage_list.list];
	for (int i = 0; i < action->stage_list.n; i++) {
		float norm = (float)rand_r(seed) / (float)RAND_MAX;

		action->stage_list.items[i] = list->kind == LIST_STEPS
						      ? (float)below(seed, (int)list->max + 1)
						      : list->min + norm * (list->max - list->min);
	}
}

static void random_hint(struct replay_hint *hint, unsigned *seed)
{
	*hint = REPLAY_HINT_NONE;
	switch (below(seed, 4)) {
	case 0:
		hint->is_same = true;
		break;
	case 1:
		hint->late_blocks = below(seed, 100001);
		break;
	case 2:
		hint->blind_blocks = hint->tempo_blocks = below(seed, 100001);
		if (below(seed, 2))
			hint->tempo_blocks = below(seed, 100001);
		break;
	default:
		break;
	}
}

static struct module_ref one_or_all(unsigned *seed)
{
	return below(seed, 4) ? module_ref_of(any_module(seed, is_any))
			      : (struct module_ref){SYMBOL_NONE, NULL};
}

static void random_press(struct action *action, unsigned *seed)
{
	action->press.is_push = below(seed, 2);
	action->press.way = (enum press_way)below(seed, N_PRESS_WAYS);
	action->press.control =
		below(seed, action->press.is_push ? settings.n_knobs : settings.n_buttons);
}

static void random_snapshot(struct action *action, unsigned *seed)
{
	int number = 1 + below(seed, 8);

	if (action->kind == ACTION_SNAPSHOT) {
		action->number = number;
		return;
	}
	random_hint(&action->hint, seed);
	action->recall.number = number;
}

static void random_gate(struct action *action, unsigned *seed)
{
	action->gate.module = one_or_all(seed);
	action->gate.is_on = below(seed, 2);
}

static void random_note(struct action *action, unsigned *seed)
{
	action->note.module = one_or_all(seed);
	action->note.note = below(seed, N_NOTES + 1) - 1;
	action->note.velocity = action->note.note >= 0 && below(seed, 2)
					? (float)rand_r(seed) / (float)RAND_MAX
					: 0.0f;
}

static void random_fault(struct action *action, unsigned *seed)
{
	action->fault.slot = (enum action_slot)below(seed, ACTION_BOTH + 1);
	action->fault.kind = (enum fault_kind)below(seed, N_FAULT_KINDS);
	action->fault.value = (float)below(seed, 1000001);
}

static void random_midi(struct action *action, unsigned *seed)
{
	action->midi.n = 1 + below(seed, ACTION_MIDI_BYTES);
	for (int i = 0; i < action->midi.n; i++)
		action->midi.bytes[i] = (uint8_t)below(seed, 256);
}

static void random_load(struct action *action, unsigned *seed)
{
	static const char *const paths[] = {"a.ini", "/data/my patch #2.ini", "\"q\\\x01\xff.ini"};

	if (action->kind == ACTION_SAVE && below(seed, 2))
		return; /* without a name */
	action->load.path = paths[below(seed, ARRAY_LEN(paths))];
	action->load.has_sum = below(seed, 2);
	if (action->load.has_sum)
		action->load.sum = (uint64_t)rand_r(seed) << 33 | (uint64_t)rand_r(seed);
}

static void random_action(struct action *action, unsigned *seed)
{
	const struct patch_module *module = any_module(seed, has_params);
	int param = below(seed, module->desc->n_params);
	float value = value_of(&module->desc->params[param], seed);

	memset(action, 0, sizeof(*action));
	action->kind = (enum action_kind)below(seed, N_ACTION_KINDS);
	switch (action->kind) {
	case ACTION_TURN:
		action->turn.knob = below(seed, settings.n_knobs);
		action->turn.detents = below(seed, 20001) - 10000;
		break;
	case ACTION_PRESS:
		random_press(action, seed);
		break;
	case ACTION_SET:
	case ACTION_STAGE:
		action->set.module = module_ref_of(module);
		action->set.param = param;
		action->set.value = value;
		break;
	case ACTION_STAGE_LIST:
		random_list(action, seed);
		break;
	case ACTION_GATE:
		random_gate(action, seed);
		break;
	case ACTION_NOTE:
		random_note(action, seed);
		break;
	case ACTION_MIDI:
		random_midi(action, seed);
		break;
	case ACTION_SAVE:
	case ACTION_LOAD:
		random_load(action, seed);
		break;
	case ACTION_COMMIT:
	case ACTION_UNDO:
		random_hint(&action->hint, seed);
		break;
	case ACTION_GET:
		action->get.module = module_ref_of(module);
		action->get.at = param;
		break;
	case ACTION_SNAPSHOT:
	case ACTION_RECALL:
		random_snapshot(action, seed);
		break;
	case ACTION_TEMPO:
		action->tempo_bpm = 20.0f + (float)below(seed, 3800) / 10.0f;
		break;
	case ACTION_FAULT:
		random_fault(action, seed);
		break;
	default:
		break;
	}
}

static void test_round_trip(void)
{
	int n_of[N_ACTION_KINDS] = {0};
	unsigned seed = 1;

	prepare();
	for (int i = 0; i < N_RANDOM; i++) {
		char text[ACTION_TEXT_BYTES], cut[ACTION_TEXT_BYTES];
		struct action action, back;
		struct diag diag = {""};
		int err;

		random_action(&action, &seed);
		n_of[action.kind]++;
		action_text(&settings, &action, text);
		memcpy(cut, text, sizeof(cut));
		memset(&back, 0, sizeof(back));
		err = action_read(&names, cut, &back, &diag);
		if (err || !action_same(action, back)) {
			printf("\n  `%s` (kind %d): %d %s", text, (int)action.kind, err, diag.text);
			CU_FAIL("an action comes back");
			break;
		}
	}
	for (int kind = 0; kind < N_ACTION_KINDS; kind++)
		CU_ASSERT_TRUE(n_of[kind] > N_RANDOM / N_ACTION_KINDS / 2);
	patch_free(patch);
}

/* A refused line says why; to let go of a module that is gone is no error. */
static void test_refusals(void)
{
	static const char *const rows[][2] = {
		{"note m0 999 on", "999"},
		{"note m0 60 on 2", "velocity"},
		{"midi", "usage: midi HEX"},
		{"midi 9", "two hex digits"},
		{"midi 90 3", "two hex digits"},
		{"midi 90 3g", "'3g'"},
		{"midi 0x90", "'0x90'"},
		{"commit late", "may follow"},
		{"commit late -1", "may follow"},
		{"commit same 1", "may follow"},
		{"undo blind 1 tempo", "may follow"},
		{"fault nobody segv", "live, standby or both"},
		{"fault live dance", "stall MS"},
		{"fault live stall much", "a number"},
		{"load \"a", "has no end"},
		{"gate nobody on", "no module nobody"},
		{"press cutoff twice", "only `long`, `double`"},
		{"tempo fast", "is no tempo; allowed: 20..400"},
		{"tempo 19", "is no tempo"},
		{"turn cutoff +10001", "at most 10000"},
	};

	prepare();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[ACTION_TEXT_BYTES];
		struct action action;
		struct diag diag = {""};

		strcpy(text, rows[i][0]);
		CU_ASSERT_TRUE(action_read(&names, text, &action, &diag) < 0);
		if (!strstr(diag.text, rows[i][1])) {
			printf("\n  %s -> %s (expected %s)", rows[i][0], diag.text, rows[i][1]);
			CU_FAIL("the reason");
		}
	}
	for (int is_note = 0; is_note < 2; is_note++) {
		char text[] = "gate nobody off", note[] = "note nobody 60 off";
		struct action action;
		struct diag diag;

		CU_ASSERT_EQUAL(
			action_read(&names, is_note ? note : text, &action, &diag), ACTION_IS_MOOT);
	}
	patch_free(patch);
}

/* Each of its bytes takes four in a line. */
static void test_long_path(void)
{
	char path[260], text[ACTION_TEXT_BYTES];
	struct action action = {.kind = ACTION_LOAD, .load = {.path = path}};

	memset(path, '\x01', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	CU_ASSERT_STRING_EQUAL(action_text(&settings, &action, text), "load");
}

SUITE_MAIN("action", {"20 000 random actions come back from their text", test_round_trip},
	{"refusals say why", test_refusals}, {"a path that no line can hold", test_long_path})
