/* A card that plays its ring over and over while nobody reads its pointer: the pointer comes out
 * as if nothing had been, and only the clock tells. On the sink alone and under a whole engine;
 * and that nothing else counts as that: late wake-ups, drift, a pointer that moves in steps. */
#include <errno.h>
#include <math.h>

#include "base/clock.h"
#include "engine/fade.h"
#include "tests/support/rig.h"
#include "tests/support/sink_bench.h"

/* ---- the sink */
/* Wakes up once after a stall. The error. */
static int stall(int n_frames)
{
	fake.stall_frames = n_frames;
	return serve();
}

/* It is found at once, and the next block is played from its first frame. */
static void check_stall(int n_frames)
{
	int n_before, n_wrong = 0;

	begin();
	open_sink();
	play(10);
	n_before = n_written;
	CU_ASSERT_EQUAL(stall(n_frames), -EPIPE);
	CU_ASSERT_EQUAL(n_written, n_before);
	CU_ASSERT_EQUAL(sink->ops->recover(sink, -EPIPE), -EPIPE);
	CU_ASSERT_FALSE(sink->is_running);
	fake.n_played = 0;
	play(10);
	CU_ASSERT_TRUE(fake_frames() >= 8 * BLOCK);
	for (int i = 0; i < 8 * BLOCK; i++)
		n_wrong += fake_sample((size_t)i, 0) != expected(n_before * BLOCK + i, 0);
	CU_ASSERT_EQUAL(n_wrong, 0);
	sink->close(sink);
}

static void test_whole_rings(void)
{
	for (int n_rings = 1; n_rings <= 3; n_rings++)
		check_stall(n_rings * 2 * BLOCK);
	check_stall(2 * BLOCK + 1); /* the pointer shows one frame */
	check_stall(6 * BLOCK + BLOCK / 2);
	check_stall(3 * BLOCK); /* ran dry by its pointer too */
}

/* A wake-up that comes late and still in time. */
static void test_less_than_a_ring(void)
{
	static const int lates[] = {0, 1, BLOCK / 2, BLOCK - 1};

	for (size_t i = 0; i < ARRAY_LEN(lates); i++) {
		begin();
		open_sink();
		play(10);
		CU_ASSERT_EQUAL(stall(lates[i]), 0);
		play(10);
		sink->close(sink);
	}
}

/* A card that is started anew is compared with its own start, and not with what was before. */
static void test_after_a_pause(void)
{
	begin();
	open_sink();
	play(10);
	for (int i = 0; i < 5; i++) {
		CU_ASSERT_EQUAL(stall(2 * BLOCK), -EPIPE);
		CU_ASSERT_EQUAL(sink->ops->recover(sink, -EPIPE), -EPIPE);
		CU_ASSERT_FALSE(sink->is_running);
		play(4);
		CU_ASSERT_TRUE(sink->is_running);
	}
	sink->close(sink);
}

static void count_waits(int n_waits)
{
	static const float silence[2 * BLOCK];
	int n_errors = 0;

	for (int i = 0; i < n_waits; i++) {
		int n = sink->ops->wait(sink);

		n_errors += n < 0;
		for (int b = 0; b < n; b++)
			sink->ops->write(sink, silence);
	}
	CU_ASSERT_EQUAL(n_errors, 0);
}

/* An hour in which the card is wrong by a thousandth: 3.6 s, of which none may add up. (A
 * twentieth of it, 0.18 s, is still more than any buffer.) */
static void test_drift(void)
{
	static const double ppms[] = {-1000.0, 1000.0};

	for (size_t i = 0; i < ARRAY_LEN(ppms); i++) {
		begin();
		fake.ppm = ppms[i];
		fake.max_played = 0;
		open_sink();
		count_waits(SUITE_TIMES(3600 * 48000 / BLOCK));
		sink->close(sink);
	}
}

/* A pointer that is a little older than its stamp, and one that moves by whole periods. */
static void test_coarse_pointer(void)
{
	begin();
	fake.stamp_late_frames = BLOCK / 2 - 1;
	open_sink();
	count_waits(1000);
	sink->close(sink);
	begin();
	fake.is_batch = true;
	fake.stamp_late_frames = 2 * BLOCK;
	open_sink();
	count_waits(1000);
	fake.stamp_late_frames = 0;
	play(1);
	CU_ASSERT_EQUAL(stall(4 * BLOCK), -EPIPE);
	sink->close(sink);
	begin();
	fake.has_no_stamps = true;
	open_sink();
	play(10);
	CU_ASSERT_EQUAL(stall(2 * BLOCK), 0); /* nothing to see it by */
	sink->close(sink);
}

/* ---- under the engine */
enum { AT = 150, N_BLOCKS = 400 };
static const char tone[] = "[osc1]\ntype = osc\nshape = saw\nfreq_hz = 331\n[out]\nin = osc1\n";
static v4f reference[N_BLOCKS * BLOCK];

static void check_counts(const struct rig *rig, int n_xruns)
{
	static const enum stat_id others[] = {STAT_NONE, STAT_DROP, STAT_LATE, STAT_FAILOVERS,
		STAT_FAULTS, STAT_MISMATCH, STAT_RESETS, STAT_REFUSED, STAT_SUSPENDS,
		STAT_DEVICE_LOST};

	CU_ASSERT_EQUAL(rig_count(rig, STAT_XRUN), (uint64_t)n_xruns);
	CU_ASSERT_EQUAL(rig_count(rig, STAT_REANCHORS), (uint64_t)n_xruns);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		CU_ASSERT_EQUAL(rig_count(rig, others[i]), 0);
}

/* The next block is the next block, faded in. */
static void check_goes_on(struct rig *rig, int at)
{
	int n_wrong = 0, first = at * BLOCK;

	CU_ASSERT_EQUAL_FATAL(rig->n_frames, N_BLOCKS * BLOCK);
	for (int i = 0; i < N_BLOCKS * BLOCK; i++) {
		float a = rig->frames[i][0], b = reference[i][0];

		if (i < first || i >= first + SHAPE_FADE_FRAMES)
			n_wrong += a != b;
		else
			n_wrong += fabsf(a) > fabsf(b);
	}
	CU_ASSERT_EQUAL(n_wrong, 0);
	CHECK_BELOW(fabs((double)rig->frames[first][0]), 1e-4);
}

static void run_stalled(int n_rings)
{
	static struct rig rig;
	struct rig_options options = {.max_blocks = N_BLOCKS};

	begin();
	CU_ASSERT_EQUAL_FATAL(sink_alsa_open(&options.card, &config, &diag), 0);
	rig_open(&rig, tone, &options);
	rig_run(&rig, AT);
	fake.stall_frames = n_rings * 2 * BLOCK;
	rig_run(&rig, N_BLOCKS - AT);
	check_counts(&rig, n_rings > 0);
	rig_stop(&rig);
	if (n_rings)
		check_goes_on(&rig, AT);
	else
		memcpy(reference, rig.frames, sizeof(reference));
	rig_close(&rig);
	options.card->close(options.card);
}

static void test_engine(void)
{
	for (int n_rings = 0; n_rings <= 3; n_rings++)
		run_stalled(n_rings);
}

/* The simulated card counts all its blocks, and so sees the same. A block later is in time. */
static void test_simulated(void)
{
	for (int n_rings = 1; n_rings <= 3; n_rings++) {
		static struct rig rig;

		rig_open(&rig, tone,
			&(struct rig_options){.jump_at_block = AT,
				.jump_ns = NS_PER_S * (n_rings * 2 + 1) * BLOCK / 48000,
				.max_blocks = N_BLOCKS});
		rig_run(&rig, N_BLOCKS);
		check_counts(&rig, 1);
		rig_close(&rig);
	}
}

SUITE_MAIN("lap", {"whole rings played over", test_whole_rings},
	{"late by less than a ring", test_less_than_a_ring}, {"started anew", test_after_a_pause},
	{"an hour of drift", test_drift}, {"a coarse pointer", test_coarse_pointer},
	{"under an engine: one xrun, and on with the next block", test_engine},
	{"the simulated card", test_simulated})
