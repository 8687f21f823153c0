#include "engine/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rt_memory.h"

static const char *const names[N_STATS] = {
	[STAT_BLOCKS] = "blocks",
	[STAT_NONE] = "none",
	[STAT_LATE] = "late",
	[STAT_DROP] = "drop",
	[STAT_XRUN] = "xrun",
	[STAT_SUSPENDS] = "suspends",
	[STAT_DEVICE_LOST] = "device_lost",
	[STAT_COMMITS] = "commits",
	[STAT_BLIND] = "blind",
	[STAT_REFUSED] = "refused",
	[STAT_FAILOVERS] = "failovers",
	[STAT_REANCHORS] = "reanchors",
	[STAT_FAULTS] = "faults",
	[STAT_MISMATCH] = "mismatches",
	[STAT_RESETS] = "resets",
	[STAT_EVENTS] = "events",
	[STAT_RESYNCS] = "resyncs",
	[STAT_GPIO_DETENTS] = "gpio_detents",
	[STAT_GPIO_LOST] = "gpio_lost",
	[STAT_GPIO_ILLEGAL] = "gpio_illegal",
	[STAT_GPIO_GONE] = "gpio_gone",
	[STAT_MIDI_UNHEARD] = "midi_unheard",
	[STAT_MIDI_FAULTS] = "midi_faults",
	[STAT_BUSY_NS] = "busy_ns",
	[STAT_RENDERED] = "rendered",
	[STAT_OCC_SUM] = "occ_sum",
};

const char *stat_name(enum stat_id stat)
{
	return names[stat];
}

static uint64_t count_of(const struct stats_page *page, int writer, int stat)
{
	return atomic_load_explicit(&page->rows[writer].counts[stat], memory_order_relaxed);
}

void stats_add_loss(struct stats_page *page, int err)
{
	if (err == -EPIPE) {
		stats_add(page, WRITER_PRODUCER, STAT_XRUN, 1);
		stats_add(page, WRITER_PRODUCER, STAT_REANCHORS, 1);
		return;
	}
	stats_add(page, WRITER_PRODUCER, err == -ESTRPIPE ? STAT_SUSPENDS : STAT_DEVICE_LOST, 1);
	if (!atomic_load_explicit(&page->away_since_ns, memory_order_relaxed))
		atomic_store_explicit(
			&page->away_since_ns, (uint64_t)clock_now_ns(), memory_order_relaxed);
}

uint64_t stats_total(const struct stats_page *page, enum stat_id stat)
{
	uint64_t sum = 0;

	for (int w = 0; w < N_WRITERS; w++)
		sum += count_of(page, w, (int)stat);
	return sum;
}

/* A file with room for the whole page; its descriptor, or a negative errno. All of it is allocated
 * here: where the disk, or the memory below /run, is full, a write into a hole would be a SIGBUS. */
static int page_file(const char *path, struct diag *diag)
{
	int fd, err;

	unlink(path); /* a reader of an older run keeps its own page */
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return diag_set(
			diag, -errno, "statistics: cannot make %s: %s", path, strerror(errno));
	err = posix_fallocate(fd, 0, sizeof(struct stats_page));
	if (!err)
		return fd;
	close(fd);
	unlink(path);
	return diag_set(diag, -err, "statistics: no room for %s: %s", path, strerror(err));
}

int stats_open(struct stats_page **page, const char *path, struct diag *diag)
{
	int flags = path ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	int fd = path ? page_file(path, diag) : -1;
	void *at;

	if (path && fd < 0)
		return fd;
	at = mmap(NULL, sizeof(struct stats_page), PROT_READ | PROT_WRITE, flags | MAP_POPULATE, fd,
		0);
	if (fd >= 0)
		close(fd);
	if (at == MAP_FAILED)
		return diag_set(diag, -errno, "statistics: cannot map %s: %s",
			path ? path : "memory", strerror(errno));
	rt_touch(at, sizeof(struct stats_page));
	*page = at;
	(*page)->page_bytes = sizeof(struct stats_page);
	(*page)->pid = getpid();
	memcpy((*page)->magic, STATS_MAGIC, sizeof((*page)->magic));
	atomic_store(&(*page)->ahead.occ_min, UINT32_MAX);
	return 0;
}

void stats_close(struct stats_page *page, const char *path)
{
	if (path)
		unlink(path);
	if (page)
		munmap(page, sizeof(*page));
}

int stats_map_read(const char *path, const struct stats_page **page, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	const struct stats_page *at;

	if (fd < 0)
		return diag_set(diag, -errno, "no statistics at %s: %s (is `chronus run` running?)",
			path, strerror(errno));
	if (fstat(fd, &info) < 0 || (size_t)info.st_size < sizeof(*at)) {
		close(fd);
		return diag_set(diag, -EINVAL, "%s: not this version's statistics", path);
	}
	at = mmap(NULL, sizeof(*at), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	if (memcmp(at->magic, STATS_MAGIC, sizeof(at->magic)) || at->page_bytes != sizeof(*at)) {
		munmap((void *)at, sizeof(*at));
		return diag_set(diag, -EINVAL, "%s: not this version's statistics", path);
	}
	*page = at;
	return 0;
}

static void store(_Atomic uint64_t *to, uint64_t value)
{
	atomic_store_explicit(to, value, memory_order_relaxed);
}

static void tick_times(struct stats_page *page, struct stats_history *history, int w, int old)
{
	uint32_t *now = history->times[history->next][w];
	uint32_t in_window[BLOCK_TIME_BINS];

	for (int i = 0; i < BLOCK_TIME_BINS; i++) {
		uint32_t total = atomic_load_explicit(&page->times[w].n[i], memory_order_relaxed);

		in_window[i] = history->n > 0 ? total - history->times[old][w][i] : total;
		now[i] = total;
	}
	store(&page->window.p50_ns[w], block_times_quantile_ns(in_window, 50));
	store(&page->window.p99_ns[w], block_times_quantile_ns(in_window, 99));
}

static void tick_occupancy(struct stats_page *page, struct stats_history *history)
{
	uint32_t least = UINT32_MAX;

	history->occ_min[history->next] = atomic_exchange(&page->ahead.occ_min, UINT32_MAX);
	for (int i = 0; i <= history->n && i < STATS_WINDOW_S; i++)
		least = history->occ_min[i] < least ? history->occ_min[i] : least;
	atomic_store_explicit(&page->window.occ_min, least, memory_order_relaxed);
}

void stats_tick(struct stats_page *page, struct stats_history *history, int64_t now_ns)
{
	int old = history->n < STATS_WINDOW_S ? 0 : history->next;
	int now = history->next;
	bool has_old = history->n > 0;

	for (int s = 0; s < N_STATS; s++) {
		uint64_t total = stats_total(page, (enum stat_id)s);

		store(&page->window.counts[s], has_old ? total - history->counts[old][s] : total);
		history->counts[now][s] = total;
	}
	store(&page->window.ns, has_old ? (uint64_t)(now_ns - history->at_ns[old]) : 0);
	history->at_ns[now] = now_ns;
	for (int w = 0; w < 2; w++) {
		uint64_t busy = count_of(page, w, STAT_BUSY_NS),
			 rendered = count_of(page, w, STAT_RENDERED);
		uint64_t worst = 0;

		store(&page->window.busy_ns[w], has_old ? busy - history->busy_ns[old][w] : busy);
		store(&page->window.rendered[w],
			has_old ? rendered - history->rendered[old][w] : rendered);
		history->busy_ns[now][w] = busy;
		history->rendered[now][w] = rendered;
		history->worst_ns[now][w] = atomic_exchange(&page->rows[w].worst_ns, 0);
		for (int i = 0; i < STATS_WINDOW_S; i++)
			if (history->worst_ns[i][w] > worst)
				worst = history->worst_ns[i][w];
		store(&page->window.worst_ns[w], worst);
		tick_times(page, history, w, old);
	}
	tick_occupancy(page, history);
	history->next = (now + 1) % STATS_WINDOW_S;
	history->n += history->n < STATS_WINDOW_S;
}

void stats_set_text(struct stats_page *page, char *where, size_t where_bytes, const char *text)
{
	atomic_fetch_add(&page->text_version, 1);
	snprintf(where, where_bytes, "%s", text);
	atomic_fetch_add(&page->text_version, 1);
}
