/* Tested by: unit/engine/test_producer */
#include "audio/sink_sim.h"

#include <errno.h>
#include <stdio.h>

#include "base/clock.h"

#define LOOK_ROUND_NS (100 * NS_PER_MS) /* wait() returns at least this often */

static int64_t now_ns(const struct sink_sim *sim)
{
	return sim->config.is_virtual ? sim->virtual_ns : clock_now_ns();
}

static void sleep_until(struct sink_sim *sim, int64_t until_ns)
{
	if (!sim->config.is_virtual)
		clock_sleep_until_ns(until_ns);
	else if (until_ns > sim->virtual_ns)
		sim->virtual_ns = until_ns;
}

/* The device's own time since it started: ours, less the stalls, times its drift. */
static double device_ns(const struct sink_sim *sim, int64_t at_ns, int64_t *stall_left_ns)
{
	int64_t t = at_ns - sim->start_ns;
	int64_t every = sim->config.stall_every_ms * NS_PER_MS,
		stall = sim->config.stall_ms * NS_PER_MS;

	*stall_left_ns = 0;
	if (every > 0 && stall > 0) {
		int64_t cycle = every + stall, into = t % cycle;

		if (into > every)
			*stall_left_ns = cycle - into;
		t = t / cycle * every + (into < every ? into : every);
	}
	return (double)t * (1.0 + 1e-6 * sim->config.drift_ppm);
}

static double block_ns(const struct sink_sim *sim)
{
	return 1e9 * sim->config.sink.block_frames / sim->config.sink.rate_hz;
}

/* Blocks the device has taken: whole bursts. */
static uint64_t taken_blocks(const struct sink_sim *sim, double device)
{
	int burst = sim->config.burst_periods;

	return (uint64_t)(device / (block_ns(sim) * burst)) * (uint64_t)burst;
}

static int64_t jitter_ns(struct sink_sim *sim)
{
	if (sim->config.jitter_us == 0)
		return 0;
	sim->noise = sim->noise * 1664525u + 1013904223u;
	return (int64_t)(sim->noise >> 8) % (sim->config.jitter_us * NS_PER_US);
}

/* Until the next burst has been taken. */
static void sleep_one_burst(struct sink_sim *sim, int64_t now, double device, int64_t stall_left_ns)
{
	double burst_ns = block_ns(sim) * sim->config.burst_periods;
	double left = burst_ns * ((double)(uint64_t)(device / burst_ns) + 1.0) - device;
	int64_t until =
		now + stall_left_ns + (int64_t)(left / (1.0 + 1e-6 * sim->config.drift_ppm)) + 1;

	if (until > now + LOOK_ROUND_NS)
		until = now + LOOK_ROUND_NS;
	sleep_until(sim, until + jitter_ns(sim));
}

static int sim_wait(struct sink *sink)
{
	struct sink_sim *sim = (struct sink_sim *)sink;

	for (int tries = 0; tries < 2; tries++) {
		int64_t now = now_ns(sim), stall_left_ns = 0;
		uint64_t taken = 0, filled;
		double device = 0.0;

		if (now < sim->back_ns) {
			sleep_until(sim, now + LOOK_ROUND_NS < sim->back_ns ? now + LOOK_ROUND_NS
									    : sim->back_ns);
			return 0;
		}
		if (sink->is_running && sim->config.vanish_ms > 0 &&
			now >= sim->start_ns + sim->config.vanish_every_ms * NS_PER_MS)
			return -ENODEV;

		if (sink->is_running) {
			device = device_ns(sim, now, &stall_left_ns);
			taken = taken_blocks(sim, device);
		}
		if (taken > sim->written_blocks)
			return -EPIPE;
		filled = sim->written_blocks - taken;
		if (filled < (uint64_t)sim->buffer_blocks)
			return (int)((uint64_t)sim->buffer_blocks - filled);
		if (tries == 0)
			sleep_one_burst(sim, now, device, stall_left_ns);
	}
	return 0;
}

static int sim_write(struct sink *sink, const float *stereo)
{
	struct sink_sim *sim = (struct sink_sim *)sink;

	if (sim->config.recorder)
		recorder_put(sim->config.recorder, stereo);
	sim->written_blocks++;
	if (!sink->is_running && sim->written_blocks == (uint64_t)sim->buffer_blocks) {
		sim->start_ns = now_ns(sim);
		sink->is_running = true;
	}
	return 0;
}

static int sim_recover(struct sink *sink, int err)
{
	struct sink_sim *sim = (struct sink_sim *)sink;

	sink->is_running = false;
	sim->written_blocks = 0;
	if (err != -ENODEV)
		return -EPIPE;
	sim->back_ns = now_ns(sim) + sim->config.vanish_ms * NS_PER_MS;
	return -ENODEV;
}

const struct sink_ops sink_sim_ops = {sim_wait, sim_write, sim_recover};

void sink_sim_init(struct sink_sim *sim, const struct sim_config *config)
{
	*sim = (struct sink_sim){.sink = {.ops = &sink_sim_ops}, .config = *config, .noise = 1};
	sim->buffer_blocks = int_max(config->sink.periods, config->burst_periods + 1);
	snprintf(sim->sink.name, sizeof(sim->sink.name),
		"simulated sound card, %d Hz, %d x %d frames", config->sink.rate_hz,
		sim->buffer_blocks, config->sink.block_frames);
}
