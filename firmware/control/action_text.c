/* action_text.c - an action as a line: for the journal, the state and the log.
 * Tested by: unit/control/test_action */
#include "control/action_line.h"

#include <stdio.h>
#include <string.h>

#include "control/file_name.h"
#include "dsp/list_text.h"
#include "patch/symbol.h"

_Static_assert((int)ACTION_TEXT_BYTES >= (int)LIST_TEXT_BYTES + PATCH_ID_BYTES + 40 &&
		       (int)ACTION_TEXT_BYTES > (int)FILE_NAME_BYTES + 40 &&
		       (int)ACTION_TEXT_BYTES > 3 * (int)ACTION_MIDI_BYTES + 4,
	"the longest line has room");

static const char *module_text(struct module_ref module)
{
	return module.desc ? symbol_name(module.symbol) : "*";
}

static void put_value(
	const char *verb, struct module_ref module, int param, float value, char *text)
{
	const struct param_desc *desc = &module.desc->params[param];
	int n = snprintf(
		text, ACTION_TEXT_BYTES, "%s %s.%s ", verb, module_text(module), desc->key);

	if (desc->curve == CURVE_CHOICE)
		snprintf(text + n, ACTION_TEXT_BYTES - (size_t)n, "%s", desc->choices[(int)value]);
	else
		snprintf(text + n, ACTION_TEXT_BYTES - (size_t)n, "%.9g", (double)value);
}

static void put_list(const struct action *action, char *text)
{
	struct module_ref module = action->stage_list.module;
	const struct list_desc *list = &module.desc->lists[action->stage_list.list];
	char items[LIST_TEXT_BYTES];

	snprintf(text, ACTION_TEXT_BYTES, "stage %s.%s %s", module_text(module), list->key,
		list_write(list, action->stage_list.items, action->stage_list.n, items));
}

static void put_note(const struct action *action, char *text)
{
	int n = snprintf(text, ACTION_TEXT_BYTES, "note %s ", module_text(action->note.module));

	if (action->note.note == NOTE_ALL)
		n += snprintf(text + n, ACTION_TEXT_BYTES - (size_t)n, "* ");
	else
		n += snprintf(text + n, ACTION_TEXT_BYTES - (size_t)n, "%d ", action->note.note);
	if (action->note.velocity > 0.0f)
		snprintf(text + n, ACTION_TEXT_BYTES - (size_t)n, "on %.9g",
			(double)action->note.velocity);
	else
		snprintf(text + n, ACTION_TEXT_BYTES - (size_t)n, "off");
}

static void put_midi(const struct action *action, char *text)
{
	int n = snprintf(text, ACTION_TEXT_BYTES, "midi");

	for (int i = 0; i < action->midi.n; i++)
		n += snprintf(text + n, ACTION_TEXT_BYTES - (size_t)n, " %02x",
			(unsigned)action->midi.bytes[i]);
}

static void put_load(const char *verb, const struct action *action, char *text)
{
	const uint64_t *sum = action->load.has_sum ? &action->load.sum : NULL;
	char name[FILE_NAME_BYTES];

	if (!action->load.path || file_name_write(action->load.path, sum, name) < 0) {
		strcpy(text, verb); /* not half a name */
		return;
	}
	if (action->load.of)
		file_name_write_of(action->load.of, name);
	snprintf(text, ACTION_TEXT_BYTES, "%s %s", verb, name);
}

static void put_get(const struct action *action, char *text)
{
	const struct module_desc *desc = action->get.module.desc;

	snprintf(text, ACTION_TEXT_BYTES, "get %s.%s", module_text(action->get.module),
		action->get.is_list ? desc->lists[action->get.at].key
				    : desc->params[action->get.at].key);
}

/* As read_hint() in action_line.c has it. */
static void put_hint(const char *verb, const struct replay_hint *hint, char *text)
{
	int n = snprintf(text, ACTION_TEXT_BYTES, "%s", verb);
	char *end = text + n;
	size_t room = ACTION_TEXT_BYTES - (size_t)n;

	if (hint->is_same)
		snprintf(end, room, " same");
	else if (hint->blind_blocks >= 0 && hint->tempo_blocks != hint->blind_blocks)
		snprintf(end, room, " blind %d tempo %d", hint->blind_blocks, hint->tempo_blocks);
	else if (hint->blind_blocks >= 0)
		snprintf(end, room, " blind %d", hint->blind_blocks);
	else if (hint->late_blocks > 0)
		snprintf(end, room, " late %d", hint->late_blocks);
}

static void put_fault(const struct action *action, char *text)
{
	static const char *const slots[] = {
		[ACTION_LIVE] = "live", [ACTION_STANDBY] = "standby", [ACTION_BOTH] = "both"};

	snprintf(text, ACTION_TEXT_BYTES, "fault %s %s %.9g", slots[action->fault.slot],
		action->fault.kind == FAULT_NONE ? "late" : fault_name(action->fault.kind),
		(double)action->fault.value);
}

static void put_press(const struct settings *settings, const struct action *action, char *text)
{
	int control = action->press.control;

	snprintf(text, ACTION_TEXT_BYTES, "press %s%s%s",
		action->press.is_push ? settings->knobs[control].name
				      : settings->buttons[control].name,
		action->press.way == PRESS_SHORT ? "" : " ", action_press_ways[action->press.way]);
}

/* The first ones of actions that say no more, or that and a hint or a file. */
static const char *const words[N_ACTION_KINDS + 1] = {
	[ACTION_LOAD] = "load",
	[ACTION_SAVE] = "save",
	[ACTION_COMMIT] = "commit",
	[ACTION_UNDO] = "undo",
	[ACTION_REVERT] = "revert",
	[ACTION_PANIC] = "panic",
	[ACTION_NEXT] = "next",
	[ACTION_PREVIOUS] = "previous",
	[ACTION_TAP] = "tap",
	[ACTION_CUT] = "cut",
	[ACTION_SHOW] = "show",
	[ACTION_LIST] = "list",
	[ACTION_KNOBS] = "knobs",
	[ACTION_QUIT] = "quit",
	[N_ACTION_KINDS] = "",
};

static void put_commit(const struct action *action, char *text)
{
	char verb[20];

	if (action->kind == ACTION_RECALL)
		snprintf(verb, sizeof(verb), "recall %d", action->recall.number);
	else
		snprintf(verb, sizeof(verb), "%s", words[action->kind]);
	put_hint(verb, &action->hint, text);
}

const char *action_text(
	const struct settings *settings, const struct action *action, char text[ACTION_TEXT_BYTES])
{
	switch (action->kind) {
	case ACTION_TURN:
		snprintf(text, ACTION_TEXT_BYTES, "turn %s %+d",
			settings->knobs[action->turn.knob].name, action->turn.detents);
		break;
	case ACTION_PRESS:
		put_press(settings, action, text);
		break;
	case ACTION_SET:
		put_value("set", action->set.module, action->set.param, action->set.value, text);
		break;
	case ACTION_STAGE:
		put_value("stage", action->stage.module, action->stage.param, action->stage.value,
			text);
		break;
	case ACTION_STAGE_LIST:
		put_list(action, text);
		break;
	case ACTION_GATE:
		snprintf(text, ACTION_TEXT_BYTES, "gate %s %s", module_text(action->gate.module),
			action->gate.is_on ? "on" : "off");
		break;
	case ACTION_NOTE:
		put_note(action, text);
		break;
	case ACTION_MIDI:
		put_midi(action, text);
		break;
	case ACTION_LOAD:
	case ACTION_SAVE:
		put_load(words[action->kind], action, text);
		break;
	case ACTION_COMMIT:
	case ACTION_UNDO:
	case ACTION_REVERT:
	case ACTION_RECALL:
		put_commit(action, text);
		break;
	case ACTION_SNAPSHOT:
		snprintf(text, ACTION_TEXT_BYTES, "snapshot %d", action->number);
		break;
	case ACTION_TEMPO:
		snprintf(text, ACTION_TEXT_BYTES, "tempo %.9g", (double)action->tempo_bpm);
		break;
	case ACTION_GET:
		put_get(action, text);
		break;
	case ACTION_FAULT:
		put_fault(action, text);
		break;
	default:
		strcpy(text, words[action->kind]);
		break;
	}
	return text;
}
