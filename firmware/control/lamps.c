/* lamps.c - what the four signs show. See lamps.h. */
#include "control/lamps.h"

#include "base/clock.h"
#include "control/desk_state.h"

static uint64_t faults_count(const struct stats_page *stats)
{
	static const enum stat_id faults[] = {
		STAT_NONE, STAT_XRUN, STAT_FAILOVERS, STAT_FAULTS, STAT_MISMATCH, STAT_RESETS};
	uint64_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		n += stats_total(stats, faults[i]);
	return n;
}

static enum board_lamp standby_lamp(const struct desk *desk)
{
	if (engine_slot_state(desk->engine, 1 - engine_live(desk->engine)) == SLOT_MIRROR)
		return BOARD_LAMP_STEADY;
	return desk->commit.journey == JOURNEY_REST ? BOARD_LAMP_OFF : BOARD_LAMP_SLOW;
}

void lamps_look(struct lamps *lamps, const struct desk *desk, int64_t now_ns,
	enum board_lamp shown[BOARD_N_SIGNS])
{
	uint64_t clock = engine_clock(desk->engine);
	uint64_t n_faults = faults_count(engine_stats(desk->engine));
	bool is_moving, was_fault, is_waiting = desk->staged.n > 0 || desk->staged.loaded;

	if (clock != lamps->clock)
		lamps->moved_ns = now_ns;
	if (n_faults != lamps->n_faults && lamps->has_begun)
		lamps->fault_ns = now_ns;
	lamps->clock = clock;
	lamps->n_faults = n_faults;
	lamps->has_begun = true;

	is_moving = lamps->moved_ns && now_ns - lamps->moved_ns < LAMPS_STILL_MS * NS_PER_MS;
	was_fault = lamps->fault_ns && now_ns - lamps->fault_ns < LAMPS_FAULT_MS * NS_PER_MS;
	shown[BOARD_RUNNING] = is_moving                      ? BOARD_LAMP_STEADY
			       : engine_is_away(desk->engine) ? BOARD_LAMP_TWICE
							      : BOARD_LAMP_SLOW;
	shown[BOARD_STAGED] = desk_is_committing(desk) ? BOARD_LAMP_FAST
			      : is_waiting             ? BOARD_LAMP_STEADY
						       : BOARD_LAMP_OFF;
	shown[BOARD_STANDBY] = standby_lamp(desk);
	shown[BOARD_FAULT] = !is_moving  ? BOARD_LAMP_FAST
			     : was_fault ? BOARD_LAMP_STEADY
			     : lamps->has_trouble ? BOARD_LAMP_TWICE
						  : BOARD_LAMP_OFF;
}
