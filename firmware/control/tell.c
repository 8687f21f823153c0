/* tell.c - answers to questions: a value, the patch as text, the knobs.
 * Tested by: unit/control/test_tell */
#include "control/desk_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/param_text.h"
#include "config/patch_write.h"
#include "dsp/list_text.h"
#include "patch/symbol.h"

enum { TARGET_TEXT_BYTES = SETTINGS_TARGET_BYTES + 2 * SETTINGS_END_BYTES + 140 };

static int tell_list(
	const struct desk *desk, int m, int l, struct answer *answer, struct diag *diag)
{
	const struct patch_module *module = &desk->live->modules[m];
	const struct list_desc *desc = &module->desc->lists[l];
	const struct patch_list *list = &module->lists[l];
	char text[LIST_TEXT_BYTES];

	if (!list->n) {
		answer_say(answer, "ok %s.%s = the module's default", module->id, desc->key);
		return 0;
	}
	list_write(desc, desk->live->items + list->first, list->n, text);
	if (strlen(module->id) + strlen(desc->key) + strlen(text) + 10 > DESK_REPLY_BYTES)
		return diag_set(diag, -EMSGSIZE, "%s.%s is longer than an answer: `show` has it",
			module->id, desc->key);
	answer_say(answer, "ok %s.%s = %s", module->id, desc->key, text);
	return 0;
}

int tell_value(const struct desk *desk, const struct action *action, struct answer *answer,
	struct diag *diag)
{
	const struct patch *live = desk->live;
	int m = patch_find_ref(live, action->get.module);
	const struct param_desc *param;
	char text[PARAM_TEXT_BYTES];
	const char *unit;

	if (m < 0)
		return diag_set(diag, m, "patch \"%s\" has no module %s", live->name,
			symbol_name(action->get.module.symbol));
	if (action->get.is_list)
		return tell_list(desk, m, action->get.at, answer, diag);
	param = &live->modules[m].desc->params[action->get.at];
	unit = param_unit_text(param);
	param_value_text(param, live->modules[m].values[action->get.at], PARAM_AS_READ, text);
	answer_say(answer, "ok %s.%s = %s%s%s", live->modules[m].id, param->key, text,
		unit[0] ? " " : "", unit);
	return 0;
}

int tell_patch(const struct desk *desk, struct answer *answer, struct diag *diag)
{
	char *text, *rest, *line;
	size_t n_bytes;
	int err = patch_write(desk->live, &text, &n_bytes, diag);

	if (err < 0)
		return err;
	rest = n_bytes && text[n_bytes - 1] == '\n' ? (text[n_bytes - 1] = '\0', text) : text;
	while ((line = strsep(&rest, "\n")) != NULL)
		answer_line(answer, "%.*s", (int)strcspn(line, "\r"), line);
	free(text);
	return answer_lines_end(answer, diag);
}

static void target_text(const struct desk_knob_view *view, int which, char *text, size_t n_bytes)
{
	snprintf(text, n_bytes, "%s%s%s%s%s%s%s%s%s%s%s%s", which ? "; " : "", view->target,
		view->low[0] ? " " : "", view->low, view->low[0] ? ".." : "", view->high,
		view->is_there ? " = " : "", view->is_there ? view->value : ", not in this patch",
		view->written[0] ? ", written " : "", view->written,
		view->has_staged ? ", staged " : "", view->staged);
}

int tell_knobs(const struct desk *desk, struct answer *answer, struct diag *diag)
{
	for (int k = 0; k < desk->settings->n_knobs; k++) {
		char line[SETTINGS_MAX_TURNS * TARGET_TEXT_BYTES] = "";
		struct desk_knob_view view;
		int which = 0;

		do {
			size_t n = strlen(line);

			desk_view_knob_target(desk, k, which, &view);
			target_text(&view, which, line + n, sizeof(line) - n);
		} while (++which < view.n_targets);
		answer_line(answer, "%s: %s", view.name, line);
	}
	return answer_lines_end(answer, diag);
}
