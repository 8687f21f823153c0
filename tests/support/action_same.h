/* action_same.h - whether two actions are the same: a path by its characters, all else by its bits. */
#ifndef SUPPORT_ACTION_SAME_H
#define SUPPORT_ACTION_SAME_H

#include <string.h>

#include "control/action.h"

static inline bool action_same(struct action a, struct action b)
{
	if (a.kind == ACTION_LOAD && b.kind == ACTION_LOAD) {
		if (strcmp(a.load.path, b.load.path) != 0)
			return false;
		a.load.path = b.load.path = NULL;
	}
	return memcmp(&a, &b, sizeof(a)) == 0;
}

#endif
