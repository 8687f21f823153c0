/* Commits while a gate is held, judged by the samples: no silence, no step, nothing lost.
 * The long forms (and the planted faults) are tests/soak's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/judge.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { N_PATCHES = 4, N_COMMITS = 50, RATE_HZ = 48000, BLOCK = 64 };

/* Four patches with modules in common (osc1, env1, filter1) and modules of their own. */
static const char *const patches[N_PATCHES] = {
	"[osc1]\ntype = osc\nshape = sine\nfreq_hz = 220\nlevel = 0.5\n"
	"[env1]\ntype = adsr\nin = osc1\nattack_ms = 5\nsustain = 1\n[out]\nin = env1\n",
	"[osc1]\ntype = osc\nshape = triangle\nfreq_hz = 220\nlevel = 0.5\n[osc2]\ntype = "
	"osc\nfreq_hz = 331\nlevel = 0.2\n"
	"[env1]\ntype = adsr\nin = osc1 + osc2\nattack_ms = 5\nsustain = 1\n[out]\nin = env1 * "
	"0.8\n",
	"[osc1]\ntype = osc\nshape = sine\nfreq_hz = 220\nlevel = 0.5\n[env1]\ntype = adsr\nin = "
	"osc1\nsustain = 1\n"
	"[filter1]\ntype = svf\nin = env1\ncutoff_hz = 1200\n[delay1]\ntype = delay\nin = "
	"filter1\n[out]\nin = delay1\n",
	"[osc1]\ntype = osc\nshape = saw\nfreq_hz = 220\nlevel = 0.4\n[env1]\ntype = adsr\nin = "
	"osc1\nsustain = 1\n"
	"[filter1]\ntype = svf\nin = env1\ncutoff_hz = 700\nresonance = 0.5\n[out]\nin = filter1\n",
};

static struct spawned run;
static char paths[N_PATCHES][200];

static const char *in_folder(const char *name)
{
	static char path[4][200];
	static int next;
	char *to = path[next++ % 4];

	snprintf(to, sizeof(path[0]), "%s/%s", spawn_folder(), name);
	return to;
}

static void write_patches(void)
{
	for (int i = 0; i < N_PATCHES; i++) {
		char name[40];

		snprintf(name, sizeof(name), "p%d.ini", i);
		strcpy(paths[i], spawn_file(name, patches[i]));
	}
}

static void render(const char *patch, const char *script, double seconds, const char *more,
	struct wav_data *wav)
{
	const char *out = in_folder("commits.wav");

	spawn_chronus(&run, "render --patch %s --script %s --seconds %g --out %s %s", patch, script,
		seconds, out, more);
	CU_ASSERT_EQUAL_FATAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(out, wav), 0);
}

/* The largest step a patch makes by itself once it stands. */
static double steady_step(int patch)
{
	const char *script = spawn_file("hold.txt", "0 gate env1 on\n");
	struct wav_data wav;
	double step;

	render(paths[patch], script, 2.0, "", &wav);
	step = judge_max_step(wav.frames + RATE_HZ / 2, 0, wav.n_frames - RATE_HZ / 2);
	wav_data_free(&wav);
	return step;
}

static int silent_blocks(const struct wav_data *wav, int from)
{
	int n = 0;

	for (int i = from; i + BLOCK <= wav->n_frames; i += BLOCK)
		n += judge_rms(wav->frames + i, 0, BLOCK) < 0.001;
	return n;
}

static void test_fifty_commits(void)
{
	static char script[8192];
	struct wav_data wav;
	double step = 0.0;
	unsigned seed = 7;

	write_patches();
	for (int i = 0; i < N_PATCHES; i++)
		if (steady_step(i) > step)
			step = steady_step(i);
	strcpy(script, "0 gate env1 on\n");
	for (int i = 0; i < N_COMMITS; i++) {
		double t = 0.5 + 1.17 * i + 0.01 * (double)(rand_r(&seed) % 20);

		snprintf(script + strlen(script), sizeof(script) - strlen(script),
			"%.5f load %s\n%.5f commit\n", t, paths[(i + 1) % N_PATCHES], t);
	}
	render(paths[0], spawn_file("fifty.txt", script), 60.0, "", &wav);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 50, refused 0, none 0"));
	CU_ASSERT_EQUAL(silent_blocks(&wav, RATE_HZ / 10), 0);
	CHECK_BELOW(judge_max_step(wav.frames, 0, wav.n_frames), 1.05 * step);
	wav_data_free(&wav);
}

/* A value whose knob carries survives every commit, and a held gate stays held until it is let go. */
static void test_values_survive(void)
{
	static char script[4096];
	struct wav_data wav;
	double freq_norm = 330.0 / RATE_HZ;
	char config[300];

	snprintf(config, sizeof(config), "--config %s",
		spawn_file("carries.ini", "[knob freq]\ncontrols = osc1.freq_hz\ncarries = yes\n"
					  "[knob level]\ncontrols = osc1.level\ncarries = yes\n"));

	write_patches();
	strcpy(script, "0 gate env1 on\n0.3 set osc1.freq_hz 330\n0.4 set osc1.level 0.25\n");
	for (int i = 0; i < 8; i++)
		snprintf(script + strlen(script), sizeof(script) - strlen(script),
			"%d load %s\n%d commit\n", i + 1, paths[(i + 1) % N_PATCHES], i + 1);
	strcat(script, "9.5 gate env1 off\n");
	render(paths[0], spawn_file("survive.txt", script), 11.0, config, &wav);
	for (int s = 1; s < 9; s++) /* the second half of each second, when the patch stands */
		CHECK_BELOW(-judge_amplitude(wav.frames + s * RATE_HZ + RATE_HZ / 2, 0, RATE_HZ / 2,
				    freq_norm),
			-0.05);
	/* back at patch 0: a sine of exactly the values sent */
	CHECK_BELOW(
		judge_sine_residual_db(wav.frames + 17 * RATE_HZ / 2, 0, RATE_HZ / 2, freq_norm),
		-110.0);
	CU_ASSERT_DOUBLE_EQUAL(
		judge_peak(wav.frames + 17 * RATE_HZ / 2, 0, RATE_HZ / 2), 0.25, 1e-3);
	CHECK_BELOW(judge_peak(wav.frames + 10 * RATE_HZ, 0, RATE_HZ), 1e-6);
	wav_data_free(&wav);
}

/* Committing what plays is not heard at all: the same bytes as without. */
static void test_same_patch_is_not_heard(void)
{
	const char *hold = spawn_file("hold.txt", "0 gate env1 on\n0.2 set osc1.level 0.3\n");
	const char *again = spawn_file("again.txt",
		"0 gate env1 on\n0.2 set osc1.level 0.3\n0.2 commit\n1.0 commit\n1.5 commit\n");
	struct wav_data want, got;

	write_patches();
	for (int i = 0; i < N_PATCHES; i++) {
		render(paths[i], hold, 2.0, "", &want);
		render(paths[i], again, 2.0, "", &got);
		CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 3"));
		CU_ASSERT_EQUAL(
			memcmp(want.frames, got.frames, (size_t)want.n_frames * sizeof(v4f)), 0);
		wav_data_free(&want);
		wav_data_free(&got);
	}
}

static void test_undo_returns(void)
{
	static char script[1024];
	struct wav_data wav;

	write_patches();
	snprintf(script, sizeof(script),
		"0 gate env1 on\n1 load %s\n1 commit\n2 load %s\n2 commit\n3 undo\n4 undo\n5 stage "
		"osc1.freq_hz 440\n5 commit\n"
		"6 undo\n",
		paths[1], paths[3]);
	render(paths[0], spawn_file("undo.txt", script), 7.0, "", &wav);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 6"));
	CHECK_BELOW(judge_sine_residual_db(
			    wav.frames + 9 * RATE_HZ / 2, 0, RATE_HZ / 2, 220.0 / RATE_HZ),
		-110.0);
	CHECK_BELOW(judge_sine_residual_db(
			    wav.frames + 11 * RATE_HZ / 2, 0, RATE_HZ / 2, 440.0 / RATE_HZ),
		-110.0);
	CHECK_BELOW(judge_sine_residual_db(
			    wav.frames + 13 * RATE_HZ / 2, 0, RATE_HZ / 2, 220.0 / RATE_HZ),
		-110.0);
	wav_data_free(&wav);
}

/* A patch that is silent (gate shut) is committed like any other. */
static void test_silent_patch_is_taken(void)
{
	static char script[1024];
	struct wav_data wav;

	write_patches();
	snprintf(script, sizeof(script),
		"0 gate env1 on\n1 gate env1 off\n2 load %s\n2 commit\n3 gate env1 on\n", paths[1]);
	render(paths[0], spawn_file("silent.txt", script), 4.0, "", &wav);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 1, refused 0"));
	CHECK_BELOW(judge_peak(wav.frames + 5 * RATE_HZ / 2, 0, RATE_HZ / 4), 1e-6);
	CHECK_BELOW(-judge_peak(wav.frames + 7 * RATE_HZ / 2, 0, RATE_HZ / 4), -0.1);
	wav_data_free(&wav);
}

SUITE_MAIN("commits", {"60 s, 50 commits, a held gate: no silence, no step", test_fifty_commits},
	{"turned values and held gates survive", test_values_survive},
	{"committing what plays changes no bit", test_same_patch_is_not_heard},
	{"undo returns, step by step", test_undo_returns},
	{"a silent patch is taken", test_silent_patch_is_taken})
