/* Tested by: e2e/test_render */
#include "audio/sink_offline.h"

#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"

enum { OFFLINE_BATCH_BLOCKS = 32 }; /* rendered between two meetings of the threads */

static int offline_wait(struct sink *sink)
{
	struct sink_offline *offline = (struct sink_offline *)sink;
	uint64_t done = atomic_load_explicit(&offline->done, memory_order_relaxed);
	uint64_t until = atomic_load_explicit(&offline->until, memory_order_acquire);

	if (done == until) {
		bool is_ending =
			atomic_load_explicit(&offline->is_ending, memory_order_relaxed) != 0;

		/* rung here and not when the last block was written: the engine is through with it */
		atomic_store_explicit(&offline->idle_at, done, memory_order_release);
		doorbell_ring(&offline->there);
		offline->go_seen = doorbell_wait_for(
			&offline->go, offline->go_seen, is_ending ? NS_PER_MS : 100 * NS_PER_MS);
		until = atomic_load_explicit(&offline->until, memory_order_acquire);
	}
	return int_min((int)(until - done), OFFLINE_BATCH_BLOCKS);
}

static int offline_write(struct sink *sink, const float *stereo)
{
	struct sink_offline *offline = (struct sink_offline *)sink;
	uint64_t done = atomic_load_explicit(&offline->done, memory_order_relaxed) + 1;

	if (offline->recorder)
		recorder_put_patiently(offline->recorder, stereo);
	atomic_store_explicit(&offline->done, done, memory_order_release);
	return 0;
}

static int offline_recover(struct sink *sink, int err)
{
	(void)sink;
	return err;
}

const struct sink_ops sink_offline_ops = {offline_wait, offline_write, offline_recover};

void sink_offline_init(struct sink_offline *offline, struct recorder *recorder)
{
	*offline = (struct sink_offline){
		.sink = {.ops = &sink_offline_ops, .is_running = true, .is_timeless = true},
		.recorder = recorder,
	};
	snprintf(offline->sink.name, sizeof(offline->sink.name), "offline");
}

void sink_offline_run_to(struct sink_offline *offline, uint64_t until)
{
	unsigned seen = atomic_load(&offline->there.rings);

	atomic_store_explicit(&offline->until, until, memory_order_release);
	doorbell_ring(&offline->go);
	while (atomic_load_explicit(&offline->idle_at, memory_order_acquire) < until)
		seen = doorbell_wait_for(&offline->there, seen, 100 * NS_PER_MS);
}

void sink_offline_allow(struct sink_offline *offline, uint64_t until)
{
	atomic_store_explicit(&offline->until, until, memory_order_relaxed);
}

bool sink_offline_has_left(const struct sink_offline *offline)
{
	return atomic_load_explicit(&offline->done, memory_order_relaxed) <
	       atomic_load_explicit(&offline->until, memory_order_relaxed);
}

void sink_offline_end(struct sink_offline *offline)
{
	atomic_store_explicit(&offline->is_ending, 1, memory_order_relaxed);
	doorbell_ring(&offline->go);
}
