/* `chronus run` as a service: what it tells systemd. Waited for, never timed. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/notified.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { PATIENCE_MS = 20000, LONG_MS = 1500 };

static int manager;

static pid_t start(const char *simulate)
{
	char text[600], log_path[200];

	spawn_file("tone.ini", "[osc1]\ntype = osc\n[out]\nin = osc1\n");
	snprintf(log_path, sizeof(log_path), "%s/log", spawn_folder());
	snprintf(text, sizeof(text),
		"[audio]\ndevice = simulated\nblock_frames = 256\n[engine]\nlead_blocks = 4\n"
		"[start]\npatch = tone.ini\n[simulate]\nwav = %s/played.wav\n%s",
		spawn_folder(), simulate);
	manager = notified_open(spawn_folder());
	setenv("WATCHDOG_USEC", "200000", 1);
	return spawn_start(log_path, "run --config %s", spawn_file("run.ini", text));
}

static void stop(pid_t pid)
{
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	notified_close(manager);
}

static void expect(const char *want)
{
	if (notified_wait(manager, want, PATIENCE_MS))
		return;
	printf("\n  waited for %s in vain\n", want);
	CU_FAIL("waited in vain");
}

static void test_tells_its_life(void)
{
	pid_t pid = start("");
	const char *first = notified_next(manager, PATIENCE_MS);

	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_STRING_EQUAL(first, "READY=1");
	expect("STATUS=playing \"");
	for (int i = 0; i < 5; i++)
		expect("WATCHDOG=1");
	kill(pid, SIGTERM);
	expect("STOPPING=1");
	stop(pid);
}

/* With the state of before, killed and started again. How long is shown; only what hangs fails. */
static void test_starts_at_once(void)
{
	double worst_ms = 0.0, sum_ms = 0.0;
	char folder[200];
	enum { N = 20 };

	snprintf(folder, sizeof(folder), "%s/kept", spawn_folder());
	mkdir(folder, 0700);
	setenv("STATE_DIRECTORY", folder, 1);
	for (int i = 0; i < N; i++) {
		int64_t begin_ns = clock_now_ns();
		pid_t pid = start("");
		double ms;

		expect("READY=1");
		ms = (double)(clock_now_ns() - begin_ns) / NS_PER_MS;
		sum_ms += ms;
		worst_ms = ms > worst_ms ? ms : worst_ms;
		kill(pid, SIGKILL);
		spawn_wait(pid, 0);
		notified_close(manager);
	}
	unsetenv("STATE_DIRECTORY");
	CHECK_BELOW(sum_ms / N, PATIENCE_MS);
	CHECK_BELOW(worst_ms, PATIENCE_MS);
}

/* The card takes nothing for 10 s: the clock stands, and nobody says otherwise. */
static void test_not_fed_while_the_clock_stands(void)
{
	pid_t pid = start("stall_every_ms = 500\nstall_ms = 10000\n");
	int64_t until_ns = clock_now_ns() + PATIENCE_MS * NS_PER_MS;
	bool was_hungry = false;

	expect("READY=1");
	expect("WATCHDOG=1");
	while (!was_hungry && clock_now_ns() < until_ns)
		was_hungry = !notified_wait(manager, "WATCHDOG=1", LONG_MS);
	CU_ASSERT_TRUE(was_hungry);
	kill(pid, SIGKILL);
	spawn_wait(pid, 0);
	notified_close(manager);
}

/* Pulled out: no loop of restarts. */
static void test_fed_while_the_device_is_away(void)
{
	pid_t pid = start("vanish_every_ms = 300\nvanish_ms = 60000\n");

	expect("READY=1");
	expect("STATUS=NO SOUND");
	for (int i = 0; i < 10; i++)
		expect("WATCHDOG=1");
	stop(pid);
}

SUITE_MAIN("service", {"it tells its life", test_tells_its_life},
	{"it starts at once", test_starts_at_once},
	{"it is not fed while the clock stands", test_not_fed_while_the_clock_stands},
	{"it is fed while the device is away", test_fed_while_the_device_is_away})
