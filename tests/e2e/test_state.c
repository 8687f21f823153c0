/* What outlives kill -9: `chronus run` with a state folder. CHRONUS_SOAK=1: 200 kills. */
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "control/state_file.h"
#include "tests/support/notified.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct spawned run;
static char folder[150], log_path[200], config_path[200];

static const char *more_settings = "";

static void begin(void)
{
	char text[900];

	spawn_file(
		"first.ini", "[patch]\nname = First\n[osc1]\ntype = osc\n[out]\nin = osc1 * 0.3\n");
	spawn_file("second.ini", "[patch]\nname = Second\n[osc1]\ntype = osc\nshape = "
				 "saw\n[out]\nin = osc1 * 0.3\n");
	snprintf(folder, sizeof(folder), "%s/kept", spawn_folder());
	snprintf(text, sizeof(text), "rm -rf %s", folder);
	CU_ASSERT_EQUAL(system(text), 0);
	snprintf(log_path, sizeof(log_path), "%s/log", spawn_folder());
	snprintf(text, sizeof(text),
		"[audio]\ndevice = simulated\nblock_frames = 256\n[engine]\nlead_blocks = 4\n"
		"[start]\npatch = first.ini\n[simulate]\nwav = /dev/null\n[state]\nfolder = "
		"kept\n%s",
		more_settings);
	strcpy(config_path, spawn_file("chronus.ini", text));
}

static pid_t start(void)
{
	return spawn_start(log_path, "run --appliance --config %s", config_path);
}

static void kill_hard(pid_t pid)
{
	kill(pid, SIGKILL);
	spawn_wait(pid, 0);
}

/* send takes its command as one word. */
static void tell(const char *command)
{
	static char script[600];

	snprintf(script, sizeof(script),
		"CHRONUS_RUNTIME_DIR=%s ${CHRONUS:-build/release/chronus} send '%s' >/dev/null",
		spawn_folder(), command);
	for (int tries = 0; tries < 400; tries++) {
		if (system(script) == 0)
			return;
		usleep(20000);
	}
	CU_FAIL_FATAL("nobody listens");
}

/* Until the state on the disk has the text; how many damaged files were ever seen. */
static int wait_for_state(const char *want)
{
	struct state_found found;
	int n_damaged = 0;

	for (int tries = 0; tries < 1000; tries++) {
		bool is_there = state_file_read(folder, &found) == 0 && strstr(found.text, want);

		n_damaged += found.n_damaged;
		free(found.text);
		if (is_there)
			return n_damaged;
		usleep(20000);
	}
	printf("\n  waited for %s in vain\n", want);
	CU_FAIL_FATAL("waited in vain");
	return -1;
}

static void test_comes_back(void)
{
	pid_t pid;
	char load[250];

	begin();
	mkdir(folder, 0700);
	pid = start();
	snprintf(load, sizeof(load), "load %s/second.ini", spawn_folder());
	tell("set osc1.freq_hz 321.5");
	tell(load);
	tell("commit");
	spawn_until(&run, "stats", "Second");
	tell("set osc1.level 0.125");
	tell("stage osc1.shape square");
	CU_ASSERT_EQUAL(wait_for_state("stage osc1.shape square"), 0);
	kill_hard(pid);
	pid = start();
	spawn_until(&run, "stats", "Second");
	tell("set osc1.fine_cents 3");
	wait_for_state("value osc1.fine_cents 3");
	wait_for_state("value osc1.level 0.125\n");
	wait_for_state("value osc1.freq_hz 321.5\n");
	wait_for_state("stage osc1.shape square");
	tell("undo");
	spawn_until(&run, "stats", "First");
	tell("set osc1.level 0.25");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	CU_ASSERT_EQUAL(wait_for_state("value osc1.level 0.25\n"), 0); /* at once, at its end */
	pid = start();
	spawn_until(&run, "stats", "First");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* /data is mounted while it plays. */
static void test_comes_late(void)
{
	char away[200], name[250];
	pid_t pid;

	begin();
	mkdir(folder, 0700);
	snprintf(away, sizeof(away), "%s.away", folder);
	snprintf(name, sizeof(name),
		"start %s/first.ini\nlive %s/second.ini\nvalue osc1.level 0.2\nstage osc1.level "
		"0.3\n",
		spawn_folder(), spawn_folder());
	CU_ASSERT_EQUAL(state_file_write(folder, 7, name, strlen(name)), 0);
	rename(folder, away);
	pid = start();
	spawn_until(&run, "status", "kept is not there yet");
	spawn_until(&run, "stats", "First");
	rename(away, folder);
	spawn_until(&run, "stats", "Second");
	CU_ASSERT_EQUAL(wait_for_state("stage osc1.level"), 0);
	tell("set osc1.fine_cents 2");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	CU_ASSERT_EQUAL(wait_for_state("value osc1.fine_cents 2\n"), 0);
	wait_for_state("value osc1.level 0.2");
	wait_for_state("stage osc1.level 0.3");
}

/* A file that is damaged, a patch that is gone: played on with what there is, and said. */
static void test_damaged(void)
{
	char path[200];
	pid_t pid;

	begin();
	mkdir(folder, 0700);
	snprintf(path, sizeof(path), "start %s/first.ini\nlive %s/second.ini\n", spawn_folder(),
		spawn_folder());
	CU_ASSERT_EQUAL(state_file_write(folder, 1, path, strlen(path)), 0);
	spawn_file("kept/state.0", "chronus-state 1 generation 2 by");
	pid = start();
	spawn_until(&run, "status", "going on with the one before");
	spawn_until(&run, "stats", "Second");
	tell("set osc1.level 0.3");
	wait_for_state("value osc1.level"); /* in the place of the damaged one */
	kill_hard(pid);
	snprintf(path, sizeof(path), "%s/second.ini", spawn_folder());
	remove(path);
	pid = start();
	spawn_until(&run, "stats", "First");
	spawn_until(&run, "status", "second.ini: No such file");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* A good start is copied; then its files break. */
static void test_last_good(void)
{
	char path[250];
	pid_t pid;

	begin();
	mkdir(folder, 0700);
	setenv("STATE_DIRECTORY", folder, 1); /* broken settings name no folder */
	pid = start();
	snprintf(path, sizeof(path), "%s/good-patch.ini", folder);
	for (int tries = 0; tries < 1000 && access(path, F_OK) != 0; tries++)
		usleep(20000);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	kill_hard(pid);
	spawn_file("chronus.ini", "[audio]\ndevice = simulatd\nblock_frames = 7\n");
	spawn_file("first.ini", "[osc1]\ntype = osk\n");
	pid = start();
	spawn_until(&run, "stats", "First");
	spawn_until(&run, "status", "playing with the settings of the last good start");
	spawn_until(&run, "status", "as it was when it was good");
	spawn_until(&run, "status", "simulated sound card"); /* as the good settings had it */
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	unsetenv("STATE_DIRECTORY");
}

/* Settings are broken, and their last good copy comes late: the defaults play until then, and once it
 * ends, for systemd to start it again. */
static void test_good_settings_come_late(void)
{
	char path[250], text[400];
	int manager;
	pid_t pid;

	begin();
	setenv("STATE_DIRECTORY", folder, 1);
	snprintf(text, sizeof(text), "%s/good.ini", spawn_folder());
	rename(config_path, text);
	spawn_file("chronus.ini", "[nonsense]\n");
	manager = notified_open(spawn_folder());
	pid = start();
	spawn_until(&run, "status", "playing with the defaults");
	snprintf(path, sizeof(path), "%s.away", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s.away/good-chronus.ini", folder);
	rename(text, path);
	snprintf(path, sizeof(path), "%s.away", folder);
	rename(path, folder);
	CU_ASSERT_EQUAL(spawn_wait(pid, 0), 0);
	CU_ASSERT_PTR_NOT_NULL(notified_wait(manager, "STOPPING=1", 10000));
	pid = start();
	spawn_until(&run, "status", "playing with the settings of the last good start");
	spawn_until(&run, "stats", "First");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	notified_close(manager);
	unsetenv("STATE_DIRECTORY");
}

/* It dies whenever it starts: in the end without what was kept, which is still there. */
static void test_dies_at_once(void)
{
	char text[300];
	pid_t pid;

	begin();
	mkdir(folder, 0700);
	snprintf(text, sizeof(text), "start %s/first.ini\nlive %s/second.ini\n", spawn_folder(),
		spawn_folder());
	CU_ASSERT_EQUAL(state_file_write(folder, 1, text, strlen(text)), 0);
	for (int i = 4; i < 6; i++) {
		spawn_file("starts", i < 5 ? "4\n" : "5\n"); /* as dead ones before left it */
		pid = start();
		spawn_until(&run, "stats", i < 5 ? "Second" : "First");
		if (i == 5)
			spawn_until(&run, "status", "5 starts in a row ended within 3 s");
		kill_hard(pid);
	}
	wait_for_state("second.ini");
	spawn_file("starts", "8\n");
	pid = start();
	spawn_until(&run, "stats", "Built in");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	pid = start(); /* after an end in good order all is forgotten */
	spawn_until(&run, "stats", "Second");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* Nothing can be written: said once, and played on. */
static void test_no_room(void)
{
	char path[200];
	pid_t pid;

	begin();
	mkdir(folder, 0700);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/.state.%d.new", folder, i);
		mkdir(path, 0700);
	}
	pid = start();
	spawn_until(&run, "status", "cannot be written");
	spawn_until(&run, "send commit", "is heard");
	for (int i = 0; i < 2 && getenv("CHRONUS_SOAK"); i++) {
		snprintf(path, sizeof(path), "%s/.state.%d.new", folder, i);
		rmdir(path);
	}
	if (getenv("CHRONUS_SOAK"))
		wait_for_state("live");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* ---- kills at any instant */
enum { MAX_SETS = 40000, SPAN_MS = 3500, KEPT_MS = 2000, SLACK_MS = 250 };

static int64_t set_ns[MAX_SETS], longest_ns; /* when the command with this number was obeyed */
static int n_sets;

static uint32_t noise = 20261126;

static int any_below(int n)
{
	noise = noise * 1664525u + 1013904223u;
	return (int)((noise >> 8) % (uint32_t)n);
}

/* The number of the newest value that the state has: level = number / 100000. */
static int newest_kept(int *n_damaged)
{
	struct state_found found;
	const char *at = NULL;
	double value = -1.0;

	if (state_file_read(folder, &found) == 0)
		at = strstr(found.text, "value osc1.level ");
	if (at)
		sscanf(at, "value osc1.level %lf", &value);
	*n_damaged += found.n_damaged;
	free(found.text);
	return at ? (int)(value * 100000.0 + 0.5) : -1;
}

static void turn_until(int64_t kill_ns)
{
	while (clock_now_ns() < kill_ns && n_sets < MAX_SETS) {
		char command[60];
		int64_t from_ns = clock_now_ns(), took_ns;

		snprintf(command, sizeof(command), "set osc1.level %.5f", n_sets / 100000.0);
		tell(command);
		set_ns[n_sets] = clock_now_ns();
		took_ns = set_ns[n_sets] - from_ns;
		longest_ns = took_ns > longest_ns ? took_ns : longest_ns;
		n_sets++;
		usleep((useconds_t)any_below(40000));
	}
}

/* What was set so long before the kill must be there: 2 s, and what this machine needs for three
 * commands. */
static void check_age(int kept, int64_t killed_ns)
{
	int64_t allowed_ns = (KEPT_MS + SLACK_MS) * NS_PER_MS + 3 * longest_ns;
	int due = 0;

	while (due < n_sets && set_ns[due] < killed_ns - allowed_ns)
		due++;
	if (kept < due - 1)
		printf("\n  state has %d of %d, and %d is %.3f s old (%.3f s allowed)\n", kept,
			n_sets, due - 1, (double)(killed_ns - set_ns[due - 1]) / NS_PER_S,
			(double)allowed_ns / NS_PER_S);
	CU_ASSERT_TRUE(kept >= due - 1);
	CU_ASSERT_TRUE(kept < n_sets); /* nothing that nobody set */
}

static void test_killed_at_any_instant(void)
{
	int n_kills = getenv("CHRONUS_SOAK") ? 200 : 3, n_damaged = 0, kept = -1;

	begin();
	mkdir(folder, 0700);
	n_sets = 0;
	for (int i = 0; i < n_kills; i++) {
		/* by hand: an appliance that dies so often plays less and less of it */
		pid_t pid = spawn_start(log_path, "run --config %s", config_path);
		int64_t killed_ns;

		spawn_until(&run, "stats", "First");
		turn_until(clock_now_ns() + any_below(SPAN_MS) * NS_PER_MS);
		if (i == n_kills - 1) /* short lives may have left nothing yet */
			wait_for_state("value osc1.level");
		killed_ns = clock_now_ns();
		kill_hard(pid);
		kept = newest_kept(&n_damaged);
		if (n_sets)
			check_age(kept, killed_ns);
		for (int k = kept + 1; k < n_sets; k++)
			set_ns[k] = INT64_MAX; /* lost with the kill: not due any more */
	}
	CU_ASSERT_EQUAL(n_damaged, 0);
	CU_ASSERT_TRUE(kept >= 0);
}

SUITE_MAIN("state", {"it comes back", test_comes_back}, {"it comes late", test_comes_late},
	{"damaged", test_damaged}, {"the last good start", test_last_good},
	{"good settings come late", test_good_settings_come_late},
	{"it dies at once", test_dies_at_once}, {"no room", test_no_room},
	{"killed at any instant", test_killed_at_any_instant})
