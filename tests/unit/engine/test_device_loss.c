/* The whole engine on a card that fails: each kind of loss moves its own counter and no other, the
 * block clock goes on where it stood, what comes back comes in softly, and the desk stays awake. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audio/sink_alsa.h"
#include "base/clock.h"
#include "engine/fade.h"
#include "tests/support/fake_pcm.h"
#include "tests/support/rig.h"
#include "tests/support/suite.h"

enum { BLOCK = 64, N_BLOCKS = 400, AT = 150 };

static const char tone[] = "[osc1]\ntype = osc\nshape = saw\nfreq_hz = 331\n[out]\nin = osc1\n";
static struct rig rig;
static v4f reference[N_BLOCKS * BLOCK];

static void begin(void)
{
	struct sink_config config = {
		.device = "hw:CARD=a", .rate_hz = 48000, .block_frames = BLOCK, .periods = 2};
	struct rig_options options = {.max_blocks = N_BLOCKS};
	struct diag diag;

	fake_reset();
	CU_ASSERT_EQUAL_FATAL(sink_alsa_open(&options.card, &config, &diag), 0);
	rig_open(&rig, tone, &options);
}

static void end(void)
{
	struct sink *card = rig.card;

	rig_close(&rig);
	card->close(card);
}

/* Exactly these; everything else that may fail has not. */
static void check_counts(int n_xruns, int n_suspends, int n_lost)
{
	static const enum stat_id others[] = {STAT_NONE, STAT_DROP, STAT_FAILOVERS, STAT_FAULTS,
		STAT_MISMATCH, STAT_RESETS, STAT_REFUSED};

	CU_ASSERT_EQUAL(rig_count(&rig, STAT_XRUN), (uint64_t)n_xruns);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REANCHORS), (uint64_t)n_xruns);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_SUSPENDS), (uint64_t)n_suspends);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_DEVICE_LOST), (uint64_t)n_lost);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		CU_ASSERT_EQUAL(rig_count(&rig, others[i]), 0);
}

/* Up to block AT and from its fade-in on, every sample is the one of a run without a loss. */
static void check_goes_on(void)
{
	int n_wrong = 0, begin_in = AT * BLOCK, n_in = SHAPE_FADE_FRAMES;

	rig_stop(&rig);
	CU_ASSERT_EQUAL_FATAL(rig.n_frames, N_BLOCKS * BLOCK);
	for (int i = 0; i < N_BLOCKS * BLOCK; i++) {
		float a = rig.frames[i][0], b = reference[i][0];

		if (i < begin_in || i >= begin_in + n_in)
			n_wrong += a != b;
		else
			n_wrong += fabsf(a) > fabsf(b);
	}
	CU_ASSERT_EQUAL(n_wrong, 0);
	CHECK_BELOW(fabs((double)rig.frames[begin_in][0]), 1e-4);
	CU_ASSERT_TRUE(fabsf(reference[begin_in][0]) > 0.01f);
}

/* The run without a loss. */
static void play_reference(void)
{
	begin();
	rig_run(&rig, N_BLOCKS);
	check_counts(0, 0, 0);
	rig_stop(&rig);
	CU_ASSERT_EQUAL_FATAL(rig.n_frames, N_BLOCKS * BLOCK);
	memcpy(reference, rig.frames, sizeof(reference));
	end();
}

static void check_same_card(int err, int n_xruns, int n_suspends)
{
	play_reference();
	begin();
	rig_run(&rig, AT);
	fake_fail(FAKE_WAIT, 1, err);
	rig_run(&rig, N_BLOCKS - AT);
	check_counts(n_xruns, n_suspends, 0);
	CU_ASSERT_FALSE(engine_is_away(rig.engine));
	check_goes_on();
	end();
}

static void test_xrun(void)
{
	check_same_card(-EPIPE, 1, 0);
}

static void test_suspend(void)
{
	check_same_card(-ESTRPIPE, 0, 1);
}

static void wait_until_lost(void)
{
	for (int i = 0; i < 10000 && rig_count(&rig, STAT_DEVICE_LOST) == 0; i++)
		clock_sleep_until_ns(clock_now_ns() + NS_PER_MS);
	CU_ASSERT_EQUAL_FATAL(rig_count(&rig, STAT_DEVICE_LOST), 1);
}

/* Plays until all that was allowed is played. */
static void play_out(void)
{
	uint64_t until = atomic_load(&rig.until);

	while (atomic_load(&rig.done) < until) {
		desk_poll(rig.desk);
		clock_sleep_until_ns(clock_now_ns() + NS_PER_MS);
	}
}

static void check_lost(int err)
{
	uint64_t clock;

	begin();
	rig_run(&rig, AT);
	fake_pull_out(err);
	rig_allow(&rig, N_BLOCKS - AT);
	wait_until_lost();
	clock = engine_clock(rig.engine);
	CU_ASSERT_EQUAL(clock, AT);
	CU_ASSERT_TRUE(engine_is_away(rig.engine));
	clock_sleep_until_ns(clock_now_ns() + 250 * NS_PER_MS);
	CU_ASSERT_EQUAL(engine_clock(rig.engine), clock);
	fake.is_there = 1;
	play_out();
	CU_ASSERT_FALSE(engine_is_away(rig.engine));
	check_counts(0, 0, 1);
	check_goes_on();
	end();
}

static void test_lost(void)
{
	play_reference();
	check_lost(-ENODEV);
	check_lost(-EIO);
	check_lost(-EBADFD);
}

/* Turned while it is away: heard when it is back. A commit answers at once, and is heard then. */
static void test_desk_while_away(void)
{
	char reply[DESK_REPLY_BYTES];
	const char *outcome;

	begin();
	rig_run(&rig, AT);
	fake_pull_out(-ENODEV);
	rig_allow(&rig, N_BLOCKS - AT);
	CU_ASSERT_EQUAL(desk_command(rig.desk, "stage osc1.shape sine", reply, sizeof(reply)), 0);
	wait_until_lost();
	for (int i = 0; i < 1000; i++) { /* more than the event log holds */
		snprintf(reply, sizeof(reply), "set osc1.freq_hz %d", 100 + i);
		CU_ASSERT_EQUAL(rig_do(&rig, reply), 0);
		desk_poll(rig.desk);
	}
	CU_ASSERT_EQUAL(desk_command(rig.desk, "commit", reply, sizeof(reply)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "the sound device is away"));
	for (int i = 0; i < 20; i++)
		desk_poll(rig.desk);
	CU_ASSERT_PTR_NULL(desk_take_outcome(rig.desk));
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 0);
	fake.is_there = 1;
	while (desk_is_committing(rig.desk)) {
		desk_poll(rig.desk);
		rig_allow(&rig, 1); /* it may take more blocks than are left */
		clock_sleep_until_ns(clock_now_ns() + NS_PER_MS);
	}
	outcome = desk_take_outcome(rig.desk);
	CU_ASSERT_PTR_NOT_NULL_FATAL(outcome);
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome, "is heard from block"));
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	check_counts(0, 0, 1);
	end();
}

/* Who waits for a commit when the card is pulled out is told, once. */
static void test_pulled_out_while_committing(void)
{
	char reply[DESK_REPLY_BYTES];
	const char *outcome;

	begin();
	rig_run(&rig, AT);
	rig_do(&rig, "stage osc1.shape sine");
	CU_ASSERT_EQUAL(desk_command(rig.desk, "commit", reply, sizeof(reply)), DESK_LATER);
	CU_ASSERT_PTR_NULL(desk_take_outcome(rig.desk));
	fake_pull_out(-EIO);
	rig_allow(&rig, N_BLOCKS - AT);
	wait_until_lost();
	desk_poll(rig.desk);
	outcome = desk_take_outcome(rig.desk);
	CU_ASSERT_PTR_NOT_NULL_FATAL(outcome);
	CU_ASSERT_PTR_NOT_NULL(strstr(outcome, "away"));
	CU_ASSERT_PTR_NULL(desk_take_outcome(rig.desk));
	fake.is_there = 1;
	play_out();
	while (desk_is_committing(rig.desk)) {
		desk_poll(rig.desk);
		rig_allow(&rig, 1);
		clock_sleep_until_ns(clock_now_ns() + NS_PER_MS);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	end();
}

SUITE_MAIN("device_loss", {"without a loss", play_reference}, {"a card that ran dry", test_xrun},
	{"a card that was suspended", test_suspend}, {"a card that is gone and returns", test_lost},
	{"the desk meanwhile", test_desk_while_away},
	{"pulled out while committing", test_pulled_out_while_committing})
