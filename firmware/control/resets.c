/* resets.c - which modules gave a sample that is not finite, and were reset: for the log.
 * Tested by: unit/engine/test_engine */
#include "control/desk_state.h"

#include "base/clock.h"
#include "base/log.h"
#include "patch/program.h"

/* All of a program's modules; the desk alone builds programs, so they stand while it looks. */
static void tell_of_slot(struct desk *desk, int slot)
{
	const struct program *program = engine_program(desk->engine, slot);
	const struct patch *patch = desk->slot_patches[slot];

	if (!program || !patch)
		return;
	for (int m = 0; m < program->n_instances; m++) {
		uint32_t n =
			atomic_load_explicit(&program->instances[m].n_resets, memory_order_relaxed);

		if (n > 0)
			log_line(LOG_LEVEL_WARNING,
				"worker %c, patch \"%s\": module %s (%s) gave a sample that is not "
				"finite and was reset, %u times since the patch was built",
				'A' + slot, patch->name, patch->modules[m].id,
				patch->modules[m].desc->key, (unsigned)n);
	}
}

void desk_tell_resets(struct desk *desk)
{
	uint64_t n = stats_total(engine_stats(desk->engine), STAT_RESETS);
	int64_t now_ns = clock_now_ns();

	if (n == desk->resets.n_logged || now_ns < desk->resets.logged_ns + NS_PER_S)
		return;
	desk->resets.n_logged = n;
	desk->resets.logged_ns = now_ns;
	for (int s = 0; s < N_SLOTS; s++)
		tell_of_slot(desk, s);
}
