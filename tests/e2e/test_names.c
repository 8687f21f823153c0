/* The patch that `run` plays and `load` stages, by what a musician types. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/judge.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

static struct spawned run;
static char folder[150], settings_path[200];

static void begin(const char *start)
{
	char path[200], text[500];

	snprintf(folder, sizeof(folder), "%s", spawn_folder());
	snprintf(path, sizeof(path), "%s/patches", folder);
	mkdir(path, 0700);
	spawn_file("patches/tone.ini",
		"[patch]\nname = Tone\n[osc1]\ntype = osc\n[out]\nin = osc1 * 0.2\n");
	spawn_file("patches/acid.ini",
		"[patch]\nname = Acid\n[osc1]\ntype = osc\nshape = saw\n[out]\nin = osc1 * 0.2\n");
	snprintf(text, sizeof(text),
		"[audio]\ndevice = simulated\nblock_frames = 256\n[engine]\nlead_blocks = 4\n"
		"[simulate]\nwav = %s/played.wav\n%s",
		folder, start);
	snprintf(settings_path, sizeof(settings_path), "%s", spawn_file("chronus.ini", text));
}

static void expect(const char *want)
{
	if (!strstr(run.text, want))
		printf("\n  expected %s in: %s\n", want, run.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, want));
}

static void check_sounds(void)
{
	struct wav_data wav;
	char path[200];

	snprintf(path, sizeof(path), "%s/played.wav", folder);
	CU_ASSERT_EQUAL_FATAL(wav_read(path, &wav), 0);
	CHECK_BELOW(-judge_rms(wav.frames, 0, wav.n_frames), -0.01);
	wav_data_free(&wav);
	unlink(path);
}

/* It sounds, and says in a line why that is what sounds, and what to do. */
static void test_no_patch(void)
{
	begin("");
	spawn_chronus(&run, "run --seconds 0.3");
	CU_ASSERT_EQUAL(run.status, 0);
	expect("no patch is named, so the built-in one plays; chronus run PATCH.ini");
	check_sounds();
	spawn_chronus(&run, "run --config %s --seconds 0.3 --log-events %s/events.txt",
		settings_path, folder);
	CU_ASSERT_EQUAL(run.status, 0);
	expect("chronus.ini names no patch, so the built-in one plays; name one: patch = FILE");
	check_sounds();
	spawn_chronus(&run,
		"render --patch %s/patches/built-in.ini --script %s/events.txt --block 256 "
		"--seconds 0.3 --out %s/played.wav",
		folder, folder, folder);
	CU_ASSERT_EQUAL(run.status, 0);
	check_sounds();
	spawn_chronus(&run, "run --appliance --config %s --seconds 0.3", settings_path);
	expect("chronus.ini names no patch, so the built-in one plays");
}

static void test_run_a_patch(void)
{
	begin("[start]\npatch = patches/tone.ini\n");
	spawn_chronus(&run, "run %s/patches/acid.ini --seconds 0.2", folder);
	CU_ASSERT_EQUAL(run.status, 0);
	expect("playing \"Acid\"");
	spawn_chronus(&run, "run --config %s acid --seconds 0.2", settings_path);
	CU_ASSERT_EQUAL(run.status, 0);
	expect("playing \"Acid\"");
	spawn_chronus(&run, "run --config %s --seconds 0.2", settings_path);
	expect("playing \"Tone\"");
	spawn_chronus(&run, "run nowhere --seconds 0.2");
	CU_ASSERT_EQUAL(run.status, 2);
	expect("nowhere: No such file");
	spawn_chronus(&run, "run one two");
	CU_ASSERT_EQUAL(run.status, 2);
	expect("two: one patch at a time");
}

/* Plays with a script until this patch is heard; its words are in run.text then. */
static void play_until(const char *options, const char *script, const char *title)
{
	char log_path[200];
	pid_t pid;

	snprintf(log_path, sizeof(log_path), "%s/log", folder);
	pid = spawn_start(log_path, "run --config %s --script %s %s", settings_path,
		spawn_file("s.txt", script), options);
	spawn_until(&run, "stats", title);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	snprintf(run.text, sizeof(run.text), "%s", spawn_text(log_path));
}

/* The command line's patch, whatever was left in the state. */
static void test_state_makes_way(void)
{
	char path[200];

	begin("[start]\npatch = patches/tone.ini\n[state]\nfolder = kept\n");
	snprintf(path, sizeof(path), "%s/kept", folder);
	mkdir(path, 0700);
	for (int i = 0; i < 2; i++) {
		play_until("acid", "0.1 load tone\n0.2 commit\n", "\"Tone\"");
		expect("playing \"Acid\"");
	}
}

static void test_load_by_name(void)
{
	static const char *const names[] = {"acid", "acid.ini", "patches/acid", "patches/acid.ini"};
	char text[300], path[200], want[250];

	begin("[start]\npatch = patches/tone.ini\n");
	snprintf(path, sizeof(path), "%s/events.txt", folder);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "0.1 load %s\n0.1 commit\n", names[i]);
		snprintf(want, sizeof(want), "--log-events %s", path);
		play_until(want, text, "\"Acid\"");
		snprintf(want, sizeof(want), " load \"%s/patches/acid.ini\" sum ", folder);
		CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(path), want));
	}
	spawn_chronus(&run,
		"render --patch %s/patches/tone.ini --script %s --seconds 0.3 --discard", folder,
		spawn_file("s.txt", "0.1 load acid\n0.1 commit\n"));
	CU_ASSERT_EQUAL(run.status, 0);
	expect("commits 1");
	spawn_chronus(&run, "run --config %s --script %s", settings_path,
		spawn_file("s.txt", "0.1 load nowhere\n0.2 quit\n"));
	CU_ASSERT_EQUAL(run.status, 1);
	expect("nowhere: No such file or directory, here, beside the patch that is heard");
}

static void test_load_over_the_socket(void)
{
	char command[400], log_path[200];
	int failed = 1;
	pid_t pid;

	begin("");
	snprintf(log_path, sizeof(log_path), "%s/log", folder);
	pid = spawn_start(log_path, "run --config %s", settings_path);
	spawn_until(&run, "stats", "Built in");
	snprintf(command, sizeof(command),
		"CHRONUS_RUNTIME_DIR=%s ${CHRONUS:-build/release/chronus} send 'load acid' "
		">/dev/null 2>&1",
		folder);
	/* the statistics are there a little before the socket listens */
	for (int tries = 0; tries < 1500 && (failed = system(command)) != 0; tries++)
		usleep(20000);
	CU_ASSERT_EQUAL(failed, 0);
	spawn_until(&run, "send commit", "Acid");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

SUITE_MAIN("names", {"no patch", test_no_patch}, {"run a patch", test_run_a_patch},
	{"the state makes way", test_state_makes_way}, {"load by name", test_load_by_name},
	{"load over the socket", test_load_over_the_socket})
