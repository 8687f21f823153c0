/* Files that were emptied or cut short: `chronus run` takes them for broken, and a good copy is
 * replaced only by what has sounded. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char first[] = "[patch]\nname = First\n[osc1]\ntype = osc\n[out]\nin = osc1 * 0.3\n";
static const char first_anew[] =
	"[patch]\nname = First\n[osc1]\ntype = osc\nshape = saw\n[out]\nin = osc1 * 0.3\n";
static const char second[] = "[patch]\nname = Second\n[osc1]\ntype = osc\n[out]\nin = osc1 * 0.2\n";

static struct spawned run;
static char kept[150], log_path[200], config_path[200], good_patch[200], good_settings[200];

static void begin(void)
{
	char command[200];

	snprintf(kept, sizeof(kept), "%s/kept", spawn_folder());
	snprintf(command, sizeof(command), "rm -rf %s", kept);
	CU_ASSERT_EQUAL(system(command), 0);
	mkdir(kept, 0700);
	snprintf(log_path, sizeof(log_path), "%s/log", spawn_folder());
	snprintf(good_patch, sizeof(good_patch), "%s/good-patch.ini", kept);
	snprintf(good_settings, sizeof(good_settings), "%s/good-chronus.ini", kept);
	setenv("STATE_DIRECTORY", kept, 1); /* emptied settings name no folder */
	spawn_file("first.ini", first);
	spawn_file("second.ini", second);
	strcpy(config_path,
		spawn_file("chronus.ini",
			"[audio]\ndevice = simulated\nblock_frames = 256\n[engine]\n"
			"lead_blocks = 4\n[start]\npatch = first.ini\n[simulate]\nwav = "
			"/dev/null\n"));
}

static pid_t start(void)
{
	return spawn_start(log_path, "run --appliance --config %s", config_path);
}

static void wait_for(const char *path, const char *want)
{
	for (int tries = 0; tries < 1000; tries++) {
		if (strstr(spawn_text(path), want))
			return;
		usleep(20000);
	}
	printf("\n  waited for %s in %s in vain: %s\n", want, path, spawn_text(path));
	CU_FAIL_FATAL("waited in vain");
}

static void kill_hard(pid_t pid)
{
	kill(pid, SIGKILL);
	spawn_wait(pid, 0);
}

/* n bytes, zeros too; in place, as a power cut or a full disk leaves them. */
static void leave(const char *name, const char *bytes, size_t n)
{
	char path[250];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", spawn_folder(), name);
	file = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(bytes, 1, n, file), n);
	fclose(file);
}

static long n_blocks(void)
{
	spawn_chronus(&run, "stats --json");
	return spawn_number(run.text, "\"blocks\": ");
}

/* 5.9 s of 256 frames at 48 kHz: 1 s for a patch to have sounded, and two writes 2 s apart. */
static void play_on(void)
{
	long from = n_blocks();

	for (int tries = 0; tries < 3000 && n_blocks() < from + 1100; tries++)
		usleep(20000);
	CU_ASSERT_TRUE(n_blocks() >= from + 1100);
}

static void test_at_the_start(void)
{
	static const struct {
		const char *bytes;
		size_t n;
	} rows[] = {{"", 0}, {"; to be written\r\n\n \t\n# so", 26}, {"\0\0\0\0\n\0", 6},
		{"\xef\xbb\xbf\n", 4}};
	pid_t pid;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin();
		pid = start();
		wait_for(good_patch, "First");
		wait_for(good_settings, "simulated");
		kill_hard(pid);
		leave("first.ini", rows[i].bytes, rows[i].n);
		leave("chronus.ini", rows[i].bytes, rows[i].n);
		pid = start();
		spawn_until(&run, "status", "chronus.ini: no [section] in it");
		spawn_until(&run, "status", "first.ini: no [section] in it");
		spawn_until(&run, "status", "playing with the settings of the last good start");
		spawn_until(&run, "stats", "First");
		play_on();
		CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(good_patch), "First"));
		CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(good_settings), "simulated"));
	}
}

/* Copies that an older program has made of such files. */
static void test_emptied_copies(void)
{
	char text[250];
	pid_t pid;

	begin();
	snprintf(text, sizeof(text), "; %s/first.ini\n", spawn_folder());
	leave("kept/good-patch.ini", text, strlen(text));
	leave("kept/good-chronus.ini", "", 0);
	leave("chronus.ini", "", 0);
	pid = start();
	spawn_until(&run, "status", "playing with the defaults");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	begin();
	leave("kept/good-patch.ini", text, strlen(text));
	leave("first.ini", "", 0);
	pid = start();
	spawn_until(&run, "stats", "Built in");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

static void test_while_it_plays(void)
{
	pid_t pid;

	begin();
	pid = start();
	wait_for(good_patch, "First");
	leave("first.ini", "", 0);
	wait_for(log_path, "saved, but not staged: error: ");
	wait_for(log_path, "first.ini: no [section] in it");
	leave("chronus.ini", "", 0);
	wait_for(log_path, "(saved; nothing has changed)");
	spawn_chronus(&run, "send commit"); /* once, for whoever thinks that it is staged */
	CU_ASSERT_NOT_EQUAL(run.status, 0);
	spawn_until(&run, "send commit", "is heard");
	play_on();
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(good_patch), "First"));
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(good_settings), "simulated"));
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

static void send_load(const char *name)
{
	static char script[500];

	snprintf(script, sizeof(script),
		"CHRONUS_RUNTIME_DIR=%s ${CHRONUS:-build/release/chronus} send 'load %s/%s' "
		">/dev/null",
		spawn_folder(), spawn_folder(), name);
	CU_ASSERT_EQUAL(system(script), 0);
}

/* A file that is saved and not committed has not sounded, whatever is played meanwhile. */
static void test_only_what_has_sounded(void)
{
	pid_t pid;

	begin();
	pid = start();
	wait_for(good_patch, "First");
	leave("first.ini", first_anew, strlen(first_anew));
	wait_for(log_path, "saved; ok staged");
	send_load("second.ini");
	spawn_until(&run, "send commit", "Second");
	wait_for(good_patch, "Second");
	spawn_until(&run, "send undo", "First");
	play_on();
	CU_ASSERT_PTR_NULL(strstr(spawn_text(good_patch), "saw"));
	send_load("first.ini");
	spawn_until(&run, "send commit", "is heard");
	wait_for(good_patch, "saw");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* By hand what is empty is the defaults, or silence, and told. */
static void test_by_hand(void)
{
	begin();
	leave("first.ini", "", 0);
	spawn_chronus(&run, "run --config %s --seconds 0.2", config_path);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "first.ini: no [section] in it"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "playing silence"));
	spawn_chronus(&run, "render --patch %s/first.ini --seconds 0.1 --discard", spawn_folder());
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "rendering silence"));
	leave("chronus.ini", "; none\n", 7);
	spawn_chronus(&run, "run --config %s --seconds 0.2", config_path);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "playing with the defaults"));
	spawn_chronus(&run, "check %s", config_path);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "an appliance takes it for broken"));
	unsetenv("STATE_DIRECTORY");
}

SUITE_MAIN("emptied", {"at the start", test_at_the_start}, {"emptied copies", test_emptied_copies},
	{"while it plays", test_while_it_plays},
	{"only what has sounded", test_only_what_has_sounded}, {"by hand", test_by_hand})
