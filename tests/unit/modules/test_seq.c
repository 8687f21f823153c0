/* The step sequencer: what it plays and exactly when. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/steps.h"
#include "tests/support/edges.h"
#include "tests/support/module_bench.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { RATE_HZ = 48000, STEP_FRAMES = 6000 }; /* 1/16 at 120 bpm */

static struct edges edges;
static v4f gate[BLOCK_MAX_FRAMES], pitch[BLOCK_MAX_FRAMES], accent[BLOCK_MAX_FRAMES],
	velocity[BLOCK_MAX_FRAMES];

static void begin(struct bench *seq, const char *pattern, const char *notes)
{
	edges = (struct edges){0};
	bench_open(seq, "seq", RATE_HZ);
	bench_list(seq, "pattern", pattern);
	bench_list(seq, "notes", notes);
}

/* One block; the beat is counted from 0, so that long runs are exact. */
static void block(struct bench *seq, int n)
{
	static v4f *const rest[] = {pitch, accent, velocity};

	for (int o = 0; o < 3; o++) /* a series goes on where the block is */
		seq->outs[o + 1] = rest[o] - seq->at;
	bench_render(seq, gate, n, n);
	edges_see(&edges, gate, 0, n);
}

/* What each step is in the middle of its gate's time: o open, . closed; with the notes. */
static void check_steps(struct bench *seq, int n_steps, const char *gates, const char *notes)
{
	char now[65] = "", line[400] = "";
	size_t at = 0;

	for (int k = 0; k < n_steps; k++) {
		for (int i = 0; i < STEP_FRAMES; i += 240) {
			block(seq, 240);
			if (i == 1200) {
				now[k] = gate[0][0] > GATE_ON ? (accent[0][0] > 0.5f ? 'O' : 'o')
							      : '.';
				at += (size_t)snprintf(line + at, sizeof(line) - at, "%s%g",
					k ? " " : "", (double)pitch[0][0]);
			}
		}
	}
	CU_ASSERT_STRING_EQUAL(now, gates);
	CU_ASSERT_STRING_EQUAL(line, notes);
	if (strcmp(line, notes) != 0 || strcmp(now, gates) != 0)
		printf("\n    %s %s\n", now, line);
}

static void check(const char *pattern, const char *notes, float direction, int n_steps,
	const char *gates, const char *want)
{
	struct bench seq;

	begin(&seq, pattern, notes);
	bench_set(&seq, "direction", direction);
	check_steps(&seq, n_steps, gates, want);
	bench_close(&seq);
}

static void test_what_is_played(void)
{
	check("X.x.", "36 40", 0, 8, "O.o.O.o.", "36 36 40 40 36 36 40 40");
	/* notes advance a hit, whatever the lengths are */
	check("xx.", "1 2 3", 0, 9, "oo.oo.oo.", "1 2 2 3 1 1 2 3 3");
	/* a tie holds gate and pitch, also a row of them; after a rest it is one */
	check("x-.-X--x", "60 61", 0, 8, "oo..OOOo", "60 60 60 60 61 61 61 60");
	check("....", "50 60", 0, 4, "....", "50 50 50 50");
	check("x.x", "1 2 3", 1, 9, "o.oo.oo.o", "3 3 2 1 1 3 2 2 1");
	check("xxxx", "1 2 3 4", 2, 9, "ooooooooo", "1 2 3 4 3 2 1 2 3");
	/* the phrase, not the pattern, turns at its ends */
	check("x", "1 2 3", 2, 8, "oooooooo", "1 2 3 2 1 2 3 2");
	check("x", "7", 2, 3, "ooo", "7 7 7");
}

static void test_accent_and_velocity(void)
{
	struct bench seq;

	begin(&seq, "Xx.X", "36");
	bench_set(&seq, "velocity", 0.5f);
	bench_set(&seq, "transpose_semis", -11.6f);
	for (int k = 0; k < 8; k++) {
		bool is_accent = k % 4 == 0 || k % 4 == 3;

		for (int i = 0; i < STEP_FRAMES; i += 240) {
			block(&seq, 240);
			CU_ASSERT_EQUAL(accent[9][0], is_accent ? 1.0f : 0.0f);
			CU_ASSERT_EQUAL(velocity[9][0], is_accent ? 1.0f : 0.5f);
			CU_ASSERT_EQUAL(pitch[9][3], 24.0f);
		}
	}
	bench_close(&seq);
}

/* Hits that touch close for one frame between them; ties leave no gap, and add a step each. */
static void test_gates_and_ties(void)
{
	struct bench seq;

	begin(&seq, "xx-x--.x", "60");
	bench_set(&seq, "gate_length", 1.0f);
	for (int i = 0; i < 8 * STEP_FRAMES + 240; i += 240)
		block(&seq, 240);
	CU_ASSERT_EQUAL(edges.n_on, 5);
	for (int i = 0; i < 5; i++) {
		static const int at[] = {0, 1, 3, 7, 8}, n[] = {1, 2, 3, 1};

		CU_ASSERT_EQUAL(edges.on[i], at[i] * STEP_FRAMES);
		CU_ASSERT_TRUE(i == 4 || edges.off[i] == (at[i] + n[i]) * STEP_FRAMES - 1);
	}
	bench_close(&seq);
	begin(&seq, "x-..", "60");
	bench_set(&seq, "gate_length", 0.25f);
	for (int i = 0; i < 4 * STEP_FRAMES; i += 240)
		block(&seq, 240);
	CU_ASSERT_EQUAL(edges.n_off, 1);
	CU_ASSERT_EQUAL(edges.off[0], STEP_FRAMES + STEP_FRAMES / 4);
	bench_close(&seq);
}

/* 15 minutes: every step at its frame, as many gates off as on; the tempo is exact. */
static void test_a_long_time(void)
{
	int64_t n_frames = 15 * 60 * (int64_t)RATE_HZ;
	int n_steps = 0, n_wrong = 0;
	struct bench seq;

	begin(&seq, "xx", "60");
	bench_tempo(&seq, 133.0);
	while (edges.at < n_frames)
		block(&seq, 250);
	for (int k = 0; k < edges.n_on; k++, n_steps++)
		n_wrong += edges.on[k] != ((int64_t)k * 15 * RATE_HZ + 132) / 133;
	CU_ASSERT_EQUAL(n_wrong, 0);
	CU_ASSERT_EQUAL(n_steps, (15 * 60 * 133 + 14) / 15);
	CU_ASSERT_TRUE(edges.n_on == edges.n_off + (edges.is_open ? 1 : 0));
	bench_close(&seq);
}

/* Tempo and swing are turned for a minute: each step once, in order. Notes number the steps. */
static void test_knobs_are_turned(void)
{
	char notes[200] = "";
	double beats = 0.0, tempo = 120.0;
	unsigned seed = 9;
	struct bench seq;
	int n_steps = 0, n_wrong = 0, last = -1;

	for (int i = 0; i < 64; i++)
		snprintf(notes + 3 * i, sizeof(notes) - 3 * (size_t)i, "%02d ", i);
	begin(&seq, "x", notes);
	while (edges.at < 60 * RATE_HZ) {
		tempo += (double)rand_float(&seed, -25.0f, 25.0f);
		tempo = fmin(fmax(tempo, 20.0), 400.0);
		bench_tempo(&seq, tempo);
		bench_set(&seq, "swing", rand_float(&seed, 0.0f, 0.75f));
		bench_set(&seq, "gate_length", rand_float(&seed, 0.01f, 1.0f));
		for (int i = 0; i < 64; i += 64) {
			int before = edges.n_on;

			block(&seq, 64);
			beats += 64.0 * seq.transport.beats_per_frame;
			if (edges.n_on == before)
				continue;
			n_wrong += (int)pitch[63][0] != (last + 1) % 64;
			last = (int)pitch[63][0];
			n_steps++;
		}
	}
	CU_ASSERT_EQUAL(n_wrong, 0);
	CU_ASSERT_EQUAL(n_steps, edges.n_on);
	CHECK_BELOW(fabs((double)n_steps - beats * 4.0), 2.0);
	CU_ASSERT_TRUE(n_steps > 100 && edges.n_on - edges.n_off <= 1);
	bench_close(&seq);
}

static int n_hits(float seed, float probability, bool is_random, uint64_t *print)
{
	struct bench seq;
	int n;

	begin(&seq, is_random ? "x.." : "x", "60");
	bench_set(&seq, "probability", probability);
	bench_set(&seq, "seed", seed);
	bench_set(&seq, "direction", is_random ? 3.0f : 0.0f);
	bench_set(&seq, "step", (float)(N_STEP_LENGTHS - 1));
	bench_tempo(&seq, 400.0);
	for (int i = 0; i < 4000 * 600; i += 240)
		block(&seq, 240);
	*print = 0;
	for (int i = 0; i < edges.n_on; i++)
		*print = *print * 31 + (uint64_t)edges.on[i];
	n = edges.n_on;
	bench_close(&seq);
	return n;
}

/* Chance is the same whenever it is played again, and another with another seed. */
static void test_chance(void)
{
	uint64_t a, b, c;
	int n = n_hits(1.0f, 0.3f, false, &a);

	CHECK_BELOW(fabs((double)n / 4000.0 - 0.3), 0.03);
	CU_ASSERT_EQUAL(n_hits(1.0f, 0.3f, false, &b), n);
	CU_ASSERT_EQUAL(a, b);
	n_hits(2.0f, 0.3f, false, &c);
	CU_ASSERT_NOT_EQUAL(a, c);
	CU_ASSERT_EQUAL(n_hits(1.0f, 1.0f, false, &a), 4000);
	CU_ASSERT_EQUAL(n_hits(1.0f, 0.0f, false, &a), 0);
	CHECK_BELOW(fabs((double)n_hits(1.0f, 1.0f, true, &a) / 4000.0 - 1.0 / 3.0), 0.03);
}

/* Two sequences and a clock, each with its own division, for five minutes: where their steps meet,
 * they meet in the same frame. */
static void test_phase_lock(void)
{
	static const struct {
		const char *module, *param;
		int choice;
		double beats;
	} all[] = {{"seq", "step", STEP_SIXTEENTH, 0.25}, {"seq", "step", 18, 1.0 / 3.0},
		{"clock", "division", STEP_QUARTER, 1.0}, {"euclid", "step", 17, 0.375}};
	static struct edges each[4];
	static v4f out[BLOCK_MAX_FRAMES];

	for (int m = 0; m < 4; m++) {
		struct bench bench;

		bench_open(&bench, all[m].module, RATE_HZ);
		bench_set(&bench, all[m].param, (float)all[m].choice);
		bench_tempo(&bench, 137.3);
		if (m < 2)
			bench_list(&bench, "pattern", "x");
		if (m == 3)
			bench_set(&bench, "hits", 8.0f);
		each[m] = (struct edges){0};
		while (each[m].at < 300 * RATE_HZ) {
			bench_render(&bench, out, 250, 250);
			edges_see(&each[m], out, 0, 250);
		}
		bench_close(&bench);
	}
	for (int bar = 0; bar < each[2].n_on / 3; bar++) /* every 3 beats all meet */
		for (int m = 0; m < 4; m++)
			CU_ASSERT_EQUAL(each[m].on[(int)lrint(bar * 3 / all[m].beats)],
				each[2].on[3 * bar]);
	CU_ASSERT_TRUE(each[2].n_on > 680);
}

/* ---- in a patch */

#define SEQ "[seq1]\ntype = seq\npattern = x.x-X.xx.\nnotes = 10 20 30 40 50\n"
static const char first[] = "[patch]\nname = First\n" SEQ "[out]\nin = seq1.pitch * 0.01\n";
static const char second[] =
	"[patch]\nname = Second\n" SEQ "[lfo1]\ntype = osc\nlevel = 0\n[clock1]\ntype = clock\n"
	"[out]\nin = seq1.pitch * 0.01 + lfo1\n";

static float want_at(int frame)
{
	static const int hits[] = {1, 1, 2, 2, 3, 3, 4, 5, 5}; /* so far, of 5 in 9 steps */
	int step = frame / STEP_FRAMES;

	return 0.1f * (float)hits[step % 9];
}

/* Commits in the middle of the pattern: every pitch goes on at its frame. */
static void test_commits_keep_the_place(void)
{
	static struct rig rig;
	int n_wrong = 0;

	rig_open(&rig, first, &(struct rig_options){0});
	for (int i = 0; i < 7; i++) {
		char command[300];

		rig_run(&rig, 150 + 37 * i);
		snprintf(command, sizeof(command), "load %s",
			spawn_file(i % 2 ? "a.ini" : "b.ini", i % 2 ? first : second));
		CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
		CU_ASSERT_EQUAL(rig_do(&rig, "commit"), 0);
		rig_run_to_commits(&rig, (uint64_t)i + 1, 4000);
		rig_run(&rig, 60);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 7);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_stop(&rig);
	for (int i = 1000; i < rig.n_frames - 2000; i++)
		n_wrong += fabsf(rig.frames[i][0] - want_at(i)) > 1e-4f;
	CU_ASSERT_EQUAL(n_wrong, 0);
	CU_ASSERT_TRUE(rig.n_frames > 16 * STEP_FRAMES);
	rig_close(&rig);
}

SUITE_MAIN("seq", {"what is played", test_what_is_played},
	{"accent and velocity", test_accent_and_velocity}, {"gates and ties", test_gates_and_ties},
	{"a long time", test_a_long_time}, {"knobs are turned", test_knobs_are_turned},
	{"chance", test_chance}, {"phase lock", test_phase_lock},
	{"commits keep the place", test_commits_keep_the_place})
