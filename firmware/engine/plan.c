#include "engine/plan.h"

#include <math.h>
#include <string.h>

#include "base/quintic.h"
#include "modules/out.h"

#include "base/rt_poison.h"

#define MAKEUP_LEAST -0.2
#define MAKEUP_GRID  0.05
#define STEP_SLACK \
	0.03 /* where steps are larger than that, the signals are too slow for all lengths */
/* how much a step too large weighs beside a window's power too large: 1 % as much as 0.2 dB */
#define STEP_WEIGHT 4.6
/* how much a peak too large weighs: it is not heard louder, but the limiter bends it */
#define PEAK_WEIGHT 4.6
#define FLOOR       1e-9 /* a frame's power: -90 dB is silence */
enum { N_LIFTS = 21, START_GRID_FRAMES = 16, LONG_GRID_FRAMES = 32, WINDOW_STEPS = 48 };

struct extent {
	double step, peak;
};

struct tried {
	struct plan plan;
	double score; /* 0 and below: as good as the signals themselves */
	double step;  /* to the largest of the two signals */
};

void plan_load(struct plan_table *table, int at, const float *x_stereo, const float *y_stereo,
	int n_frames)
{
	for (int c = 0; c < 2; c++) {
		struct plan_channel *channel = &table->channels[c];

		for (int i = 0; i < n_frames; i++) {
			channel->x[at + i] = x_stereo[2 * i + c];
			channel->y[at + i] = y_stereo ? y_stereo[2 * i + c] : 0.0f;
		}
	}
}

static void add_up(double *sums, const float *x, int n)
{
	sums[0] = 0.0;
	for (int i = 0; i < n; i++)
		sums[i + 1] = sums[i] + (double)x[i] * (double)x[i];
}

static float largest_step(const float *x, int from, int to)
{
	float step = 0.0f;

	for (int i = from + 1; i < to; i++)
		step = fmaxf(step, fabsf(x[i] - x[i - 1]));
	return step;
}

static float largest(const float *x, int from, int to)
{
	float peak = 0.0f;

	for (int i = from; i < to; i++)
		peak = fmaxf(peak, fabsf(x[i]));
	return peak;
}

static void widen(struct plan_channel *channel, const double *sums, int from, int to, int window)
{
	for (int i = from; i + window <= to; i += window / WINDOW_STEPS) {
		channel->lo = fmin(channel->lo, sums[i + window] - sums[i]);
		channel->hi = fmax(channel->hi, sums[i + window] - sums[i]);
	}
}

/* Loudness and steps of the two by themselves: the old one as it was heard and as it would go on,
 * the new one from its first possible start on. */
static void learn(const struct plan_table *table, struct plan_channel *channel)
{
	int n = table->n_frames, window = table->n_window_frames;
	double silence = FLOOR * window;

	add_up(channel->x_sums, channel->x, n);
	add_up(channel->y_sums, channel->y, n);
	channel->lo = HUGE_VAL;
	channel->hi = 0.0;
	widen(channel, channel->x_sums, 0, n, window);
	widen(channel, channel->y_sums, table->n_before, n, window);
	channel->lo = fmax(channel->lo, silence);
	channel->hi = fmax(channel->hi, silence);
	channel->step = fmaxf(largest_step(channel->x, 0, table->n_before),
		largest_step(channel->y, table->n_before, n));
	channel->step = fmaxf(channel->step, 1e-6f);
	channel->peak = fmaxf(largest(channel->x, 0, n), largest(channel->y, table->n_before, n));
	channel->peak = fmaxf(channel->peak, OUT_KNEE);
}

static void set_length(struct plan_table *table, int n_fade)
{
	table->n_fade = n_fade;
	for (int i = 0; i < n_fade; i++) {
		float gain = quintic((float)(i + 1) / (float)(n_fade + 1));

		table->gain[i] = gain;
		table->bump[i] = 4.0f * gain * (1.0f - gain);
	}
}

/* A frame of the fade is (1 + makeup * bump) * mix, so a window's power is a parabola of makeup. */
static void mix_at(const struct plan_table *table, struct plan_channel *channel, int start)
{
	const float *x = channel->x + start, *y = channel->y + start;

	for (int k = 0; k < 3; k++)
		channel->sums[k][0] = 0.0;
	for (int i = 0; i < table->n_fade; i++) {
		float mix = x[i] + table->gain[i] * (y[i] - x[i]);
		double power = (double)mix * (double)mix, bump = (double)table->bump[i];

		channel->mix[i] = mix;
		channel->sums[0][i + 1] = channel->sums[0][i] + power;
		channel->sums[1][i + 1] = channel->sums[1][i] + 2.0 * bump * power;
		channel->sums[2][i + 1] = channel->sums[2][i] + bump * bump * power;
	}
}

static double power_of(const struct plan_table *table, const struct plan_channel *channel,
	int start, int from, double makeup)
{
	int to = from + table->n_window_frames, end = start + table->n_fade;
	int a = int_max(from, start) - start, b = int_min(to, end) - start;
	double power = 0.0, factor = 1.0;

	for (int k = 0; k < 3; k++, factor *= makeup)
		power += factor * (channel->sums[k][b] - channel->sums[k][a]);
	if (from < start)
		power += channel->x_sums[start] - channel->x_sums[from];
	if (to > end)
		power += channel->y_sums[to] - channel->y_sums[end];
	return power;
}

/* How far any 10 ms that hold some of the fade leave what the signals are by themselves; those
 * that end beyond what is known are left out. */
static double loudness_of(const struct plan_table *table, const struct plan_channel *channel,
	int start, double makeup)
{
	int window = table->n_window_frames, grid = window / WINDOW_STEPS;
	int last = int_min(start + table->n_fade - grid, table->n_frames - window);
	double off = 0.0;

	for (int i = int_max(start - window + grid, 0); i <= last; i += grid) {
		double power = power_of(table, channel, start, i, makeup) + FLOOR;

		off = fmax(off, fmax(power / channel->hi, channel->lo / power));
	}
	return off - 1.0;
}

/* The largest step of the fade, and its largest sample, each to the largest of either signal. */
static struct extent extent_of(
	const struct plan_table *table, const struct plan_channel *channel, int start, float makeup)
{
	float before = start > 0 ? channel->x[start - 1] : channel->mix[0];
	float step = 0.0f, peak = 0.0f;

	for (int i = 0; i < table->n_fade; i++) {
		float sample = (1.0f + makeup * table->bump[i]) * channel->mix[i];

		step = fmaxf(step, fabsf(sample - before));
		peak = fmaxf(peak, fabsf(sample));
		before = sample;
	}
	return (struct extent){(double)(step / channel->step), (double)(peak / channel->peak)};
}

static struct extent larger(struct extent a, struct extent b)
{
	return (struct extent){fmax(a.step, b.step), fmax(a.peak, b.peak)};
}

static void try_start(struct plan_table *table, int start, struct tried *best)
{
	for (int c = 0; c < table->n_channels; c++)
		mix_at(table, &table->channels[c], start);
	for (int l = 0; l < N_LIFTS; l++) {
		double makeup = MAKEUP_LEAST + MAKEUP_GRID * l, score = -1.0;
		struct extent extent = {0.0, 0.0};

		for (int c = 0; c < table->n_channels; c++)
			score = fmax(score, loudness_of(table, &table->channels[c], start, makeup));
		for (int c = 0; c < table->n_channels && score < best->score; c++)
			extent = larger(extent,
				extent_of(table, &table->channels[c], start, (float)makeup));
		score = fmax(score, (extent.step - 1.0) * STEP_WEIGHT);
		score = fmax(score, (extent.peak - 1.0) * PEAK_WEIGHT);
		if (score < best->score)
			*best = (struct tried){
				{start, table->n_fade, (float)makeup}, score, extent.step};
	}
}

static void try_starts(struct plan_table *table, int first, int last, int grid, struct tried *best)
{
	for (int i = first; i <= last && best->score > 0.0; i += grid)
		try_start(table, i, best);
}

static bool is_same(const struct plan_table *table, const float *a, const float *b, int from)
{
	return memcmp(a + from, b + from, sizeof(float) * (size_t)(table->n_frames - from)) == 0;
}

struct plan plan_choose(struct plan_table *table, int first, int last, int n_fade_frames)
{
	struct plan_channel *left = &table->channels[0], *right = &table->channels[1];
	struct tried best = {.score = HUGE_VAL};
	int latest;

	if (is_same(table, left->x, left->y, table->n_before) &&
		is_same(table, right->x, right->y, table->n_before))
		return (struct plan){first, n_fade_frames, 0.0f};
	table->n_channels =
		is_same(table, left->x, right->x, 0) && is_same(table, left->y, right->y, 0) ? 1
											     : 2;
	for (int c = 0; c < table->n_channels; c++)
		learn(table, &table->channels[c]);
	set_length(table, n_fade_frames);
	try_starts(table, first, last, START_GRID_FRAMES, &best);
	/* between slow signals a short fade's own slope would be the steepest thing heard */
	for (int k = 2; k <= 4 && best.score > 0.0 && best.step > 1.0; k++) {
		if (k * n_fade_frames > int_min(PLAN_MAX_FADE_FRAMES, table->n_frames - first))
			break;
		set_length(table, k * n_fade_frames);
		/* half of the windows that end behind it are known */
		latest = table->n_frames - table->n_fade - table->n_window_frames / 2;
		try_starts(table, first, int_max(first, int_min(last, latest)), LONG_GRID_FRAMES,
			&best);
	}
	if (best.step > 1.0 + STEP_SLACK)
		best.plan = (struct plan){first, 0, 0.0f};
	return best.plan;
}
