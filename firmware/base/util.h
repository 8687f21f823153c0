/* util.h - the few macros that every layer uses.
 * Threads: [any] */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* RT_SAFE marks functions (and function pointers) that real-time threads may call: no allocation,
 * no lock, no text, no system call but the ones on tests/rt/symbols.txt. Clang 20 and later
 * checks it (-Wfunction-effects); for older compilers it is documentation, and `make check-rt`
 * is the check. */
#if defined(__clang__) && __clang_major__ >= 20
#define RT_SAFE __attribute__((nonblocking))
#else
#define RT_SAFE
#endif

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

static inline int int_min(int a, int b)
{
	return a < b ? a : b;
}

static inline int int_max(int a, int b)
{
	return a > b ? a : b;
}

static inline double double_clamp(double x, double lo, double hi)
{
	return x < lo ? lo : x > hi ? hi : x;
}

#endif
