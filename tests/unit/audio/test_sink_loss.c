/* The ALSA sink on a card that fails on request: every way to be lost, and that nothing spins. The test is
 * the producer. Nothing here waits for a time, only for the supervisor's thread. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/sink_bench.h"

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
	CU_ASSERT_EQUAL(fake.calls[FAKE_OPEN], n_open); /* the supervisor had nothing to do */
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

/* Waits until the supervisor has handed a card over, as the producer would; how many waits. */
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
	sink->close(sink); /* while the supervisor has it */
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

SUITE_MAIN("sink_loss", {"running dry and being suspended are got over", test_xrun_and_suspend},
	{"a long sleep", test_long_sleep}, {"a card that is gone is handed over", test_gone},
	{"another card goes on with the next block", test_comes_back},
	{"a card that came back wrong is refused once", test_comes_back_wrong},
	{"errors without end", test_hopeless}, {"a card that dies again", test_dies_again},
	{"ready for nothing", test_ready_for_nothing}, {"standing still", test_stands_still})
