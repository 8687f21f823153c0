/* sound.c - device, engine and desk, opened for a patch. See sound.h.
 * Tested by: e2e/test_run */
#include <math.h>

#include "base/clock.h"
#include "base/log.h"
#include "appliance/run.h"

static struct engine_config engine_config_of(const struct settings *settings)
{
	static const double quantize_beats[] = {
		[QUANTIZE_OFF] = 0.0, [QUANTIZE_BEAT] = 1.0, [QUANTIZE_BAR] = 4.0};
	struct engine_config config = {
		.rate_hz = settings->audio.rate_hz,
		.block_frames = settings->audio.block_frames,
		.lead_blocks = settings->engine.lead_blocks,
		.prime_blocks = settings->engine.prime_blocks,
		.arena_bytes = (size_t)settings->engine.arena_mb << 20,
		.fade_frames =
			(int)lrint(settings->commit.fade_ms * 1e-3 * settings->audio.rate_hz),
		.has_mirror = true,
		.budget_ns = settings->engine.budget_percent * 10000000LL *
			     settings->audio.block_frames / settings->audio.rate_hz,
		.tail_frames =
			(int)lrint(settings->commit.tail_ms * 1e-3 * settings->audio.rate_hz),
		.quantize_beats = quantize_beats[settings->commit.quantize],
		.begins_softly = true,
		.lock_memory = settings->rt.lock_memory,
		.producer = {"producer", settings->rt.producer_cpu, settings->rt.producer_priority},
		.workers = {{"worker A", settings->rt.worker_a_cpu, settings->rt.worker_priority},
			{"worker B", settings->rt.worker_b_cpu, settings->rt.worker_priority}},
	};

	return config;
}

int run_sound_open(struct run *run, struct diag *diag)
{
	struct engine_config config = engine_config_of(&run->settings);
	int err = run_output_open(run, diag);

	if (!err)
		err = run_statistics_open(run, diag);
	if (err < 0)
		return err;
	run->stats->audio.periods = run->output.n_periods;
	if (run->output.sink->begins_away)
		atomic_store(&run->stats->away_since_ns, (uint64_t)clock_now_ns());
	run_rt_prepare(run);
	err = engine_open(&run->engine, &config, run->output.sink, run->stats, diag);
	if (!err)
		err = desk_open(&run->desk, &run->settings, run->engine, run->patch, diag);
	if (!err && run->options->journal_path)
		err = desk_keep_journal(run->desk, run->options->journal_path, diag);
	if (!err && run->options->allows_faults)
		desk_allow_faults(run->desk);
	if (!err)
		err = engine_start(run->engine, run->patch, diag);
	if (!err)
		log_line(LOG_LEVEL_INFO, "playing \"%s\" on %s, lead %d", run->patch->name,
			run->output.sink->name, config.lead_blocks);
	return err;
}

bool run_sound_close(struct run *run)
{
	bool is_whole = true;

	if (run->engine)
		engine_stop(run->engine);
	if (run->desk && desk_close_journal(run->desk) < 0) /* it still asks the engine */
		is_whole = false;
	desk_close(run->desk);
	engine_close(run->engine);
	run_output_close(run);
	run_rt_close(run);
	run->desk = NULL;
	run->engine = NULL;
	return is_whole;
}
