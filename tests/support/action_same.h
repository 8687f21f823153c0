/* action_same.h - whether two actions are the same: a path by its characters, all else by its bits. */
#ifndef SUPPORT_ACTION_SAME_H
#define SUPPORT_ACTION_SAME_H

#include <string.h>

#include "control/action.h"

static inline bool action_same(struct action a, struct action b)
{
	bool has_path = a.kind == ACTION_LOAD || (a.kind == ACTION_SAVE && a.save.path);

	if (a.kind == b.kind && has_path) {
		if (!b.load.path || strcmp(a.load.path, b.load.path) != 0)
			return false;
		a.load.path = b.load.path = NULL;
	}
	return memcmp(&a, &b, sizeof(a)) == 0;
}

#endif
