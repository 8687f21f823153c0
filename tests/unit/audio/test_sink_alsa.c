/* The ALSA sink on a card that fails on request: samples, channels, grants. The test is the producer. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/alsa_device.h"
#include "tests/support/sink_bench.h"

static void check_played(int n_frames)
{
	int n_wrong = 0;

	CU_ASSERT_TRUE((int)fake_frames() >= n_frames);
	for (int i = 0; i < n_frames; i++)
		for (int c = 0; c < fake.setup.n_channels; c++)
			n_wrong += fake_sample((size_t)i, c) != expected(i, c);
	CU_ASSERT_EQUAL(n_wrong, 0);
}

static void test_samples(void)
{
	static const struct {
		int n_channels, channels[2];
	} cases[] = {{2, {0, 0}}, {2, {1, 2}}, {2, {2, 1}}, {8, {3, 4}}, {8, {7, 2}}, {64, {1, 2}},
		{64, {64, 63}}, {1, {0, 0}}, {1, {1, 2}}, {2, {2, 0}}, {8, {5, 0}}};

	for (int format = 0; format < FORMAT_FLOAT; format++)
		for (int access = 0; access < 2; access++)
			for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
				begin();
				fake.formats = 1u << format;
				fake.has_interleaved = access == 0;
				fake.channels_min = fake.channels_max = cases[k].n_channels;
				memcpy(config.channels, cases[k].channels, sizeof(config.channels));
				fake.max_piece = k % 3 == 1 ? 17 : 0;
				open_sink();
				play(21);
				CU_ASSERT_EQUAL(fake.setup.n_channels, cases[k].n_channels);
				check_played(19 * BLOCK);
				sink->close(sink);
				check_played(21 * BLOCK); /* what was queued is played out */
			}
}

/* A ring that is no multiple of what is written at once: blocks go round its end in two pieces. */
static void test_wrap(void)
{
	begin();
	fake.max_piece = 40;
	open_sink();
	play(50);
	check_played(48 * BLOCK);
	CU_ASSERT_EQUAL(fake.calls[FAKE_BEGIN], 100);
	sink->close(sink);
}

static void test_awake(void)
{
	static const float silence[2 * BLOCK];
	int n_zero = 0;

	begin();
	config.keeps_awake = true;
	fake.resolution_bits = 24;
	open_sink();
	for (int i = 0; i < 20; i++) {
		CU_ASSERT_TRUE(sink->ops->wait(sink) > 0);
		CU_ASSERT_EQUAL(sink->ops->write(sink, silence), 0);
	}
	for (int i = 0; i < 18 * BLOCK; i++)
		for (int c = 0; c < 2; c++) {
			int32_t want = sample_noise((uint64_t)i, c) & 1 ? 256 : -256;

			n_zero += fake_sample((size_t)i, c) != want;
		}
	CU_ASSERT_EQUAL(n_zero, 0);
	sink->close(sink);
}

/* ---- grants */
static void refused(int err, const char *what, const char *hint)
{
	CU_ASSERT_EQUAL(sink_alsa_open(&sink, &config, &diag), err);
	if (!strstr(diag.text, what) || !strstr(diag.text, hint)) {
		printf("\n  %s\n", diag.text);
		CU_FAIL("the refusal says something else");
	}
	CU_ASSERT_EQUAL(fake.calls[FAKE_OPEN], fake.calls[FAKE_CLOSE]);
	begin();
}

static void test_grants(void)
{
	begin();
	fake.grant_period = 128;
	refused(-EINVAL, "granted a buffer of 128 frames in periods of 128",
		"set block_frames = 128");
	fake.grant_period = 480;
	refused(-EINVAL, "periods of 480", "periods have 480 to 480 frames: set block_frames");
	config.block_frames = 16; /* I2S: 256 bytes at least */
	fake.grant_period = 32;
	refused(-EINVAL, "in periods of 32",
		"set block_frames = 32 in [audio], the smallest that this card takes");
	config.block_frames = 16;
	fake.min_period = 24;
	refused(-EINVAL, "periods of 16 frames are refused",
		"set block_frames = 32 in [audio], the smallest that this card takes");
	fake.grant_buffer = 160;
	refused(-EINVAL, "a buffer of 160 frames", "set periods");
	fake.grant_buffer = BLOCK;
	refused(-EINVAL, "a buffer of 64 frames", "set periods");
	fake.rate_hz = 44100;
	refused(-EINVAL, "cannot play at 48000 Hz",
		"set rate_hz in [audio] to one of its own (44100)");
	fake.grant_rate_hz = 47999;
	refused(-EINVAL, "cannot play at 48000 Hz", "set rate_hz");
	fake.formats = 1u << FORMAT_FLOAT;
	refused(-EINVAL, "none of S32_LE S24_LE S24_3LE S16_LE", "plughw:");
	fake.has_interleaved = fake.has_noninterleaved = false;
	refused(-EINVAL, "mmap", "plughw:");
	config.channels[0] = 3;
	config.channels[1] = 4;
	refused(-EINVAL, "it has 2 channels and channel 4 is wanted", "from 1 to 2");
	fake.grant_channels = 65;
	refused(-EINVAL, "channels", "set channels");
	fake_fail(FAKE_PREPARE, 1, -EIO);
	refused(-EIO, "cannot be made ready", "");
	fake_fail(FAKE_OPEN, 1, -EBUSY);
	CU_ASSERT_EQUAL(sink_alsa_open(&sink, &config, &diag), -EBUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "another program plays to it"));
	begin();
	fake.grant_buffer = 4 * BLOCK; /* more periods than asked: the engine can live with it */
	open_sink();
	CU_ASSERT_PTR_NOT_NULL(strstr(sink->name, "4 x 64"));
	sink->close(sink);
}

/* Names in order; auto: not HDMI first. */
static void test_names(void)
{
	begin();
	fake.n_cards = 3;
	fake.cards[0] = (struct pcm_card){.name = "hw:CARD=vc4hdmi0", .is_hdmi = true};
	fake.cards[1] = (struct pcm_card){.name = "hw:CARD=dac"};
	fake.cards[2] = (struct pcm_card){.name = "hw:CARD=usb"};
	snprintf(config.device, sizeof(config.device), "hw:CARD=none auto");
	fake_fail(FAKE_OPEN, 1, -ENOENT);
	open_sink();
	CU_ASSERT_STRING_EQUAL(fake.opened, "hw:CARD=dac");
	sink->close(sink);
	fake.name = "hw:CARD=vc4hdmi0";
	open_sink();
	CU_ASSERT_STRING_EQUAL(fake.opened, "hw:CARD=vc4hdmi0");
	sink->close(sink);
	fake.n_cards = 0;
	CU_ASSERT_EQUAL(sink_alsa_open(&sink, &config, &diag), -ENOENT);
}

SUITE_MAIN("sink_alsa", {"every format, access and placement, sample for sample", test_samples},
	{"blocks in pieces", test_wrap}, {"no digital zero", test_awake},
	{"a grant that breaks the block is refused with a hint", test_grants},
	{"names in order", test_names})
