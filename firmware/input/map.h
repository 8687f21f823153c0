/* map.h - events to actions.
 * Threads: [desk] */
#ifndef INPUT_MAP_H
#define INPUT_MAP_H

#include <stdbool.h>

#include "control/action.h"
#include "input/event.h"

/* false: the settings have no such control, or it does nothing when it is moved like this. */
bool input_map(
	const struct settings *settings, const struct input_event *event, struct action *action);

#endif
