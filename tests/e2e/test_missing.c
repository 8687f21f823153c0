/* `chronus run` with patch files of its state that are missing or broken at a start: the rest is
 * taken, and at the next start with the file all is as it was left. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/state_file.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { STEP, LIVE, LOADED, N_FILES };
static const char *const files[N_FILES] = {"step.ini", "live.ini", "loaded.ini"};
static const char *const titles[N_FILES] = {"Step", "Live", "Loaded"};

static struct spawned run;
static char folder[150], kept[170], log_path[200], config_path[200];

static void write_patch(int file)
{
	char text[200];

	snprintf(text, sizeof(text),
		"[patch]\nname = %s\n[osc1]\ntype = osc\n[out]\nin = osc1 * 0.3\n", titles[file]);
	spawn_file(files[file], text);
}

/* A patch before the one that is heard, one that is loaded, something done to each. */
static void begin(void)
{
	char text[1200], command[250];

	snprintf(folder, sizeof(folder), "%s", spawn_folder());
	snprintf(kept, sizeof(kept), "%s/kept", folder);
	snprintf(command, sizeof(command), "rm -rf %s", kept);
	CU_ASSERT_EQUAL(system(command), 0);
	mkdir(kept, 0700);
	snprintf(log_path, sizeof(log_path), "%s/log", folder);
	for (int i = 0; i < N_FILES; i++)
		write_patch(i);
	spawn_file(
		"start.ini", "[patch]\nname = Start\n[osc1]\ntype = osc\n[out]\nin = osc1 * 0.3\n");
	strcpy(config_path,
		spawn_file("chronus.ini",
			"[audio]\ndevice = simulated\nblock_frames = 256\n[engine]\n"
			"lead_blocks = 4\n[start]\npatch = start.ini\n[simulate]\nwav = "
			"/dev/null\n[state]\nfolder = kept\n"));
	snprintf(text, sizeof(text),
		"start %s/start.ini\nundo %s/step.ini\nvalue osc1.level 0.125\nlive %s/live.ini\n"
		"value osc1.level 0.25\nloaded %s/loaded.ini\nvalue osc1.level 0.375\nstage "
		"osc1.shape saw\n",
		folder, folder, folder, folder);
	CU_ASSERT_EQUAL(state_file_write(kept, 1, text, strlen(text)), 0);
}

static pid_t start(void)
{
	return spawn_start(log_path, "run --appliance --config %s", config_path);
}

/* A value that the state has from then on: it was written anew. Ends in good order. The statistics
 * are there a little before the socket listens. */
static void turn_and_stop(pid_t pid)
{
	static char command[400];
	int failed = 1;

	snprintf(command, sizeof(command),
		"CHRONUS_RUNTIME_DIR=%s ${CHRONUS:-build/release/chronus} send 'set "
		"osc1.fine_cents 7' >/dev/null 2>&1",
		folder);
	for (int tries = 0; tries < 1500 && failed; tries++) {
		failed = system(command);
		if (failed)
			usleep(20000);
	}
	CU_ASSERT_EQUAL(failed, 0);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

static char *state_text(void)
{
	static char text[4000];
	struct state_found found;

	text[0] = '\0';
	if (state_file_read(kept, &found) == 0)
		snprintf(text, sizeof(text), "%s", found.text);
	free(found.text);
	return text;
}

/* file, its line and the one after its mark, which is the value's. */
static void expect_value(const char *what, int file, const char *value)
{
	char head[250], *at;

	snprintf(head, sizeof(head), "%s %s/%s\n", what, folder, files[file]);
	at = strstr(state_text(), head);
	if (at)
		at = strstr(at, "value osc1.level");
	if (!at || strncmp(at, value, strlen(value)) != 0)
		printf("\n  expected %s%s in: %s\n", head, value, state_text());
	CU_ASSERT_TRUE(at && strncmp(at, value, strlen(value)) == 0);
}

static void expect_all(void)
{
	expect_value("undo", STEP, "value osc1.level 0.125\n");
	expect_value("live", LIVE, "value osc1.level 0.25\n");
	expect_value("loaded", LOADED, "value osc1.level 0.375\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(state_text(), "stage osc1.shape saw\n"));
}

static void test_one_file(int file, bool is_broken)
{
	char path[250];
	pid_t pid;

	begin();
	snprintf(path, sizeof(path), "%s/%s", folder, files[file]);
	remove(path);
	if (is_broken)
		spawn_file(files[file], "[osc1]\ntype = osk\n");
	pid = start();
	spawn_until(&run, "stats", file == LIVE ? "Start" : "Live");
	spawn_until(&run, "status", files[file]);
	turn_and_stop(pid);
	expect_all();
	write_patch(file);
	pid = start();
	spawn_until(&run, "stats", "Live");
	turn_and_stop(pid);
	expect_all();
	CU_ASSERT_PTR_NULL(strstr(state_text(), "live start"));
	pid = start();
	spawn_until(&run, "send commit", "Loaded"); /* it is staged */
	spawn_until(&run, "send undo", "Live");
	if (file == LIVE) /* what was done while it was missing is a step, too */
		spawn_until(&run, "send undo", "Start");
	spawn_until(&run, "send undo", "Step");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	expect_value("live", STEP, "value osc1.level 0.125\n");
}

static void test_live(void)
{
	test_one_file(LIVE, false);
	test_one_file(LIVE, true);
}

static void test_step(void)
{
	test_one_file(STEP, false);
	test_one_file(STEP, true);
}

static void test_loaded(void)
{
	test_one_file(LOADED, false);
	test_one_file(LOADED, true);
}

/* All of them at once: what is heard is told. */
static void test_all(void)
{
	char path[250];
	pid_t pid;

	begin();
	for (int i = 0; i < N_FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		remove(path);
	}
	pid = start();
	spawn_until(&run, "stats", "Start");
	spawn_until(&run, "status", "live.ini: No such file");
	spawn_until(&run, "status", "another patch plays");
	turn_and_stop(pid);
	expect_all();
	for (int i = 0; i < N_FILES; i++)
		write_patch(i);
	pid = start();
	spawn_until(&run, "stats", "Live");
	turn_and_stop(pid);
	expect_all();
}

/* The start patch is missing and there is no state: the built-in one plays, but is not come back
 * to. */
static void test_start_patch(void)
{
	char path[250];
	pid_t pid;

	begin();
	snprintf(path, sizeof(path), "%s/start.ini", folder);
	remove(path);
	snprintf(path, sizeof(path), "%s/state.1", kept);
	remove(path);
	pid = start();
	spawn_until(&run, "stats", "Built in");
	spawn_until(&run, "status", ", written ");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	spawn_file("start.ini", "[patch]\nname = Again\n[out]\n");
	pid = start();
	spawn_until(&run, "stats", "Again");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* [start] patch was changed: the patch that was heard before is a step back. */
static void test_other_start(void)
{
	pid_t pid;

	begin();
	spawn_file("chronus.ini",
		"[audio]\ndevice = simulated\nblock_frames = 256\n[engine]\nlead_blocks = 4\n"
		"[start]\npatch = loaded.ini\n[simulate]\nwav = /dev/null\n[state]\nfolder = "
		"kept\n");
	pid = start();
	spawn_until(&run, "stats", "Loaded");
	spawn_until(&run, "send undo", "Live");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	expect_value("live", LIVE, "value osc1.level 0.25\n");
	expect_value("undo", STEP, "value osc1.level 0.125\n");
}

SUITE_MAIN("missing", {"the live patch", test_live}, {"a step back", test_step},
	{"the loaded patch", test_loaded}, {"all of them", test_all},
	{"the start patch", test_start_patch}, {"another start patch", test_other_start})
