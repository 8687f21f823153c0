/* module_bench.c - runs one module directly. See module_bench.h. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/list_text.h"
#include "modules/registry.h"
#include "tests/support/module_bench.h"

static void *zeros(size_t n_bytes)
{
	size_t rounded = (n_bytes + 16) / 16 * 16;
	void *p = aligned_alloc(16, rounded);

	if (!p)
		abort();
	return memset(p, 0, rounded);
}

/* Around the memory: what reads a frame that is not there gives what is no number. */
enum { GUARD_ENTRIES = 64 };

static v4f *memory_new(size_t n_entries)
{
	v4f *base = zeros((n_entries + 2 * GUARD_ENTRIES) * sizeof(v4f));

	for (size_t i = 0; i < GUARD_ENTRIES; i++)
		base[i] = base[GUARD_ENTRIES + n_entries + i] = lanes_of(NAN);
	return base + GUARD_ENTRIES;
}

static int known(int idx, const char *module, const char *key)
{
	if (idx < 0) {
		fprintf(stderr, "bench: %s has no %s\n", module, key);
		abort();
	}
	return idx;
}

void bench_open(struct bench *bench, const char *module, float rate_hz)
{
	const struct module_desc *desc = module_find(module);

	known(desc ? 0 : -1, "the registry", module);
	bench_open_desc(bench, desc, rate_hz);
}

void bench_open_desc(struct bench *bench, const struct module_desc *desc, float rate_hz)
{
	*bench = (struct bench){.desc = desc, .rate_hz = rate_hz};
	bench->state = zeros(desc->state_bytes);
	bench->memory_frames = desc->memory_frames ? desc->memory_frames(rate_hz) : 0;
	bench->memory = bench->memory_frames ? memory_new(bench->memory_frames) : NULL;
	for (int p = 0; p < desc->n_params; p++)
		bench->values[p] = lanes_of(desc->params[p].def);
	for (int l = 0; l < desc->n_lists; l++)
		bench_list(bench, desc->lists[l].key, desc->lists[l].def);
	bench_tempo(bench, 120.0);
	module_init(desc, bench->state, rate_hz);
}

void bench_close(struct bench *bench)
{
	free(bench->state);
	if (bench->memory)
		free(bench->memory - GUARD_ENTRIES);
}

void bench_copy(struct bench *to, const struct bench *from)
{
	*to = *from;
	to->state = zeros(from->desc->state_bytes);
	memcpy(to->state, from->state, from->desc->state_bytes);
	if (from->memory) {
		to->memory = memory_new(from->memory_frames);
		memcpy(to->memory, from->memory, from->memory_frames * sizeof(v4f));
	}
}

void bench_set_lanes(struct bench *bench, const char *param, v4f value)
{
	int p = known(module_param_find(bench->desc, param), bench->desc->key, param);

	bench->values[p] = value;
	bench->moving[p] = NULL;
}

void bench_set(struct bench *bench, const char *param, float value)
{
	bench_set_lanes(bench, param, lanes_of(value));
}

void bench_move(struct bench *bench, const char *param, const v4f *series)
{
	bench->moving[known(module_param_find(bench->desc, param), bench->desc->key, param)] =
		series;
}

void bench_plug(struct bench *bench, const char *port, const v4f *series)
{
	bench->ins[known(module_in_find(bench->desc, port), bench->desc->key, port)] = series;
}

void bench_list(struct bench *bench, const char *list, const char *text)
{
	int l = known(module_list_find(bench->desc, list), bench->desc->key, list);
	struct diag diag;
	int n = known(list_read(&bench->desc->lists[l], text, bench->items[l], &diag), list, text);

	bench->lists[l] = (struct module_list){NULL, n};
}

void bench_tempo(struct bench *bench, double bpm)
{
	bench->transport.beats_per_frame = bpm / 60.0 / (double)bench->rate_hz;
}

void bench_take(struct bench *bench, const char *out, v4f *series)
{
	bench->outs[known(module_out_find(bench->desc, out), bench->desc->key, out)] = series;
}

void bench_reset(struct bench *bench)
{
	module_reset(bench->desc, bench->state);
	if (bench->memory)
		memset(bench->memory, 0, bench->memory_frames * sizeof(v4f));
	bench->at = 0;
	bench->transport.beat = 0.0;
}

/* What is said to be still is. */
static void expect_constant(const struct bench *bench, const struct module_io *io, int out)
{
	for (int i = 1; *io->constant_outs >> out & 1 && i < io->n_frames; i++) {
		if (memcmp(&io->outs[out][i], &io->outs[out][0], sizeof(v4f)) == 0)
			continue;
		fprintf(stderr, "%s.%s: said to be still, but frame %d is not as the first\n",
			bench->desc->key, bench->desc->outs[out].key, i);
		abort();
	}
}

/* The block from bench->at on of a series; of one that stands still all the block, as the engine
 * gives it, one frame. */
static struct cable series_cable(const struct bench *bench, const v4f *series, int n)
{
	const v4f *at = series + bench->at;
	size_t step = !bench->is_as_engine;

	for (int i = 1; i < n && !step; i++)
		step = memcmp(&at[i], &at[0], sizeof(v4f)) != 0;
	return cable_of(at, step);
}

static bool is_heard(const struct port_desc *port)
{
	return port->kind == PORT_AUDIO || port->kind == PORT_VOICES;
}

/* Parameters, inputs and lists of the next n frames. True: no parameter moves. */
static bool block_plug(const struct bench *bench, struct cable *params, struct cable *ins,
	struct module_list *lists, int n)
{
	size_t moves = 0;

	for (int l = 0; l < bench->desc->n_lists; l++)
		lists[l] = (struct module_list){bench->items[l], bench->lists[l].n};
	for (int p = 0; p < bench->desc->n_params; p++) {
		params[p] = bench->moving[p] ? series_cable(bench, bench->moving[p], n)
					     : cable_of(&bench->values[p], 0);
		moves |= bench->moving[p] != NULL;
	}
	for (int i = 0; i < bench->desc->n_ins; i++) {
		ins[i] = cable_of(NULL, 0);
		if (bench->ins[i])
			ins[i] = is_heard(&bench->desc->ins[i])
					 ? cable_of(bench->ins[i] + bench->at, 1)
					 : series_cable(bench, bench->ins[i], n);
	}
	return !moves;
}

/* One block of it. As the engine does, outputs are where they were before, and a fast path is
 * called instead of render. */
static void block_run(struct bench *bench, struct module_io *io, bool is_cycle)
{
	static v4f kept[MODULE_MAX_OUTS][BLOCK_MAX_FRAMES];
	v4f *const *outs = io->outs;
	v4f *at[MODULE_MAX_OUTS];
	module_render_fn *fast_path = *io->fast_path;

	for (int o = 0; o < bench->desc->n_outs && bench->is_as_engine; o++)
		at[o] = kept[o];
	if (bench->is_as_engine)
		io->outs = at;
	else
		*io->constant_outs = 0;
	*io->fast_path = bench->is_as_engine ? fast_path : NULL;
	if (is_cycle) {
		bench->desc->emit(bench->state, io);
		bench->desc->absorb(bench->state, io);
	} else {
		(*io->fast_path ? *io->fast_path : bench->desc->render)(bench->state, io);
	}
	for (int o = 0; o < bench->desc->n_outs; o++) {
		expect_constant(bench, io, o);
		if (bench->is_as_engine)
			memcpy(outs[o], kept[o], (size_t)io->n_frames * sizeof(v4f));
	}
}

static void bench_run(struct bench *bench, v4f *out, int n, int block, bool is_cycle)
{
	static v4f spare[MODULE_MAX_OUTS][BLOCK_MAX_FRAMES];
	module_render_fn *fast_path = NULL;
	uint32_t constant_outs = 0;

	for (int done = 0; done < n; done += block) {
		struct cable params[MODULE_MAX_PARAMS], ins[MODULE_MAX_INS];
		struct module_list lists[MODULE_MAX_LISTS];
		v4f *outs[MODULE_MAX_OUTS];
		struct module_io io = {
			.params = params,
			.ins = ins,
			.outs = outs,
			.memory = bench->memory,
			.memory_frames = bench->memory_frames,
			.n_frames = int_min(block, n - done),
			.rate_hz = bench->rate_hz,
			.lists = lists,
			.transport = &bench->transport,
			.n_voices = N_LANES,
			.n_groups = 1,
			.is_lone = bench->is_lone,
			.constant_outs = &constant_outs,
			.fast_path = &fast_path,
		};

		if (!block_plug(bench, params, ins, lists, io.n_frames))
			fast_path = NULL;
		for (int i = 0; i < bench->desc->n_outs; i++)
			outs[i] = i == 0           ? out + done
				  : bench->outs[i] ? bench->outs[i] + bench->at
						   : spare[i];
		block_run(bench, &io, is_cycle);
		bench->at += (size_t)io.n_frames;
		bench->transport.beat += io.n_frames * bench->transport.beats_per_frame;
	}
}

void bench_render(struct bench *bench, v4f *out, int n, int block)
{
	bench_run(bench, out, n, block, false);
}

void bench_render_cycle(struct bench *bench, v4f *out, int n, int block)
{
	bench_run(bench, out, n, block, true);
}

v4f *series_new(int n)
{
	return zeros((size_t)n * sizeof(v4f));
}

v4f *series_of(float value, int n)
{
	v4f *series = series_new(n);

	for (int i = 0; i < n; i++)
		series[i] = lanes_of(value);
	return series;
}

float rand_float(unsigned *seed, float min, float max)
{
	*seed = *seed * 1664525u + 1013904223u;
	return min + (max - min) * ((float)(*seed >> 8) * 0x1p-24f);
}

v4f *series_noise(unsigned seed, float level, int n)
{
	v4f *series = series_new(n);

	for (int i = 0; i < n; i++) {
		for (int k = 0; k < N_LANES; k++)
			series[i][k] = rand_float(&seed, -level, level);
	}
	return series;
}

v4f *series_sine(double freq_hz, double rate_hz, float level, int n)
{
	v4f *series = series_new(n);

	for (int i = 0; i < n; i++)
		series[i] =
			lanes_of((float)sin(2.0 * M_PI * fmod(freq_hz / rate_hz * i, 1.0)) * level);
	return series;
}
