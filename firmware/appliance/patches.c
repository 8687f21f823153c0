/* patches.c - a patch by its path: its file, the built-in one, or the copy of one that has sounded. */
#include <stdio.h>
#include <string.h>

#include "appliance/built_in.h"
#include "appliance/run.h"
#include "config/patch_read.h"

static void name_built_in(const struct run *run, char *path, size_t n_bytes)
{
	const char *config = run->options->config_path ? run->options->config_path : "";
	const char *slash = strrchr(config, '/');

	/* where a knob that chooses a patch looks for others */
	snprintf(
		path, n_bytes, "%.*s" BUILT_IN_PATH, slash ? (int)(slash - config) + 1 : 0, config);
}

int run_built_in_patch(struct run *run, struct diag *diag)
{
	char path[400];

	name_built_in(run, path, sizeof(path));
	patch_free(run->patch);
	run->patch = NULL;
	return patch_read_text(built_in_patch, strlen(built_in_patch), path, &run->patch, diag);
}

static const char no_patch[] = "(no patch)"; /* as older states have it */

int run_open_patch(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag)
{
	struct run *run = ctx;
	char built_in[400];
	int err;

	name_built_in(run, built_in, sizeof(built_in));
	if (strcmp(path, built_in) == 0 || strcmp(path, no_patch) == 0)
		return patch_read_text(
			built_in_patch, strlen(built_in_patch), built_in, patch, diag);
	err = patch_read_filled(path, patch, diag);
	if (err == 0 || !is_live || run_good_patch(run, path, patch) < 0)
		return err;
	trouble_set(&run->troubles, "patch", "%.250s; playing \"%s\" as it was when it was good",
		diag->text, (*patch)->name);
	return 0;
}
