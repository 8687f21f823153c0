#include "engine/fade.h"

#include <math.h>
#include <string.h>

#include "base/quintic.h"
#include "modules/out.h"

#include "base/rt_poison.h"

#define MAKEUP_MAX    2.0f
#define STEADY_MAKEUP 0.1f /* blocks that agree so far tell what the next ones will need */

void correlation_init(struct correlation *correlation, int shortest_frames)
{
	*correlation = (struct correlation){.makeup_min = MAKEUP_MAX,
		.makeup_max = 1.0f,
		.shortest_frames = int_max(shortest_frames, 1)};
}

/* x and y: steps of the two; distance: from the old to the new, which the fade's own slope
 * carries over. */
static void note_steps(struct correlation *correlation, float x, float y, float distance)
{
	float slope = QUINTIC_SLOPE / (float)correlation->shortest_frames * distance;

	for (int k = 0; k < FADE_LENGTHS; k++, slope *= 0.5f)
		correlation->steps_fading[k] =
			fmaxf(correlation->steps_fading[k], fabsf(0.5f * (x + y) + slope));
	correlation->step_old = fmaxf(correlation->step_old, fabsf(x));
	correlation->step_new = fmaxf(correlation->step_new, fabsf(y));
	correlation->step_middle = fmaxf(correlation->step_middle, 0.5f * fabsf(x + y));
}

void correlation_add(struct correlation *correlation, const float *old_stereo,
	const float *new_stereo, int n_frames)
{
	/* power: what it should be half-way, and what a plain mean gives */
	float right = 0.0f, middle = 0.0f;
	float makeup;

	for (int i = 0; i < 2 * n_frames; i++) {
		float x = old_stereo[i], y = new_stereo[i], mean = 0.5f * (x + y);

		right += 0.5f * (x * x + y * y);
		middle += mean * mean;
		correlation->differs = correlation->differs || x != y;
		correlation->distance = fmaxf(correlation->distance, fabsf(x - y));
		if (i >= 2)
			note_steps(
				correlation, x - old_stereo[i - 2], y - new_stereo[i - 2], y - x);
	}
	makeup = MAKEUP_MAX * MAKEUP_MAX * middle > right ? sqrtf(right / middle) : MAKEUP_MAX;
	correlation->makeup_min = fminf(correlation->makeup_min, makeup);
	correlation->makeup_max = fmaxf(correlation->makeup_max, makeup);
}

/* The shortest that adds next to nothing to the signals' own steps: as measured, and also where
 * the fade's slope is a tenth of those, which at right angles (a sine at its peak) is next to
 * nothing. */
static int length_for(const struct correlation *correlation, float largest_step)
{
	float slope = QUINTIC_SLOPE / (float)correlation->shortest_frames * correlation->distance;
	int k = 0;

	while (k < FADE_LENGTHS - 1 && (correlation->steps_fading[k] > 0.99f * largest_step ||
					       slope > 0.13f * largest_step)) {
		k++;
		slope *= 0.5f;
	}
	return correlation->shortest_frames << k;
}

void fade_begin(struct fade *fade, const struct correlation *correlation)
{
	float largest = fmaxf(correlation->step_old, correlation->step_new);
	bool is_steady = correlation->makeup_max - correlation->makeup_min < STEADY_MAKEUP;
	float makeup = correlation->differs && is_steady ? correlation->makeup_min : 1.0f;

	if (correlation->step_middle * makeup > largest)
		makeup = largest / correlation->step_middle;
	fade->makeup = fmaxf(makeup, 1.0f) - 1.0f;
	fade->n_frames = fade->shortest_frames ? length_for(correlation, largest) : 0;
	fade->at = 0;
}

void fade_begin_at(struct fade *fade, int offset_frames, int n_frames, float makeup)
{
	fade->n_frames = n_frames;
	fade->at = -offset_frames;
	fade->makeup = makeup;
}

/* Its place in a fade, 0..1, one frame before the first and one after the last standing at the
 * ends. */
static float place(const struct fade *fade, int i)
{
	return (float)(fade->at + i + 1) / (float)(fade->n_frames + 1);
}

/* Both patches have been through the limiter of `out` (modules/out.c), a sum of them has not:
 * beyond its knee, or beyond what one of them alone is already, the size goes evenly towards full
 * scale and never above, by the law of that limiter. */
static float limited(float x, float alone)
{
	float knee = fmaxf(OUT_KNEE, alone), over = fabsf(x) - knee;
	float room = fmaxf(1.0f - knee, 0.0f);

	return over <= 0.0f ? x : copysignf(knee + room * over / (room + over), x);
}

/* Two that are equal stay as they are: -0.0 and a distance of 0 would be +0.0. */
static float between(float x, float y, float gain)
{
	return x == y ? y : x + gain * (y - x);
}

void fade_mix(struct fade *fade, const float *old_stereo, const float *new_stereo, float *to,
	int n_frames)
{
	int begin = int_min(int_max(-fade->at, 0), n_frames);
	int n = int_min(n_frames, fade->n_frames - fade->at);

	memcpy(to, old_stereo, sizeof(float) * 2 * (size_t)begin);
	for (int i = begin; i < n; i++) {
		float gain = quintic(place(fade, i));
		float makeup = 1.0f + 4.0f * fade->makeup * gain * (1.0f - gain);

		for (int c = 2 * i; c < 2 * i + 2; c++) {
			float mix = between(old_stereo[c], new_stereo[c], gain);

			to[c] = limited(makeup * mix, fabsf(mix));
		}
	}
	memcpy(to + 2 * n, new_stereo + 2 * n, sizeof(float) * 2 * (size_t)(n_frames - n));
	fade->at += n;
}

void tail_begin(struct tail *tail, int n_frames)
{
	*tail = (struct tail){.n_left = n_frames, .n_fade = n_frames / 2 + 1};
}

void tail_cut(struct tail *tail, int n_frames)
{
	if (tail->n_left <= n_frames)
		return;
	/* the fade that has begun goes on under the cut */
	tail->n_uncut = tail->n_left - n_frames;
	tail->n_cut = n_frames;
	tail->n_left = n_frames;
}

static float tail_gain(const struct tail *tail, int i)
{
	int left = int_max(tail->n_left - i, 0);
	float of_tail = (float)(left + tail->n_uncut) / (float)tail->n_fade;
	float of_cut = tail->n_cut ? (float)left / (float)tail->n_cut : 1.0f;

	return quintic(fminf(of_tail, 1.0f)) * quintic(of_cut);
}

void tail_mix(struct tail *tail, struct fade *fade, const float *old_stereo,
	const float *new_stereo, float *to, int n_frames)
{
	for (int i = 0; i < n_frames; i++) {
		float in = fade->at + i < fade->n_frames ? quintic(place(fade, i)) : 1.0f;
		float out = tail_gain(tail, i);

		for (int c = 2 * i; c < 2 * i + 2; c++) {
			float x = in * new_stereo[c], y = out * old_stereo[c];

			to[c] = limited(x + y, fmaxf(fabsf(x), fabsf(y)));
		}
	}
	fade->at = int_min(fade->at + n_frames, fade->n_frames);
	tail->n_left = int_max(tail->n_left - n_frames, 0);
}

void shape_init(struct shape *shape)
{
	*shape = (struct shape){.gain = 1.0f};
}

void shape_begin_in(struct shape *shape)
{
	shape->gain = 0.0f;
	shape->step = 1.0f / SHAPE_FADE_FRAMES;
	shape->is_starved = false;
}

void shape_begin_out(struct shape *shape, int n_frames)
{
	shape->step = -1.0f / (float)n_frames;
}

void shape_apply(struct shape *shape, const float *stereo, float *to, int n_frames)
{
	for (int i = 0; i < n_frames; i++) {
		shape->gain += shape->step;
		if (shape->gain >= 1.0f || shape->gain <= 0.0f) {
			shape->gain = shape->gain >= 1.0f ? 1.0f : 0.0f;
			shape->step = 0.0f;
		}
		to[2 * i] = stereo[2 * i] * quintic(shape->gain);
		to[2 * i + 1] = stereo[2 * i + 1] * quintic(shape->gain);
	}
}

void shape_starve(struct shape *shape, float *to, int n_frames)
{
	/* to -60 dB in 230 frames: shorter than a tone, longer than a click */
	const float decay = 0.97f;

	shape->is_starved = true;
	for (int i = 0; i < n_frames; i++) {
		for (int c = 0; c < 2; c++) {
			shape->last[c] = shape->last[c] * decay;
			if (shape->last[c] * shape->last[c] < 1e-12f)
				shape->last[c] = 0.0f;
			to[2 * i + c] = shape->last[c];
		}
	}
}
