#include "appliance/alive.h"

#include "base/clock.h"

bool alive_is_fed(
	struct alive *alive, const struct alive_look *now, int64_t now_ns, int64_t every_ns)
{
	bool has_moved = now->clock != alive->fed.clock ||
			 (now->is_away && now->rounds != alive->fed.rounds);

	if (alive->looked_ns && now_ns - alive->looked_ns < every_ns)
		return false;
	alive->looked_ns = now_ns;
	if (has_moved)
		alive->fed = *now;
	return has_moved;
}

bool alive_is_ready(struct alive *alive, const struct alive_look *now, int64_t now_ns)
{
	bool waits;

	if (!alive->opened_ns)
		alive->opened_ns = now_ns;
	waits = now->is_away && now->rounds > 0 &&
		now_ns - alive->opened_ns >= ALIVE_AWAY_MS * NS_PER_MS;
	if (alive->is_ready || (now->clock == 0 && !waits))
		return false;
	alive->is_ready = true;
	return true;
}
