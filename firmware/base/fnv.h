/* fnv.h - FNV-1a over bytes: tells one content from another, against accidents and not against malice.
 *
 * Threads: [any]
 * Source:  Fowler, Noll, Vo 1991. */
#ifndef BASE_FNV_H
#define BASE_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)

/* sum: FNV_START, or that of the bytes before. */
static inline uint64_t fnv_add(uint64_t sum, const void *bytes, size_t n_bytes)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < n_bytes; i++)
		sum = (sum ^ at[i]) * UINT64_C(0x100000001b3);
	return sum;
}

#endif
