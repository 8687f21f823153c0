/* test_reference.c - the reference patches sound as README.md says: what `chronus render` makes of them
 * against the plainest model, a sample at a time in double, so that nothing of their work is left out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/judge.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { RATE_HZ = 48000, N = 57600, N_VOICES = 8, N_COMBS = 8, N_STAGES = 4, N_PAIRS = 32 };
enum { SAW_LATE = 18, ROOM_LATE = 3 };

static double left[N], right[N]; /* the model */

static double render_to_model_db(const char *patch)
{
	static struct spawned run;
	struct wav_data wav;
	char path[200];
	double error = 0.0, power = 0.0;

	snprintf(path, sizeof(path), "%s/out.wav", spawn_folder());
	spawn_chronus(&run, "render --patch tests/bench/%s --seconds 1.2 --out %s", patch, path);
	CU_ASSERT_EQUAL_FATAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(path, &wav), 0);
	CU_ASSERT_TRUE_FATAL(wav.n_frames >= N);
	for (int i = 0; i < N; i++) {
		double l = (double)wav.frames[i][0] - left[i];
		double r = (double)wav.frames[i][1] - right[i];

		error += l * l + r * r;
		power += left[i] * left[i] + right[i] * right[i];
	}
	wav_data_free(&wav);
	return judge_db(sqrt(error / power));
}

/* Trapezoidal lowpass */
struct filter {
	double s1, s2;
};

static double filter(struct filter *f, double x, double cutoff_hz, double q)
{
	double g = tan(M_PI * cutoff_hz / RATE_HZ);
	double band = (f->s1 + g * (x - f->s2)) / (1.0 + g * (g + 1.0 / q));
	double low = f->s2 + g * band;

	f->s1 = 2.0 * band - f->s1;
	f->s2 = 2.0 * low - f->s2;
	return low;
}

/* Every harmonic of a saw below 20 kHz; it rises through 0 at phase 0. */
static double saw(double hz, int frame)
{
	double angle = 2.0 * M_PI * hz * (frame + 1 - SAW_LATE) / RATE_HZ;
	double before = 0.0, now = sin(angle), sum = 0.0;

	for (int k = 1; k * hz < 20000.0; k++) {
		double next = 2.0 * cos(angle) * now - before;

		sum += (k % 2 ? now : -now) / k;
		before = now;
		now = next;
	}
	return frame < SAW_LATE ? 0.0 : sum * 2.0 / M_PI;
}

/* Open for 0.7 s of each second, from frame 0 on or `late` seconds later; as a phase: 0..1. */
static double gate_phase(int frame, double late)
{
	double phase = (double)frame / RATE_HZ - late;

	return phase - floor(phase + 1e-9);
}

struct envelope {
	double from, level;
	int frames; /* since the gate's edge */
	int is_open;
};

static double envelope(struct envelope *e, int is_open)
{
	if (is_open != e->is_open) {
		e->from = e->level;
		e->frames = 0;
	}
	e->is_open = is_open;
	e->frames++;
	if (!is_open)
		e->level = fmax(0.0, e->from * (1.0 - e->frames / (0.3 * RATE_HZ)));
	else if (e->frames <= 480)
		e->level = e->from + (1.0 - e->from) * e->frames / 480.0;
	else
		e->level = fmax(0.6, 1.0 - 0.4 * (e->frames - 480) / 4800.0);
	return e->level;
}

struct voice {
	struct filter filter;
	struct envelope envelope;
};

static double voice(struct voice *v, int frame, double hz, double late)
{
	double env = envelope(&v->envelope, gate_phase(frame, late) < 0.7);

	return 0.2 * env * filter(&v->filter, saw(hz, frame), 400.0 + 3000.0 * env, 4.0);
}

static void p1_is_one_voice(void)
{
	struct voice v = {0};

	for (int i = 0; i < N; i++)
		left[i] = right[i] = voice(&v, i, 110.0, 0.0) * sqrt(0.5);
	CHECK_BELOW(render_to_model_db("p1.ini"), -60.0);
	CHECK_BELOW(render_to_model_db("p1v4.ini"), -60.0); /* each a quarter as loud */
}

static double *line_at(double *line, int n, int frame)
{
	return &line[frame % n];
}

static void echo(double *x)
{
	enum { FRAMES = 18000 }; /* 375 ms */
	double *line = calloc(FRAMES, sizeof(*line));

	for (int i = 0; i < N; i++) {
		double *at = line_at(line, FRAMES, i), echoed = *at;

		*at = x[i] + 0.4 * echoed;
		x[i] += 0.3 * echoed;
	}
	free(line);
}

/* Freeverb, room 0.5, damping 0.4; dry 0.75, wet 0.25 */
static void room(double *x, const double *both, int side)
{
	static const int comb_frames[] = {1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617};
	static const int stage_frames[] = {556, 441, 341, 225};
	double *lines = calloc((N_COMBS + N_STAGES) * 2000, sizeof(*lines)), low[N_COMBS] = {0};
	static double wet[N];

	for (int i = 0; i < N; i++) {
		double sum = 0.0;

		for (int k = 0; k < N_COMBS; k++) {
			int n = (comb_frames[k] + 23 * side) * 480 / 441;
			double *at = line_at(lines + 2000 * k, n, i);

			sum += *at;
			low[k] = *at * 0.84 + low[k] * 0.16;
			*at = both[i] * 0.015 + low[k] * 0.84;
		}
		for (int k = 0; k < N_STAGES; k++) {
			int n = (stage_frames[k] + 23 * side) * 480 / 441;
			double *at = line_at(lines + 2000 * (N_COMBS + k), n, i), delayed = *at;

			*at = sum + 0.5 * delayed;
			sum = delayed - sum;
		}
		x[i] *= 0.75;
		wet[i] = 0.25 * 3.0 * sum;
	}
	for (int i = ROOM_LATE; i < N; i++)
		x[i] += wet[i - ROOM_LATE];
	free(lines);
}

static void p2_is_eight_voices_in_a_room(void)
{
	static const double notes[N_VOICES] = {45, 48, 52, 55, 57, 60, 64, 67};
	struct voice voices[N_VOICES] = {0};
	static double both[N];

	for (int i = 0; i < N; i++) {
		left[i] = right[i] = 0.0;
		for (int k = 0; k < N_VOICES; k++) {
			double angle = (0.3 + 0.2 * k) * M_PI / 4.0;
			double hz = 440.0 * pow(2.0, (notes[k] - 69.0) / 12.0);
			double x = 0.5 * voice(&voices[k], i, hz, k / 8.0);

			left[i] += x * cos(angle);
			right[i] += x * sin(angle);
		}
	}
	echo(left);
	echo(right);
	for (int i = 0; i < N; i++)
		both[i] = left[i] + right[i];
	room(left, both, 0);
	room(right, both, 1);
	CHECK_BELOW(render_to_model_db("p2.ini"), -50.0);
}

static void p3_is_a_chain(void)
{
	struct filter filters[N_PAIRS] = {0};
	double phases[N_PAIRS] = {0};

	for (int i = 0; i < N; i++) {
		double y = 0.0, sum = 0.0;

		for (int k = 0; k < N_PAIRS; k++) {
			phases[k] += (55.0 * (1.0 + 0.37 * k) + 50.0 * y) / RATE_HZ;
			y = filter(
				&filters[k], sin(2.0 * M_PI * phases[k]), 500.0 + 100.0 * k, 2.0);
			sum += y;
		}
		left[i] = right[i] = sum / N_PAIRS;
	}
	/* what FM adds is cut off at 2^-32 cycles a frame; 32 pairs pass that on to each other */
	CHECK_BELOW(render_to_model_db("p3.ini"), -45.0);
}

static void p4_is_a_sine(void)
{
	for (int i = 0; i < N; i++)
		left[i] = right[i] = 0.2 * sin(2.0 * M_PI * 440.0 * (i + 1) / RATE_HZ);
	CHECK_BELOW(render_to_model_db("p4.ini"), -120.0);
}

SUITE_MAIN("reference", {"p1 is one voice", p1_is_one_voice},
	{"p2 is eight voices in a room", p2_is_eight_voices_in_a_room},
	{"p3 is a chain", p3_is_a_chain}, {"p4 is a sine", p4_is_a_sine})
