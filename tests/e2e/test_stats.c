/* `chronus stats` and `status` of a page that the test fills: numbers, forms, exit codes. */
#include <stdio.h>
#include <string.h>

#include "engine/stats.h"
#include "tests/support/json_check.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct spawned run;
static const char *const out = run.text;

static int chronus(const char *args)
{
	spawn_chronus(&run, "%s", args);
	return run.status;
}

/* Each line is a comment, or a sample whose metric was given a type before; as many as there are. */
static int n_samples(const char *text)
{
	char type[200];
	int n = 0;

	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		int n_name = (int)strspn(line, "abcdefghijklmnopqrstuvwxyz_");
		const char *end = strchr(line, '\n'), *value = end;

		CU_ASSERT_PTR_NOT_NULL_FATAL(end);
		if (line[0] == '#') {
			CU_ASSERT_TRUE(strncmp(line, "# TYPE chronus_", 15) == 0 ||
				       strncmp(line, "# HELP chronus_", 15) == 0);
			continue;
		}
		while (value > line && value[-1] != ' ')
			value--;
		snprintf(type, sizeof(type), "# TYPE %.*s ", n_name, line);
		CU_ASSERT_TRUE(strncmp(line, "chronus_", 8) == 0);
		CU_ASSERT_TRUE(strstr(text, type) && strstr(text, type) < line);
		CU_ASSERT_EQUAL(strspn(value, "0123456789.e+-"), (size_t)(end - value));
		n++;
	}
	return n;
}

static void check_health(struct stats_page *page)
{
	CU_ASSERT_EQUAL(chronus("stats"), 3); /* nothing is delivered */
	CU_ASSERT_EQUAL(chronus("status"), 3);
	stats_add(page, WRITER_PRODUCER, STAT_BLOCKS, 5);
	CU_ASSERT_EQUAL(chronus("stats"), 4); /* at 600 MHz of 1400 */
	page->core.core_mhz = 1400;
	CU_ASSERT_EQUAL(chronus("stats"), 0);
	CU_ASSERT_EQUAL(chronus("status"), 0);
	stats_set_text(page, page->texts.degraded, sizeof(page->texts.degraded), "no FIFO");
	CU_ASSERT_EQUAL(chronus("stats"), 4);
	CU_ASSERT_EQUAL(chronus("status"), 4);
	CU_ASSERT_EQUAL(chronus("stats --json"), 0);
	atomic_store(&page->away_since_ns, 1);
	CU_ASSERT_EQUAL(chronus("stats"), 3);
	CU_ASSERT_EQUAL(chronus("stats --prometheus"), 0);
	CU_ASSERT_TRUE(suite_has(out, "chronus_playing 0\n"));
	atomic_store(&page->away_since_ns, 0);
}

static void test_stats(void)
{
	struct stats_page *page = NULL;
	struct diag diag;
	char path[100];

	snprintf(path, sizeof(path), "%s/stats", spawn_folder());
	CU_ASSERT_EQUAL_FATAL(stats_open(&page, path, &diag), 0);
	page->audio.rate_hz = 48000;
	page->audio.block_frames = 64;
	stats_set_text(page, page->texts.patch, sizeof(page->texts.patch), "A \"b\"");
	stats_add(page, WRITER_PRODUCER, STAT_XRUN, 42);
	page->core.core_mhz = 600;
	page->core.board_mhz = 1400;
	page->audio.lead_blocks = 1;
	page->audio.periods = 2;
	atomic_store(&page->window.p50_ns[0], 250000);
	atomic_store(&page->window.p99_ns[0], 750000);
	atomic_store(&page->window.worst_ns[0], 1250000);
	atomic_store(&page->window.occ_min, 2);
	check_health(page);
	page->core.core_mhz = 600;
	chronus("stats");
	CU_ASSERT_TRUE(suite_has(out, "latency 216 frames, 4.50 ms: "));
	CU_ASSERT_TRUE(suite_has(out, "600 MHz of 1400: TOO SLOW"));
	CU_ASSERT_TRUE(suite_has(out, "patch \"A \"b\"\""));
	CU_ASSERT_TRUE(suite_has(out, "a block took 250 us, 750 in 99 of 100, 1250 at most"));
	CU_ASSERT_TRUE(suite_has(out, " mean, 2 at least"));
	CU_ASSERT_TRUE(suite_has(out, "xrun                   42            0"));
	CU_ASSERT_PTR_NULL(strchr(out, '\033'));
	CU_ASSERT_EQUAL(chronus("stats --json"), 0);
	CU_ASSERT_PTR_NULL(json_fault(out));
	CU_ASSERT_TRUE(json_has(out, "xrun", "42"));
	CU_ASSERT_TRUE(json_has(out, "rate_hz", "48000"));
	CU_ASSERT_TRUE(json_has(out, "latency_frames", "216"));
	CU_ASSERT_TRUE(json_has(out, "block_us_p50", "250"));
	CU_ASSERT_TRUE(json_has(out, "block_us_p99", "750"));
	CU_ASSERT_TRUE(json_has(out, "block_us_max", "1250"));
	CU_ASSERT_TRUE(json_has(out, "occ_min_blocks", "2"));
	CU_ASSERT_TRUE(json_has(out, "core_mhz", "600"));
	CU_ASSERT_TRUE(json_has(out, "board_mhz", "1400"));
	CU_ASSERT_TRUE(json_has(out, "patch", "\"A \\\"b\\\"\""));
	CU_ASSERT_TRUE(json_has(out, "last_refusal", "null"));
	CU_ASSERT_EQUAL(chronus("stats --json --prometheus"), 2);
	CU_ASSERT_EQUAL(chronus("stats --prometheus"), 0);
	CU_ASSERT_TRUE(n_samples(out) > 20);
	CU_ASSERT_TRUE(
		suite_has(out, "# TYPE chronus_xrun_total counter\nchronus_xrun_total 42\n"));
	CU_ASSERT_TRUE(suite_has(out, ",patch=\"A \\\"b\\\"\",device="));
	CU_ASSERT_TRUE(suite_has(out, "\nchronus_latency_seconds 0.0045"));
	CU_ASSERT_TRUE(suite_has(
		out, "\nchronus_worker_block_seconds{worker=\"a\",quantile=\"0.99\"} 0.00075\n"));
	page->pid = 0x7ffffff0; /* beyond any pid there can be */
	CU_ASSERT_EQUAL(chronus("stats"), 1);
	CU_ASSERT_TRUE(suite_has(out, "is gone without a goodbye"));
	stats_close(page, path);
}

SUITE_MAIN("stats", {"stats", test_stats})
