/* module_bench.h - runs one module directly, without an engine: fixed or moving parameters, plugged
 * inputs, any block size.
 *
 * A module for all voices (FLOW_ALL, or with a PORT_VOICES port) is given 4 voices: one group.
 * Memory:  bench_open allocates, bench_close frees; series that are moved or plugged belong to the
 *          caller, are as long as everything that will be rendered, and stay until bench_close.
 * Errors:  an unknown module, parameter or port aborts: it is a mistake in the test. */
#ifndef SUPPORT_MODULE_BENCH_H
#define SUPPORT_MODULE_BENCH_H

#include <stdbool.h>

#include "dsp/module.h"

struct bench {
	const struct module_desc *desc;
	float rate_hz;
	void *state;
	v4f *memory;
	size_t memory_frames;
	size_t at; /* frames rendered so far */
	v4f values[MODULE_MAX_PARAMS];
	const v4f *moving[MODULE_MAX_PARAMS];
	const v4f *ins[MODULE_MAX_INS];
	v4f *outs[MODULE_MAX_OUTS]; /* where outputs but the first go; NULL: nowhere */
	float items[MODULE_MAX_LISTS][LIST_MAX_ITEMS];
	struct module_list lists[MODULE_MAX_LISTS];
	struct transport transport; /* starts at beat 0, 120 bpm; moves on as it renders */
	bool is_lone; /* see module_io: the caller sees to it that all lanes are the same */
	/* what stands still for a block is a cable of one frame, outputs are kept from block to block,
	 * and a loop that a module has named goes on */
	bool is_as_engine;
};

void bench_open(struct bench *bench, const char *module, float rate_hz); /* all at their defaults */
/* The same of a module that is not in the registry. */
void bench_open_desc(struct bench *bench, const struct module_desc *desc, float rate_hz);
void bench_close(struct bench *bench);
void bench_set(struct bench *bench, const char *param, float value);
void bench_set_lanes(struct bench *bench, const char *param, v4f value);
void bench_move(struct bench *bench, const char *param, const v4f *series);
void bench_plug(struct bench *bench, const char *port, const v4f *series);
void bench_list(struct bench *bench, const char *list, const char *text);
void bench_tempo(struct bench *bench, double bpm);
/* A series (as long as what will be rendered) for an output beside the first. */
void bench_take(struct bench *bench, const char *out, v4f *series);
void bench_reset(struct bench *bench);

/* Renders n frames in blocks of `block`; out (n entries) is the module's first output. */
void bench_render(struct bench *bench, v4f *out, int n, int block);

/* The same by emit and absorb. */
void bench_render_cycle(struct bench *bench, v4f *out, int n, int block);

/* The same state at another address; shares the series. */
void bench_copy(struct bench *to, const struct bench *from);

v4f *series_new(int n); /* zeros; free() it */
v4f *series_of(float value, int n);
v4f *series_noise(unsigned seed, float level, int n);
v4f *series_sine(double freq_hz, double rate_hz, float level, int n);

/* Even pseudo-random numbers: the same everywhere. */
float rand_float(unsigned *seed, float min, float max);

#endif
