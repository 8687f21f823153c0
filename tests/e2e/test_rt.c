/* `chronus run` and the machine it runs on: what was not granted is told once and stays in sight,
 * and what the real-time threads cost is counted. Nothing is judged by time. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct spawned run;
static char log_path[200], folder[64];
static pid_t owner; /* of the folder */

static void remove_folder(void)
{
	char line[100];

	if (owner != getpid())
		return; /* a process that this one has started */
	snprintf(line, sizeof(line), "rm -rf %s", folder);
	if (system(line) != 0)
		fprintf(stderr, "%s stays\n", folder);
}

/* Counters on a disk fault again at each write-back, so a folder in memory, where there is one. */
static void choose_folder(void)
{
	spawn_folder();
	if (folder[0])
		return;
	strcpy(folder, "/dev/shm/chronus-test-XXXXXX");
	if (!mkdtemp(folder)) {
		folder[0] = '\0';
		return;
	}
	setenv("CHRONUS_RUNTIME_DIR", folder, 1);
	owner = getpid();
	atexit(remove_folder);
}

static pid_t start(const char *more)
{
	char text[600];

	choose_folder();
	snprintf(log_path, sizeof(log_path), "%s/log", spawn_folder());
	snprintf(text, sizeof(text),
		"[audio]\ndevice = simulated\nblock_frames = 256\nperiods = 4\n"
		"[engine]\nlead_blocks = 4\n%s",
		more);
	return spawn_start(log_path, "run --config %s", spawn_file("rt.ini", text));
}

static int times_in(const char *text, const char *what)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

static bool can_lock(void)
{
	if (SUITE_SANITIZED || !folder[0] || mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		return false;
	munlockall();
	return true;
}

/* One of the three, in JSON: its name is given with the quotes. */
static void check_thread(const char *json, const char *name)
{
	const char *at = strstr(json, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	CU_ASSERT_TRUE(spawn_number(at, "\"tid\": ") > 0);
	CU_ASSERT_TRUE(spawn_number(at, "\"preempted_count\": ") >= 0);
	CU_ASSERT_TRUE(spawn_number(at, "\"minor_faults_count\": ") >= 0);
	CU_ASSERT_TRUE(spawn_number(at, "\"major_faults_count\": ") >= 0);
	if (!can_lock())
		return;
	CU_ASSERT_EQUAL(spawn_number(at, "\"minor_faults_count\": "), 0);
	CU_ASSERT_EQUAL(spawn_number(at, "\"major_faults_count\": "), 0);
}

/* The second tick of the desk has counted what commits and events cost. */
static void test_no_page_faults(void)
{
	pid_t pid = start("");

	spawn_until(&run, "send commit", "ok");
	spawn_until(&run, "send commit", "ok");
	spawn_until(&run, "stats --json", "\"commits\": 2");
	sleep(1);
	spawn_chronus(&run, "stats --json");
	CU_ASSERT_EQUAL(run.status, 0);
	check_thread(run.text, "\"worker_a\": {");
	check_thread(run.text, "\"worker_b\": {");
	check_thread(run.text, "\"producer\": {");
	spawn_chronus(&run, "stats");
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "since it started: page faults "));
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

static void test_degraded_is_said_once(void)
{
	static const char cores[] = "[rt]\nproducer_cpu = 200\nworker_a_cpu = 201\n"
				    "worker_b_cpu = -1\nirq_cpu = 0\n";
	static const char line[] = "fewer than the settings ask for: worker A (core 201), "
				   "producer (core 200) run on any core";
	static const char irq[] = "[rt] irq_cpu = 0: no sound card is open";
	pid_t pid = start(cores);
	const char *said;

	spawn_until(&run, "send commit", "ok");
	spawn_until(&run, "stats", line);
	CU_ASSERT_EQUAL(times_in(run.text, line), 1);
	CU_ASSERT_EQUAL(times_in(run.text, irq), 1);
	spawn_until(&run, "stats --json", "\"degraded\": [");
	CU_ASSERT_EQUAL(times_in(run.text, line), 1);
	CU_ASSERT_EQUAL(spawn_number(strstr(run.text, "\"producer\": {"), "\"cpu\": "), -1);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	said = spawn_text(log_path);
	CU_ASSERT_EQUAL(times_in(said, line), 1);
	CU_ASSERT_EQUAL(times_in(said, irq), 1);
}

SUITE_MAIN("rt", {"no page faults", test_no_page_faults},
	{"degraded is said once", test_degraded_is_said_once})
