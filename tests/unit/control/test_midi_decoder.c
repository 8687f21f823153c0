/* Bytes of a cable to messages: each message of the standard's lists, running status, bytes in
 * between, and a million bytes of anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/midi_decoder.h"
#include "tests/support/suite.h"

static struct midi_decoder *decoder;

/* The messages in hex, ';' behind each; '!' and the faults, if any */
static const char *decoded(const char *hex)
{
	static char text[2000];
	size_t n = 0;
	uint64_t n_faults = midi_decoder_n_faults(decoder);
	struct midi_message message;

	text[0] = '\0';
	for (const char *at = hex; *at; at += at[2] ? 3 : 2) {
		if (!midi_decoder_put(decoder, (uint8_t)strtol(at, NULL, 16), &message))
			continue;
		for (int i = 0; i < message.n; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%02x", i ? " " : "",
				message.bytes[i]);
		n += (size_t)snprintf(text + n, sizeof(text) - n, ";");
	}
	n_faults = midi_decoder_n_faults(decoder) - n_faults;
	if (n_faults)
		snprintf(text + n, sizeof(text) - n, "!%d", (int)n_faults);
	return text;
}

static void check(const char *hex, const char *want)
{
	const char *got = decoded(hex);

	CU_ASSERT_STRING_EQUAL(got, want);
	if (strcmp(got, want) != 0)
		printf("\n    %s: %s, not %s\n", hex, got, want);
}

static void begin(void)
{
	midi_decoder_close(decoder);
	CU_ASSERT_EQUAL_FATAL(midi_decoder_open(&decoder), 0);
}

static void test_messages(void)
{
	begin();
	check("90 3c 64", "90 3c 64;");
	check("8f 7f 00", "8f 7f 00;");
	check("a1 3c 01", "a1 3c 01;");
	check("b2 07 7f", "b2 07 7f;");
	check("c3 05", "c3 05;");
	check("d4 40", "d4 40;");
	check("e5 00 40", "e5 00 40;");
	check("e5 7f 7f", "e5 7f 7f;");
	check("f1 35", "f1 35;");
	check("f2 01 02", "f2 01 02;");
	check("f3 09", "f3 09;");
	check("f6", "f6;");
	check("f8", "f8;");
	check("fa", "fa;");
	check("fb", "fb;");
	check("fc", "fc;");
	check("fe", "fe;");
	check("ff", "ff;");
}

static void test_running_status(void)
{
	begin();
	check("90 3c 64 3c 00 40 01", "90 3c 64;90 3c 00;90 40 01;");
	check("41 01", "90 41 01;");
	check("c0 01 02 03", "c0 01;c0 02;c0 03;");
	check("90 f8 3c fe 64 f8 3d 01", "f8;fe;90 3c 64;f8;90 3d 01;");
	check("90 3c 64 f6 3d 64", "90 3c 64;f6;!2"); /* a system message ends it */
	check("f1 01 02", "f1 01;!1");
}

static void test_sysex(void)
{
	begin();
	check("f0 7e 7f 06 01 f7 90 3c 64", "90 3c 64;");
	check("f0 01 f8 02 f7", "f8;");
	check("f0 01 02 90 3c 64", "90 3c 64;!1"); /* cut off */
	check("f0", "");
	for (int i = 0; i < 65536; i++)
		CU_ASSERT_FALSE(midi_decoder_put(decoder, 0x11, &(struct midi_message){0}));
	check("f7 b0 01 02", "b0 01 02;");
}

static void test_faults(void)
{
	begin();
	check("3c 64", "!2");
	check("f7", "!1");
	check("f4 f5 f9 fd", "!4");
	check("90 3c 80 3c 40", "80 3c 40;!1");
	check("90 90 3c 64", "90 3c 64;!1");
	check("f4 3c 90 3c 64", "90 3c 64;!2");
}

/* Each message is whole and well-formed, whatever comes. */
static void test_anything(void)
{
	unsigned seed = 3;
	struct midi_message message;
	int n = 0, n_bad = 0;

	begin();
	for (int i = 0; i < 1000000; i++) {
		uint8_t byte = (uint8_t)(rand_r(&seed) >> 8);

		if (!midi_decoder_put(decoder, byte, &message))
			continue;
		n++;
		n_bad += message.n < 1 || message.n > 3 || message.bytes[0] < 0x80;
		for (int k = 1; k < message.n && message.n <= 3; k++)
			n_bad += message.bytes[k] > 127;
	}
	CU_ASSERT_EQUAL(n_bad, 0);
	CU_ASSERT_TRUE(n > 50000);
	CU_ASSERT_TRUE(midi_decoder_n_faults(decoder) > 50000);
	check("90 3c 64", "90 3c 64;!1"); /* whatever it was in the middle of */
	midi_decoder_close(decoder);
	decoder = NULL;
}

SUITE_MAIN("midi_decoder", {"messages", test_messages}, {"running status", test_running_status},
	{"sysex", test_sysex}, {"faults", test_faults}, {"anything", test_anything})
