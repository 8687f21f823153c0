/* Raw MIDI ports as a source: pipes in a folder stand for the files of /dev/snd. */
#include "input/midi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "input/map.h"
#include "input/midi_port.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { PATIENCE_MS = 20000 };

static struct settings settings;
static struct input_source *source;
static char devices[200], cards[200];

/* The other end of a port's pipe */
static int plug(const char *file)
{
	char path[400];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", devices, file);
	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	return fd;
}

static void unplug(int fd, const char *file)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", devices, file);
	unlink(path);
	close(fd);
}

static void say_nothing(const char *line)
{
	(void)line;
}

static void begin(const char *ports, int channel)
{
	static int n;
	struct diag diag;
	char path[300], name[60];

	log_set_writer(say_nothing);
	settings_default(&settings);
	snprintf(settings.midi.ports, sizeof(settings.midi.ports), "%s", ports);
	settings.midi.channel = channel;
	snprintf(devices, sizeof(devices), "%s/snd%d", spawn_folder(), n);
	snprintf(cards, sizeof(cards), "%s/asound%d", spawn_folder(), n);
	mkdir(cards, 0700);
	snprintf(path, sizeof(path), "%s/card1", cards);
	mkdir(path, 0700);
	snprintf(name, sizeof(name), "asound%d/card1/id", n);
	spawn_file(name, "Keystation\n");
	snprintf(name, sizeof(name), "asound%d/card1/midi0", n++);
	spawn_file(name, "Keystation 49\n\nInput 0\n");
	CU_ASSERT_EQUAL_FATAL(input_midi_open_in(&source, &settings, devices, cards, &diag), 0);
}

static void end(void)
{
	source->close(source);
}

static void put(int fd, const char *hex)
{
	for (const char *at = hex; *at; at += at[2] ? 3 : 2) {
		uint8_t byte = (uint8_t)strtol(at, NULL, 16);

		CU_ASSERT_EQUAL_FATAL(write(fd, &byte, 1), 1);
	}
}

/* The first n messages as text, or those that came until a quiet while. */
static const char *got(int n_wanted, int wait_ms)
{
	static char text[4000];
	struct input_event events[8];
	size_t at = 0;

	text[0] = '\0';
	for (int n_messages = 0; n_messages < n_wanted;) {
		struct pollfd poll_fd = {.fd = source->fd(source), .events = POLLIN};
		int n;

		if (wait_ms <= 0 || poll(&poll_fd, 1, 50) < 0)
			break;
		n = source->read(source, events, ARRAY_LEN(events));
		wait_ms -= n == 0 ? 50 : 0;
		for (int i = 0; i < n; i++, n_messages++) {
			struct action action;

			CU_ASSERT_TRUE(input_map(&settings, &events[i], &action));
			CU_ASSERT_EQUAL(action.kind, ACTION_MIDI);
			for (int k = 0; k < action.midi.n; k++)
				at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%02x",
					k ? " " : "", action.midi.bytes[k]);
			at += (size_t)snprintf(text + at, sizeof(text) - at, ";");
		}
	}
	return text;
}

static void check(const char *want)
{
	int n = 0;
	const char *text;

	for (const char *at = want; *at; at++)
		n += *at == ';';
	text = got(n, PATIENCE_MS);
	CU_ASSERT_STRING_EQUAL(text, want);
	if (strcmp(text, want) != 0)
		printf("\n    %s, not %s\n", text, want);
}

static void make_folder(void)
{
	CU_ASSERT_EQUAL_FATAL(mkdir(devices, 0700), 0);
}

/* Plugged before and after the start; the folder comes with the first; both play at once. */
static void test_plugged(void)
{
	int first, second;

	begin("all", 0);
	make_folder();
	first = plug("midiC1D0");
	put(first, "90 3c 64 40 64");
	check("90 3c 64;90 40 64;");
	second = plug("midiC2D0");
	put(second, "c3 05 f8 d0 20");
	check("c3 05;d0 20;");
	put(first, "90 3c");
	put(second, "b0 01 7f"); /* each has its own parser */
	check("b0 01 7f;");
	put(first, "00");
	check("90 3c 00;");
	CU_ASSERT_EQUAL(source->faults(source), 0);
	put(first, "f4 f5");
	put(first, "90 40 00");
	check("90 40 00;");
	CU_ASSERT_EQUAL(source->faults(source), 2);
	unplug(first, "midiC1D0");
	unplug(second, "midiC2D0");
	end();
}

/* A hundred times, with a chord and a pedal held: every key goes up. */
static void test_unplugged(void)
{
	int other;

	begin("all", 0);
	make_folder();
	other = plug("midiC3D0");
	put(other, "90 30 01");
	check("90 30 01;");
	for (int i = 0; i < 100; i++) {
		int fd = plug("midiC1D0");

		put(fd, "92 3c 64 40 64 43 64 43 00 b2 40 7f 95 10 01 85 10 00");
		check("92 3c 64;92 40 64;92 43 64;92 43 00;b2 40 7f;95 10 01;85 10 00;");
		unplug(fd, "midiC1D0");
		check("b2 40 00;82 3c 40;82 40 40;");
	}
	put(other, "90 30 00"); /* untouched by all that */
	check("90 30 00;");
	unplug(other, "midiC3D0");
	end();
}

/* More than fits into one read */
static void test_all_keys(void)
{
	char hex[16];
	int fd, n = 0;

	begin("all", 0);
	make_folder();
	fd = plug("midiC1D0");
	for (int note = 0; note < 128; note++) {
		snprintf(hex, sizeof(hex), "90 %02x 01", note);
		put(fd, hex);
	}
	(void)got(128, PATIENCE_MS);
	unplug(fd, "midiC1D0");
	for (const char *at = got(128, PATIENCE_MS); *at; at++)
		n += *at == ';';
	CU_ASSERT_EQUAL(n, 128);
	end();
}

static void test_sensing(void)
{
	int fd;

	begin("all", 0);
	make_folder();
	fd = plug("midiC1D0");
	put(fd, "90 3c 64 fe");
	check("90 3c 64;");
	check("80 3c 40;"); /* nothing came for 300 ms */
	put(fd, "90 3d 64");
	check("90 3d 64;");
	CU_ASSERT_STRING_EQUAL(got(1, 600), ""); /* it has not promised anything since */
	unplug(fd, "midiC1D0");
	end();
}

static void test_settings(void)
{
	int fd, other;

	begin("nothing Keystation", 3);
	make_folder();
	other = plug("midiC2D0");
	fd = plug("midiC1D0");
	put(other, "92 3c 64");
	put(fd, "90 3c 64 92 3d 64");
	check("92 3d 64;");
	CU_ASSERT_STRING_EQUAL(got(1, 200), "");
	unplug(fd, "midiC1D0");
	unplug(other, "midiC2D0");
	end();
	begin("midiC2D0", 0);
	make_folder();
	other = plug("midiC2D0");
	put(other, "92 3c 64");
	check("92 3c 64;");
	unplug(other, "midiC2D0");
	end();
}

/* Sysex of 64 KB with real-time bytes inside, then garbage, a cut message, and a chord: nothing of it
 * reaches the desk but what is a message. */
static void test_any_bytes(void)
{
	static uint8_t bytes[65536 + 2];
	struct input_event events[64];
	int fd, n = 0;

	begin("all", 0);
	make_folder();
	fd = plug("midiC1D0");
	put(fd, "90 3c 64");
	check("90 3c 64;");
	memset(bytes, 0x11, sizeof(bytes));
	bytes[0] = 0xf0;
	for (size_t i = 100; i < sizeof(bytes); i += 1000)
		bytes[i] = 0xf8;
	bytes[sizeof(bytes) - 1] = 0xf7;
	while (n < (int)sizeof(bytes)) { /* as much as the pipe takes */
		int rest = (int)sizeof(bytes) - n;

		CU_ASSERT_EQUAL_FATAL(
			write(fd, bytes + n, (size_t)int_min(rest, 4096)), int_min(rest, 4096));
		n += int_min(rest, 4096);
		while (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0) > 0)
			CU_ASSERT_EQUAL_FATAL(source->read(source, events, 64), 0);
	}
	CU_ASSERT_EQUAL(source->faults(source), 0);
	put(fd, "3d 64");                      /* no running status after it: 2 */
	put(fd, "90 3e f8 80 3c 00 f4 f7 90"); /* a real-time byte inside, a cut message, two alone */
	check("80 3c 00;");
	put(fd, "3f fe 01"); /* the promise inside of a message */
	check("90 3f 01;80 3f 40;");
	CU_ASSERT_EQUAL(source->faults(source), 5);
	unplug(fd, "midiC1D0");
	end();
}

static bool is_down[MIDI_CHANNELS][128];

/* Reads what there is. Returns how many keys are down then. */
static int follow(int wait_ms)
{
	struct pollfd poll_fd = {.fd = source->fd(source), .events = POLLIN};
	struct input_event events[64];
	int n_down = 0;

	poll(&poll_fd, 1, wait_ms);
	for (int i = 0, n = source->read(source, events, ARRAY_LEN(events)); i < n; i++) {
		int kind = events[i].bytes[0] & 0xf0, channel = events[i].bytes[0] & 15;

		if (kind == 0x90 || kind == 0x80)
			is_down[channel][events[i].bytes[1]] = kind == 0x90 && events[i].bytes[2];
	}
	for (int i = 0; i < MIDI_CHANNELS * 128; i++)
		n_down += is_down[i / 128][i % 128];
	return n_down;
}

/* Whatever comes and whenever it goes, all that was said to be down goes up. */
static void test_random_bytes(void)
{
	enum { ROUNDS = 20, PIECE = 5000 };
	unsigned seed = 7;

	begin("all", 0);
	make_folder();
	for (int round = 0; round < ROUNDS; round++) {
		int fd = plug("midiC1D0");

		for (int i = 0; i < PIECE; i++) {
			int any = rand_r(&seed) >> 8;
			uint8_t byte = (uint8_t)(any % 3 ? any >> 8 & 0x7f : 0x80 | any >> 8);

			CU_ASSERT_EQUAL_FATAL(write(fd, &byte, 1), 1);
		}
		while (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0) > 0)
			follow(10);
		unplug(fd, "midiC1D0");
		for (int i = 0; follow(10) > 0 && i < PATIENCE_MS / 10; i++)
			;
		CU_ASSERT_EQUAL_FATAL(follow(0), 0);
	}
	CU_ASSERT_TRUE(source->faults(source) > ROUNDS * PIECE / 20);
	end();
}

/* Another program has it, and lets go of it: it plays then, without a new file. */
static void test_closed_to_us(void)
{
	char path[400], target[300];
	int fd;

	begin("all", 0);
	make_folder();
	snprintf(path, sizeof(path), "%s/midiC1D0", devices);
	snprintf(target, sizeof(target), "%s/elsewhere", cards);
	CU_ASSERT_EQUAL_FATAL(symlink(target, path), 0); /* leads nowhere yet */
	CU_ASSERT_STRING_EQUAL(got(1, 100), "");
	CU_ASSERT_EQUAL_FATAL(mkfifo(target, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	put(fd, "90 3c 64");
	check("90 3c 64;");
	unplug(fd, "midiC1D0");
	end();
}

SUITE_MAIN("midi", {"plugged", test_plugged}, {"unplugged", test_unplugged},
	{"all keys", test_all_keys}, {"active sensing", test_sensing}, {"settings", test_settings},
	{"any bytes", test_any_bytes}, {"random bytes", test_random_bytes},
	{"closed to us", test_closed_to_us})
