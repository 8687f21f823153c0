/* action_line.c - the words behind a command of patches, commits, faults and questions. See action_read.c.
 * Tested by: unit/control/test_action */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/ini_text.h"
#include "config/target_read.h"
#include "control/action_line.h"
#include "control/file_name.h"
#include "control/snapshots.h"
#include "modules/patch_clock.h"

enum { MAX_HINT_BLOCKS = 100000 };

const char *const action_press_ways[N_PRESS_WAYS] = {[PRESS_SHORT] = "",
	[PRESS_LONG] = "long",
	[PRESS_DOUBLE] = "double",
	[PRESS_DOWN] = "down",
	[PRESS_UP] = "up"};

/* ---- the tempo */

int read_tempo(struct line *line)
{
	const struct param_desc *desc = &patch_clock_module.params[PATCH_CLOCK_TEMPO_BPM];
	double bpm = 0.0;

	if (text_number(line->words[1], &bpm) < 0 || bpm < (double)desc->min ||
		bpm > (double)desc->max)
		return diag_set(line->diag, -EINVAL, "'%.40s' is no tempo; allowed: %g..%g",
			line->words[1], (double)desc->min, (double)desc->max);
	line->action->tempo_bpm = (float)bpm;
	return 0;
}

/* ---- patches */

int read_load(struct line *line)
{
	struct file_name name;
	int err = file_name_read(line->words[1], &name, line->diag);

	if (err < 0)
		return err;
	line->action->load.path = name.path;
	line->action->load.has_sum = name.has_sum;
	line->action->load.sum = name.sum;
	line->action->load.of = name.of;
	return 0;
}

int read_save(struct line *line)
{
	return line->n_words == 1 ? 0 : read_load(line);
}

/* Words at and at + 1: `name N`. false: they are not. */
static bool read_blocks(const struct line *line, int at, const char *name, int *out_n)
{
	char *end = NULL;
	long n;

	if (at + 1 >= line->n_words || strcmp(line->words[at], name) != 0)
		return false;
	n = strtol(line->words[at + 1], &end, 10);
	*out_n = (int)n;
	return !*end && n >= 0 && n <= MAX_HINT_BLOCKS;
}

/* The law of the commit's fade when it was heard first. */
int read_hint(struct line *line)
{
	struct replay_hint *hint = &line->action->hint;
	bool is_good = line->n_words == 1;

	*hint = REPLAY_HINT_NONE;
	hint->is_same = line->n_words == 2 && strcmp(line->words[1], "same") == 0;
	is_good = is_good || hint->is_same;
	if (line->n_words == 3)
		is_good = read_blocks(line, 1, "late", &hint->late_blocks);
	if (!is_good && (line->n_words == 3 || line->n_words == 5)) {
		is_good = read_blocks(line, 1, "blind", &hint->blind_blocks);
		hint->tempo_blocks = hint->blind_blocks;
	}
	if (is_good && line->n_words == 5)
		is_good = read_blocks(line, 3, "tempo", &hint->tempo_blocks);
	return is_good ? 0
		       : diag_set(line->diag, -EINVAL,
				 "only `same`, `late N` or `blind N`, maybe with `tempo N`, may "
				 "follow, "
				 "N from 0 to %d, as a journal has them",
				 MAX_HINT_BLOCKS);
}

/* ---- snapshots */

static int read_number(struct line *line, int *out)
{
	const char *text = line->words[1];

	if (text[0] < '1' || text[0] > '0' + SNAPSHOTS || text[1])
		return diag_set(line->diag, -EINVAL, "'%.40s' is no snapshot; allowed: 1..%d", text,
			SNAPSHOTS);
	*out = text[0] - '0';
	return 0;
}

int read_snapshot(struct line *line)
{
	return read_number(line, &line->action->number);
}

int read_recall(struct line *line)
{
	int number = 0, err = read_number(line, &number);

	if (err < 0)
		return err;
	for (int i = 1; i + 1 < line->n_words; i++)
		line->words[i] = line->words[i + 1];
	line->n_words--;
	err = read_hint(line);
	line->action->recall.number = number;
	return err;
}

/* ---- faults on purpose */

static int find_fault(const char *name)
{
	for (int k = FAULT_STALL; k < N_FAULT_KINDS; k++)
		if (strcmp(fault_name((enum fault_kind)k), name) == 0)
			return k;
	return strcmp(name, "late") == 0 ? FAULT_NONE : -ENOENT;
}

int read_fault(struct line *line)
{
	const char *who = line->words[1], *value = line->n_words == 4 ? line->words[3] : "0";
	struct action *action = line->action;
	int kind = find_fault(line->words[2]);
	double number = 0.0;

	action->fault.slot = strcmp(who, "live") == 0      ? ACTION_LIVE
			     : strcmp(who, "standby") == 0 ? ACTION_STANDBY
							   : ACTION_BOTH;
	if (action->fault.slot == ACTION_BOTH && strcmp(who, "both") != 0)
		return diag_set(line->diag, -EINVAL, "%s: live, standby or both", who);
	if (text_number(value, &number) < 0 || number < 0.0 || number > 1e6)
		return diag_set(line->diag, -EINVAL, "%s: a number from 0 to 1000000", value);
	if (kind < 0)
		return diag_set(line->diag, -EINVAL,
			"%s: stall MS, segv, fpe, bus, ill, nan or late US", line->words[2]);
	action->fault.kind = (enum fault_kind)kind;
	action->fault.value = (float)number;
	return 0;
}

/* ---- what is asked */

int read_get(struct line *line)
{
	const struct patch *live = line->names->live;
	struct action *action = line->action;
	int module, err = 0;

	action->get.at = target_find_list(live, line->words[1], &module);
	action->get.is_list = action->get.at >= 0;
	if (!action->get.is_list)
		err = target_find_param(live, line->words[1], &module, &action->get.at, line->diag);
	if (!err)
		action->get.module = module_ref_of(&live->modules[module]);
	return err;
}
