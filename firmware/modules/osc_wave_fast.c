/* osc_wave_fast.c - waveforms at a pitch that does not move: the frame of the next edge is a division
 * away, so the loop over the frames has no tests. It must equal the reference in osc_wave.c, to
 * rounding; prop/test_fast compares them.
 * Source: see osc_wave.c. */
#include "modules/osc_shapes.h"

/* One lane's passes over one edge. */
static __attribute__((noinline)) void smooth_lane(
	enum osc_shape shape, const struct stretch *s, struct edge edge, v4f *sum, int lane)
{
	int k = lane == BLEP_ALL_LANES ? 0 : lane;
	uint64_t from = k < 2 ? s->from.a[k] : s->from.b[k - 2];
	uint64_t step = k < 2 ? s->step.a[k] : s->step.b[k - 2];
	uint64_t since = from - ((uint64_t)edge.at << 32);
	float frames = 1.0f / (float)(int64_t)step, inc = (float)(int64_t)step * 0x1p-64f;

	/* i: the first frame after it */
	for (uint64_t i = ~since / step; i < (uint64_t)s->n; i += 1 + ~since / step) {
		since = from - ((uint64_t)edge.at << 32) + (i + 1) * step;
		edge_add(shape, sum + i, lane, (float)(int64_t)since * frames, edge.height, inc);
	}
}

/* Lanes that may pass edge e in a stretch whose steps are even: those far from it are far from it
 * all the way. at: where the edge is in each lane. */
static inline __attribute__((always_inline)) v4i lanes_near(
	enum osc_shape shape, const struct stretch *s, int e, v4u *at)
{
	const v4u most = (v4u){0} + UINT32_MAX / (STRETCH_MAX_FRAMES + 1);
	v4u from = cycles_high(s->from), step = cycles_high(s->step) + 1;
	v4u way = step * (uint32_t)s->n + 1;
	struct edge edges[MAX_EDGES];

	edges_of(shape, 0, edges);
	*at = shape == SHAPE_PULSE && e > 0 ? width_at(s, 0) : (v4u){0} + edges[e].at;
	return (v4i)((from - *at > ~way) | (step > most));
}

static inline __attribute__((always_inline)) int n_edges_of(enum osc_shape shape)
{
	return edges_of(shape, 0, (struct edge[MAX_EDGES]){{0}});
}

/* Most often there is none: one test for 4 lanes. */
static inline __attribute__((always_inline)) bool is_edgy(
	enum osc_shape shape, const struct stretch *s)
{
	v4i is_near = {0, 0, 0, 0};
	v4u at;

	for (int e = 0; e < n_edges_of(shape); e++)
		is_near |= lanes_near(shape, s, e, &at);
	return lanes_any(is_near);
}

/* All edges of a stretch whose steps are even. */
static inline __attribute__((always_inline)) void smooth_steady(
	enum osc_shape shape, const struct stretch *s, v4f *sum)
{
	for (int e = 0; e < n_edges_of(shape); e++) {
		struct edge edges[MAX_EDGES];
		v4u at;
		v4i is_near = lanes_near(shape, s, e, &at);

		edges_of(shape, 0, edges);
		for (int k = s->is_lone ? BLEP_ALL_LANES : 0; k < (s->is_lone ? 0 : N_LANES); k++) {
			edges[e].at = at[k < 0 ? 0 : k];
			if (is_near[k < 0 ? 0 : k])
				smooth_lane(shape, s, edges[e], sum, k);
		}
	}
}

/* Even steps: plain frames with what makes their edges band-limited, or with what of that was begun
 * before; then plain ones alone, whose phases may be stepped in 32 bits: rounded down, they pass no
 * edge. */
static inline __attribute__((always_inline)) void steady_render(
	enum osc_shape shape, const struct stretch *s, struct overlap *overlap, v4f gain, v4f *out)
{
	v4f sum[STRETCH_MAX_FRAMES + BLEP_TAPS];
	struct cycles at = phase_of_output(s, s->step);
	v4u width = width_at(s, 0), step = cycles_high(s->step), phase;
	bool has_edges = is_edgy(shape, s);
	const v4f *begun = has_edges ? sum : overlap->frames;
	int i = 0, n_begun;

	if (!is_of_step(overlap, s->step))
		overlap_take_step(shape, s, overlap, s->step);
	if (has_edges) {
		overlap_take(overlap, s, sum);
		smooth_steady(shape, s, sum);
	}
	n_begun = has_edges ? s->n : int_min(s->n, overlap->n_frames);
#pragma GCC unroll 4
	for (; i < n_begun; i++) {
		at = cycles_add(at, s->step);
		out[i] = (plain(shape, cycles_high(at), width, lanes_of(1.0f)) + begun[i]) * gain;
	}
	phase = cycles_high(at);
#pragma GCC unroll 4
	for (; i < s->n; i++)
		out[i] = plain(shape, phase += step, width, gain);
	if (has_edges)
		overlap_keep(overlap, sum + s->n, BLEP_TAPS);
	else if (n_begun > 0)
		overlap_keep(overlap, overlap->frames + n_begun, overlap->n_frames - n_begun);
}

bool osc_wave_fast(int32_t shape, const struct stretch *s, struct overlap *overlap, v4f *out)
{
	if (s->phase)
		return false;
	switch (shape) {
	case SHAPE_SAW:
		steady_render(SHAPE_SAW, s, overlap, gain_of(s), out);
		break;
	case SHAPE_SQUARE:
		steady_render(SHAPE_SQUARE, s, overlap, gain_of(s), out);
		break;
	case SHAPE_TRIANGLE:
		steady_render(SHAPE_TRIANGLE, s, overlap, gain_of(s), out);
		break;
	case SHAPE_PULSE:
		steady_render(SHAPE_PULSE, s, overlap, gain_of(s), out);
		break;
	default:
		steady_render(SHAPE_SINE, s, overlap, gain_of(s), out);
		break;
	}
	return true;
}
