/* `chronus render`, judged by its samples. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/judge.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

static struct spawned run;

static const char sine[] =
	"[osc1]\ntype = osc\nshape = sine\nfreq_hz = 440\nlevel = 0.5\n[out]\nin = osc1\n";

/* Times are whole numbers of 256 frames at 48 kHz, so that every block size has a boundary
 * there. */
static const char moving[] = "0.48 set osc1.freq_hz 880\n"
			     "0.96 set filter1.cutoff_hz 300\n"
			     "1.44 set filter1.resonance 0.9\n"
			     "1.92 gate env1 off\n"
			     "2.40 gate env1 on\n"
			     "2.40 set osc1.level 0.2\n"
			     "2.88 set delay1.time_ms 100\n";
static const char voice[] =
	"[osc1]\ntype = osc\nshape = saw\nfreq_hz = 220\n"
	"[env1]\ntype = adsr\nin = osc1\ngate = 1\n"
	"[lfo1]\ntype = osc\nfreq_hz = 3\n"
	"[filter1]\ntype = svf\nin = env1\ncutoff_hz = 1500\ncutoff_hz.mod = lfo1 * 700\n"
	"[delay1]\ntype = delay\nin = filter1\n"
	"[out]\nin = delay1 * 0.7 + env1 * 0.1\n";

static void render(const char *patch, const char *wav, const char *more, struct wav_data *out)
{
	spawn_chronus(&run, "render --patch %s --out %s %s", patch, wav, more);
	CU_ASSERT_EQUAL_FATAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(wav, out), 0);
}

static const char *in_folder(const char *name)
{
	static char paths[4][200];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", spawn_folder(), name);
	return path;
}

static void test_sine_is_pure(void)
{
	static const int rates_hz[] = {44100, 48000, 96000};
	const char *patch = spawn_file("sine.ini", sine);

	for (int i = 0; i < 3; i++) {
		struct wav_data wav;
		char more[80];

		snprintf(more, sizeof(more), "--seconds 10 --rate %d", rates_hz[i]);
		render(patch, in_folder("sine.wav"), more, &wav);
		CU_ASSERT_EQUAL(wav.rate_hz, rates_hz[i]);
		CU_ASSERT_TRUE(wav.n_frames >= 10 * rates_hz[i]);
		for (int lane = 0; lane < 2; lane++)
			CHECK_BELOW(judge_sine_residual_db(
					    wav.frames, lane, wav.n_frames, 440.0 / rates_hz[i]),
				-120.0);
		wav_data_free(&wav);
	}
}

static void compare_blocks(const char *patch, const char *script, double seconds)
{
	static const int blocks[] = {16, 32, 128, 256};
	struct wav_data want;
	char more[400];

	snprintf(more, sizeof(more), "--seconds %g --block 64 %s %s", seconds,
		script ? "--script" : "", script ? script : "");
	render(patch, in_folder("b64.wav"), more, &want);
	for (int i = 0; i < 4; i++) {
		struct wav_data got;

		snprintf(more, sizeof(more), "--seconds %g --block %d %s %s", seconds, blocks[i],
			script ? "--script" : "", script ? script : "");
		render(patch, in_folder("bx.wav"), more, &got);
		CHECK_BELOW(judge_difference_db(want.frames, got.frames,
				    want.n_frames < got.n_frames ? want.n_frames : got.n_frames),
			-100.0);
		CHECK_BELOW(-judge_rms(got.frames, 0, got.n_frames), -0.01);
		wav_data_free(&got);
	}
	wav_data_free(&want);
}

static void test_block_size_does_not_matter(void)
{
	compare_blocks(spawn_file("sine.ini", sine), NULL, 2.0);
	compare_blocks(spawn_file("voice.ini", voice), spawn_file("moving.txt", moving), 3.84);
}

static int files_equal(const char *a, const char *b)
{
	char line[500];

	snprintf(line, sizeof(line), "cmp -s %s %s", a, b);
	return system(line) == 0;
}

static void test_same_bytes_twice(void)
{
	const char *a = in_folder("twice-a.wav"), *b = in_folder("twice-b.wav");
	static const char demo[] = "--patch config/patches/pulse.ini --config config/demo.ini "
				   "--script config/demo.script --seconds 26";

	spawn_chronus(&run, "render %s --out %s", demo, a);
	CU_ASSERT_EQUAL(run.status, 0);
	spawn_chronus(&run, "render %s --out %s", demo, b);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_TRUE(files_equal(a, b));
	spawn_chronus(&run, "render %s --out %s --solo", demo, b);
	CU_ASSERT_TRUE(files_equal(a, b));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 7"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "refused 0, none 0"));
}

static void test_formats(void)
{
	static const struct {
		const char *name;
		int bits, is_float;
		double limit_db;
	} formats[] = {{"s16", 16, 0, -90.0}, {"s24", 24, 0, -135.0}, {"s32", 32, 0, -150.0},
		{"float", 32, 1, -400.0}};
	const char *patch = spawn_file("sine.ini", sine);
	struct wav_data want;

	render(patch, in_folder("float.wav"), "--seconds 1", &want);
	for (int i = 0; i < 4; i++) {
		struct wav_data got;
		char more[80];

		snprintf(more, sizeof(more), "--seconds 1 --format %s", formats[i].name);
		render(patch, in_folder("format.wav"), more, &got);
		CU_ASSERT_EQUAL(got.bits, formats[i].bits);
		CU_ASSERT_EQUAL(got.is_float, formats[i].is_float);
		CHECK_BELOW(judge_difference_db(want.frames, got.frames, want.n_frames),
			formats[i].limit_db + 0.01);
		wav_data_free(&got);
	}
	wav_data_free(&want);
}

/* PATCH OUT.wav, as `chronus help render` has it; a name as `run` takes it; the patch of --config. */
static void test_short_forms(void)
{
	const char *out = in_folder("short.wav"), *want = in_folder("long.wav");
	struct wav_data wav;

	spawn_chronus(&run, "render config/patches/pulse.ini %s", out);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(out, &wav), 0);
	CU_ASSERT_EQUAL(wav.n_frames, 480000);
	wav_data_free(&wav);
	render("config/patches/pulse.ini", want, "--seconds 2", &wav);
	wav_data_free(&wav);
	spawn_chronus(&run, "render --seconds 2 config/patches/pulse --out %s", out);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_TRUE(files_equal(out, want));
	spawn_chronus(&run, "render pulse %s --config config/chronus.ini --seconds 2", out);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_TRUE(files_equal(out, want));
	spawn_chronus(&run, "render --config config/demo.ini --block 64 --seconds 2 --out %s", out);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_TRUE(files_equal(out, want));
	spawn_chronus(&run, "render --config config/demo.ini --script config/demo.script "
			    "--seconds 26 --discard");
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 7"));
}

static void test_bad_use_is_told(void)
{
	static const char *const refused[] = {"", "x.ini", "x.ini y.wav z.wav",
		"x.ini --patch y.ini --discard", "x.ini y.wav --out z.wav"};
	const char *patch = spawn_file("sine.ini", sine);
	const char *script = spawn_file("bad.txt", "0.1 set osc1.frequency 3\n0.2 dance\n");
	const char *empty = spawn_file("empty.ini", "");

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		spawn_chronus(&run, "render %s", refused[i]);
		CU_ASSERT_EQUAL(run.status, 2);
		CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "see: chronus help render"));
	}
	spawn_chronus(&run, "render --config %s --discard", empty);
	CU_ASSERT_EQUAL(run.status, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "empty.ini: no patch is named"));
	spawn_chronus(&run, "render --patch %s --seconds 1", patch);
	CU_ASSERT_EQUAL(run.status, 2);
	spawn_chronus(&run, "render --patch /nowhere.ini --seconds 1 --discard");
	CU_ASSERT_EQUAL(run.status, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "/nowhere.ini"));
	spawn_chronus(&run, "render --patch %s --seconds 1 --out /nowhere/x.wav", patch);
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "/nowhere/x.wav"));
	spawn_chronus(&run, "render --patch %s --seconds 1 --discard --script %s", patch, script);
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "bad.txt:1: error:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "freq_hz"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "bad.txt:2: error:"));
}

SUITE_MAIN("render", {"the short forms render the same", test_short_forms},
	{"a sine is a sine, at every rate", test_sine_is_pure},
	{"the block size does not matter, also while parameters move",
		test_block_size_does_not_matter},
	{"the same input gives the same bytes, with and without a mirror", test_same_bytes_twice},
	{"formats hold what they can", test_formats}, {"bad use is told", test_bad_use_is_told})
