#include "tests/support/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "config/patch_read.h"
#include "engine/internal.h"

static int rig_wait(struct sink *sink)
{
	struct rig *rig = (struct rig *)sink;
	uint64_t done = atomic_load(&rig->done), until = atomic_load(&rig->until);
	int n;

	if (done >= until) {
		atomic_store(&rig->idle_at, until);
		doorbell_ring(&rig->moved);
		rig->go_seen = doorbell_wait_for(&rig->go, rig->go_seen,
			atomic_load(&rig->is_ending) ? NS_PER_MS : 100 * NS_PER_MS);
		return 0;
	}
	if (rig->options.is_render)
		return (int)(until - done < 32 ? until - done : 32);
	if (rig->options.jump_ns && !rig->has_jumped && done >= rig->options.jump_at_block) {
		rig->sim.virtual_ns += rig->options.jump_ns;
		rig->has_jumped = true;
	}
	n = rig->card->ops->wait(rig->card);
	sink->is_running = rig->card->is_running;
	return n;
}

static int rig_write(struct sink *sink, const float *stereo)
{
	struct rig *rig = (struct rig *)sink;
	int n_frames = rig->options.block_frames;
	int err = 0;

	if (!rig->options.is_render) {
		err = rig->card->ops->write(rig->card, stereo);
		sink->is_running = rig->card->is_running;
	}
	for (int i = 0; i < n_frames && rig->n_frames < rig->max_frames; i++)
		rig->frames[rig->n_frames++] = (v4f){stereo[2 * i], stereo[2 * i + 1]};
	atomic_fetch_add(&rig->done, 1);
	return err;
}

static int rig_recover(struct sink *sink, int err)
{
	struct rig *rig = (struct rig *)sink;

	err = rig->card->ops->recover(rig->card, err);
	sink->is_running = rig->card->is_running;
	return err;
}

static const struct sink_ops rig_ops = {rig_wait, rig_write, rig_recover};

static void must(int err, const struct diag *diag)
{
	if (err >= 0)
		return;
	fprintf(stderr, "rig: %s\n", diag->text);
	abort();
}

static void open_sink(struct rig *rig)
{
	struct sim_config config = {
		.sink = {.rate_hz = 48000, .block_frames = rig->options.block_frames, .periods = 2},
		.burst_periods = rig->options.burst,
		.stall_every_ms = rig->options.stall_every_ms,
		.stall_ms = rig->options.stall_ms,
		.is_virtual = true,
	};

	sink_sim_init(&rig->sim, &config);
	rig->card = rig->options.card ? rig->options.card : &rig->sim.sink;
	rig->sink = (struct sink){.ops = &rig_ops,
		.is_running = rig->options.is_render,
		.is_timeless = rig->options.is_render};
	rig->max_frames = (rig->options.max_blocks ? rig->options.max_blocks : 20000) *
			  rig->options.block_frames;
	rig->frames = aligned_alloc(16, sizeof(v4f) * (size_t)rig->max_frames);
}

void rig_open(struct rig *rig, const char *patch_text, const struct rig_options *options)
{
	struct engine_config config = {
		.rate_hz = 48000,
		.prime_blocks = 8,
		.arena_bytes = (size_t)(options->arena_mb ? options->arena_mb : 16) << 20,
		.in_lockstep = !options->is_run,
		.producer = {"producer", -1, 0},
		.workers = {{"worker A", -1, 0}, {"worker B", -1, 0}},
	};
	struct diag diag;

	memset(rig, 0, sizeof(*rig));
	rig->options = *options;
	if (!rig->options.burst)
		rig->options.burst = 1;
	if (!rig->options.block_frames)
		rig->options.block_frames = 64;
	config.block_frames = rig->options.block_frames;
	config.lead_blocks = options->is_render ? 0 : options->lead ? options->lead : 2;
	config.begins_softly = options->begins_softly;
	config.fade_frames = options->fade_frames ? int_max(options->fade_frames, 0) : 240;
	config.tail_frames = options->tail_frames;
	config.quantize_beats = options->quantize_beats;
	config.budget_ns =
		options->budget_percent * 10000000LL * config.block_frames / config.rate_hz;
	config.has_mirror = !options->is_solo;
	settings_default(&rig->settings);
	open_sink(rig);
	if (options->patch)
		rig->patch = patch_copy(options->patch);
	else
		must(patch_read_text(patch_text, strlen(patch_text), "rig", &rig->patch, &diag),
			&diag);
	must(stats_open(&rig->stats, NULL, &diag), &diag);
	must(engine_open(&rig->engine, &config, &rig->sink, rig->stats, &diag), &diag);
	rig->engine->rt.time.is_timeless = rig->options.is_render || rig->options.is_timed;
	must(desk_open(&rig->desk, &rig->settings, rig->engine, rig->patch, &diag), &diag);
	desk_allow_faults(rig->desk);
	must(engine_start(rig->engine, rig->patch, &diag), &diag);
}

void rig_run(struct rig *rig, int n_blocks)
{
	for (int i = 0; i < n_blocks; i += rig->options.burst) {
		uint64_t until = atomic_load(&rig->until) +
				 (uint64_t)int_min(rig->options.burst, n_blocks - i);
		unsigned seen = atomic_load(&rig->moved.rings);

		desk_poll(rig->desk);
		atomic_store(&rig->until, until);
		doorbell_ring(&rig->go);
		while (atomic_load(&rig->idle_at) < until)
			seen = doorbell_wait_for(&rig->moved, seen, NS_PER_MS);
	}
	desk_poll(rig->desk);
}

int rig_play(struct rig *rig, const struct script *script, int n_blocks)
{
	int n_errors = 0;

	for (int i = 0; i < script->n_lines && !desk_wants_quit(rig->desk); i++) {
		const struct script_line *line = &script->lines[i];
		int block = (int)script_block(line->seconds, 48000, rig->options.block_frames);

		if (block >= n_blocks)
			break;
		rig_run(rig, block - (int)atomic_load(&rig->until));
		if (rig->options.is_render)
			desk_set_time(rig->desk, script_time_ns(line->seconds));
		n_errors += rig_do(rig, line->command) < 0;
	}
	if (!desk_wants_quit(rig->desk))
		rig_run(rig, n_blocks - (int)atomic_load(&rig->until));
	return n_errors;
}

void rig_run_to_commits(struct rig *rig, uint64_t n_commits, int max_blocks)
{
	for (int i = 0; i < max_blocks && rig_count(rig, STAT_COMMITS) < n_commits; i++)
		rig_run(rig, 1);
}

void rig_allow(struct rig *rig, int n_blocks)
{
	atomic_fetch_add(&rig->until, (uint64_t)n_blocks);
	doorbell_ring(&rig->go);
}

int rig_do(struct rig *rig, const char *command)
{
	char reply[DESK_REPLY_BYTES];
	int err = desk_command(rig->desk, command, reply, sizeof(reply));

	if (err < 0)
		fprintf(stderr, "%s: %s\n", command, reply);
	return err < 0 ? err : 0;
}

uint64_t rig_count(const struct rig *rig, enum stat_id stat)
{
	return stats_total(rig->stats, stat);
}

void rig_stop(struct rig *rig)
{
	desk_end_journal(rig->desk);
	atomic_store(&rig->is_ending, true);
	if (!rig->options.is_render)
		atomic_store(&rig->until, UINT64_MAX); /* let the producer fade out */
	doorbell_ring(&rig->go);
	engine_stop(rig->engine);
}

void rig_close(struct rig *rig)
{
	rig_stop(rig);
	desk_close(rig->desk); /* its journal still asks the engine */
	engine_close(rig->engine);
	stats_close(rig->stats, NULL);
	patch_free(rig->patch);
	free(rig->frames);
}
