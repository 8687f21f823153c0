/* osc_wave.c - the waveforms of an oscillator. See osc_wave.h.
 *
 * The plain waveform is written BLEP_LATENCY frames on; then the corrections are added around its
 * edges. At a steady pitch the frame of the next edge is a division away, so the loop over the
 * frames has no tests. Else each frame is tested for an edge that its phase went over, in either
 * direction (a phase runs backwards where FM goes through zero, or a width overtakes it).
 * A reset is a jump and a change of slope at a moment between two frames, with the edges before
 * and after it.
 * Source: Brandt, "Hard Sync Without Aliasing", ICMC 2001; blep.h. */
#include "dsp/osc_sine.h"
#include "dsp/osc_wave.h"

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

/* No latency. Steps are rounded to 2^-32 cycles; the exact phase is taken again every 16 frames. */
static void sine_render(const struct stretch *s, v4f *out)
{
	struct cycles at = s->from, piece = cycles_times(s->step, SINE_PIECE_FRAMES);
	v4f gain = s->level.step ? lanes_of(1.0f) : s->level.at[0];
	const struct cycles half = {{HALF, HALF}, {HALF, HALF}};
	v4u step = cycles_high(cycles_add(s->step, half));
	int i = 0;

	for (; s->phase && i < s->n; i++)
		out[i] = sine_of(s->phase[i + 1] - QUARTER) * gain;
	while (i < s->n) {
		v4u phase = cycles_high(cycles_add(at, half)) - QUARTER;
		int end = int_min(s->n, i + SINE_PIECE_FRAMES);

#pragma GCC unroll 4
		for (; i < end; i++)
			out[i] = sine_of(phase += step) * gain;
		at = cycles_add(at, piece);
	}
	for (i = 0; s->level.step && i < s->n; i++)
		out[i] *= s->level.at[i];
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

/* Lanes that may pass edge e in a stretch whose steps are even: those far from it are far from it all
 * the way. at: where the edge is in each lane. */
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

/* All edges of a stretch whose steps are even. Most often there are none: one test for 4 lanes. */
static inline __attribute__((always_inline)) void smooth_steady(
	enum osc_shape shape, const struct stretch *s, v4f *sum)
{
	for (int e = 0; e < n_edges_of(shape); e++) {
		struct edge edges[MAX_EDGES];
		v4u at;
		v4i is_near = lanes_near(shape, s, e, &at);

		edges_of(shape, 0, edges);
		if (!lanes_any(is_near))
			continue;
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

static inline __attribute__((always_inline)) void plain_steady(
	enum osc_shape shape, const struct stretch *s, v4f *sum)
{
	struct cycles at = s->from, step = s->step;
	v4f one = lanes_of(1.0f);
	v4u width = width_at(s, 0);
	int i = 0;

	sum += BLEP_LATENCY;
#pragma GCC unroll 2
	for (; i < int_min(s->n, BLEP_TAPS - BLEP_LATENCY); i++) {
		at = cycles_add(at, step);
		sum[i] += plain(shape, cycles_high(at), width, one);
	}
#pragma GCC unroll 4
	for (; i < s->n; i++) {
		at = cycles_add(at, step);
		sum[i] = plain(shape, cycles_high(at), width, one);
	}
	smooth_steady(shape, s, sum - BLEP_LATENCY);
}

static inline __attribute__((always_inline)) void plain_moving(
	enum osc_shape shape, const struct stretch *s, v4f *sum)
{
	v4u before = width_at(s, -1);

	for (int i = 0; i < s->n; i++) {
		v4f x = plain(shape, s->phase[i + 1], width_at(s, i), lanes_of(1.0f));

		if (i < BLEP_TAPS - BLEP_LATENCY)
			x += sum[i + BLEP_LATENCY];
		sum[i + BLEP_LATENCY] = x;
	}
	for (int i = 0; i < s->n; i++) {
		v4u width = width_at(s, i);
		v4i edge = passes_edge(shape, s->phase[i], s->phase[i + 1], before, width);

		if (s->age)
			edge |= (v4i)(s->age[i] >= 0.0f);
		if (lanes_any(edge))
			smooth_frame(shape, s, i, sum + i);
		before = width;
	}
}

/* n plain frames after `phase`, times gain; returns the last phase. Between two edges phases may be
 * stepped in 32 bits: rounded down, they pass none. */
static inline __attribute__((always_inline)) v4u plain_run(
	enum osc_shape shape, const struct stretch *s, v4u phase, v4f gain, v4f *out, int n)
{
	v4u step = cycles_high(s->step), width = width_at(s, 0);

#pragma GCC unroll 4
	for (int i = 0; i < n; i++)
		out[i] = plain(shape, phase += step, width, gain);
	return phase;
}

/* True where no edge is near and none is being smoothed any more. */
static inline __attribute__((always_inline)) bool is_edgeless(
	enum osc_shape shape, const struct stretch *s, const v4f *tail)
{
	v4i busy = {0, 0, 0, 0}, smoothed = busy;
	v4u at;

	if (s->phase || s->level.step || s->n < BLEP_LATENCY)
		return false;
	for (int e = 0; e < n_edges_of(shape); e++)
		busy |= lanes_near(shape, s, e, &at);
	for (int i = BLEP_LATENCY; i < BLEP_TAPS; i++)
		smoothed |= (v4i)tail[i];
	return !lanes_any(busy | (smoothed != 0));
}

/* What was begun before, then plain frames; the last of them are for later. */
static inline __attribute__((always_inline)) void edgeless_render(
	enum osc_shape shape, const struct stretch *s, v4f *tail, v4f *out)
{
	v4u phase = cycles_high(s->from);
	v4f gain = s->level.at[0];

#pragma GCC unroll 6
	for (int i = 0; i < BLEP_LATENCY; i++)
		out[i] = tail[i] * gain;
	phase = plain_run(shape, s, phase, gain, out + BLEP_LATENCY, s->n - BLEP_LATENCY);
	plain_run(shape, s, phase, lanes_of(1.0f), tail, BLEP_LATENCY);
}

/* sum: room for a stretch and the frames it begins. Plain frames after the tail's are written,
 * not added, so only the last frames have to be cleared. */
static inline __attribute__((always_inline)) void edgy_render(
	enum osc_shape shape, const struct stretch *s, v4f *tail, v4f *out)
{
	v4f sum[STRETCH_MAX_FRAMES + BLEP_TAPS];
	int clear = s->n + BLEP_LATENCY > BLEP_TAPS ? s->n + BLEP_LATENCY : BLEP_TAPS;

	if (is_edgeless(shape, s, tail)) {
		edgeless_render(shape, s, tail, out);
		return;
	}
	memcpy(sum, tail, BLEP_TAPS * sizeof(*sum));
	memset(sum + clear, 0, (size_t)(s->n + BLEP_TAPS - clear) * sizeof(*sum));
	if (s->phase)
		plain_moving(shape, s, sum);
	else
		plain_steady(shape, s, sum);
	if (s->level.step) {
		for (int i = 0; i < s->n; i++)
			out[i] = sum[i] * s->level.at[i];
	} else {
		v4f gain = s->level.at[0];

#pragma GCC unroll 4
		for (int i = 0; i < s->n; i++)
			out[i] = sum[i] * gain;
	}
	memcpy(tail, sum + s->n, BLEP_TAPS * sizeof(*sum));
}

void shape_render(int32_t shape, const struct stretch *s, v4f *tail, v4f *out)
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
