/* A raw MIDI file as the kernel hands it over: with the time of each byte. A pipe stands for it. */
#include "input/midi_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <sound/asound.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "input/midi_port.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

#define NOW_NS (8 * NS_PER_S)

static struct midi_port port = {.fd = -1};

/* The other end of its pipe */
static int open_port(void)
{
	const char *path = spawn_path("midiC1D0");
	int fd;

	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(midi_port_open(&port, path), 0);
	unlink(path);
	CU_ASSERT_FALSE(port.is_framed); /* a pipe knows no times */
	return fd;
}

static void put_frame(int fd, int64_t time_ns, const char *text, int n)
{
	struct snd_rawmidi_framing_tstamp frame = {.length = (uint8_t)n,
		.tv_sec = (uint64_t)(time_ns / NS_PER_S),
		.tv_nsec = (uint32_t)(time_ns % NS_PER_S)};

	memcpy(frame.data, text, (size_t)n);
	CU_ASSERT_EQUAL_FATAL(write(fd, &frame, sizeof(frame)), sizeof(frame));
}

/* A message has the time of its last byte. */
static void test_times(void)
{
	struct input_event events[32];
	int fd = open_port();

	port.is_framed = true;
	put_frame(fd, 7 * NS_PER_S + 1, "\x90\x3c\x40\x3e\x40\x40", 6);
	put_frame(fd, 7 * NS_PER_S + 300000, "\x40", 1);
	CU_ASSERT_EQUAL(midi_port_read(&port, 0, NOW_NS, events, 15), 0); /* no room */
	CU_ASSERT_EQUAL(midi_port_read(&port, 0, NOW_NS, events, 32), 3);
	CU_ASSERT_EQUAL(events[0].time_ns, 7 * NS_PER_S + 1);
	CU_ASSERT_EQUAL(events[1].time_ns, 7 * NS_PER_S + 1);
	CU_ASSERT_EQUAL(events[2].time_ns, 7 * NS_PER_S + 300000);
	CU_ASSERT_EQUAL(events[2].bytes[1], 0x40);
	CU_ASSERT_EQUAL(midi_port_read(&port, 0, NOW_NS, events, 32), 0);
	close(fd);
	CU_ASSERT_EQUAL(midi_port_read(&port, 0, NOW_NS, events, 32), -ENODEV);
	midi_port_close(&port);
}

static void test_without(void)
{
	struct input_event events[8];
	int fd = open_port();

	CU_ASSERT_EQUAL_FATAL(write(fd, "\x90\x3c\x40", 3), 3);
	CU_ASSERT_EQUAL(midi_port_read(&port, 0, NOW_NS, events, 8), 1);
	CU_ASSERT_EQUAL(events[0].time_ns, NOW_NS);
	midi_port_close(&port);
	close(fd);
}

static void test_sort(void)
{
	struct input_event events[] = {{.control = 1, .time_ns = 3}, {.control = 2, .time_ns = 5},
		{.control = 3, .time_ns = 1}, {.control = 4, .time_ns = 3}};
	static const int order[] = {3, 1, 4, 2};

	midi_port_sort(events, ARRAY_LEN(events));
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		CU_ASSERT_EQUAL(events[i].control, order[i]);
}

SUITE_MAIN("midi bytes", {"times", test_times}, {"without times", test_without},
	{"two ports", test_sort})
