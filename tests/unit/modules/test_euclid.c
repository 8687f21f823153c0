/* Euclidean rhythms: which steps are hits, and that turning loses and doubles none. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/steps.h"
#include "tests/support/edges.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { RATE_HZ = 48000, STEP_FRAMES = 750 }; /* 1/32 at 480 bpm */

static v4f gate[STEP_FRAMES], accent[STEP_FRAMES];

static void begin(struct bench *euclid, int hits, int steps, int rotation)
{
	bench_open(euclid, "euclid", RATE_HZ);
	bench_set(euclid, "hits", (float)hits);
	bench_set(euclid, "steps", (float)steps);
	bench_set(euclid, "rotation", (float)rotation);
	bench_set(euclid, "step", 22.0f); /* 1/32 */
	bench_tempo(euclid, 480.0);
}

/* x hit, X hit with accent, . rest; a gate must open with the step and close in it. */
static char step(struct bench *euclid)
{
	euclid->outs[1] = accent - euclid->at;
	bench_render(euclid, gate, 250, 250);
	euclid->outs[1] = accent + 250 - euclid->at;
	bench_render(euclid, gate + 250, 250, 250);
	euclid->outs[1] = accent + 500 - euclid->at;
	bench_render(euclid, gate + 500, 250, 250);
	for (int i = 0; i < STEP_FRAMES; i++) {
		bool is_open = gate[0][0] > GATE_ON && i < STEP_FRAMES / 2;

		if ((gate[i][0] > GATE_ON) != is_open)
			return '?';
	}
	return gate[0][0] > GATE_ON ? (accent[0][0] > 0.5f ? 'X' : 'x') : '.';
}

static void check(struct bench *euclid, const char *want)
{
	char now[65] = "";

	for (size_t k = 0; k < strlen(want); k++)
		now[k] = step(euclid);
	CU_ASSERT_STRING_EQUAL(now, want);
	if (strcmp(now, want) != 0)
		printf("\n    %s\n", now);
	bench_close(euclid);
}

static void test_known(void)
{
	struct bench euclid;

	begin(&euclid, 3, 8, 0);
	check(&euclid, "x..x..x.x..x..x.");
	begin(&euclid, 5, 8, 0);
	check(&euclid, "x.xx.xx.x.xx.xx.");
	begin(&euclid, 4, 16, 0);
	check(&euclid, "x...x...x...x...x");
	begin(&euclid, 3, 8, 1);
	check(&euclid, ".x..x..x.x..x..x");
	begin(&euclid, 0, 8, 0);
	check(&euclid, "........");
	begin(&euclid, 32, 5, 3);
	check(&euclid, "xxxxxxx");
	begin(&euclid, 3, 8, 0);
	bench_set(&euclid, "accent_every", 3.0f);
	check(&euclid, "X..x..x.X..x..x.");
	begin(&euclid, 3, 8, 2);
	bench_set(&euclid, "accent_every", 2.0f);
	check(&euclid, "x.X..x..X.x..X..x.X");
}

/* Rhythms as Toussaint's paper writes them, each from its beginning. */
static void test_toussaint(void)
{
	static const struct {
		int hits, steps;
		const char *rhythm;
	} rows[] = {{2, 3, "x.x"}, {3, 4, "x.xx"}, {2, 5, "x.x.."}, {3, 5, "x.x.x"},
		{4, 5, "x.xxx"}, {5, 6, "x.xxxx"}, {3, 7, "x.x.x.."}, {4, 7, "x.x.x.x"},
		{5, 7, "x.xx.xx"}, {3, 8, "x..x..x."}, {5, 8, "x.xx.xx."}, {7, 8, "x.xxxxxx"},
		{4, 9, "x.x.x.x.."}, {5, 9, "x.x.x.x.x"}, {4, 11, "x..x..x..x."},
		{5, 11, "x.x.x.x.x.."}, {5, 12, "x..x.x..x.x."}, {7, 12, "x.xx.x.xx.x."},
		{5, 16, "x..x..x..x..x..."}, {7, 16, "x..x.x.x..x.x.x."},
		{9, 16, "x.xx.x.x.xx.x.x."}, {11, 24, "x..x.x.x.x.x..x.x.x.x.x."},
		{13, 24, "x.xx.x.x.x.x.xx.x.x.x.x."}};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		struct bench euclid;

		begin(&euclid, rows[r].hits, rows[r].steps, 0);
		check(&euclid, rows[r].rhythm);
	}
}

/* Any number of hits over any number of steps, however turned: as many as asked, a round, and no
 * two distances between them differ by more than one. */
static void test_even(void)
{
	for (int steps = 1; steps <= 32; steps += 3) {
		for (int hits = 1; hits <= steps; hits++) {
			int n = 0, last = -1, least = 99, most = 0;
			struct bench euclid;

			begin(&euclid, hits, steps, (hits * 5) % 32);
			for (int k = 0; k < 2 * steps; k++) {
				if (step(&euclid) == '.')
					continue;
				least = last < 0 ? least : int_min(least, k - last);
				most = last < 0 ? most : int_max(most, k - last);
				last = k;
				n++;
			}
			CU_ASSERT_EQUAL(n, 2 * hits);
			CU_ASSERT_TRUE(most - least <= 1);
			bench_close(&euclid);
		}
	}
}

/* By groups as text: as many of the last ones as there are go behind the first ones, until one or
 * none of another kind is left. */
static void grouped(char *rhythm, int hits, int steps)
{
	char groups[32][40];
	int n = steps, first = hits;

	for (int i = 0; i < steps; i++)
		strcpy(groups[i], i < hits ? "x" : ".");
	for (bool is_first = true; first && n - first > !is_first; is_first = false) {
		int moved = int_min(first, n - first);

		for (int i = 0; i < moved; i++) {
			char last[40];

			memcpy(last, groups[n - 1 - i], sizeof(last));
			strcat(groups[i], last);
		}
		n -= moved;
		first = moved;
	}
	rhythm[0] = '\0';
	for (int i = 0; i < n; i++)
		strcat(rhythm, groups[i]);
}

/* Numbers turn every frame: a step is a hit or not by what they were at its first frame. */
static void test_turned(void)
{
	enum { N_STEPS = 400 };
	static const char *const names[] = {"hits", "steps", "rotation"};
	static const float max[] = {32.0f, 32.0f, 31.0f};
	v4f *series[3];
	struct bench euclid;
	unsigned seed = 4;
	int n_wrong = 0, n_hits = 0;

	begin(&euclid, 3, 8, 0);
	for (int p = 0; p < 3; p++) {
		series[p] = series_new(N_STEPS * STEP_FRAMES);
		for (int i = 0; i < N_STEPS * STEP_FRAMES; i++)
			series[p][i] = lanes_of(rand_float(&seed, p == 1, max[p]));
		bench_move(&euclid, names[p], series[p]);
	}
	for (int k = 0; k < N_STEPS; k++) {
		int now[3], hits, at;
		char kind = step(&euclid), rhythm[40];

		for (int p = 0; p < 3; p++)
			now[p] = (int)lrintf(series[p][k * STEP_FRAMES][0]);
		hits = int_min(now[0], now[1]);
		at = (k + 32 * now[1] - now[2]) % now[1];
		grouped(rhythm, hits, now[1]);
		n_wrong += kind != rhythm[at];
		n_hits += kind == 'x';
	}
	CU_ASSERT_EQUAL(n_wrong, 0);
	CU_ASSERT_TRUE(n_hits > N_STEPS / 4);
	for (int p = 0; p < 3; p++)
		free(series[p]);
	bench_close(&euclid);
}

SUITE_MAIN("euclid", {"known rhythms", test_known}, {"Toussaint's rhythms", test_toussaint},
	{"evenly spread", test_even}, {"numbers are turned", test_turned})
