/* lanes.h - four floats side by side: the unit that every cable, parameter and module works on.
 *
 * GCC and Clang vector extensions: NEON on a Pi, SSE on a PC, the same source.
 * Comparisons give lanes of all-ones or all-zeros (v4i), made for lanes_select().
 * Threads: [any], pure. */
#ifndef DSP_LANES_H
#define DSP_LANES_H

#include <stdint.h>
#include <string.h>

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

#define N_LANES 4

typedef float v4f __attribute__((vector_size(16)));
typedef int32_t v4i __attribute__((vector_size(16)));
typedef uint32_t v4u __attribute__((vector_size(16)));

static inline v4f lanes_of(float x)
{
	return (v4f){x, x, x, x};
}

static inline v4f lanes_select(v4i mask, v4f if_set, v4f if_clear)
{
	return (v4f)((mask & (v4i)if_set) | (~mask & (v4i)if_clear));
}

/* x in the lanes of a set mask, else 0. */
static inline v4f lane_if(v4i mask, v4f x)
{
	return (v4f)(mask & (v4i)x);
}

/* One instruction each, which compilers do not make of a select. Where a is NaN: b. */
static inline v4f lanes_min(v4f a, v4f b)
{
#if defined(__SSE__)
	return __builtin_ia32_minps(a, b);
#elif defined(__aarch64__)
	return (v4f)vminnmq_f32((float32x4_t)a, (float32x4_t)b);
#else
	return lanes_select(a < b, a, b);
#endif
}

static inline v4f lanes_max(v4f a, v4f b)
{
#if defined(__SSE__)
	return __builtin_ia32_maxps(a, b);
#elif defined(__aarch64__)
	return (v4f)vmaxnmq_f32((float32x4_t)a, (float32x4_t)b);
#else
	return lanes_select(a > b, a, b);
#endif
}

static inline v4i lanes_max_int(v4i a, v4i b)
{
#if defined(__SSE4_1__) && !defined(__clang__) /* clang makes it of the select */
	return __builtin_ia32_pmaxsd128(a, b);
#elif defined(__aarch64__)
	return (v4i)vmaxq_s32((int32x4_t)a, (int32x4_t)b);
#else
	v4i is_more = a > b;

	return (a & is_more) | (b & ~is_more);
#endif
}

/* As an unsigned number: of -2^31 it is 2^31. */
static inline v4u lanes_abs_int(v4i x)
{
#if defined(__SSSE3__) && !defined(__clang__) /* clang makes it of the last */
	return (v4u)__builtin_ia32_pabsd128(x);
#elif defined(__aarch64__)
	return (v4u)vabsq_s32((int32x4_t)x);
#else
	return (v4u)((x ^ (x >> 31)) - (x >> 31));
#endif
}

/* NaN lanes become lo. */
static inline v4f lanes_clamp(v4f x, v4f lo, v4f hi)
{
	return lanes_min(lanes_max(x, lo), hi);
}

static inline v4f lanes_abs(v4f x)
{
	return (v4f)((v4i)x & 0x7fffffff);
}

static inline v4i lanes_to_int(v4f x) /* towards zero; |x| < 2^31 */
{
	return __builtin_convertvector(x, v4i);
}

static inline v4f lanes_from_int(v4i x)
{
	return __builtin_convertvector(x, v4f);
}

static inline v4f lanes_floor(v4f x) /* |x| < 2^31 */
{
	v4f t = lanes_from_int(lanes_to_int(x));

	return t + lanes_from_int(t > x); /* a set mask is -1 */
}

/* True if any lane's top bit is set: any lane of a mask, or any negative number. */
static inline int lanes_any(v4i mask)
{
#if defined(__SSE__)
	return __builtin_ia32_movmskps((v4f)mask) != 0;
#elif defined(__aarch64__)
	return vminvq_s32((int32x4_t)mask) < 0;
#else
	return (mask[0] | mask[1] | mask[2] | mask[3]) < 0;
#endif
}

/* {a0 + a1, a2 + a3, b0 + b1, b2 + b3}: two of these one after the other make sums of lanes. */
static inline v4f lanes_add_pairs(v4f a, v4f b)
{
#if defined(__SSE3__)
	return __builtin_ia32_haddps(a, b);
#elif defined(__aarch64__)
	return (v4f)vpaddq_f32((float32x4_t)a, (float32x4_t)b);
#else
	return __builtin_shufflevector(a, b, 0, 2, 4, 6) +
	       __builtin_shufflevector(a, b, 1, 3, 5, 7);
#endif
}

/* Lane 0 of four frames, side by side. */
static inline v4f lanes_firsts(const v4f frames[4])
{
	v4f a = __builtin_shufflevector(frames[0], frames[1], 0, 4, 1, 5);
	v4f b = __builtin_shufflevector(frames[2], frames[3], 0, 4, 1, 5);

	return __builtin_shufflevector(a, b, 0, 1, 4, 5);
}

static inline float lanes_sum(v4f x)
{
	return (x[0] + x[1]) + (x[2] + x[3]);
}

#endif
