/* statistics.h - the page of counters that `chronus stats` reads; run->stats is opened and closed
 * here.
 *
 * It is in the runtime folder, else in memory that nobody else sees (a degraded line says so).
 * Threads: open, close [init]; tick [desk] */
#ifndef APPLIANCE_STATISTICS_H
#define APPLIANCE_STATISTICS_H

#include "base/diag.h"
#include "engine/stats.h"

struct run;

struct run_statistics {
	char path[300]; /* empty: there is no such file */
	struct stats_history history;
	bool has_hinted;
};

int run_statistics_open(struct run *run, struct diag *diag);
void run_statistics_tick(struct run *run, int64_t now_ns); /* once a second */
void run_statistics_close(struct run *run);

#endif
