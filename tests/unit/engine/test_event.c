/* The event log: one order, one stamp, two readers; and blocks found by number. */
#include <pthread.h>

#include "engine/block_ring.h"
#include "engine/event.h"
#include "tests/support/suite.h"

static struct event_log event_log_;
static struct time_base timeless;

/* Events that are due in this block. */
static int stamp(uint64_t block)
{
	const struct event_window window = {&timeless, block, block + 1, 64};

	return event_log_stamp(&event_log_, &window);
}

static void test_stamps(void)
{
	struct event event = {.kind = EVENT_PARAM};

	event_log_ = (struct event_log){0};
	CU_ASSERT_PTR_NULL(event_log_peek(&event_log_, 0, 100));
	event.value = 1.0f;
	event_log_push(&event_log_, &event, 0);
	CU_ASSERT_PTR_NULL(event_log_peek(&event_log_, 0, 100)); /* not stamped yet */
	CU_ASSERT_EQUAL(stamp(7), 1);
	CU_ASSERT_PTR_NULL(event_log_peek(&event_log_, 0, 6)); /* not its block yet */
	CU_ASSERT_PTR_NOT_NULL_FATAL(event_log_peek(&event_log_, 0, 7));
	CU_ASSERT_EQUAL(event_log_peek(&event_log_, 0, 7)->block, 7);
	CU_ASSERT_EQUAL(stamp(8), 0);
}

static void test_full(void)
{
	struct event event = {.kind = EVENT_GATE};

	event_log_ = (struct event_log){0};
	for (int i = 0; i < EVENT_LOG_CELLS; i++)
		CU_ASSERT_EQUAL(event_log_push(&event_log_, &event, 0), i);
	CU_ASSERT_EQUAL(event_log_push(&event_log_, &event, 0), -1);
	/* a reader moved on */
	CU_ASSERT_EQUAL(event_log_push(&event_log_, &event, 1), EVENT_LOG_CELLS);
}

enum { N_STRESS = 200000 };
static _Atomic uint64_t cursors[2];

static void *reader(void *arg)
{
	_Atomic uint64_t *cursor = arg;
	uint64_t at = 0, last_block = 0;
	long bad = 0;

	while (at < N_STRESS) {
		const struct event *event = event_log_peek(&event_log_, at, UINT64_MAX);

		if (!event)
			continue;
		bad += (uint64_t)event->param != at % 1000 || event->block < last_block;
		last_block = event->block;
		atomic_store(cursor, ++at);
	}
	return (void *)bad;
}

static void *stamper(void *arg)
{
	uint64_t block = 0, n = 0;

	(void)arg;
	while (n < N_STRESS)
		n += (uint64_t)stamp(++block);
	return NULL;
}

/* Desk, producer and two workers at once: every event once, in order, under its stamp. */
static void test_four_threads(void)
{
	pthread_t readers[2], stamps;
	void *bad;

	event_log_ = (struct event_log){0};
	for (int r = 0; r < 2; r++) {
		atomic_store(&cursors[r], 0);
		pthread_create(&readers[r], NULL, reader, &cursors[r]);
	}
	pthread_create(&stamps, NULL, stamper, NULL);
	for (uint64_t i = 0; i < N_STRESS;) {
		struct event event = {.param = (int16_t)(i % 1000)};
		uint64_t a = atomic_load(&cursors[0]), b = atomic_load(&cursors[1]);

		i += event_log_push(&event_log_, &event, a < b ? a : b) >= 0;
	}
	pthread_join(stamps, NULL);
	for (int r = 0; r < 2; r++) {
		pthread_join(readers[r], &bad);
		CU_ASSERT_PTR_NULL(bad);
	}
}

static void test_blocks_by_number(void)
{
	static struct block_ring ring;

	CU_ASSERT_PTR_NULL(block_ring_take(&ring, 0)); /* an empty ring has not even block 0 */
	for (uint64_t n = 0; n < 3 * BLOCK_RING_CELLS; n++) {
		struct block *cell = block_ring_cell(&ring, n);

		cell->checksum = (uint32_t)n;
		CU_ASSERT_PTR_NULL(block_ring_take(&ring, n)); /* not before it is whole */
		block_ring_put(cell, n);
		CU_ASSERT_PTR_NOT_NULL_FATAL(block_ring_take(&ring, n));
		CU_ASSERT_EQUAL(block_ring_take(&ring, n)->checksum, n);
		CU_ASSERT_PTR_NULL(block_ring_take(&ring, n + 1));
		if (n >= BLOCK_RING_CELLS)
			/* stale */
			CU_ASSERT_PTR_NULL(block_ring_take(&ring, n - BLOCK_RING_CELLS));
	}
}

SUITE_MAIN("event", {"stamps", test_stamps}, {"a full log refuses", test_full},
	{"four threads", test_four_threads}, {"blocks are found by number", test_blocks_by_number})
