/* stats_page.h - what `stats` and `status` make of a look at the statistics.
 * Threads: [init] */
#ifndef CLI_STATS_PAGE_H
#define CLI_STATS_PAGE_H

#include <stdio.h>

#include "engine/stats_read.h"

/* The exit code of a look as text. */
int stats_code(const struct stats_look *look);
/* Prometheus' text format: names chronus_..., units in them, a TYPE before each.
 * Source: prometheus.io, Exposition formats, text-based format 0.0.4. */
void stats_prometheus(const struct stats_look *look, FILE *file);

#endif
