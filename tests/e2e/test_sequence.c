/* A sequenced voice through `chronus render`: what is in the WAV begins and ends at its frames. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/blep.h"
#include "tests/support/judge.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { STEP_FRAMES = 5760 }; /* 1/16 at 125 bpm, 48 kHz */

/* Between notes it is silent, as the envelope comes last. */
static const char patch[] =
	"[patch]\ntempo_bpm = 125\n"
	"[seq1]\ntype = seq\npattern = X.x.X..xX.x.xxX-\nnotes = 36 36 48 36 39 36 34 c3 41\n"
	"swing = 0.25\ngate_length = 0.4\n"
	"[osc1]\ntype = osc\nshape = square\npitch = seq1.pitch\n"
	"[filter1]\ntype = svf\nin = osc1\ncutoff_hz = 9000\ncutoff_hz.mod = seq1.accent * 2400\n"
	"[env1]\ntype = adsr\ngate = seq1.gate\nattack_ms = 0.5\nsustain = 1\nrelease_ms = 5\n"
	"in = filter1\n[out]\nin = env1 * 0.5\n";

static const char pattern[] = "X.x.X..xX.x.xxX-";

static void render(int block, struct wav_data *wav)
{
	static struct spawned run;
	char path[200];

	snprintf(path, sizeof(path), "%s/sequence.wav", spawn_folder());
	spawn_chronus(&run, "render --patch %s --out %s --seconds 20 --block %d",
		spawn_file("sequence.ini", patch), path, block);
	CU_ASSERT_EQUAL_FATAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(path, wav), 0);
}

static int begin_of(int step)
{
	return step * STEP_FRAMES + (step & 1 ? STEP_FRAMES / 4 : 0);
}

/* The first frame from `at` on that is louder (or, for 256 frames, softer) than nothing */
static int find(const struct wav_data *wav, int at, bool is_loud)
{
	for (int n_soft = 0; at < wav->n_frames; at++) {
		bool is_now = fabsf(wav->frames[at][0]) > 1e-5f;

		n_soft = is_now ? 0 : n_soft + 1;
		if (is_loud && is_now)
			return at;
		if (!is_loud && n_soft == 256)
			return at - 255;
	}
	return at;
}

/* 240 frames of release, and the shortest note's gate */
static void test_onsets(void)
{
	struct wav_data wav;
	int at = 0, n_notes = 0;

	render(64, &wav);
	for (int step = 0; begin_of(step + 4) < wav.n_frames; step++) {
		int length, end = step + 1;

		if (pattern[step % 16] == '.' || pattern[step % 16] == '-')
			continue;
		end += pattern[(step + 1) % 16] == '-';
		length = begin_of(end) - begin_of(end - 1);
		/* at the very beginning the square is still to come */
		CU_ASSERT_EQUAL(find(&wav, at, true), step ? begin_of(step) : BLEP_LATENCY);
		at = find(&wav, begin_of(step), false);
		CHECK_BELOW(abs(at - (begin_of(end - 1) + length * 2 / 5 + 240)), 3);
		n_notes++;
	}
	CU_ASSERT_TRUE(n_notes > 90);
	CHECK_BELOW(judge_peak(wav.frames, 0, wav.n_frames), 0.9);
	wav_data_free(&wav);
}

static void test_blocks(void)
{
	struct wav_data a, b;

	render(16, &a);
	render(256, &b);
	CHECK_BELOW(judge_difference_db(a.frames, b.frames, 19 * 48000), -100.0);
	wav_data_free(&a);
	wav_data_free(&b);
}

SUITE_MAIN("sequence", {"notes begin and end at their frames", test_onsets},
	{"blocks do not matter", test_blocks})
