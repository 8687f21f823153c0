/* A second `chronus run` in the runtime folder, or the state folder, of one that plays: it is refused
 * with the pid, and the first one has lost nothing. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct spawned run;
static char config_path[200], log_path[250], second_log[250], first_dir[200], second_dir[250];

static void begin(void)
{
	char text[400];

	spawn_file("tone.ini", "[patch]\nname = Tone\n[osc1]\ntype = osc\n[out]\nin = osc1\n");
	snprintf(first_dir, sizeof(first_dir), "%s", spawn_folder());
	snprintf(second_dir, sizeof(second_dir), "%s/second", first_dir);
	snprintf(log_path, sizeof(log_path), "%s/log", first_dir);
	snprintf(second_log, sizeof(second_log), "%s/log2", first_dir);
	mkdir(second_dir, 0700);
	snprintf(text, sizeof(text), "%s/kept", first_dir);
	mkdir(text, 0700);
	strcpy(config_path,
		spawn_file("chronus.ini",
			"[audio]\ndevice = simulated\nblock_frames = 256\n[engine]\n"
			"lead_blocks = 4\n[start]\npatch = tone.ini\n[simulate]\nwav = /dev/null\n"
			"[state]\nfolder = kept\n"));
}

static void expect_pid(pid_t pid)
{
	char want[40];

	snprintf(want, sizeof(want), "pid %d,", (int)pid);
	if (!strstr(run.text, want))
		printf("\n  expected %s in: %s\n", want, run.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, want));
}

/* The first one answers, and its statistics and page are its own. */
static void check_unharmed(pid_t pid)
{
	char path[250];

	spawn_chronus(&run, "send commit");
	CU_ASSERT_EQUAL(run.status, 0);
	spawn_chronus(&run, "stats --json");
	CU_ASSERT_EQUAL(spawn_number(run.text, "\"pid\": "), pid);
	snprintf(path, sizeof(path), "%s/chronus-status.txt", first_dir);
	CU_ASSERT_EQUAL(strncmp(spawn_text(path), "playing", 7), 0);
}

static void test_runtime_folder(void)
{
	static const char *const how[] = {"", "--appliance "};
	pid_t pid;

	begin();
	pid = spawn_start(log_path, "run --config %s", config_path);
	spawn_until(&run, "status", "playing");
	for (int i = 0; i < 2; i++) {
		spawn_chronus(&run, "run %s--config %s --seconds 0.2", how[i], config_path);
		CU_ASSERT_EQUAL(run.status, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "CHRONUS_RUNTIME_DIR"));
		expect_pid(pid);
		check_unharmed(pid);
	}
	spawn_chronus(&run, "render --patch %s/tone.ini --seconds 0.1 --discard", first_dir);
	CU_ASSERT_EQUAL(run.status, 0);
	spawn_chronus(&run, "check %s", config_path);
	CU_ASSERT_EQUAL(run.status, 0);
	check_unharmed(pid);
	kill(pid, SIGKILL);
	spawn_wait(pid, 0);
	spawn_chronus(&run, "run --config %s --seconds 0.2", config_path); /* nothing is stale */
	CU_ASSERT_EQUAL(run.status, 0);
}

static void test_state_folder(void)
{
	pid_t pid, second;

	begin();
	pid = spawn_start(log_path, "run --config %s", config_path);
	spawn_until(&run, "status", "playing");
	setenv("CHRONUS_RUNTIME_DIR", second_dir, 1);
	spawn_chronus(&run, "run --config %s --seconds 0.2", config_path);
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "[state] folder"));
	expect_pid(pid);
	second = spawn_start(second_log, "run --appliance --config %s", config_path);
	spawn_until(&run, "status", "nothing is kept until then"); /* it plays all the same */
	spawn_until(&run, "stats", "Tone");
	setenv("CHRONUS_RUNTIME_DIR", first_dir, 1);
	check_unharmed(pid);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	setenv("CHRONUS_RUNTIME_DIR", second_dir, 1);
	spawn_until(&run, "status", ", written "); /* its own now */
	CU_ASSERT_EQUAL(spawn_wait(second, SIGTERM), 0);
	setenv("CHRONUS_RUNTIME_DIR", first_dir, 1);
}

SUITE_MAIN("two runs", {"one runtime folder", test_runtime_folder},
	{"one state folder", test_state_folder})
