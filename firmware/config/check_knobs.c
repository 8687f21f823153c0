/* Tested by: unit/config/test_knob_turns, e2e/test_cli */
#include "config/check_knobs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/check_warn.h"
#include "config/knob_turns.h"
#include "config/target_read.h"

/* Why the patch cannot turn it so. false: it can. */
static bool is_wrong(
	const struct settings_turn *turn, const struct patch *patch, char *text, size_t n_bytes)
{
	struct turn_ends ends;
	struct diag why;
	char id[SETTINGS_TARGET_BYTES];
	int module, param;
	int err = target_find_param(patch, turn->target, &module, &param, &why);

	if (err < 0) {
		snprintf(id, sizeof(id), "%.*s", (int)strcspn(turn->target, "."), turn->target);
		snprintf(text, n_bytes, "%s: the start patch \"%s\" has no such %s", turn->target,
			patch->name, patch_find(patch, id) < 0 ? "module" : "parameter");
		return true;
	}
	err = turn_ends_read(turn, &patch->modules[module].desc->params[param], &ends, &why);
	if (err < 0)
		snprintf(text, n_bytes, "%s %s..%s: %.200s; it %s", turn->target, turn->low,
			turn->high, why.text, err == -ERANGE ? "ends there" : "turns nothing");
	return err < 0;
}

void check_knobs(const struct settings *settings, const struct patch *patch, struct check *check)
{
	for (int k = 0; k < settings->n_knobs; k++) {
		const struct settings_knob *knob = &settings->knobs[k];

		for (int t = 0; knob->target == TARGET_PARAM && t < knob_turns_count(knob); t++) {
			char why[500];

			if (is_wrong(&knob->controls[t], patch, why, sizeof(why)))
				check_warn(check, settings->path, knob->line,
					"[knob %s] controls %s", knob->name, why);
		}
	}
}
