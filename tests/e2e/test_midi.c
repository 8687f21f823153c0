/* A MIDI keyboard at the built program: pipes in a folder stand for the files of /dev/snd. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

static const char config[] =
	"[audio]\ndevice = simulated\nrate_hz = 44100\nblock_frames = 256\nperiods = 4\n"
	"[engine]\nlead_blocks = 4\n[start]\npatch = keys.ini\n[simulate]\nwav = %s/heard.wav\n"
	"[midi]\nfolder = %s/snd\n";
static const char instrument[] =
	"[patch]\nvoices = 8\n[keys1]\ntype = keys\nlow = 10\n"
	"[osc1]\ntype = osc\nshape = saw\npitch = keys1.pitch\n"
	"[env1]\ntype = adsr\nin = osc1\ngate = keys1.gate\nattack_ms = 1\nrelease_ms = 20\n"
	"[vca1]\ntype = vca\nin = env1\nby = keys1.velocity + keys1.mod\n"
	"[mix1]\ntype = mix\nin = vca1\n[out]\nin = mix1 * 0.1\n";

static struct spawned run;

static void write_files(void)
{
	char text[1500];

	mkdir(spawn_path("snd"), 0700);
	snprintf(text, sizeof(text), config, spawn_folder(), spawn_folder());
	spawn_file("c.ini", text);
	spawn_file("keys.ini", instrument);
}

static int plug(void)
{
	int fd;

	CU_ASSERT_EQUAL_FATAL(mkfifo(spawn_path("snd/midiC9D0"), 0600), 0);
	fd = open(spawn_path("snd/midiC9D0"), O_RDWR | O_CLOEXEC);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	return fd;
}

static void unplug(int fd)
{
	unlink(spawn_path("snd/midiC9D0"));
	close(fd);
}

static void put(int fd, const char *hex)
{
	for (const char *at = hex; *at; at += at[2] ? 3 : 2) {
		uint8_t byte = (uint8_t)strtol(at, NULL, 16);

		CU_ASSERT_EQUAL_FATAL(write(fd, &byte, 1), 1);
	}
}

static void wait_for(const char *file, const char *said)
{
	for (int i = 0; i < 3000 && !strstr(spawn_text(spawn_path(file)), said); i++)
		usleep(10000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(spawn_text(spawn_path(file)), said));
}

/* Chords, a wheel and a pedal while patches are committed, and the plug is pulled with keys down. */
static void play_by_hand(void)
{
	pid_t pid;
	int fd;

	unlink(spawn_path("log"));
	pid = spawn_start(spawn_path("log"), "run --config %s --seconds 3 --log-events %s",
		spawn_path("c.ini"), spawn_path("played.txt"));
	wait_for("log", "keys.ini");
	fd = plug();
	wait_for("log", "midiC9D0) plays");
	for (int i = 0; i < 12; i++) {
		char hex[80];

		snprintf(hex, sizeof(hex), "90 %02x 64 %02x 50 e0 00 %02x b0 01 %02x 40 %02x",
			(unsigned)(48 + i), (unsigned)(55 + i), (unsigned)(30 + 5 * i),
			(unsigned)(9 * i), i % 2 ? 0x7fu : 0u);
		put(fd, hex);
		usleep(50000);
		snprintf(hex, sizeof(hex), "80 %02x 00", (unsigned)(48 + i));
		put(fd, hex);
		if (i == 5) {
			spawn_chronus(&run, "send commit");
			CU_ASSERT_EQUAL(run.status, 0);
		}
	}
	unplug(fd);
	wait_for("log", "is gone");
	CU_ASSERT_EQUAL(spawn_wait(pid, 0), 0);
}

/* The rendering is the run up to where that began to fade out. */
static void compare(void)
{
	struct wav_data heard, got;
	double peak = 0.0;

	spawn_chronus(&run, "render --script %s", spawn_path("played.txt"));
	CU_ASSERT_EQUAL_FATAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("heard.wav"), &heard), 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("played.wav"), &got), 0);
	CU_ASSERT_TRUE(got.n_frames >= 2 * 44100 && got.n_frames <= heard.n_frames);
	CU_ASSERT_EQUAL(memcmp(heard.frames, got.frames, (size_t)got.n_frames * sizeof(v4f)), 0);
	for (int i = 0; i < got.n_frames; i++)
		peak = fmax(peak, (double)got.frames[i][0]);
	CU_ASSERT_TRUE(peak > 0.05);
	for (int i = got.n_frames - 4410; i < got.n_frames; i++) /* all keys were let go of */
		peak = i == got.n_frames - 4410 ? 0.0 : fmax(peak, (double)got.frames[i][0]);
	CU_ASSERT_TRUE(peak < 1e-4);
	wav_data_free(&heard);
	wav_data_free(&got);
}

static void test_journal(void)
{
	write_files();
	for (int tries = 0; tries < 30;
		tries++) { /* a machine too slow has played something else */
		play_by_hand();
		if (strstr(spawn_text(spawn_path("log")), "none 0,") &&
			strstr(spawn_text(spawn_path("log")), "drop 0,") &&
			strstr(spawn_text(spawn_path("log")), "xrun 0,")) {
			compare();
			return;
		}
	}
	CU_FAIL("the machine never played all blocks in time");
}

/* The ports, and each message as it comes, while the instrument plays. */
static void test_monitor(void)
{
	pid_t pid, json, text;
	int fd;

	write_files();
	spawn_chronus(&run, "midi");
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "is `chronus run` running?"));
	unlink(spawn_path("log"));
	pid = spawn_start(spawn_path("log"), "run --config %s", spawn_path("c.ini"));
	spawn_until(&run, "midi --seconds 0", "no MIDI port: plug a keyboard in");
	fd = plug();
	wait_for("log", "midiC9D0) plays");
	put(fd, "f4 90 3c 64");
	spawn_until(&run, "midi --seconds 0 --json", "\"faults_count\": 1");
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "\"file\": \"midiC9D0\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "\"bytes_count\": 4"));
	json = spawn_start(spawn_path("json"), "midi --json");
	text = spawn_start(spawn_path("text"), "midi");
	wait_for("json", "ports");
	wait_for("text", "plays");
	put(fd, "f8 90 3d 7f b1 4a 0c 80 3d 00 c0 04 e0 00 50");
	wait_for("json", "bend: 2048");
	wait_for("text", "bend: 2048");
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(spawn_path("json")), "\"bytes\": \"90 3d 7f\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(spawn_path("json")),
		"\"text\": \"channel 1, note 61 (c#4) on, velocity 127\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(spawn_path("text")), "channel 2, cc 74: 12\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(spawn_path("text")), "note 61 (c#4) off\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(spawn_text(spawn_path("text")), "program 5\n"));
	CU_ASSERT_PTR_NULL(
		strstr(spawn_text(spawn_path("text")), "note 60")); /* before they looked */
	CU_ASSERT_EQUAL(spawn_wait(json, SIGINT), 0);
	put(fd, "90 05 40");
	spawn_until(&run, "status", "midi_unheard 1");
	wait_for("log", "MIDI note 5 on channel 1: no module of patch");
	unplug(fd);
	spawn_until(&run, "midi --seconds 0", "gone");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
	CU_ASSERT_EQUAL(spawn_wait(text, 0), 1); /* there is nothing more to look at */
}

static struct wav_data render_start(const char *command)
{
	struct wav_data wav;
	char script[100];

	snprintf(script, sizeof(script), "0.5 %s\n", command);
	spawn_chronus(&run, "render --config config/chronus.ini --seconds 1 --script %s --out %s",
		spawn_file("start.script", script), spawn_path("start.wav"));
	CU_ASSERT_EQUAL_FATAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("start.wav"), &wav), 0);
	return wav;
}

/* The shipped start patch has something to play on a keyboard, and without one it is as it was. */
static void test_start_patch(void)
{
	struct wav_data played = render_start("midi 90 3c 64");
	struct wav_data other = render_start("midi b0 14 64"); /* a controller that nobody hears */
	double apart = 0.0;

	CU_ASSERT_EQUAL(memcmp(played.frames, other.frames, 24000 * sizeof(v4f)), 0);
	for (int i = 24000; i < 48000; i++)
		apart = fmax(apart, fabs((double)(played.frames[i][0] - other.frames[i][0])));
	CU_ASSERT_TRUE(apart > 0.1);
	wav_data_free(&played);
	wav_data_free(&other);
}

SUITE_MAIN("midi", {"journal", test_journal}, {"start patch", test_start_patch},
	{"monitor", test_monitor})
