/* refusals.c - patches that will not be played: for the statistics.
 * Tested by: unit/control/test_desk */
#include "control/desk_state.h"

void desk_count_refusal(struct desk *desk, const struct diag *diag)
{
	struct stats_page *stats = engine_stats(desk->engine);

	stats_add(stats, WRITER_DESK, STAT_REFUSED, 1);
	stats_set_text(
		stats, stats->texts.refused_why, sizeof(stats->texts.refused_why), diag->text);
}
