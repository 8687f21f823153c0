/* osc_wave.c - the waveforms of an oscillator. See osc_wave.h.
 *
 * The plain waveform is heard BLEP_LATENCY frames late, with corrections added around its edges. At
 * a steady pitch the frame of the next edge is a division away, so the loop over the frames has no
 * tests, and corrections alone are kept from one stretch to the next (struct tail). Else each frame
 * is tested for an edge that its phase went over, in either direction (a phase runs backwards where
 * FM goes through zero, or a width overtakes it).
 * A reset is a jump and a change of slope at a moment between two frames, with the edges before
 * and after it.
 * Source: Brandt, "Hard Sync Without Aliasing", ICMC 2001; blep.h. */
#include "modules/osc_sine.h"
#include "modules/osc_wave.h"

enum { MAX_EDGES = 2 };

static inline v4u width_of(v4f width)
{
	return (v4u)lanes_to_int((width - 0.5f) * 0x1p32f) + HALF;
}

/* The waveform before its jumps and corners are made band-limited, times gain */
static inline __attribute__((always_inline)) v4f plain(
	enum osc_shape shape, v4u phase, v4u width, v4f gain)
{
	switch (shape) {
	case SHAPE_SAW:
		return lanes_from_int((v4i)phase) * (gain * 0x1p-31f);
	case SHAPE_SQUARE:
		return (v4f)((phase & HALF) ^ (v4u)gain);
	case SHAPE_TRIANGLE:
		return lanes_from_int(fold(phase - QUARTER)) * (gain * -0x1p-30f);
	case SHAPE_PULSE:
		return (v4f)(((v4u)(phase >= width) & HALF) ^ (v4u)gain);
	default:
		return sine_of(phase - QUARTER) * gain;
	}
}

static inline v4u width_at(const struct stretch *s, int i)
{
	return width_of(i < 0 ? s->width_before : s->width.at[(size_t)i * s->width.step]);
}

/* Where in the cycle a shape has edges, and what they are when passed forwards: a jump by
 * `height`; for the triangle, a slope that grows by `height` a cycle. */
struct edge {
	uint32_t at;
	float height;
};

static inline __attribute__((always_inline)) int edges_of(
	enum osc_shape shape, uint32_t width, struct edge *edges)
{
	switch (shape) {
	case SHAPE_SAW:
		edges[0] = (struct edge){HALF, -2.0f};
		return 1;
	case SHAPE_SQUARE:
	case SHAPE_PULSE:
		edges[0] = (struct edge){0, 2.0f};
		edges[1] = (struct edge){shape == SHAPE_PULSE ? width : HALF, -2.0f};
		return 2;
	case SHAPE_TRIANGLE:
		edges[0] = (struct edge){QUARTER, -8.0f};
		edges[1] = (struct edge){QUARTER + HALF, 8.0f};
		return 2;
	default:
		return 0;
	}
}

static void edge_add(enum osc_shape shape, v4f *at, int lane, float age, float height, float inc)
{
	if (shape == SHAPE_TRIANGLE)
		blep_add_corner(at, lane, age, height * (inc < 0.0f ? -inc : inc));
	else
		blep_add_step(at, lane, age, inc < 0.0f ? -height : height);
}

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

/* A piece of one lane's way within a frame; `age`: frames since its end. */
struct way {
	uint32_t from, to, width_before, width;
	float inc, age; /* inc: cycles a frame */
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

		if (is_forward || is_back)
			edge_add(shape, at, lane, way.age + (float)y / (float)by, after[e].height,
				inc);
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
	from.from = 0;
	from.width_before = way.width;
	from.age = 0.0f;
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
		struct way way = {from[k], to[k], before[k], width[k], (float)inc * 0x1p-32f, 0.0f};

		if (s->age && s->age[i][k] >= 0.0f) {
			way.age = s->age[i][k];
			smooth_reset(shape, way, inc, at, k);
		} else {
			smooth_way(shape, way, at, k);
		}
	}
}

static inline bool has_step(struct cycles step)
{
	v2u any = step.a | step.b;

	return (any[0] | any[1]) != 0;
}

static inline bool is_of_step(const struct tail *tail, struct cycles step)
{
	return !has_step((struct cycles){tail->step.a ^ step.a, tail->step.b ^ step.b});
}

/* The phase BLEP_LATENCY frames before a stretch, by steps like these */
static inline struct cycles phase_heard(const struct stretch *s, struct cycles step)
{
	struct cycles way = cycles_times(step, BLEP_LATENCY);

	return (struct cycles){s->from.a - way.a, s->from.b - way.b};
}

/* Adds the plain frames that a tail of this step leaves out, times gain; if it is 0, none. */
static void tail_add_plain(
	enum osc_shape shape, const struct stretch *s, struct cycles step, float gain, v4f *frames)
{
	struct cycles at = phase_heard(s, step);
	v4u width = width_at(s, -1);

	for (int i = 0; i < BLEP_LATENCY && has_step(step); i++) {
		at = cycles_add(at, step);
		frames[i] += plain(shape, cycles_high(at), width, lanes_of(gain));
	}
}

/* The same frames are to come, but `step` says which of them are left out. */
static __attribute__((noinline)) void tail_take_step(
	enum osc_shape shape, const struct stretch *s, struct tail *tail, struct cycles step)
{
	for (; tail->n_frames < BLEP_TAPS; tail->n_frames++)
		tail->frames[tail->n_frames] = lanes_of(0.0f);
	tail_add_plain(shape, s, tail->step, 1.0f, tail->frames);
	tail_add_plain(shape, s, step, -1.0f, tail->frames);
	tail->step = step;
}

/* What is begun is put in `sum`, which has room for a stretch and the frames that this begins. */
static inline void tail_take(struct tail *tail, const struct stretch *s, v4f *sum)
{
	size_t n_begun = (size_t)tail->n_frames, n = (size_t)s->n + BLEP_TAPS;

	memcpy(sum, tail->frames, n_begun * sizeof(*sum));
	memset(sum + n_begun, 0, (n - n_begun) * sizeof(*sum));
}

/* What comes after n frames */
static inline void tail_keep(struct tail *tail, const v4f *after, int n)
{
	memmove(tail->frames, after, (size_t)n * sizeof(*after));
	tail->n_frames = n;
}

/* Even steps: plain frames with what makes their edges band-limited, or with what of that was begun
 * before; then plain ones alone, whose phases may be stepped in 32 bits: rounded down, they pass no
 * edge. */
static inline __attribute__((always_inline)) void steady_render(
	enum osc_shape shape, const struct stretch *s, struct tail *tail, v4f gain, v4f *out)
{
	v4f sum[STRETCH_MAX_FRAMES + BLEP_TAPS];
	struct cycles at = phase_heard(s, s->step);
	v4u width = width_at(s, 0), step = cycles_high(s->step), phase;
	bool has_edges = is_edgy(shape, s);
	const v4f *begun = has_edges ? sum : tail->frames;
	int i = 0, n_begun;

	if (!is_of_step(tail, s->step))
		tail_take_step(shape, s, tail, s->step);
	if (has_edges) {
		tail_take(tail, s, sum);
		smooth_steady(shape, s, sum);
	}
	n_begun = has_edges ? s->n : int_min(s->n, tail->n_frames);
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
		tail_keep(tail, sum + s->n, BLEP_TAPS);
	else if (n_begun > 0)
		tail_keep(tail, tail->frames + n_begun, tail->n_frames - n_begun);
}

/* Each frame is plain, in full, and tested for edges. */
static inline __attribute__((always_inline)) void moving_render(
	enum osc_shape shape, const struct stretch *s, struct tail *tail, v4f gain, v4f *out)
{
	v4f sum[STRETCH_MAX_FRAMES + BLEP_TAPS];
	v4u before = width_at(s, -1);

	tail_take_step(shape, s, tail, (struct cycles){{0, 0}, {0, 0}});
	tail_take(tail, s, sum);
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
	tail_keep(tail, sum + s->n, BLEP_TAPS);
}

static inline __attribute__((always_inline)) void edgy_render(
	enum osc_shape shape, const struct stretch *s, struct tail *tail, v4f *out)
{
	v4f gain = s->level.step ? lanes_of(1.0f) : s->level.at[0];

	if (s->phase)
		moving_render(shape, s, tail, gain, out);
	else
		steady_render(shape, s, tail, gain, out);
	for (int i = 0; s->level.step && i < s->n; i++)
		out[i] *= s->level.at[i];
}

void shape_render(int32_t shape, const struct stretch *s, struct tail *tail, v4f *out)
{
	switch (shape) {
	case SHAPE_SAW:
		edgy_render(SHAPE_SAW, s, tail, out);
		break;
	case SHAPE_SQUARE:
		edgy_render(SHAPE_SQUARE, s, tail, out);
		break;
	case SHAPE_TRIANGLE:
		edgy_render(SHAPE_TRIANGLE, s, tail, out);
		break;
	case SHAPE_PULSE:
		edgy_render(SHAPE_PULSE, s, tail, out);
		break;
	default:
		if (s->is_late)
			edgy_render(SHAPE_SINE, s, tail, out);
		else
			sine_render(s, out);
		break;
	}
}
