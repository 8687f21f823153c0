#include "engine/event.h"

#include <stddef.h>

#include "base/rt_poison.h"

int64_t event_log_push(struct event_log *log, const struct event *event, uint64_t oldest)
{
	uint64_t head = atomic_load_explicit(&log->head, memory_order_relaxed);

	if (head - oldest >= EVENT_LOG_CELLS)
		return -1;
	log->cells[head % EVENT_LOG_CELLS] = *event;
	atomic_store_explicit(&log->head, head + 1, memory_order_release);
	return (int64_t)head;
}

int event_log_stamp(struct event_log *log, uint64_t block)
{
	uint64_t head = atomic_load_explicit(&log->head, memory_order_acquire);
	uint64_t from = atomic_load_explicit(&log->stamped, memory_order_relaxed);

	for (uint64_t i = from; i < head; i++)
		log->cells[i % EVENT_LOG_CELLS].block = block;
	if (head != from)
		atomic_store_explicit(&log->stamped, head, memory_order_release);
	return (int)(head - from);
}

const struct event *event_log_peek(struct event_log *log, uint64_t cursor, uint64_t up_to)
{
	const struct event *event = &log->cells[cursor % EVENT_LOG_CELLS];

	if (event_log_is_read(log, cursor) || event->block > up_to)
		return NULL;
	return event;
}
