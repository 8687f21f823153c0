/* `chronus run --appliance`: whatever its files are, it plays, and says what is wrong. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/judge.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

static struct spawned run;
static char log_path[200], wav_path[200];

static const char tone[] = "[patch]\nname = Tone\n[osc1]\ntype = osc\n[out]\nin = osc1 * 0.3\n";

/* The settings, with more at their end, or a fault. */
static const char *config(const char *patch, const char *fault)
{
	char text[600];

	snprintf(wav_path, sizeof(wav_path), "%s/played.wav", spawn_folder());
	snprintf(log_path, sizeof(log_path), "%s/log", spawn_folder());
	snprintf(text, sizeof(text),
		"[audio]\ndevice = simulated\nblock_frames = 256\n[start]\npatch = %s\n"
		"[simulate]\nwav = %s\n[engine]\nlead_blocks = 4\n%s",
		patch, wav_path, fault);
	return spawn_file("chronus.ini", text);
}

static void expect_text(const char *want)
{
	if (!strstr(run.text, want))
		printf("\n  expected %s in: %s\n", want, run.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, want));
}

static pid_t start(const char *path)
{
	return spawn_start(log_path, "run --appliance --config %s", path);
}

/* It plays for half a second, whatever its files are. */
static void play(const char *path)
{
	spawn_chronus(&run, "run --appliance --config %s --seconds 0.5", path);
	CU_ASSERT_EQUAL(run.status, 0);
}

static void check_sounds(void)
{
	struct wav_data wav;

	CU_ASSERT_EQUAL_FATAL(wav_read(wav_path, &wav), 0);
	CU_ASSERT_TRUE(judge_is_finite(wav.frames, wav.n_frames));
	CHECK_BELOW(-judge_rms(wav.frames, 0, wav.n_frames), -0.01);
	wav_data_free(&wav);
}

static void test_nothing_is_wrong(void)
{
	spawn_file("tone.ini", tone);
	play(config("tone.ini", ""));
	CU_ASSERT_PTR_NULL(strstr(run.text, "settings:"));
	CU_ASSERT_PTR_NULL(strstr(run.text, "patch:"));
	check_sounds();
}

/* A patch that is not there, or wrong: the built-in one, and every place says so. */
static void test_bad_patch(void)
{
	const char *path = config("nowhere.ini", "");
	pid_t pid = start(path);

	spawn_until(&run, "status", "playing, but something is wrong");
	expect_text("nowhere.ini: No such file");
	expect_text("Built in");
	spawn_until(&run, "stats", "wrong: patch: ");
	spawn_until(&run, "stats --json", "\"trouble\"");
	expect_text("nowhere.ini: No such file");
	usleep(300000);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	check_sounds();
	spawn_chronus(&run, "status");
	CU_ASSERT_EQUAL(run.status, 1);
	expect_text("chronus is not running");
	spawn_file("broken.ini", "[osc1]\ntype = osk\n");
	play(config("broken.ini", ""));
	expect_text("broken.ini:2");
	check_sounds();
}

/* Settings that cannot be read: the defaults. They have no device here, and it waits for one. */
static void test_bad_settings(void)
{
	const char *path = config("tone.ini", "[audoi]\n");
	pid_t pid = start(path);

	spawn_until(&run, "status", "did you mean audio?");
	expect_text("playing with the defaults");
	expect_text("settings   defaults");
	spawn_until(&run, "send commit", "ok");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	pid = spawn_start(log_path, "run --appliance --config %s/not-there.ini", spawn_folder());
	spawn_until(&run, "status", "not-there.ini: No such file");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* Right by themselves, but the patch does not fit into so little memory. */
static void test_does_not_fit(void)
{
	spawn_file("large.ini", "[patch]\nvoices = 16\n[osc1]\ntype = osc\n[d1]\ntype = delay\n"
				"in = osc1\n[d2]\ntype = delay\nin = d1\n[out]\nin = d2\n");
	play(config("large.ini", "arena_mb = 1\n"));
	expect_text("engine: ");
	expect_text("playing the built-in patch");
	check_sounds();
}

/* A soft tone, then the patch; the change is a commit, and no step is larger than the tone's own. */
static void test_start_tone(void)
{
	struct wav_data wav;
	int second = 0;

	spawn_file("low.ini", "[patch]\nname = Low\n[osc1]\ntype = osc\nfreq_hz = 100\n"
			      "[out]\nin = osc1 * 0.5\n");
	spawn_chronus(
		&run, "run --appliance --config %s --seconds 2", config("low.ini\ntone = yes", ""));
	CU_ASSERT_EQUAL(run.status, 0);
	expect_text("\"Low\" is heard");
	expect_text("commits 1");
	CU_ASSERT_EQUAL_FATAL(wav_read(wav_path, &wav), 0);
	second = wav.n_frames / 2;
	CHECK_BELOW(-judge_rms(wav.frames + 2000, 0, 5000), -0.02); /* it is there */
	CHECK_BELOW(judge_peak(wav.frames, 0, 15000), 0.11);        /* and soft */
	CHECK_BELOW(-judge_rms(wav.frames + second, 0, second - 10000), -0.2);
	if (strstr(run.text, "xrun 0,"))
		CHECK_BELOW(
			judge_max_step(wav.frames, 0, wav.n_frames), 0.0121); /* 880 Hz at 0.1 */
	wav_data_free(&wav);
	spawn_chronus(&run, "run --appliance --config %s --seconds 1.5",
		config("low.ini\ntone = yes", "arena_mb = 1\n"));
	expect_text("\"Low\" is heard");
	spawn_file("large.ini", "[patch]\nvoices = 16\n[osc1]\ntype = osc\n[d1]\ntype = delay\n"
				"in = osc1\n[d2]\ntype = delay\nin = d1\n[out]\nin = d2\n");
	spawn_chronus(&run, "run --appliance --config %s --seconds 2",
		config("large.ini\ntone = yes", "arena_mb = 1\n"));
	expect_text("playing the built-in patch");
	expect_text("\"Built in\" is heard");
	check_sounds();
}

/* Nobody listens to a simulated card: a service keeps of it what somebody has asked for, by hand a
 * bounded file is kept. */
static void test_what_is_kept(void)
{
	static const char settings[] = "[audio]\ndevice = simulated\nblock_frames = 256\n"
				       "[start]\npatch = tone.ini\n[engine]\nlead_blocks = 4\n";
	const char *path;

	spawn_file("tone.ini", tone);
	config("tone.ini", ""); /* names the file */
	unlink(wav_path);
	path = spawn_file("chronus.ini", settings);
	play(path);
	expect_text("nothing is kept");
	CU_ASSERT_NOT_EQUAL(access(wav_path, F_OK), 0);
	spawn_chronus(&run, "run --config %s --seconds 0.5", path);
	CU_ASSERT_EQUAL(run.status, 0);
	expect_text("played.wav, at most ");
	check_sounds();
}

/* By hand a fault is an error, as it was. */
static void test_by_hand(void)
{
	spawn_chronus(&run, "run --config %s --seconds 0.5", config("nowhere.ini", ""));
	CU_ASSERT_EQUAL(run.status, 2);
	spawn_chronus(&run, "run --config %s --seconds 0.5", config("tone.ini", "[audoi]\n"));
	CU_ASSERT_EQUAL(run.status, 2);
	spawn_chronus(&run, "status");
	CU_ASSERT_EQUAL(run.status, 1);
	expect_text("could not start: ");
	expect_text("did you mean audio?");
}

SUITE_MAIN("appliance", {"nothing is wrong", test_nothing_is_wrong},
	{"a bad patch", test_bad_patch}, {"bad settings", test_bad_settings},
	{"it does not fit", test_does_not_fit}, {"the start tone", test_start_tone},
	{"what is kept", test_what_is_kept}, {"by hand", test_by_hand})
