/* sink_bench.h - the ALSA sink on the fake card, and the test as its producer: a sound of which every
 * sample is known. One test includes this file. */
#ifndef SUPPORT_SINK_BENCH_H
#define SUPPORT_SINK_BENCH_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audio/sample_format.h"
#include "audio/sink_alsa.h"
#include "tests/support/fake_pcm.h"
#include "tests/support/suite.h"

enum { BLOCK = 64 };

static struct sink *sink;
static struct sink_config config;
static struct diag diag;
static int n_written; /* blocks */

static void begin(void)
{
	fake_reset();
	config = (struct sink_config){
		.device = "hw:CARD=a", .rate_hz = 48000, .block_frames = BLOCK, .periods = 2};
	diag.text[0] = '\0';
	n_written = 0;
}

static void open_sink(void)
{
	int err = sink_alsa_open(&sink, &config, &diag);

	if (err < 0)
		printf("\n  %s\n", diag.text);
	CU_ASSERT_EQUAL_FATAL(err, 0);
}

/* Frame f of the test's sound: full of low bits, left and right different. */
static float sound(int frame, int side)
{
	return 0.9f * sinf(0.01f * (float)frame * (side ? 1.37f : 1.0f) + (float)side);
}

static int write_block(void)
{
	float stereo[2 * BLOCK];
	int err;

	for (int i = 0; i < 2 * BLOCK; i++)
		stereo[i] = sound(n_written * BLOCK + i / 2, i % 2);
	err = sink->ops->write(sink, stereo);
	n_written += err == 0;
	return err;
}

/* One wake-up, as the producer does it. 0 or the error. */
static int serve(void)
{
	int n = sink->ops->wait(sink), err = n < 0 ? n : 0;

	for (int i = 0; i < n && !err; i++)
		err = write_block();
	return err;
}

static void play(int n_blocks)
{
	for (int until = n_written + n_blocks, err = 0; n_written < until;) {
		err = serve();
		if (err < 0) {
			printf("\n  play: %d\n", err);
			CU_FAIL_FATAL("an error that was not planted");
		}
	}
}

/* What channel c of a frame must hold: the converter is judged by test_sample_format. */
static int32_t expected(int frame, int c)
{
	bool is_mono = config.channels[0] && !config.channels[1];
	int left = config.channels[0] ? config.channels[0] - 1 : 0;
	int right = config.channels[0] ? config.channels[1] - 1 : 1;
	struct converter converter = {.format = fake.setup.format};
	float x;
	unsigned char bytes[4] = {0};
	int32_t s;
	int shift =
		32 -
		8 * (fake.setup.format == FORMAT_S24 ? 3 : (int)sample_bytes(fake.setup.format));

	if (fake.setup.n_channels == 1)
		is_mono = true;
	if (c != left && (is_mono || c != right))
		return 0;
	x = is_mono ? 0.5f * (sound(frame, 0) + sound(frame, 1)) : sound(frame, c != left);
	converter_put(&converter, &(struct sample_run){.in = &x,
					  .in_step = 1,
					  .out = bytes,
					  .out_bytes = 4,
					  .n = 1,
					  .frame = (uint64_t)frame,
					  .channel = !is_mono && c != left});
	memcpy(&s, bytes, 4);
	return (int32_t)((uint32_t)s << shift) >> shift;
}

#endif
