/* indicators.c - what the four indicators show. See indicators.h. */
#include "control/indicators.h"

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

static enum board_pattern standby_pattern(const struct desk *desk)
{
	if (engine_slot_state(desk->engine, 1 - engine_live(desk->engine)) == SLOT_MIRROR)
		return BOARD_PATTERN_STEADY;
	return desk->commit.journey == JOURNEY_REST ? BOARD_PATTERN_OFF : BOARD_PATTERN_SLOW;
}

void indicators_look(struct indicators *indicators, const struct desk *desk, int64_t now_ns,
	enum board_pattern shown[BOARD_N_INDICATORS])
{
	uint64_t clock = engine_clock(desk->engine);
	uint64_t n_faults = faults_count(engine_stats(desk->engine));
	bool is_moving, was_fault, is_staged = desk->staged.n > 0 || desk->staged.loaded;

	if (clock != indicators->clock)
		indicators->moved_ns = now_ns;
	if (n_faults != indicators->n_faults && indicators->has_begun)
		indicators->fault_ns = now_ns;
	indicators->clock = clock;
	indicators->n_faults = n_faults;
	indicators->has_begun = true;

	is_moving = indicators->moved_ns &&
		    now_ns - indicators->moved_ns < INDICATORS_IDLE_MS * NS_PER_MS;
	was_fault = indicators->fault_ns &&
		    now_ns - indicators->fault_ns < INDICATORS_FAULT_MS * NS_PER_MS;
	shown[BOARD_RUNNING] = is_moving                      ? BOARD_PATTERN_STEADY
			       : engine_is_away(desk->engine) ? BOARD_PATTERN_TWICE
							      : BOARD_PATTERN_SLOW;
	shown[BOARD_STAGED] = desk_is_committing(desk) ? BOARD_PATTERN_FAST
			      : is_staged              ? BOARD_PATTERN_STEADY
						       : BOARD_PATTERN_OFF;
	shown[BOARD_STANDBY] = standby_pattern(desk);
	shown[BOARD_FAULT] = !is_moving                ? BOARD_PATTERN_FAST
			     : was_fault               ? BOARD_PATTERN_STEADY
			     : indicators->has_warning ? BOARD_PATTERN_TWICE
						       : BOARD_PATTERN_OFF;
}
