/* test_stats.c - counting, the window, and the page as another program sees it. */
#include "engine/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/stats_read.h"
#include "tests/support/suite.h"

/* In the place of the C library's: a disk that is full on request. */
static int n_allocations, allocation_err;

int posix_fallocate(int fd, off_t offset, off_t n_bytes)
{
	n_allocations++;
	return allocation_err ? allocation_err : (ftruncate(fd, offset + n_bytes) < 0 ? errno : 0);
}

static char path[] = "/tmp/chronus-stats-XXXXXX";
static struct diag diag;

static struct stats_page *page_open(const char *where)
{
	struct stats_page *page = NULL;

	CU_ASSERT_EQUAL_FATAL(stats_open(&page, where, &diag), 0);
	return page;
}

static void test_counting(void)
{
	struct stats_page *page = page_open(NULL);

	stats_add(page, WRITER_PRODUCER, STAT_NONE, 2);
	stats_add(page, WRITER_DESK, STAT_NONE, 3);
	stats_add(page, WRITER_WORKER_A, STAT_LATE, 1);
	CU_ASSERT_EQUAL(stats_total(page, STAT_NONE), 5);
	for (int s = 0; s < N_STATS; s++) {
		CU_ASSERT_PTR_NOT_NULL(stat_name((enum stat_id)s));
		if (s != STAT_NONE && s != STAT_LATE)
			CU_ASSERT_EQUAL(stats_total(page, (enum stat_id)s), 0);
	}
	stats_close(page, NULL);
}

static void test_window(void)
{
	struct stats_page *page = page_open(NULL);
	static struct stats_history history;

	for (int second = 0; second <= 30; second++) {
		stats_add(page, WRITER_PRODUCER, STAT_BLOCKS, 750);
		if (second == 3)
			stats_add(page, WRITER_PRODUCER, STAT_XRUN, 4);
		stats_tick(page, &history, second * NS_PER_S);
		if (second == 5) {
			CU_ASSERT_EQUAL(page->window.counts[STAT_XRUN], 4);
			CU_ASSERT_EQUAL(page->window.ns, 5 * (uint64_t)NS_PER_S);
			CU_ASSERT_EQUAL(page->window.counts[STAT_BLOCKS], 5 * 750);
		}
	}
	CU_ASSERT_EQUAL(page->window.counts[STAT_XRUN], 0); /* long ago */
	CU_ASSERT_EQUAL(stats_total(page, STAT_XRUN), 4);
	CU_ASSERT_EQUAL(page->window.ns, STATS_WINDOW_S * (uint64_t)NS_PER_S);
	CU_ASSERT_EQUAL(page->window.counts[STAT_BLOCKS], STATS_WINDOW_S * 750);
	stats_close(page, NULL);
}

static void test_worst_in_window(void)
{
	struct stats_page *page = page_open(NULL);
	static struct stats_history history;

	for (int second = 0; second <= 20; second++) {
		atomic_store(&page->rows[WRITER_WORKER_B].worst_ns, second == 2 ? 900 : 100);
		stats_tick(page, &history, second * NS_PER_S);
		CU_ASSERT_EQUAL(page->window.worst_ns[1], second < 2    ? 100
							  : second < 12 ? 900
									: 100);
		CU_ASSERT_EQUAL(page->window.worst_ns[0], 0);
	}
	stats_close(page, NULL);
}

/* 99 of 100 blocks take 20 us, one 2 ms; in the first seconds all took 5 ms. */
static void test_times_in_window(void)
{
	struct stats_page *page = page_open(NULL);
	static struct stats_history history;

	for (int second = 0; second <= 12; second++) {
		for (int i = 0; i < 1000; i++)
			block_times_add(&page->times[1], second < 2 ? 5000000
							 : i < 989  ? 20000
								    : 2000000);
		atomic_store(&page->ahead.occ_min, second == 1 ? 0 : 3);
		stats_tick(page, &history, second * NS_PER_S);
		if (second == 1)
			CU_ASSERT_DOUBLE_EQUAL((double)page->window.p50_ns[1], 5e6, 3e5);
		CU_ASSERT_EQUAL(page->window.occ_min, second < 1 || second > 10 ? 3 : 0);
	}
	CU_ASSERT_DOUBLE_EQUAL((double)page->window.p50_ns[1], 20000, 1250);
	CU_ASSERT_DOUBLE_EQUAL((double)page->window.p99_ns[1], 2e6, 1.25e5);
	CU_ASSERT_EQUAL(page->window.p99_ns[0], 0);
	CU_ASSERT_EQUAL(page->ahead.occ_min, UINT32_MAX); /* begins anew */
	stats_close(page, NULL);
}

static void test_as_read_by_others(void)
{
	struct stats_page *page = page_open(path);
	const struct stats_page *seen = NULL;
	static struct stats_look look;

	page->audio.rate_hz = 48000;
	page->audio.block_frames = 64;
	strcpy(page->texts.sink, "simulated");
	stats_set_text(page, page->texts.patch, sizeof(page->texts.patch), "Acid line");
	stats_add(page, WRITER_PRODUCER, STAT_BLOCKS, 1000);
	atomic_store(&page->window.counts[STAT_BLOCKS], 750);
	atomic_store(&page->window.counts[STAT_OCC_SUM], 1500);
	atomic_store(&page->window.ns, (uint64_t)NS_PER_S);
	atomic_store(&page->window.rendered[0], 750);
	atomic_store(&page->window.busy_ns[0], 250000000);
	atomic_store(&page->window.worst_ns[0], 666666);
	atomic_store(&page->slot_states[0], SLOT_LIVE);
	atomic_store(&page->slot_states[1], SLOT_MIRROR);
	atomic_store(&page->started_ns, 5 * (uint64_t)NS_PER_S);

	CU_ASSERT_EQUAL_FATAL(stats_map_read(path, &seen, &diag), 0);
	stats_look(seen, 65 * NS_PER_S, &look);
	CU_ASSERT_EQUAL(look.pid, getpid());
	CU_ASSERT_STRING_EQUAL(look.texts.sink, "simulated");
	CU_ASSERT_STRING_EQUAL(look.texts.patch, "Acid line");
	CU_ASSERT_EQUAL(look.totals[STAT_BLOCKS], 1000);
	CU_ASSERT_DOUBLE_EQUAL(look.uptime_s, 60, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(look.block_us, 1333.333, 0.001);
	CU_ASSERT_DOUBLE_EQUAL(look.period_us, 1333.333, 0.001);
	CU_ASSERT_DOUBLE_EQUAL(look.ahead.occ_mean_blocks, 2, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(look.loads[0].mean_percent, 25, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(look.loads[0].worst_percent, 50, 1e-3);
	CU_ASSERT_EQUAL(look.loads[1].mean_percent, 0); /* nothing rendered, nothing divided */
	CU_ASSERT_TRUE(look.has_mirror);

	stats_add(page, WRITER_PRODUCER, STAT_BLOCKS, 1); /* the map is live */
	CU_ASSERT_EQUAL(stats_total(seen, STAT_BLOCKS), 1001);
	munmap((void *)seen, sizeof(*seen));
	stats_close(page, path);
	CU_ASSERT_EQUAL(stats_map_read(path, &seen, &diag), -ENOENT);
}

static void test_texts_that_never_settle(void)
{
	struct stats_page *page = page_open(NULL);
	static struct stats_look look;

	memset(page->texts.patch, 'x',
		sizeof(page->texts.patch)); /* a desk that died while it wrote */
	atomic_store(&page->text_version, 1);
	stats_look(page, 0, &look);
	CU_ASSERT_EQUAL(strlen(look.texts.patch), sizeof(look.texts.patch) - 1);
	stats_close(page, NULL);
}

static void test_not_a_page(void)
{
	const struct stats_page *seen = NULL;
	struct stats_page *page = page_open(path);
	int fd;

	page->magic[7]++;
	CU_ASSERT_EQUAL(stats_map_read(path, &seen, &diag), -EINVAL);
	page->magic[7]--;
	page->page_bytes++;
	CU_ASSERT_EQUAL(stats_map_read(path, &seen, &diag), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "not this version's"));
	stats_close(page, path);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	CU_ASSERT_EQUAL_FATAL(write(fd, STATS_MAGIC, 8), 8);
	close(fd);
	CU_ASSERT_EQUAL(stats_map_read(path, &seen, &diag), -EINVAL);
	CU_ASSERT_PTR_NULL(seen);
	unlink(path);
	CU_ASSERT_EQUAL(stats_open(&page, "/no/such/folder/stats", &diag), -ENOENT);
}

/* No page with holes in it: the first count would end the program. */
static void test_full_disk(void)
{
	struct stats_page *page = NULL;

	n_allocations = 0;
	allocation_err = ENOSPC;
	CU_ASSERT_EQUAL(stats_open(&page, path, &diag), -ENOSPC);
	CU_ASSERT_EQUAL(n_allocations, 1);
	CU_ASSERT_PTR_NULL(page);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "no room for"));
	CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
	allocation_err = 0;
}

int main(void)
{
	static const struct suite_test tests[] = {
		{"counting", test_counting},
		{"the last 10 s", test_window},
		{"worst block in the window", test_worst_in_window},
		{"times in the window", test_times_in_window},
		{"as others read it", test_as_read_by_others},
		{"texts that never settle", test_texts_that_never_settle},
		{"not a page", test_not_a_page},
		{"a full disk", test_full_disk},
	};
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	return suite_run("stats", tests, (int)ARRAY_LEN(tests));
}
