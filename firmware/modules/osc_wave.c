/* osc_wave.c - the waveforms of an oscillator. See osc_wave.h.
 *
 * The plain waveform is BLEP_LATENCY frames late, with corrections added around its edges. Each frame
 * is tested for an edge that its phase went over, in either direction (a phase runs backwards where
 * FM goes through zero, or a width overtakes it). osc_wave_fast.c has a shorter way for even steps,
 * which keeps corrections alone from one stretch to the next (struct overlap).
 * A reset is a jump and a change of slope at a moment between two frames, with the edges before
 * and after it.
 * Source: Brandt, "Hard Sync Without Aliasing", ICMC 2001; blep.h. */
#include "modules/osc_shapes.h"

static inline v4i has_passed(v4u before, v4u after)
{
	v4i by = (v4i)(after - before), x = (v4i)before, y = (v4i)after;

	return (x & ~y & ~by) | (~x & y & by);
}

static inline __attribute__((always_inline)) v4i passes_edge(
	enum osc_shape shape, v4u from, v4u to, v4u width_before, v4u width)
{
	switch (shape) {
	case SHAPE_SAW:
		return has_passed(from - HALF, to - HALF);
	case SHAPE_SQUARE:
		return (v4i)(from ^ to);
	case SHAPE_PULSE:
		return has_passed(from, to) | has_passed(from - width_before, to - width);
	case SHAPE_TRIANGLE:
		return (v4i)((from - QUARTER) ^ (to - QUARTER));
	default:
		return (v4i){0, 0, 0, 0};
	}
}

/* A piece of one lane's way within a frame, `frames` (0..1) long; `age`: frames since its end. */
struct way {
	uint32_t from, to, width_before, width;
	float inc, age, frames; /* inc: cycles a frame */
};

static void smooth_way(enum osc_shape shape, struct way way, v4f *at, int lane)
{
	struct edge before[MAX_EDGES], after[MAX_EDGES];
	int n_edges = edges_of(shape, way.width_before, before);

	edges_of(shape, way.width, after);
	for (int e = 0; e < n_edges; e++) {
		int32_t x = (int32_t)(way.from - before[e].at), y = (int32_t)(way.to - after[e].at);
		int32_t by = (int32_t)((uint32_t)y - (uint32_t)x);
		bool is_forward = x < 0 && y >= 0 && by >= 0, is_back = x >= 0 && y < 0 && by < 0;
		float inc = shape == SHAPE_TRIANGLE ? way.inc : (float)by;

		if (is_forward || is_back) {
			float age = way.age + (float)y / (float)by * way.frames;

			edge_add(shape, at, lane, age, after[e].height, inc);
		}
	}
}

static float slope_of(enum osc_shape shape, uint32_t phase)
{
	v4u cosine = {phase, 0, 0, 0}; /* a quarter on, less a quarter */

	if (shape == SHAPE_TRIANGLE)
		return phase + QUARTER < HALF ? 4.0f : -4.0f;
	return shape == SHAPE_SINE ? 6.28318531f * sine_of(cosine)[0] : 0.0f;
}

/* A reset `age` frames ago: the way to it, the jump, the way from it. */
static void smooth_reset(enum osc_shape shape, struct way way, int32_t inc, v4f *at, int lane)
{
	float age = way.age;
	uint32_t end = way.from + (uint32_t)(int32_t)((float)inc * (1.0f - age));
	v4u phases = {end, 0, 0, 0}, width = {way.width, way.width, 0, 0};
	v4f values = plain(shape, phases, width, lanes_of(1.0f));
	struct way to = way, from = way;

	to.to = end;
	to.width_before = way.width;
	to.frames = 1.0f - age;
	from.from = 0;
	from.width_before = way.width;
	from.age = 0.0f;
	from.frames = age;
	smooth_way(shape, to, at, lane);
	blep_add_step(at, lane, age, values[1] - values[0]);
	blep_add_corner(at, lane, age, (slope_of(shape, 0) - slope_of(shape, end)) * way.inc);
	smooth_way(shape, from, at, lane);
}

/* The edges of frame i. */
static __attribute__((noinline)) void smooth_frame(
	enum osc_shape shape, const struct stretch *s, int i, v4f *at)
{
	v4u before = width_at(s, i - 1), width = width_at(s, i);
	v4u from = s->phase[i], to = s->phase[i + 1];

	for (int k = 0; k < N_LANES; k++) {
		int32_t inc = s->age ? s->inc[i][k] : (int32_t)(to[k] - from[k]);
		struct way way = {
			from[k], to[k], before[k], width[k], (float)inc * 0x1p-32f, 0.0f, 1.0f};

		if (s->age && s->age[i][k] >= 0.0f) {
			way.age = s->age[i][k];
			smooth_reset(shape, way, inc, at, k);
		} else {
			smooth_way(shape, way, at, k);
		}
	}
}

/* The reference: each frame is plain, in full, and tested for edges. */
static inline __attribute__((always_inline)) void moving_render(
	enum osc_shape shape, const struct stretch *s, struct overlap *overlap, v4f gain, v4f *out)
{
	v4f sum[STRETCH_MAX_FRAMES + BLEP_TAPS];
	v4u before = width_at(s, -1);

	overlap_take_step(shape, s, overlap, (struct cycles){{0, 0}, {0, 0}});
	overlap_take(overlap, s, sum);
	for (int i = 0; i < s->n; i++)
		sum[i + BLEP_LATENCY] +=
			plain(shape, s->phase[i + 1], width_at(s, i), lanes_of(1.0f));
	for (int i = 0; i < s->n; i++) {
		v4u width = width_at(s, i);
		v4i edge = passes_edge(shape, s->phase[i], s->phase[i + 1], before, width);

		if (s->age)
			edge |= (v4i)(s->age[i] >= 0.0f);
		if (lanes_any(edge))
			smooth_frame(shape, s, i, sum + i);
		before = width;
		out[i] = sum[i] * gain;
	}
	overlap_keep(overlap, sum + s->n, BLEP_TAPS);
}

static __attribute__((noinline)) void edgy_render(
	int32_t shape, const struct stretch *s, struct overlap *overlap, v4f *out)
{
	v4f gain = gain_of(s);

	switch (shape) {
	case SHAPE_SAW:
		moving_render(SHAPE_SAW, s, overlap, gain, out);
		break;
	case SHAPE_SQUARE:
		moving_render(SHAPE_SQUARE, s, overlap, gain, out);
		break;
	case SHAPE_TRIANGLE:
		moving_render(SHAPE_TRIANGLE, s, overlap, gain, out);
		break;
	case SHAPE_PULSE:
		moving_render(SHAPE_PULSE, s, overlap, gain, out);
		break;
	default:
		moving_render(SHAPE_SINE, s, overlap, gain, out);
		break;
	}
}

/* Even steps, one by one. */
static __attribute__((noinline)) void even_render(
	int32_t shape, const struct stretch *s, struct overlap *overlap, v4f *out)
{
	v4u phase[STRETCH_MAX_FRAMES + 1];
	struct stretch stepped = *s;
	struct cycles at = s->from;

	for (int i = 0; i <= s->n; i++, at = cycles_add(at, s->step))
		phase[i] = cycles_high(at);
	stepped.phase = phase;
	stepped.age = NULL;
	edgy_render(shape, &stepped, overlap, out);
}

void shape_render(int32_t shape, const struct stretch *s, struct overlap *overlap, v4f *out)
{
	if (shape == SHAPE_SINE && !s->is_late) {
		sine_render(s, out);
		return;
	}
	if (!osc_wave_fast(shape, s, overlap, out)) {
		if (s->phase)
			edgy_render(shape, s, overlap, out);
		else
			even_render(shape, s, overlap, out);
	}
	for (int i = 0; s->level.step && i < s->n; i++)
		out[i] *= s->level.at[i];
}
