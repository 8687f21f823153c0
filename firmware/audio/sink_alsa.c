/* sink_alsa.c - the producer's side of a sound card, and its beginning and end. */
#include "audio/sink_alsa.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/sink_alsa_state.h"
#include "base/clock.h"
#include "base/log.h"

#define LOOK_ROUND_NS (100 * NS_PER_MS) /* wait() returns at least this often */
#define BREATH_NS     (10 * NS_PER_MS)  /* recoveries are at least this far apart */
enum {
	WAIT_MS = 100,
	MAX_VAIN = 10,   /* recoveries without sound: the device is gone in all but name */
	MAX_SILENT = 20, /* waits of 100 ms in which a running device took nothing: the same */
};

/* ---- [producer] waiting */
static int block_frames(const struct sink_alsa *alsa)
{
	return alsa->config.block_frames;
}

/* A device that says it is ready and has no room would be asked again at once. */
static int nap(const struct sink_alsa *alsa)
{
	int64_t block_ns = NS_PER_S * block_frames(alsa) / alsa->config.rate_hz;

	clock_sleep_until_ns(clock_now_ns() + block_ns / 4);
	return 0;
}

/* Devices without a clock (null, file) take everything at once. They are fed in time all the
 * same: nothing may be more than 1 % and a buffer ahead of the time since the start. */
static void wait_for_time(const struct sink_alsa *alsa)
{
	double ahead_s;
	int64_t due_ns;

	if (alsa->device.granted.has_clock)
		return;
	ahead_s = ((double)alsa->rt.n_written - (double)alsa->device.granted.buffer_frames) /
		  (1.01 * alsa->config.rate_hz);
	due_ns = alsa->rt.start_ns + (int64_t)(ahead_s * NS_PER_S);
	if (due_ns > clock_now_ns())
		clock_sleep_until_ns(due_ns);
}

/* true: there is a device and it is ours. */
static bool has_device(struct sink_alsa *alsa)
{
	uint32_t owner = atomic_load_explicit(&alsa->owner, memory_order_acquire);

	if (owner == DEVICE_OF_PRODUCER)
		return true;
	if (owner == DEVICE_OF_SUPERVISOR)
		alsa->rt.back_seen =
			doorbell_wait_for(&alsa->back, alsa->rt.back_seen, LOOK_ROUND_NS);
	if (atomic_load_explicit(&alsa->owner, memory_order_acquire) != DEVICE_READY)
		return false;
	atomic_store_explicit(&alsa->owner, DEVICE_OF_PRODUCER, memory_order_relaxed);
	return true;
}

/* Sound that was queued when the system fell asleep is old: the device begins anew. 0: not yet. */
static int wake_up(struct sink_alsa *alsa)
{
	int err = pcm_resume(alsa->device.pcm);

	if (err == -EAGAIN) {
		clock_sleep_until_ns(clock_now_ns() + LOOK_ROUND_NS);
		return 0;
	}
	if (err == 0)
		pcm_drop(alsa->device.pcm);
	err = pcm_prepare(alsa->device.pcm);
	if (err < 0)
		return -ENODEV;
	alsa->rt.is_suspended = false;
	return 1;
}

static int wait_while_running(struct sink_alsa *alsa)
{
	int ready;

	wait_for_time(alsa);
	ready = pcm_wait(alsa->device.pcm, WAIT_MS);
	if (ready == -EINTR || ready == -EAGAIN)
		return nap(alsa);
	if (ready == 0 && ++alsa->rt.n_silent >= MAX_SILENT)
		return -EIO;
	return ready;
}

/* The card played its ring once more while its pointer was not read. The pointer may be off by what
 * the card takes at once, both times: by less than half a period, in batches by a period more. */
static bool has_lapped(struct sink_alsa *alsa, long avail, int64_t read_ns)
{
	const struct pcm_setup *card = &alsa->device.granted;
	int half = card->period_frames / 2;
	uint64_t taken = alsa->rt.n_written - (uint64_t)(card->buffer_frames - avail);

	/* until the card has moved once, the stamp is that of an earlier start */
	if (!alsa->sink.is_running || !card->has_stamps || read_ns < alsa->rt.start_ns)
		return false;
	return lap_is_missed(&alsa->rt.lap, read_ns, taken, card->rate_hz,
		card->buffer_frames + (card->is_batch ? half : -half));
}

static int alsa_wait(struct sink *sink)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;
	int64_t read_ns = 0;
	int err = 1;
	long avail;

	if (!has_device(alsa))
		return 0;
	if (alsa->rt.is_suspended)
		err = wake_up(alsa);
	else if (sink->is_running)
		err = wait_while_running(alsa);
	if (err <= 0)
		return err;
	avail = pcm_avail(alsa->device.pcm, &read_ns);
	if (avail < 0 && avail != -EINTR && avail != -EAGAIN)
		return (int)avail;
	if (avail >= 0 && has_lapped(alsa, avail, read_ns))
		return -EPIPE;
	if (avail < block_frames(alsa))
		return nap(alsa);
	alsa->rt.n_silent = 0;
	if (sink->is_running)
		alsa->rt.n_vain = 0;
	return (int)(avail / block_frames(alsa));
}

/* ---- [producer] writing */
static bool is_placed(const struct alsa_device *device, int channel)
{
	return channel == device->places[0] || channel == device->places[1];
}

static void be_silent(const struct pcm_area *area, size_t n_bytes, int n)
{
	static const unsigned char zero[4];

	if (area->step_bytes == n_bytes) {
		memset(area->at, 0, n_bytes * (size_t)n);
		return;
	}
	for (int i = 0; i < n; i++)
		memcpy(area->at + (size_t)i * area->step_bytes, zero, n_bytes);
}

/* n frames of a block into the device's memory, every channel of it. */
static void put_frames(
	const struct sink_alsa *alsa, const float *stereo, const struct pcm_area *areas, int n)
{
	const struct alsa_device *device = &alsa->device;
	bool is_sum = device->places[0] == device->places[1];

	for (int c = 0; c < device->granted.n_channels; c++)
		if (!is_placed(device, c))
			be_silent(&areas[c], sample_bytes(device->granted.format), n);
	for (int side = 0; side < (is_sum ? 1 : 2); side++) {
		const struct pcm_area *area = &areas[device->places[side]];
		struct sample_run run = {
			.in = is_sum ? alsa->rt.sum : stereo + side,
			.in_step = is_sum ? 1 : 2,
			.out = area->at,
			.out_bytes = area->step_bytes,
			.n = n,
			.frame = alsa->rt.n_frames,
			.channel = side,
		};

		converter_put(&device->converter, &run);
	}
}

static void add_up(struct sink_alsa *alsa, const float *stereo, int n)
{
	for (int i = 0; i < n; i++)
		alsa->rt.sum[i] = 0.5f * (stereo[2 * i] + stereo[2 * i + 1]);
}

/* As many of n frames as fit in one piece. How many, or a negative errno. */
static long put_piece(struct sink_alsa *alsa, const float *stereo, int n)
{
	struct pcm_area areas[PCM_MAX_CHANNELS];
	unsigned long offset, n_piece = (unsigned long)n;
	long done;
	int err = pcm_begin(alsa->device.pcm, areas, &offset, &n_piece);

	if (err < 0)
		return err;
	if (n_piece == 0 || n_piece > (unsigned long)n)
		return -EPIPE;
	if (alsa->device.places[0] == alsa->device.places[1])
		add_up(alsa, stereo, (int)n_piece);
	put_frames(alsa, stereo, areas, (int)n_piece);
	done = pcm_commit(alsa->device.pcm, offset, n_piece);
	if (done < 0)
		return done;
	return done == (long)n_piece ? done : -EPIPE;
}

static int start_when_full(struct sink_alsa *alsa)
{
	int err;

	if (alsa->sink.is_running ||
		alsa->rt.n_written < (uint64_t)alsa->device.granted.buffer_frames)
		return 0;
	err = pcm_start(alsa->device.pcm);
	alsa->sink.is_running = err >= 0;
	alsa->rt.start_ns = clock_now_ns();
	lap_reset(&alsa->rt.lap);
	return err;
}

static int alsa_write(struct sink *sink, const float *stereo)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;
	uint64_t first = alsa->rt.n_frames;
	int left = block_frames(alsa), err;

	while (left > 0) { /* twice where the block meets the end of the device's ring */
		long n = put_piece(alsa, stereo, left);

		if (n < 0) { /* the block is not played: the next one has its number */
			alsa->rt.n_frames = first;
			return (int)n;
		}
		stereo += 2 * n;
		left -= (int)n;
		alsa->rt.n_frames += (uint64_t)n;
		alsa->rt.n_written += (uint64_t)n;
	}
	err = start_when_full(alsa);
	if (err < 0)
		alsa->rt.n_frames = first;
	return err;
}

/* ---- [producer] recovering */
static int kind_of(int err)
{
	return err == -EPIPE || err == -ESTRPIPE ? err : -ENODEV;
}

static int alsa_recover(struct sink *sink, int err)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;
	int kind = kind_of(err);

	if (++alsa->rt.n_vain > MAX_VAIN)
		kind = -ENODEV;
	if (kind != -ENODEV && clock_now_ns() < alsa->rt.recovered_ns + BREATH_NS)
		clock_sleep_until_ns(alsa->rt.recovered_ns + BREATH_NS);
	if (kind == -EPIPE) {
		pcm_drop(alsa->device.pcm);
		if (pcm_prepare(alsa->device.pcm) < 0)
			kind = -ENODEV;
	}
	sink->is_running = false;
	alsa->rt.is_suspended = kind == -ESTRPIPE;
	alsa->rt.n_written = 0;
	alsa->rt.n_silent = 0;
	alsa->rt.recovered_ns = clock_now_ns();
	if (kind == -ENODEV) {
		alsa->rt.n_vain = 0;
		atomic_store_explicit(&alsa->owner, DEVICE_OF_SUPERVISOR, memory_order_release);
		doorbell_ring(&alsa->lost);
	}
	return kind;
}

const struct sink_ops sink_alsa_ops = {alsa_wait, alsa_write, alsa_recover};

/* ---- [init] */
/* The queue ends in silence, because the producer has faded out: it is played, then the device
 * stops. */
static void drain(struct sink_alsa *alsa)
{
	int64_t buffer_ns =
		NS_PER_S * alsa->device.granted.buffer_frames / alsa->device.granted.rate_hz;
	int64_t until_ns = clock_now_ns() + buffer_ns + 100 * NS_PER_MS;

	pcm_drain(alsa->device.pcm);
	while (pcm_is_draining(alsa->device.pcm) && clock_now_ns() < until_ns)
		clock_sleep_until_ns(clock_now_ns() + NS_PER_MS);
	pcm_drop(alsa->device.pcm);
}

static void alsa_close(struct sink *sink)
{
	struct sink_alsa *alsa = (struct sink_alsa *)sink;

	supervisor_stop(alsa);
	if (alsa->device.pcm && sink->is_running)
		drain(alsa);
	pcm_close(alsa->device.pcm);
	free(alsa);
}

static void log_refusal(const char *why)
{
	log_line(LOG_LEVEL_INFO, "%s", why);
}

/* 0: there is a device, or it is the supervisor's to find one. */
static int find_device(struct sink_alsa *alsa, struct diag *diag)
{
	struct sink_config config = alsa->config;
	int err;

	config.skips_hdmi = config.skips_hdmi || config.waits_for_device;
	err = alsa_device_find(&alsa->device, &config, log_refusal, diag);
	if (!err || !config.waits_for_device)
		return err;
	alsa->sink.begins_away = true;
	atomic_store(&alsa->owner, DEVICE_OF_SUPERVISOR);
	return 0;
}

static void tell_device(struct sink_alsa *alsa)
{
	char text[300];

	if (alsa->sink.begins_away) {
		snprintf(alsa->sink.name, sizeof(alsa->sink.name),
			"no device yet (looking for: %.80s)", alsa->config.device);
		return; /* the supervisor tells */
	}
	alsa_device_name(&alsa->device, alsa->sink.name, sizeof(alsa->sink.name));
	alsa_device_tell(&alsa->device, &alsa->config, text, sizeof(text));
	log_line(LOG_LEVEL_INFO, "audio: %s", text);
}

int sink_alsa_open(struct sink **out, const struct sink_config *config, struct diag *diag)
{
	struct sink_alsa *alsa = calloc(1, sizeof(*alsa));
	int err;

	if (!alsa)
		return diag_set(diag, -ENOMEM, "audio: out of memory");
	alsa->config = *config;
	err = find_device(alsa, diag);
	if (!err) {
		err = supervisor_start(alsa);
		if (err < 0) {
			diag_set(diag, err, "audio: no thread to look after the device: %s",
				strerror(-err));
			pcm_close(alsa->device.pcm);
		}
	}
	if (err < 0) {
		free(alsa);
		return err;
	}
	alsa->sink.ops = &sink_alsa_ops;
	alsa->sink.close = alsa_close;
	alsa->sink.take_news = supervisor_take_news;
	tell_device(alsa);
	*out = &alsa->sink;
	return 0;
}
