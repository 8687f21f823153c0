/* prime_cost.h - the price of a patch, by its priming: the second dearest block once the caches are
 * warm.
 *
 * The first blocks cost two to five times the rest: their code and state come from memory. One more
 * may be dear by accident (an interrupt, another core's misses); two are the patch's own. */
#ifndef ENGINE_PRIME_COST_H
#define ENGINE_PRIME_COST_H

#include <stdint.h>

enum { PRIME_COLD_BLOCKS = 3 };

struct prime_cost {
	uint32_t n_blocks; /* noted, the cold ones too */
	uint64_t dearest_ns, second_ns;
};

/* [worker] A block took ns of processor time. */
static inline void prime_cost_note(struct prime_cost *cost, uint64_t ns)
{
	if (cost->n_blocks++ < PRIME_COLD_BLOCKS)
		return;
	if (ns > cost->dearest_ns) {
		cost->second_ns = cost->dearest_ns;
		cost->dearest_ns = ns;
	} else if (ns > cost->second_ns) {
		cost->second_ns = ns;
	}
}

/* [worker] 0 until two warm blocks are noted. */
static inline uint64_t prime_cost_ns(const struct prime_cost *cost)
{
	return cost->second_ns;
}

#endif
