/* stats_prometheus.c - the statistics for Prometheus.
 * Tested by: e2e/test_stats */
#include <inttypes.h>

#include "cli/stats_page.h"

/* [a-z_] of a counter's name; chronus's own have nothing else. */
static void counter(FILE *file, const char *name, uint64_t value)
{
	fprintf(file, "# TYPE chronus_%s_total counter\nchronus_%s_total %" PRIu64 "\n", name, name,
		value);
}

static void gauge_head(FILE *file, const char *name, const char *help)
{
	fprintf(file, "# HELP chronus_%s %s\n# TYPE chronus_%s gauge\n", name, help, name);
}

static void gauge(FILE *file, const char *name, const char *help, double value)
{
	gauge_head(file, name, help);
	fprintf(file, "chronus_%s %.9g\n", name, value);
}

static void label(FILE *file, const char *name, const char *text, char end)
{
	fprintf(file, "%s=\"", name);
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", file);
		else if (*text == '"' || *text == '\\')
			fprintf(file, "\\%c", *text);
		else
			fputc(*text, file);
	}
	fprintf(file, "\"%c", end);
}

static void workers(const struct stats_look *look, FILE *file)
{
	gauge_head(file, "worker_load_ratio", "part of a block's time, mean of the last seconds");
	for (int i = 0; i < N_SLOTS; i++)
		fprintf(file, "chronus_worker_load_ratio{worker=\"%c\"} %.9g\n", 'a' + i,
			look->loads[i].mean_percent / 100.0);
	gauge_head(file, "worker_load_max_ratio", "the same, the dearest block");
	for (int i = 0; i < N_SLOTS; i++)
		fprintf(file, "chronus_worker_load_max_ratio{worker=\"%c\"} %.9g\n", 'a' + i,
			look->loads[i].worst_percent / 100.0);
	gauge_head(file, "worker_block_seconds", "time that a block took, by quantile");
	for (int i = 0; i < N_SLOTS; i++) {
		static const char form[] =
			"chronus_worker_block_seconds{worker=\"%c\",quantile=\"%s\"} %.9g\n";

		fprintf(file, form, 'a' + i, "0.5", 1e-6 * look->loads[i].p50_us);
		fprintf(file, form, 'a' + i, "0.99", 1e-6 * look->loads[i].p99_us);
		fprintf(file, form, 'a' + i, "1", 1e-6 * look->loads[i].max_us);
	}
}

void stats_prometheus(const struct stats_look *look, FILE *file)
{
	gauge_head(file, "info", "what plays, and on what");
	fprintf(file, "chronus_info{");
	label(file, "version", CHRONUS_VERSION, ',');
	label(file, "patch", look->texts.patch, ',');
	label(file, "device", look->texts.sink, '}');
	fprintf(file, " 1\n");
	gauge(file, "playing", "1: the device takes blocks",
		stats_health(look) != STATS_NOT_PLAYING);
	gauge(file, "degraded", "1: something is wrong or missing",
		stats_health(look) == STATS_DEGRADED);
	gauge(file, "has_mirror", "1: a failing worker costs no sample", look->has_mirror);
	gauge(file, "uptime_seconds", "since the start", look->uptime_s);
	gauge(file, "latency_seconds", "from a hand to the device", 1e-3 * stats_latency_ms(look));
	gauge(file, "period_seconds", "between two blocks, as measured", 1e-6 * look->period_us);
	gauge(file, "ready_blocks", "rendered ahead of the device", look->ahead.occ_blocks);
	gauge(file, "ready_min_blocks", "the same, the fewest of the last seconds",
		look->ahead.occ_min_blocks);
	workers(look, file);
	for (int i = 0; i < n_stats_shown; i++)
		counter(file, stat_name(stats_shown[i]), look->totals[stats_shown[i]]);
}
