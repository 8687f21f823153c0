/* patches.c - a patch by its path: its file, the built-in one, or a copy. See patches.h.
 * Tested by: e2e/test_missing */
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

struct patch *run_patch_swap(struct run *run, struct patch *patch)
{
	struct patch *before = run->patch;

	run->patch = patch;
	return before;
}

int run_patch_built_in(struct run *run, struct diag *diag)
{
	struct patch *patch = NULL;
	char path[400];
	int err;

	name_built_in(run, path, sizeof(path));
	err = patch_read_text(built_in_patch, strlen(built_in_patch), path, &patch, diag);
	patch_free(run_patch_swap(run, patch));
	return err;
}

static const char no_patch[] = "(no patch)"; /* as older states have it */

int run_patch_open(
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
	warning_set(&run->warnings, "patch", "%.250s; playing \"%s\" as it was when it was good",
		diag->text, (*patch)->name);
	return 0;
}
