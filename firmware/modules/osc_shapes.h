/* osc_shapes.h - plain waveforms, their edges and begun frames, for osc_wave.c and osc_wave_fast.c.
 * Threads: [worker]. */
#ifndef MODULES_OSC_SHAPES_H
#define MODULES_OSC_SHAPES_H

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

/* Edges of a shape: their place in the cycle, and their size when passed forwards: a jump by
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

static inline void edge_add(
	enum osc_shape shape, v4f *at, int lane, float age, float height, float inc)
{
	if (shape == SHAPE_TRIANGLE)
		blep_add_corner(at, lane, age, height * (inc < 0.0f ? -inc : inc));
	else
		blep_add_step(at, lane, age, inc < 0.0f ? -height : height);
}

static inline bool has_step(struct cycles step)
{
	v2u any = step.a | step.b;

	return (any[0] | any[1]) != 0;
}

static inline bool is_of_step(const struct overlap *overlap, struct cycles step)
{
	return !has_step((struct cycles){overlap->step.a ^ step.a, overlap->step.b ^ step.b});
}

/* The phase BLEP_LATENCY frames before a stretch, by steps like these */
static inline struct cycles phase_of_output(const struct stretch *s, struct cycles step)
{
	struct cycles way = cycles_times(step, BLEP_LATENCY);

	return (struct cycles){s->from.a - way.a, s->from.b - way.b};
}

/* Puts what is begun into `sum`, which has room for a stretch and the frames that this begins. */
static inline void overlap_take(struct overlap *overlap, const struct stretch *s, v4f *sum)
{
	size_t n_begun = (size_t)overlap->n_frames, n = (size_t)s->n + BLEP_TAPS;

	memcpy(sum, overlap->frames, n_begun * sizeof(*sum));
	memset(sum + n_begun, 0, (n - n_begun) * sizeof(*sum));
}

/* The corrections after n frames */
static inline void overlap_keep(struct overlap *overlap, const v4f *after, int n)
{
	memmove(overlap->frames, after, (size_t)n * sizeof(*after));
	overlap->n_frames = n;
}

/* The same frames are to come, but `step` says which of them are left out. */
void overlap_take_step(enum osc_shape shape, const struct stretch *s, struct overlap *overlap,
	struct cycles step) RT_SAFE;

/* A stretch of even steps, but for its level if that moves. Must equal the reference,
 * moving_render(). false: its steps are not even, and nothing is done. */
bool osc_wave_fast(
	int32_t shape, const struct stretch *s, struct overlap *overlap, v4f *out) RT_SAFE;

/* Of a stretch: what its level does not do frame by frame. */
static inline v4f gain_of(const struct stretch *s)
{
	return s->level.step ? lanes_of(1.0f) : s->level.at[0];
}

#endif
