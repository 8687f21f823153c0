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

/* false: it is not due yet. */
static bool stamp(struct event_log *log, struct event *event, const struct event_window *window)
{
	uint64_t n_frames = (uint64_t)window->block_frames;
	uint64_t frame = time_base_frame(window->time, event->time_ns);

	if (frame < window->from * n_frames)
		frame = window->from * n_frames;
	if (frame < log->last_frame)
		frame = log->last_frame;
	if (frame >= window->until * n_frames)
		return false;
	log->last_frame = frame;
	event->block = frame / n_frames;
	event->frame = (uint8_t)(frame % n_frames);
	return true;
}

int event_log_stamp(struct event_log *log, const struct event_window *window)
{
	uint64_t head = atomic_load_explicit(&log->head, memory_order_acquire);
	uint64_t from = atomic_load_explicit(&log->stamped, memory_order_relaxed);
	uint64_t at = from;

	while (at < head && stamp(log, &log->cells[at % EVENT_LOG_CELLS], window))
		at++;
	if (at != from)
		atomic_store_explicit(&log->stamped, at, memory_order_release);
	return (int)(at - from);
}

const struct event *event_log_peek(struct event_log *log, uint64_t cursor, uint64_t up_to)
{
	const struct event *event = &log->cells[cursor % EVENT_LOG_CELLS];

	if (event_log_is_read(log, cursor) || event->block > up_to)
		return NULL;
	return event;
}
