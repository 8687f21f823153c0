/* Tested by: e2e/test_render */
#include "audio/recorder.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "audio/recorder_ring.h"
#include "base/housekeeping.h"
#include "base/rt_memory.h"
#include "base/wav.h"

static int write_some(struct recorder *recorder, uint64_t from, uint64_t to)
{
	size_t n_samples = 2 * (size_t)recorder->block_frames;

	for (uint64_t n = from; n < to && !recorder->write_err; n++) {
		unsigned char bytes[4 * 2 * 256];
		uint64_t frame = recorder->n_frames;

		recorder->n_frames += (uint64_t)recorder->block_frames;
		if (recorder->max_frames && recorder->n_frames > recorder->max_frames)
			break;
		converter_run(&recorder->converter, frame, recorder_cell(recorder, n), bytes,
			recorder->block_frames);
		recorder->write_err = wav_write(&recorder->wav, bytes,
			n_samples * sample_bytes(recorder->converter.format));
	}
	atomic_store_explicit(&recorder->tail, to, memory_order_release);
	doorbell_ring(&recorder->room);
	return recorder->write_err;
}

static void *write_all(void *arg)
{
	struct recorder *recorder = arg;
	unsigned seen = 0;
	int is_last = 0;

	while (!is_last) {
		uint64_t head;

		is_last = atomic_load_explicit(&recorder->must_end, memory_order_acquire);
		head = atomic_load_explicit(&recorder->head, memory_order_acquire);
		if (head != atomic_load_explicit(&recorder->tail, memory_order_relaxed))
			write_some(recorder,
				atomic_load_explicit(&recorder->tail, memory_order_relaxed), head);
		else if (!is_last)
			seen = doorbell_wait_for(&recorder->filled, seen, 50 * NS_PER_MS);
	}
	return NULL;
}

static struct wav_format wav_format_of(const struct recorder_config *config)
{
	return (struct wav_format){
		.rate_hz = config->rate_hz,
		.n_channels = 2,
		.bits = 8 * (int)sample_bytes(config->format),
		.is_float = config->format == FORMAT_FLOAT,
		.may_be_large =
			!config->max_frames ||
			config->max_frames * 2 * sample_bytes(config->format) > WAV_MAX_BYTES,
	};
}

int recorder_open(struct recorder **out, const struct recorder_config *config, struct diag *diag)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	struct wav_format format = wav_format_of(config);
	const struct housekeeping wish = {
		"recorder", config->housekeeping_cpu, write_all, recorder};
	int err;

	if (!recorder)
		return diag_set(diag, -ENOMEM, "recording: out of memory");
	recorder->block_frames = config->block_frames;
	recorder->max_frames = config->max_frames;
	recorder->n_cells = RECORDER_FRAMES / (uint64_t)config->block_frames;
	recorder->converter.format = config->format;
	err = wav_create(&recorder->wav, config->path, &format);
	if (err < 0) {
		free(recorder);
		return diag_set(diag, err, "cannot write %s: %s", config->path, strerror(-err));
	}
	recorder->frames = calloc(RECORDER_FRAMES, 2 * sizeof(float));
	if (!recorder->frames || housekeeping_start(&recorder->thread, &wish) < 0) {
		wav_close(&recorder->wav);
		free(recorder->frames);
		free(recorder);
		return diag_set(diag, -ENOMEM, "recording: out of memory");
	}
	rt_touch(recorder->frames, RECORDER_FRAMES * 2 * sizeof(float));
	*out = recorder;
	return 0;
}

int recorder_close(struct recorder *recorder, struct diag *diag)
{
	uint64_t n_lost;
	int err, close_err;

	if (!recorder)
		return 0;
	atomic_store_explicit(&recorder->must_end, 1, memory_order_release);
	doorbell_ring(&recorder->filled);
	pthread_join(recorder->thread, NULL);
	err = recorder->write_err;
	close_err = wav_close(&recorder->wav);
	n_lost = atomic_load(&recorder->n_lost);
	free(recorder->frames);
	free(recorder);
	if (err || close_err)
		return diag_set(diag, err ? err : close_err, "recording ended early: %s",
			strerror(err ? -err : -close_err));
	if (n_lost)
		return diag_set(diag, -ENOBUFS,
			"recording: %llu blocks lost, the disk was too slow",
			(unsigned long long)n_lost);
	return 0;
}
