/* render.h - between the files of `chronus render`. Threads: [init] */
#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include <limits.h>

#include "audio/sink_offline.h"
#include "control/desk.h"
#include "control/script.h"

enum { RENDER_MAX_SECONDS = 86400 };

extern const char *const render_block_names[]; /* of --block; NULL at the end */

/* As given, then completed by the journal and the settings. */
struct render_options {
	const char *patch_path, *out_path, *script_path, *config_path;
	double seconds;                    /* 0: until the script's quit, or those of a patch */
	int rate_hz, block_choice, format; /* 0, -1: not given */
	bool is_discarding, is_solo, allows_faults;
};

struct render {
	struct render_options options;
	int block_frames;
	char found_patch[PATH_MAX];
	char *own_out_path, *own_script_path; /* where one was chosen, and not given */
	struct settings settings;
	struct patch *patch;
	struct script script;
	struct stats_page *stats;
	struct recorder *recorder;
	struct sink_offline sink;
	struct engine *engine;
	struct desk *desk;
	uint64_t at, n_blocks;
	int64_t shown_ns;
	bool has_bar;
};

/* Settings, patch, script and length of what is to be rendered; own_out_path and own_script_path
 * are the caller's. */
int render_open_input(struct render *render, struct diag *diag);

#endif
