/* fuzz_state.c - the state file: any bytes. A desk goes on from what was read and writes it in its
 * order, and a second one from that; what this one writes is read by a third, and written as the
 * same text. */
#include <errno.h>

#include "config/patch_read.h"
#include "control/desk.h"
#include "control/state_text.h"
#include "tests/fuzz/fuzz.h"

static const char *const files[][2] = {
	{"a.ini", "[patch]\nname = A\n[osc1]\ntype = osc\n[seq1]\ntype = seq\n[out]\nin = osc1\n"},
	{"b.ini", "[osc1]\ntype = osc\nshape = saw\n[env1]\ntype = adsr\nin = osc1\n[svf1]\n"
		  "type = svf\nin = env1\n[out]\nin = svf1\n"},
	{"c.ini", "[keys1]\ntype = keys\n[osc1]\ntype = osc\npitch = keys1.pitch\n[out]\nin = "
		  "osc1\n"},
};

static struct patch *patches[3]; /* of these files */
static struct settings settings;
static struct engine *engine; /* never started: the desk only asks it */

static int open_patch(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag)
{
	(void)ctx;
	(void)is_live;
	for (int i = 0; i < 3; i++)
		if (strcmp(path, files[i][0]) == 0) {
			*patch = patch_copy(patches[i]);
			return *patch ? 0 : -ENOMEM;
		}
	return diag_set(diag, -ENOENT, "%.200s: no such file", path);
}

static const struct state_opener opener = {open_patch, NULL};

static void prepare(void)
{
	static const struct engine_config config = {.rate_hz = 48000,
		.block_frames = 64,
		.prime_blocks = 8,
		.lead_blocks = 2,
		.arena_bytes = 1 << 20,
		.has_mirror = true,
		.producer = {"producer", -1, 0},
		.workers = {{"worker A", -1, 0}, {"worker B", -1, 0}}};
	static struct sink sink;
	struct stats_page *stats;
	struct diag diag;

	for (int i = 0; i < 3; i++)
		MUST(patch_read_text(files[i][1], strlen(files[i][1]), files[i][0], &patches[i],
			     &diag) == 0);
	settings_default(&settings);
	MUST(stats_open(&stats, NULL, &diag) == 0);
	MUST(engine_open(&engine, &config, &sink, stats, &diag) == 0);
}

/* The state that a desk leaves which has begun with the text; the caller's. */
static char *left_by_next(const char *text)
{
	struct state state = {.n_undo = 0};
	struct patch *patch;
	struct desk *desk;
	struct diag diag;
	size_t n_bytes;
	char *left;

	state_read(text, &opener, &state);
	MUST(!state.n_misfits == !state.misfit.text[0]);
	patch = state.live;
	state.live = NULL;
	if (!patch)
		MUST(open_patch(NULL, "a.ini", true, &patch, &diag) == 0);
	MUST(desk_open(&desk, &settings, engine, patch, &diag) == 0);
	desk_resume(desk, &state);
	state_free(&state);
	left = state_write(desk, "a.ini", &n_bytes);
	MUST(left && strlen(left) == n_bytes);
	desk_close(desk);
	patch_free(patch);
	return left;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	char *texts[4];

	if (!engine)
		prepare();
	texts[0] = text_of(data, n_bytes);
	for (int i = 0; i < 3; i++)
		texts[i + 1] = left_by_next(texts[i]);
	if (strcmp(texts[2], texts[3]) != 0)
		fprintf(stderr, "written:\n%s\nread and written again:\n%s\n", texts[2], texts[3]);
	MUST(strcmp(texts[2], texts[3]) == 0);
	for (int i = 0; i < 4; i++)
		free(texts[i]);
	return 0;
}
