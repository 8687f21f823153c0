/* fuzz_desk.c - a whole desk and engine, in one thread and in virtual time: the bytes are lines,
 * each done as a command of the control socket, with some blocks after it. What is heard is finite
 * and within full scale; the journal, read and rendered again, gives the very samples; the state
 * is read and written as the same text. */
#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/patch_read.h"
#include "control/control_socket.h"
#include "control/desk_state.h"
#include "control/replay.h"
#include "control/state_text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/rig.h"
#include "tests/support/turns.h"

enum {
	MAX_LINES = 40,
	MAX_BLOCKS = 1500,
	BLOCK_FRAMES = 64,
	MAX_FRAMES = MAX_BLOCKS * BLOCK_FRAMES
};

static const char tone[] =
	"[patch]\nname = Tone\n[osc1]\ntype = osc\nfreq_hz = 440\nlevel = 0.4\n[env1]\n"
	"type = adsr\nin = osc1\nsustain = 0.6\nrelease_ms = 20\n[out]\nin = env1 + osc1 * 0.2\n";
static const char keys[] =
	"[patch]\nname = Keys\nvoices = 4\n[keys1]\ntype = keys\n[osc1]\ntype = osc\nshape = saw\n"
	"pitch = keys1.pitch\nlevel = 0.3\n[env1]\ntype = adsr\ngate = keys1.gate\nin = osc1\n"
	"[svf1]\ntype = svf\nin = env1\ncutoff_hz = 900\n[out]\nin = svf1\n";
static const char steps[] =
	"[patch]\nname = Steps\ntempo_bpm = 250\n[seq1]\ntype = seq\npattern = .x.X\nnotes = 50 "
	"60\n"
	"[osc1]\ntype = osc\npitch = seq1.pitch\nlevel = 0.3\n[env1]\ntype = adsr\n"
	"gate = seq1.gate\nin = osc1\nattack_ms = 1\nrelease_ms = 20\n[reverb1]\n"
	"type = reverb\nin = env1\nmix = 0.3\n[out]\nin = reverb1\n";
static const char ini[] = "[knob level]\npins = 17 27\ncontrols = osc1.level\n"
			  "[knob cutoff]\npins = 22 23\ncontrols = svf1.cutoff_hz\nwhen = staged\n"
			  "[knob bank]\npins = 5 6\ncontrols = patch\npress = commit\n"
			  "[button go]\npin = 26\nlong_press = undo\n";

static char folder[] =
	"/tmp/chronus-fuzz-XXXXXX"; /* libFuzzer's own paths may be relative: no chdir */
static struct rig rig;
static struct settings settings;
static v4f played[MAX_FRAMES];
static int n_played;

static const char *path_of(const char *name)
{
	static char path[80];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void leave(void)
{
	static const char *const names[] = {"tone.ini", "keys.ini", "steps.ini", "journal.txt"};

	for (int i = 0; i < 4; i++)
		unlink(path_of(names[i]));
	rmdir(folder);
}

static void put_file(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "we");

	MUST(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void prepare(void)
{
	struct diag diag;

	MUST(mkdtemp(folder));
	atexit(leave);
	put_file("tone.ini", tone);
	put_file("keys.ini", keys);
	put_file("steps.ini", steps);
	MUST(settings_read_text(ini, sizeof(ini) - 1, "fuzz.ini", &settings, &diag) == 0);
}

static void begin(const struct rig_options *options)
{
	turns_begin(&(struct turns_order){.ranks = {4, 3, 2, 1}});
	rig_open(&rig, tone, options);
	strcpy(rig.desk->live->path, path_of("tone.ini"));
	rig.settings = settings;
	desk_rebind(rig.desk);
}

static void end(void)
{
	turns_be_fair();
	rig_stop(&rig);
	desk_poll(rig.desk);
	MUST(desk_close_journal(rig.desk) == 0);
	for (int i = 0; i < rig.n_frames; i++)
		MUST(fabsf(rig.frames[i][0]) <= 1.0f && fabsf(rig.frames[i][1]) <= 1.0f);
}

/* ---- the state */

static int open_patch(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag)
{
	(void)ctx;
	(void)is_live;
	return patch_read(path, patch, diag);
}

static void expect_same_state(void)
{
	const struct state_opener opener = {open_patch, NULL};
	struct state state;
	struct patch *live;
	struct desk *desk;
	struct diag diag;
	size_t n_bytes;
	char *text = state_write(rig.desk, "tone.ini", &n_bytes), *again;

	if (!text) /* a silence in no file */
		return;
	state_read(text, &opener, &state);
	MUST(state.n_misfits == 0 && state.live);
	live = state.live;
	state.live = NULL;
	MUST(desk_open(&desk, &settings, rig.engine, live, &diag) == 0);
	desk_resume(desk, &state);
	state_free(&state);
	again = state_write(desk, "tone.ini", &n_bytes);
	if (!again || strcmp(text, again) != 0)
		fprintf(stderr, "state:\n%s\nread and written again:\n%s\n", text, again);
	MUST(again && strcmp(text, again) == 0);
	desk_close(desk);
	patch_free(live);
	free(text);
	free(again);
}

/* ---- the lines, and their journal */

static void do_line(const char *line, size_t n)
{
	char text[CONTROL_LINE_BYTES + 1], reply[DESK_REPLY_BYTES];
	int err;

	snprintf(text, sizeof(text), "%.*s", (int)n, line);
	/* real signals, and samples that are not promised; names of files that are not ours */
	if (strstr(text, "fault") || strstr(text, "quit") || strchr(text, '/'))
		return;
	reply[0] = '\0';
	err = desk_command(rig.desk, text, reply, sizeof(reply));
	MUST(err == DESK_LATER || strncmp(reply, err < 0 ? "error: " : "ok", err < 0 ? 7 : 2) == 0);
	MUST(strlen(reply) < sizeof(reply) && !strchr(reply, '\n'));
}

static void play(const char *text, const struct rig_options *options)
{
	struct diag diag;

	begin(options);
	MUST(desk_keep_journal(rig.desk, path_of("journal.txt"), &diag) == 0);
	rig_run(&rig, 4);
	for (int i = 0; i < MAX_LINES && *text; i++) {
		size_t n = strcspn(text, "\n");
		int n_blocks = 1 + (int)(n * 7 % 23) * (i % 3);

		do_line(text, n);
		rig_run(&rig, n_blocks);
		desk_take_outcome(rig.desk);
		text += n + (text[n] == '\n');
	}
	rig_run(&rig, 40);
	expect_same_state();
	n_played = rig.n_frames;
	end();
	memcpy(played, rig.frames, sizeof(v4f) * (size_t)n_played);
	rig_close(&rig);
	turns_end();
}

static void render(struct rig_options *options)
{
	struct script script;
	struct patch *patch;
	struct diag diag = {""};
	int n_same = 0;

	MUST(script_read(path_of("journal.txt"), &script, &diag) == 0);
	MUST(replay_settings(&script, path_of("journal.txt"), &rig.settings, &diag) == 0);
	MUST(replay_check(&script, path_of("journal.txt"), &diag) == 0);
	if (replay_patch(&script, path_of("journal.txt"), &patch, &diag) == 0)
		patch_free(patch);
	options->is_render = true;
	begin(options);
	MUST(rig_play(&rig, &script, n_played / BLOCK_FRAMES) == 0);
	end();
	while (n_same < n_played && n_same < rig.n_frames &&
		memcmp(played + n_same, rig.frames + n_same, sizeof(v4f)) == 0)
		n_same++;
	if (n_same < n_played)
		fprintf(stderr, "other samples from block %d of %d on\n", n_same / BLOCK_FRAMES,
			n_played / BLOCK_FRAMES);
	MUST(n_same == n_played);
	rig_close(&rig);
	turns_end();
	script_free(&script);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct rig_options options = {
		.begins_softly = true, .arena_mb = 1, .max_blocks = MAX_BLOCKS};
	char *text;

	if (!settings.n_knobs)
		prepare();
	if (n_bytes < 1)
		return 0;
	options.lead = 1 + data[0] % 4;
	options.quantize_beats = data[0] & 4 ? 1.0 : 0.0;
	options.tail_frames = data[0] & 8 ? 1200 : 0;
	text = text_of(data + 1, n_bytes - 1);
	play(text, &options);
	render(&options);
	free(text);
	return 0;
}
