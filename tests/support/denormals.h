/* denormals.h - whether arithmetic met a denormal number, which may cost a processor a hundred
 * times as long.
 *
 * Results are flushed to zero as in a worker (base/rt_thread.h), but operands are not taken for
 * zero: one that is denormal, from memory or as a constant, is seen.
 * Threads: [any]; of the calling thread. Elsewhere than on x86-64 and AArch64 nothing is seen. */
#ifndef SUPPORT_DENORMALS_H
#define SUPPORT_DENORMALS_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

#define MXCSR_FTZ 0x8000u
#define MXCSR_DE  0x0002u

static inline void denormals_watch(void)
{
	_mm_setcsr((_mm_getcsr() | MXCSR_FTZ) & ~MXCSR_DE);
}

static inline bool denormals_seen(void)
{
	return (_mm_getcsr() & MXCSR_DE) != 0;
}
#elif defined(__aarch64__)
#define FPCR_FZ  (1ull << 24)
#define FPSR_IDC (1ull << 7)

static inline void denormals_watch(void)
{
	uint64_t x;

	__asm__ volatile("mrs %0, fpcr" : "=r"(x));
	__asm__ volatile("msr fpcr, %0" : : "r"(x | FPCR_FZ));
	__asm__ volatile("mrs %0, fpsr" : "=r"(x));
	__asm__ volatile("msr fpsr, %0" : : "r"(x & ~FPSR_IDC));
}

static inline bool denormals_seen(void)
{
	uint64_t x;

	__asm__ volatile("mrs %0, fpsr" : "=r"(x));
	return (x & FPSR_IDC) != 0;
}
#else
static inline void denormals_watch(void)
{
}

static inline bool denormals_seen(void)
{
	return false;
}
#endif

#endif
