/* Tested by: soak/test_orders */
#include "engine/lockstep.h"

#include "base/clock.h"

#include "base/rt_poison.h"

static unsigned rings_of(const struct slot *slot)
{
	return atomic_load_explicit(&slot->bell.rings, memory_order_acquire);
}

static bool has_answered(const struct slot *slot)
{
	return atomic_load_explicit(&slot->answered, memory_order_acquire) == rings_of(slot);
}

/* The one may ring the other in its turn: so the first must not have been rung again meanwhile. */
bool lockstep_is_quiet(const struct engine *engine)
{
	unsigned rings = rings_of(&engine->slots[0]);

	return has_answered(&engine->slots[0]) && has_answered(&engine->slots[1]) &&
	       rings_of(&engine->slots[0]) == rings;
}

static void answer_here(struct engine *engine)
{
	while (!lockstep_is_quiet(engine))
		for (int s = 0; s < N_SLOTS; s++)
			if (!has_answered(&engine->slots[s]))
				worker_answer(&engine->slots[s]);
}

void lockstep_wait(struct engine *engine)
{
	unsigned seen = atomic_load(&engine->done.rings);

	if (engine->config.in_one_thread)
		answer_here(engine);

	while (engine->config.in_lockstep && !lockstep_is_quiet(engine) &&
		!atomic_load_explicit(&engine->must_stop, memory_order_acquire))
		seen = doorbell_wait_for(&engine->done, seen, 100 * NS_PER_MS);
}
