/* The frame at which an event is heard: by its time, whatever the size of a block. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/event.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

#define ROUNDING 5e-7 /* of floats: an oscillator's fast path */

enum { RATE_HZ = 48000, SECONDS = 2, N = SECONDS * RATE_HZ };

/* ---- the line through the wake-ups */

/* Of a card whose crystal is off by ppm, whose wake-ups are late by up to 200 us, and now and then by
 * 3 ms: how far the onsets of even events lie apart from even frames. */
static double unevenness(int block_frames, double ppm)
{
	double frame_ns = 1e9 / RATE_HZ * (1.0 + ppm * 1e-6), least = 1e9, most = -1e9;
	unsigned seed = 5;
	struct time_base base;

	time_base_init(&base, false, RATE_HZ, 2 * block_frames);
	for (int n = 1; n * block_frames < 20 * RATE_HZ; n++) {
		double frame = (double)n * block_frames, due_ns = 1e12 + frame * frame_ns;
		int late_ns = rand_r(&seed) % (rand_r(&seed) % 100 ? 200000 : 3000000);
		double at_ns = due_ns - 0.4 * block_frames * frame_ns, off;

		time_base_note(&base, (int64_t)due_ns + late_ns, (uint64_t)frame);
		if (frame < 10.0 * RATE_HZ)
			continue; /* it has found the crystal's rate by then */
		off = (double)time_base_frame(&base, (int64_t)at_ns) - frame;
		least = off < least ? off : least;
		most = off > most ? off : most;
	}
	return most - least;
}

static void test_wake_ups(void)
{
	static const double ppm[] = {0.0, 150.0, -300.0};

	for (size_t i = 0; i < ARRAY_LEN(ppm); i++) {
		CHECK_BELOW(unevenness(16, ppm[i]), 4.0);
		CHECK_BELOW(unevenness(64, ppm[i]), 4.0);
		CHECK_BELOW(unevenness(256, ppm[i]), 4.0);
	}
}

/* As soon as it can be before anything is known, after the device has stopped, and without a time. */
static void test_no_line(void)
{
	struct time_base base;

	time_base_init(&base, false, RATE_HZ, 128);
	CU_ASSERT_EQUAL(time_base_frame(&base, NS_PER_S), 0);
	time_base_note(&base, NS_PER_S, 4800);
	CU_ASSERT_EQUAL(time_base_frame(&base, NS_PER_S), 4800 + 128 + 24);
	CU_ASSERT_EQUAL(time_base_frame(&base, NS_PER_S - 10 * NS_PER_MS), 4800 + 128 + 24 - 480);
	/* nothing happens later than now */
	CU_ASSERT_EQUAL(time_base_frame(&base, 2 * NS_PER_S), 4800 + 128 + 24);
	CU_ASSERT_EQUAL(time_base_frame(&base, 0), 0);
	time_base_forget(&base);
	CU_ASSERT_EQUAL(time_base_frame(&base, NS_PER_S), 0);
	/* a stop that nobody told of: the line begins anew */
	time_base_note(&base, 2 * NS_PER_S, 4864);
	time_base_note(&base, 9 * NS_PER_S, 4928);
	CU_ASSERT_EQUAL(time_base_frame(&base, 9 * NS_PER_S), 4928 + 128 + 24);
}

/* ---- the stamp */

static struct event_log event_log_;
static struct time_base timeless = {.is_timeless = true, .rate_hz = 1000000}; /* a frame a us */

static void push(int64_t frame)
{
	struct event event = {.time_ns = frame * NS_PER_US};

	event_log_push(&event_log_, &event, 0);
}

static int stamp(uint64_t from, uint64_t until)
{
	const struct event_window window = {&timeless, from, until, 64};

	return event_log_stamp(&event_log_, &window);
}

static void check_stamped(int at, uint64_t block, int frame)
{
	const struct event *event = event_log_peek(&event_log_, (uint64_t)at, UINT64_MAX);

	CU_ASSERT_PTR_NOT_NULL_FATAL(event);
	CU_ASSERT_EQUAL(event->block, block);
	CU_ASSERT_EQUAL(event->frame, frame);
}

static void test_stamps(void)
{
	event_log_ = (struct event_log){0};
	push(0);            /* at once */
	push(10 * 64 + 63); /* at its frame */
	push(10 * 64 + 5);  /* not before the one before it */
	push(12 * 64 + 7);  /* in a block to come of the same wake-up */
	push(13 * 64);      /* not due yet */
	push(0);            /* nor is what is behind it */
	CU_ASSERT_EQUAL(stamp(10, 13), 4);
	check_stamped(0, 10, 0);
	check_stamped(1, 10, 63);
	check_stamped(2, 10, 63);
	check_stamped(3, 12, 7);
	CU_ASSERT_EQUAL(stamp(13, 14), 2);
	check_stamped(4, 13, 0);
	check_stamped(5, 13, 0);
	push(14 * 64 + 9); /* a lookahead was rendered meanwhile */
	CU_ASSERT_EQUAL(stamp(31, 32), 1);
	check_stamped(6, 31, 0);
}

/* ---- what is heard */

static struct rig rig;
static v4f *heard[3];

static double furthest(const v4f *a, const v4f *b)
{
	double most = 0.0;

	for (int i = 0; i < N; i++)
		most = fmax(most, fabs((double)a[i][0] - (double)b[i][0]));
	return most;
}

/* All that a script does, in each size of block. */
static void play(const char *patch, const char *text, double tolerance)
{
	static const int blocks[] = {16, 64, 256};
	struct script script;
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(script_read(spawn_file("s.txt", text), &script, &diag), 0);
	for (int b = 0; b < 3; b++) {
		rig_open(&rig, patch,
			&(struct rig_options){.is_render = true, .block_frames = blocks[b]});
		CU_ASSERT_EQUAL(rig_play(&rig, &script, N / blocks[b]), 0);
		rig_stop(&rig);
		heard[b] = malloc(sizeof(v4f) * N);
		memcpy(heard[b], rig.frames, sizeof(v4f) * N);
		rig_close(&rig);
	}
	script_free(&script);
	for (int b = 1; b < 3; b++)
		CHECK_BELOW(furthest(heard[0], heard[b]), tolerance);
}

static void forget(void)
{
	for (int b = 0; b < 3; b++)
		free(heard[b]);
}

/* The frame of the n-th step away from the first value; -1: there is none. */
static int step_at(int n)
{
	for (int i = 1; i < N; i++)
		if (heard[0][i][0] != heard[0][i - 1][0] && n-- == 0)
			return i;
	return -1;
}

static void test_onsets(void)
{
	static const char patch[] = "[keys1]\ntype = keys\n[out]\nin = keys1.gate * 0.3\n";
	static const char script[] = "0.1000 midi 90 3c 40\n0.100020833 midi 80 3c 40\n"
				     "0.250021 note keys1 64 on 0.5\n0.2799 note keys1 64 off\n"
				     "0.333333 midi 90 3c 40\n0.50 midi 80 3c 40\n";
	static const int steps[] = {4800, 4801, 12001, 13435, 16000, 24000, -1};

	play(patch, script, 1e-30);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		CU_ASSERT_EQUAL(step_at((int)i), steps[i]);
	forget();
}

/* Edges of one frame stand one frame apart, into the next block if need be. */
static void test_gates(void)
{
	static const char patch[] = "[osc1]\ntype = osc\nfreq_hz = 500\n[env1]\ntype = adsr\nin = "
				    "osc1\nattack_ms = 1\n[out]\nin = env1\n";

	play(patch,
		"0.1 gate env1 on\n0.15 gate env1 off\n"
		"0.200 gate env1 on\n0.200 gate env1 off\n0.200 gate env1 on\n"
		"0.267313 gate env1 off\n0.267313 gate env1 on\n0.267313 gate env1 off\n"
		"0.5 gate env1 on\n",
		ROUNDING);
	/* the last frame of a block of 16, and of no other */
	CU_ASSERT_EQUAL((int)(0.267313 * RATE_HZ + 0.5), 801 * 16 + 15);
	forget();
}

static void test_ramps(void)
{
	static const char patch[] = "[osc1]\ntype = osc\nshape = saw\nfreq_hz = 110\nlevel = 0.1\n"
				    "[svf1]\ntype = svf\nin = osc1\n[out]\nin = osc1\n";

	play(patch,
		"0.1001 set osc1.level 0.4\n0.1003 set osc1.level 0.2\n"
		"0.1011 set osc1.freq_hz 180\n0.1012 set osc1.freq_hz 120\n"
		"0.1501 set osc1.level 0.9\n0.50007 set osc1.freq_hz 50\n",
		ROUNDING);
	forget();
}

SUITE_MAIN("frames", {"even onsets from uneven wake-ups", test_wake_ups},
	{"nothing is known of time", test_no_line}, {"stamps", test_stamps},
	{"onsets", test_onsets}, {"gates", test_gates}, {"ramps", test_ramps})
