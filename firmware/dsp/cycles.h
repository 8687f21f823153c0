/* cycles.h - phases of 4 lanes: 64 bits of a cycle each, so that they wrap exactly and never drift.
 * Threads: [any], pure. */
#ifndef DSP_CYCLES_H
#define DSP_CYCLES_H

#include "dsp/lanes.h"

typedef uint64_t v2u __attribute__((vector_size(16)));
typedef int64_t v2i __attribute__((vector_size(16)));
typedef double v2d __attribute__((vector_size(16)));

/* In 2^-64 cycles: lanes 0 and 1, lanes 2 and 3. */
struct cycles {
	v2u a, b;
};

static inline struct cycles cycles_add(struct cycles x, struct cycles y)
{
	return (struct cycles){x.a + y.a, x.b + y.b};
}

/* x n of two numbers. No vector unit multiplies 64 bits; twice 32 are enough for a small n. */
static inline v2u cycles_pair_times(v2u x, uint32_t n)
{
#if defined(__SSE2__)
	v4i by = {(int32_t)n, 0, (int32_t)n, 0};
	v2u low = (v2u)__builtin_ia32_pmuludq128((v4i)x, by);
	v2u high = (v2u)__builtin_ia32_pmuludq128((v4i)(x >> 32), by);
#elif defined(__aarch64__)
	v2u low = (v2u)vmull_n_u32(vmovn_u64((uint64x2_t)x), n);
	v2u high = (v2u)vmull_n_u32(vshrn_n_u64((uint64x2_t)x, 32), n);
#else
	v2u low = (x & UINT32_MAX) * n, high = (x >> 32) * n;
#endif

	return low + (high << 32);
}

static inline struct cycles cycles_times(struct cycles x, uint32_t n)
{
	return (struct cycles){cycles_pair_times(x.a, n), cycles_pair_times(x.b, n)};
}

static inline v4u cycles_high(struct cycles x)
{
	return (v4u)__builtin_shufflevector((v4u)x.a, (v4u)x.b, 1, 3, 5, 7);
}

/* All lanes of a set mask to 0. */
static inline struct cycles cycles_clear(struct cycles x, v4i mask)
{
	v4u a = (v4u)__builtin_shufflevector(mask, mask, 0, 0, 1, 1);
	v4u b = (v4u)__builtin_shufflevector(mask, mask, 2, 2, 3, 3);

	return (struct cycles){x.a & ~(v2u)a, x.b & ~(v2u)b};
}

static inline struct cycles cycles_select(v4i mask, struct cycles if_set, struct cycles if_clear)
{
	struct cycles x = cycles_clear(if_set, ~mask), y = cycles_clear(if_clear, mask);

	return (struct cycles){x.a | y.a, x.b | y.b};
}

/* freq_hz within half the rate, either way. The last 52 bits of the sums are the numbers. */
static inline struct cycles cycles_of_hz(v4f freq_hz, double cycles_per_hz)
{
	const v2d zero = {0x1.8p52, 0x1.8p52};
	double scale = cycles_per_hz * 0x1p52;
	v2d a = __builtin_convertvector(__builtin_shufflevector(freq_hz, freq_hz, 0, 1), v2d);
	v2d b = __builtin_convertvector(__builtin_shufflevector(freq_hz, freq_hz, 2, 3), v2d);

	return (struct cycles){
		((v2u)(a * scale + zero) - (v2u)zero) << 12,
		((v2u)(b * scale + zero) - (v2u)zero) << 12,
	};
}

#endif
