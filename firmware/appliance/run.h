/* run.h - a running instrument in its parts. Each part has a header, and its fields have one
 * writer: the source of the same name.
 * Threads: [init] [desk] */
#ifndef APPLIANCE_RUN_H
#define APPLIANCE_RUN_H

#include "appliance/appliance.h"
#include "appliance/folder.h"
#include "appliance/good.h"
#include "appliance/input_files.h"
#include "appliance/output.h"
#include "appliance/patches.h"
#include "appliance/realtime.h"
#include "appliance/restarts.h"
#include "appliance/save.h"
#include "appliance/saved_files.h"
#include "appliance/service.h"
#include "appliance/signals.h"
#include "appliance/sound.h"
#include "appliance/start_tone.h"
#include "appliance/state.h"
#include "appliance/statistics.h"
#include "appliance/surfaces.h"
#include "appliance/warnings.h"
#include "config/settings.h"
#include "control/desk.h"

struct run {
	const struct appliance_options *options;

	/* Read by all parts. */
	struct settings settings; /* writer: input_files.c */
	struct patch *patch;      /* to begin with; writer: patches.c */
	struct stats_page *stats; /* opened and closed by statistics.c */
	struct engine *engine;    /* opened and closed by sound.c */
	struct desk *desk;        /* the same */
	struct warnings warnings; /* warning_set(), warning_clear() */

	struct run_signals signals;
	struct run_folder folder;
	struct run_starts starts;
	struct run_input input;
	struct run_good good;
	struct run_state state;
	struct run_tone tone;
	struct run_statistics statistics;
	struct run_output output;
	struct run_rt rt;
	struct run_surfaces surfaces;
	struct run_saved saved;
	struct run_service service;
};

/* loop.c: the desk's loop, until the time is over or somebody wants out. Returns errors of
 * the script. */
int run_loop(struct run *run);

#endif
