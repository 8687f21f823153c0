/* The ALSA sink on a card that fails on request: samples, channels, grants, every way to be lost.
 * The test is the producer. Nothing here waits for a time, only for the keeper's thread. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/alsa_device.h"
#include "audio/sink_alsa.h"
#include "base/clock.h"
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

/* ---- samples */
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

/* ---- losses */
/* Serves until the first error; which call of `call` fails counts from now. */
static int first_error(enum fake_call call, int in, int err)
{
	int got = 0;

	fake_fail(call, in, err);
	for (int i = 0; i < 100 && !got; i++)
		got = serve();
	return got;
}

/* What was played since fake.n_played was 0 begins with block n. */
static void check_goes_on(int n)
{
	int n_wrong = 0;

	CU_ASSERT_TRUE(fake_frames() >= 8 * BLOCK);
	for (int i = 0; i < 8 * BLOCK; i++)
		n_wrong += fake_sample((size_t)i, 0) != expected(n * BLOCK + i, 0);
	CU_ASSERT_EQUAL(n_wrong, 0);
}

static void expect_same_card(int kind, enum fake_call call, int in, int err)
{
	int n_before, n_open;

	begin();
	fake.formats = 1u << FORMAT_S16; /* its dither tells the frame's number */
	fake.max_piece = 40;
	open_sink();
	play(10);
	n_open = fake.calls[FAKE_OPEN];
	CU_ASSERT_EQUAL(sink->ops->recover(sink, first_error(call, in, err)), kind);
	n_before = n_written;
	fake.n_played = 0;
	CU_ASSERT_FALSE(sink->is_running);
	play(10);
	CU_ASSERT_EQUAL(n_written, n_before + 10);
	check_goes_on(n_before);
	CU_ASSERT_TRUE(sink->is_running);
	CU_ASSERT_EQUAL(fake.calls[FAKE_OPEN], n_open); /* the keeper had nothing to do */
	sink->close(sink);
}

static void test_xrun_and_suspend(void)
{
	expect_same_card(-EPIPE, FAKE_WAIT, 1, -EPIPE);
	expect_same_card(-EPIPE, FAKE_AVAIL, 1, -EPIPE);
	expect_same_card(-EPIPE, FAKE_BEGIN, 1, -EPIPE);
	expect_same_card(-EPIPE, FAKE_COMMIT, 1, -EPIPE);
	expect_same_card(-EPIPE, FAKE_COMMIT, 2, -EPIPE); /* half a block is lost */
	expect_same_card(-ESTRPIPE, FAKE_WAIT, 1, -ESTRPIPE);
	expect_same_card(-ESTRPIPE, FAKE_COMMIT, 1, -ESTRPIPE);
	begin();
	open_sink();
	play(4);
	fake.short_commit = 1;
	CU_ASSERT_EQUAL(serve(), -EPIPE);
	CU_ASSERT_EQUAL(sink->ops->recover(sink, -EPIPE), -EPIPE);
	play(4);
	sink->close(sink);
}

/* A system that sleeps on: asked ten times a second, not more. */
static void test_long_sleep(void)
{
	int64_t begin_ns;

	begin();
	open_sink();
	play(4);
	fake.fails_on[FAKE_RESUME] = true;
	CU_ASSERT_EQUAL(first_error(FAKE_WAIT, 1, -ESTRPIPE), -ESTRPIPE);
	fake_fail(FAKE_RESUME, 1, -EAGAIN);
	CU_ASSERT_EQUAL(sink->ops->recover(sink, -ESTRPIPE), -ESTRPIPE);
	begin_ns = clock_now_ns();
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(sink->ops->wait(sink), 0);
	CU_ASSERT_TRUE(clock_now_ns() - begin_ns >= 300 * NS_PER_MS);
	fake_fail(FAKE_RESUME, 1, -ENOSYS); /* as most drivers: prepare does it */
	play(4);
	sink->close(sink);
}

/* Waits until the keeper has handed a card over, as the producer would; how many waits. */
static int wait_for_card(void)
{
	int n = 0;

	while (!sink->is_running && n++ < 2000)
		CU_ASSERT_EQUAL_FATAL(serve(), 0);
	return n;
}

static void expect_lost(enum fake_call call, int err)
{
	int n_before, n_waits, calls;

	begin();
	open_sink();
	play(10);
	fake.is_there = 0;
	CU_ASSERT_EQUAL(sink->ops->recover(sink, first_error(call, 1, err)), -ENODEV);
	n_before = n_written;
	calls = fake.calls[FAKE_WAIT] + fake.calls[FAKE_AVAIL];
	CU_ASSERT_EQUAL(sink->ops->wait(sink), 0);
	CU_ASSERT_EQUAL(n_written, n_before);
	CU_ASSERT_EQUAL(fake.calls[FAKE_WAIT] + fake.calls[FAKE_AVAIL], calls);
	fake.is_there = 1;
	n_waits = wait_for_card();
	CHECK_BELOW(n_waits, 2000);
	play(10);
	CU_ASSERT_EQUAL(fake.calls[FAKE_CLOSE], 1);
	sink->close(sink);
	CU_ASSERT_EQUAL(fake.calls[FAKE_CLOSE], 2);
}

static void test_gone(void)
{
	static const int errors[] = {-ENODEV, -EIO, -EBADFD, -ENXIO};
	static const enum fake_call calls[] = {FAKE_WAIT, FAKE_AVAIL, FAKE_BEGIN, FAKE_COMMIT};

	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		expect_lost(calls[i], errors[i]);
}

/* Comes back at the fourth look, in another format, under the second name; and says so. */
static void test_comes_back(void)
{
	struct sink_news news;
	int n_blocks;

	begin();
	snprintf(config.device, sizeof(config.device), "hw:CARD=a hw:CARD=b");
	open_sink();
	CU_ASSERT_FALSE(sink->take_news(sink, &news));
	play(10);
	fake_pull_out(-ENODEV);
	CU_ASSERT_EQUAL(serve(), -ENODEV);
	CU_ASSERT_EQUAL(sink->ops->recover(sink, -ENODEV), -ENODEV);
	while (fake.calls[FAKE_OPEN] < 1 + 2 * 2)
		CU_ASSERT_EQUAL(serve(), 0);
	CU_ASSERT_TRUE(sink->take_news(sink, &news));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.text, "hw:CARD=a is gone"));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.name, "no device"));
	CU_ASSERT_FALSE(sink->take_news(sink, &news));
	fake.formats = 1u << FORMAT_S16;
	fake.name = "hw:CARD=b";
	fake.n_played = 0;
	n_blocks = n_written;
	fake.is_there = 1;
	wait_for_card();
	play(10);
	CU_ASSERT_TRUE(sink->take_news(sink, &news));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.text, "playing again"));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.text, "granted S16_LE"));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.name, "hw:CARD=b, s16"));
	check_goes_on(n_blocks); /* the very next block, and its own dither */
	sink->close(sink);
}

/* A card that is back but grants something else is refused, once aloud, and looked for again. */
static void test_comes_back_wrong(void)
{
	struct sink_news news;

	begin();
	open_sink();
	play(4);
	fake_pull_out(-ENODEV);
	fake.grant_period = 128;
	CU_ASSERT_EQUAL(serve(), -ENODEV);
	CU_ASSERT_EQUAL(sink->ops->recover(sink, -ENODEV), -ENODEV);
	fake.is_there = 1;
	while (fake.calls[FAKE_OPEN] < 4)
		CU_ASSERT_EQUAL(serve(), 0);
	CU_ASSERT_TRUE(sink->take_news(sink, &news)); /* gone */
	CU_ASSERT_TRUE(sink->take_news(sink, &news));
	CU_ASSERT_PTR_NOT_NULL(strstr(news.text, "set block_frames = 128"));
	CU_ASSERT_FALSE(sink->take_news(sink, &news));
	fake.grant_period = 0;
	wait_for_card();
	play(4);
	sink->close(sink);
}

/* ---- nothing spins */
/* Errors that follow each other are 10 ms apart; after ten of them the card counts as gone. */
static void test_hopeless(void)
{
	int64_t begin_ns = clock_now_ns();
	int kind = -EPIPE, n = 0;

	begin();
	open_sink();
	fake.fails_on[FAKE_START] = true;
	while (kind == -EPIPE && n < 100) {
		int err = first_error(FAKE_START, 1, -EPIPE);

		CU_ASSERT_EQUAL(err, -EPIPE);
		kind = sink->ops->recover(sink, err);
		n++;
	}
	CU_ASSERT_EQUAL(kind, -ENODEV);
	CU_ASSERT_EQUAL(n, 11);
	CU_ASSERT_TRUE(clock_now_ns() - begin_ns >= 9 * 10 * NS_PER_MS);
	sink->close(sink); /* while the keeper has it */
}

/* A card that dies whenever it is played to is opened twice a second. */
static void test_dies_again(void)
{
	int64_t begin_ns = clock_now_ns();
	int n_lost = 0;

	begin();
	open_sink();
	fake.fails_on[FAKE_START] = true;
	fake_fail(FAKE_START, 1, -EIO);
	while (n_lost < 3) {
		int err = serve();

		if (err < 0) {
			n_lost++;
			CU_ASSERT_EQUAL(sink->ops->recover(sink, err), -ENODEV);
		}
	}
	CU_ASSERT_TRUE(clock_now_ns() - begin_ns >= 500 * NS_PER_MS);
	sink->close(sink);
}

/* Says it is ready and takes nothing: each look is a quarter of a block apart. */
static void test_ready_for_nothing(void)
{
	int64_t begin_ns;

	begin();
	open_sink();
	play(4);
	fake.is_ready_for_nothing = true;
	begin_ns = clock_now_ns();
	for (int i = 0; i < 60; i++)
		CU_ASSERT_EQUAL(sink->ops->wait(sink), 0);
	CU_ASSERT_TRUE(clock_now_ns() - begin_ns >= 60 * (NS_PER_S * BLOCK / 48000 / 4));
	sink->close(sink);
}

/* Runs, but has moved nothing for 20 waits: gone. */
static void test_stands_still(void)
{
	begin();
	open_sink();
	play(4);
	fake.fails_on[FAKE_WAIT] = true;
	fake_fail(FAKE_WAIT, 1, -ETIME);
	for (int i = 0; i < 19; i++)
		CU_ASSERT_EQUAL(sink->ops->wait(sink), 0);
	CU_ASSERT_EQUAL(sink->ops->wait(sink), -EIO);
	sink->close(sink);
}

SUITE_MAIN("sink_alsa", {"every format, access and placement, sample for sample", test_samples},
	{"blocks in pieces", test_wrap}, {"no digital zero", test_awake},
	{"a grant that breaks the block is refused with a hint", test_grants},
	{"names in order", test_names},
	{"running dry and being suspended are got over", test_xrun_and_suspend},
	{"a long sleep", test_long_sleep}, {"a card that is gone is handed over", test_gone},
	{"another card goes on with the next block", test_comes_back},
	{"a card that came back wrong is refused once", test_comes_back_wrong},
	{"errors without end", test_hopeless}, {"a card that dies again", test_dies_again},
	{"ready for nothing", test_ready_for_nothing}, {"standing still", test_stands_still})
