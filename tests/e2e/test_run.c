/* `chronus run` on the simulated card: starting, being spoken to, being stopped in every way.
 * Wall-clock time passes here, but nothing is judged by it: what a slow machine delays is waited
 * for. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/judge.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { WAIT_TRIES = 2400 }; /* of 50 ms: it only ends what hangs */

static struct spawned run;
static char config_path[200], wav_path[200], log_path[200];

static const char patch[] = "[patch]\nname = Held\n[osc1]\ntype = osc\nfreq_hz = 300\nlevel = 0.5\n"
			    "[env1]\ntype = adsr\nin = osc1\nsustain = 1\n[out]\nin = env1\n";

static void write_config(const char *more)
{
	char text[1500];

	spawn_file("held.ini", patch);
	snprintf(wav_path, sizeof(wav_path), "%s/played.wav", spawn_folder());
	snprintf(log_path, sizeof(log_path), "%s/log", spawn_folder());
	remove(wav_path);
	snprintf(text, sizeof(text),
		"[audio]\ndevice = simulated\nblock_frames = 256\nperiods = 4\n[start]\npatch = "
		"held.ini\n"
		"[button commit]\npress = commit\nlong_press = undo\n%s\n[simulate]\nwav = %s\n",
		more, wav_path);
	if (!strstr(more, "lead_blocks"))
		strcat(text, "[engine]\nlead_blocks = 4\n");
	strcpy(config_path, spawn_file("run.ini", text));
}

/* said: what the program told at its end. On a machine that is too busy the recording has holes, which
 * are told. */
static bool is_recorded_whole(const char *said)
{
	return strstr(said, "blocks lost, the disk was too slow") == NULL;
}

/* A card that ran dry stopped by itself; only then, and at holes of the recording, may there be a step
 * between what was played before and after. */
static void check_ends_softly(const struct wav_data *wav, const char *said)
{
	const v4f *last = wav->frames + wav->n_frames - 1;

	CU_ASSERT_TRUE(judge_is_finite(wav->frames, wav->n_frames));
	CHECK_BELOW(judge_peak(last, 0, 1), 1e-4);
	if (spawn_number(said, "xrun ") == 0 && is_recorded_whole(said)) /* 300 Hz at 0.5: 0.0196 */
		CHECK_BELOW(judge_max_step(wav->frames, 0, wav->n_frames), 0.04);
}

static void wait_for_log(const char *want)
{
	for (int tries = 0; tries < WAIT_TRIES; tries++) {
		if (strstr(spawn_text(log_path), want))
			return;
		usleep(50000);
	}
	printf("\n  waited for %s in vain; the log says: %s\n", want, spawn_text(log_path));
	CU_FAIL_FATAL("waited in vain");
}

/* Until so many blocks more have been played. */
static void wait_for_blocks(long n_more)
{
	long end = -1;

	for (int tries = 0; tries < WAIT_TRIES; tries++) {
		long n_blocks;

		spawn_chronus(&run, "stats --json");
		n_blocks = spawn_number(run.text, "\"blocks\": ");
		if (end < 0 && n_blocks >= 0)
			end = n_blocks + n_more;
		if (end >= 0 && n_blocks >= end)
			return;
		usleep(50000);
	}
	CU_FAIL_FATAL("its blocks stand still");
}

static void test_plays_for_its_time(void)
{
	struct wav_data wav;

	write_config("");
	spawn_chronus(&run, "run --config %s --seconds 1.5", config_path);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, wav_path));
	CU_ASSERT_EQUAL_FATAL(wav_read(wav_path, &wav), 0);
	CU_ASSERT_TRUE(wav.n_frames >= 72000 || !is_recorded_whole(run.text));
	CHECK_BELOW(judge_peak(wav.frames, 0, wav.n_frames), 1e-6); /* the gate is shut */
	wav_data_free(&wav);
}

/* The script's times are the earliest; how much later its lines come is the machine's affair. */
static void test_obeys_a_script(void)
{
	const char *script =
		spawn_file("gate.txt", "0.1 gate env1 on\n0.2 set osc1.level 0.25\n0.3 "
				       "commit\n"); /* as it would be staged */
	struct wav_data wav;
	pid_t pid;

	write_config("");
	pid = spawn_start(log_path, "run --config %s --script %s", config_path, script);
	spawn_until(&run, "stats --json", "\"commits\": 1");
	wait_for_blocks(100);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(log_path), "commits 1"));
	CU_ASSERT_EQUAL_FATAL(wav_read(wav_path, &wav), 0);
	CHECK_BELOW(judge_peak(wav.frames, 0, 4000), 1e-6); /* the gate is still shut */
	CHECK_BELOW(-judge_peak(wav.frames, 0, wav.n_frames), -0.2);
	check_ends_softly(&wav, spawn_text(log_path));
	wav_data_free(&wav);
}

/* An event that nobody has heard yet when the program ends: the journal still asks about it. */
static void test_ends_with_an_event_under_way(void)
{
	const char *script = spawn_file("last.txt", "0.2 set osc1.level 0.3\n0.2 quit\n");

	write_config("");
	for (int i = 0; i < 3; i++) {
		spawn_chronus(&run, "run --config %s --script %s --log-events %s/events.txt",
			config_path, script, spawn_folder());
		CU_ASSERT_EQUAL(run.status, 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 0"));
	}
}

static void test_is_spoken_to(void)
{
	struct wav_data wav;
	pid_t pid;

	write_config("");
	pid = spawn_start(log_path, "run --config %s", config_path);
	spawn_until(&run, "stats", "Held");
	spawn_until(&run, "send commit", "ok");
	spawn_chronus(&run, "send quit_not");
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "error:"));
	spawn_until(&run, "send commit", "ok");
	spawn_until(&run, "stats --json", "\"commits\"");
	spawn_chronus(&run, "stats");
	CU_ASSERT_TRUE(run.status == 0 || run.status == 4); /* 4: no real time here */
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	spawn_chronus(&run, "stats");
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_EQUAL_FATAL(wav_read(wav_path, &wav), 0);
	check_ends_softly(&wav, spawn_text(log_path));
	wav_data_free(&wav);
}

/* What is saved while it plays is staged, if it is right. */
static void test_saved_files_are_staged(void)
{
	char changed[sizeof(patch) + 20];
	pid_t pid;

	write_config("");
	pid = spawn_start(log_path, "run --config %s", config_path);
	spawn_until(&run, "send commit", "ok");
	spawn_file("held.ini", "[osc1]\ntype = osc\nlevle = 1\n[out]\nin = osc1\n");
	wait_for_log("held.ini:3");
	wait_for_log("saved, but not staged");
	spawn_until(&run, "stats", "Held");
	snprintf(changed, sizeof(changed), "%s", patch);
	memcpy(strstr(changed, "Held"), "Anew", 4);
	spawn_file("held.ini", changed);
	wait_for_log("ok staged patch \"Anew\"");
	spawn_until(&run, "send commit", "ok \"Anew\" is heard");
	spawn_file("run.ini", "[audio]\nperiods = none\n");
	wait_for_log("run.ini:2");
	spawn_until(&run, "stats", "Anew");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

static void test_quit_while_sounding(void)
{
	const char *script = spawn_file("gate.txt", "0 gate env1 on\n");
	struct wav_data wav;
	pid_t pid;

	write_config("");
	pid = spawn_start(log_path, "run --config %s --script %s", config_path, script);
	wait_for_log("gate env1 on: ok");
	wait_for_blocks(100);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGINT), 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(wav_path, &wav), 0);
	CHECK_BELOW(-judge_peak(wav.frames, 0, wav.n_frames), -0.4);
	check_ends_softly(&wav, spawn_text(log_path));
	wav_data_free(&wav);
}

/* The whole program stands still for a second: skipped, not caught up with. (test_producer
 * counts exactly.) */
static void test_stopped_for_a_second(void)
{
	long n_reanchors;
	pid_t pid;

	write_config("");
	pid = spawn_start(log_path, "run --config %s", config_path);
	spawn_until(&run, "send commit", "ok"); /* it plays */
	kill(pid, SIGSTOP);
	usleep(1000000);
	kill(pid, SIGCONT);
	spawn_until(&run, "send commit", "ok");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	CU_ASSERT_TRUE(spawn_number(spawn_text(log_path), "xrun ") >= 1);
	n_reanchors = spawn_number(spawn_text(log_path), "reanchors ");
	CU_ASSERT_TRUE(n_reanchors >= 1);
	/* 188 blocks were missed; each time that it is put off a busy machine it skips, too */
	CU_ASSERT_TRUE(spawn_number(spawn_text(log_path), "drop ") <= 64 * n_reanchors);
}

/* A worker that takes 30 ms for its blocks of 5 ms: its blocks are counted as late. */
static void test_late_blocks_are_counted(void)
{
	const char *script = spawn_file("late.txt",
		"0.3 fault standby late 30000\n1 fault standby late 30000\n"
		"3 fault standby late 30000\n9 fault standby late 30000\n"); /* once it is there */
	pid_t pid;

	write_config("");
	pid = spawn_start(
		log_path, "run --config %s --script %s --allow-faults", config_path, script);
	wait_for_log("fault standby late 30000: ok");
	wait_for_blocks(200);
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	CU_ASSERT_TRUE(spawn_number(spawn_text(log_path), ", late ") >= 1);
}

static void test_hint_for_bursts(void)
{
	char text[1500];
	pid_t pid;

	write_config("");
	snprintf(text, sizeof(text),
		"[audio]\ndevice = simulated\nblock_frames = 256\nperiods = "
		"4\n[engine]\nlead_blocks = 2\n"
		"[start]\npatch = held.ini\n[simulate]\nburst_periods = 4\nwav = %s\n",
		wav_path);
	strcpy(config_path, spawn_file("burst.ini", text));
	pid = spawn_start(log_path, "run --config %s", config_path);
	spawn_until(&run, "stats", "lead_blocks = 4");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* A card that is away for 2 s after each second of playing: whoever speaks to the program is
 * answered, and what was committed meanwhile is heard when it is back. */
static void test_device_comes_and_goes(void)
{
	char text[1500];
	pid_t pid;

	write_config("");
	snprintf(text, sizeof(text),
		"[audio]\ndevice = simulated\nblock_frames = 256\n[start]\npatch = held.ini\n"
		"[simulate]\nvanish_every_ms = 1000\nvanish_ms = 2000\nwav = %s\n",
		wav_path);
	strcpy(config_path, spawn_file("vanish.ini", text));
	pid = spawn_start(log_path, "run --config %s", config_path);
	spawn_until(&run, "stats", "THE DEVICE IS AWAY");
	spawn_until(&run, "stats --json", "\"is_away\": true");
	spawn_until(&run, "send commit", "the sound device is away");
	spawn_until(&run, "stats --json", "\"is_away\": false");
	wait_for_log("is heard from block");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	CU_ASSERT_TRUE(spawn_number(spawn_text(log_path), "device_lost ") >= 1);
	CU_ASSERT_TRUE(spawn_number(spawn_text(log_path), "commits ") >= 1);
	CU_ASSERT_EQUAL(spawn_number(spawn_text(log_path), "suspends "), 0);
}

static void test_devices(void)
{
	spawn_chronus(&run, "devices null");
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "S32_LE S24_LE S24_3LE S16_LE"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "44100 48000"));
	spawn_chronus(&run, "devices --json null hw:77");
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "\"obstacle\": null"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "\"device\": \"hw:77\""));
}

static void test_bad_input_plays_nothing(void)
{
	const char *bad = spawn_file("bad.ini", "[audio]\nblock_frame = 64\n");

	write_config("");
	spawn_chronus(&run, "run --config %s --seconds 1", bad);
	CU_ASSERT_EQUAL(run.status, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "bad.ini:2"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "block_frames"));
	CU_ASSERT_NOT_EQUAL(access(wav_path, F_OK), 0);
}

/* ALSA for real, as far as a machine without a card has it: the null device takes blocks in
 * time. */
static void test_alsa_null(void)
{
	int64_t begin_ns = clock_now_ns();
	char text[300];
	double seconds;
	long blocks;

	write_config("");
	snprintf(text, sizeof(text),
		"[audio]\ndevice = hw:77 null\nblock_frames = 256\n[start]\npatch = held.ini\n");
	spawn_chronus(&run, "run --config %s --seconds 1", spawn_file("null.ini", text));
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "hw:77: cannot be opened"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "on null, s32"));
	blocks = spawn_number(run.text, "chronus: blocks ");
	/* not thousands: it is not run away with, as long as it took */
	seconds = (double)(clock_now_ns() - begin_ns) / 1e9;
	CU_ASSERT_TRUE(blocks >= 188);
	CHECK_BELOW((double)blocks, (seconds + 0.1) * 48000 / 256 + 16);
}

/* The demo that `make run` plays, offline: seven commits of five patches, no silence while it
 * should sound. */
static void test_demo(void)
{
	struct wav_data wav;

	snprintf(wav_path, sizeof(wav_path), "%s/demo.wav", spawn_folder());
	spawn_chronus(&run,
		"render --patch config/patches/pulse.ini --config config/demo.ini --block 256 "
		"--script config/demo.script --seconds 26 --out %s",
		wav_path);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 7, refused 0, none 0"));
	CU_ASSERT_EQUAL_FATAL(wav_read(wav_path, &wav), 0);
	CU_ASSERT_TRUE(judge_is_finite(wav.frames, wav.n_frames));
	CHECK_BELOW(judge_peak(wav.frames, 0, wav.n_frames), 0.999);
	for (int s = 0; s < 26; s++)
		CHECK_BELOW(-judge_rms(wav.frames + s * 48000, 0, 48000), -0.002);
	wav_data_free(&wav);
}

SUITE_MAIN("run", {"it plays for its time and ends softly", test_plays_for_its_time},
	{"it obeys a script", test_obeys_a_script},
	{"it ends with an event under way", test_ends_with_an_event_under_way},
	{"it is spoken to while it plays", test_is_spoken_to},
	{"files that are saved are staged", test_saved_files_are_staged},
	{"it ends softly in mid-sound", test_quit_while_sounding},
	{"stopped for a second", test_stopped_for_a_second},
	{"late blocks are counted", test_late_blocks_are_counted},
	{"bursts beyond the lead get a hint", test_hint_for_bursts},
	{"a device that comes and goes", test_device_comes_and_goes},
	{"the list of devices", test_devices},
	{"bad input plays nothing", test_bad_input_plays_nothing},
	{"the null device", test_alsa_null}, {"the demo", test_demo})
