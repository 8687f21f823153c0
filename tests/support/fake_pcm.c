#include "tests/support/fake_pcm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { MAX_RING_FRAMES = 4096, MAX_PLAYED_BYTES = 1 << 24 };
enum state { FAKE_SETUP, FAKE_PREPARED, FAKE_RUNNING, FAKE_XRUN, FAKE_SUSPENDED, FAKE_DRAINING };

struct alsa_pcm {
	enum state state;
	uint64_t written, taken; /* frames */
	double now_ns;           /* virtual, since `begin_ns` */
	int64_t begin_ns;
	unsigned n_stamps;
	unsigned char ring[MAX_RING_FRAMES * PCM_MAX_CHANNELS * 4];
};

struct fake_pcm fake;
static atomic_int gone; /* the error of a card that was pulled out; 0: it is there */
static unsigned char *played;
const int pcm_rates_hz[PCM_N_RATES] = {32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000};

void fake_reset(void)
{
	if (!played)
		played = malloc(MAX_PLAYED_BYTES);
	memset(&fake, 0, sizeof(fake));
	fake.is_there = 1;
	fake.has_interleaved = fake.has_noninterleaved = true;
	fake.formats = 1u << FORMAT_S32 | 1u << FORMAT_S24 | 1u << FORMAT_S24_3 | 1u << FORMAT_S16;
	fake.channels_min = fake.channels_max = 2;
	fake.played = played;
	fake.max_played = MAX_PLAYED_BYTES;
	gone = 0;
}

void fake_pull_out(int err)
{
	fake.is_there = 0;
	gone = err;
}

void fake_fail(enum fake_call call, int in, int err)
{
	fake.fail_err[call] = err;
	fake.fail_in[call] = in;
}

/* Counts the call; the error it must fail with, or 0. */
static int enter(enum fake_call call)
{
	int in = fake.fail_in[call];

	fake.calls[call]++;
	if (gone && call != FAKE_OPEN && call != FAKE_CLOSE)
		return gone;
	if (in == 0)
		return 0;
	if (in > 1) {
		fake.fail_in[call] = in - 1;
		return 0;
	}
	if (!fake.fails_on[call])
		fake.fail_in[call] = 0;
	return fake.fail_err[call];
}

static size_t frame_bytes(void)
{
	return (size_t)fake.setup.n_channels * sample_bytes(fake.setup.format);
}

size_t fake_frames(void)
{
	return frame_bytes() ? fake.n_played / frame_bytes() : 0;
}

int32_t fake_sample(size_t frame, int channel)
{
	size_t n_bytes = sample_bytes(fake.setup.format);
	const unsigned char *at = fake.played + frame * frame_bytes() + (size_t)channel * n_bytes;
	uint32_t bits = 0;
	int shift = fake.setup.format == FORMAT_S32 ? 0 : fake.setup.format == FORMAT_S16 ? 16 : 8;

	for (size_t i = 0; i < n_bytes && i < 4; i++)
		bits |= (uint32_t)at[i] << 8 * i;
	return (int32_t)(bits << shift) >> shift;
}

/* ---- [init] */
int pcm_cards(struct pcm_card *cards, int max)
{
	int n = fake.is_there ? int_min(fake.n_cards, max) : 0;

	memcpy(cards, fake.cards, sizeof(*cards) * (size_t)n);
	return n;
}

int pcm_open(struct alsa_pcm **out, const char *name)
{
	struct alsa_pcm *pcm;
	int err = enter(FAKE_OPEN);

	if (!err && (!fake.is_there || (fake.name && strcmp(fake.name, name) != 0)))
		err = -ENODEV;
	if (err)
		return err;
	gone = 0;
	pcm = calloc(1, sizeof(*pcm));
	memset(pcm->ring, 0x55, sizeof(pcm->ring)); /* what another program left */
	snprintf(fake.opened, sizeof(fake.opened), "%s", name);
	pcm->begin_ns = clock_now_ns() + 3600 * NS_PER_S;
	*out = pcm;
	return 0;
}

void pcm_close(struct alsa_pcm *pcm)
{
	if (!pcm)
		return;
	enter(FAKE_CLOSE);
	free(pcm);
}

int pcm_get_limits(struct alsa_pcm *pcm, int rate_hz, struct pcm_limits *limits)
{
	(void)pcm;
	*limits = (struct pcm_limits){
		.has_interleaved = fake.has_interleaved,
		.has_noninterleaved = fake.has_noninterleaved,
		.formats = fake.formats,
		.rate_min_hz = fake.rate_hz,
		.rate_max_hz = fake.rate_hz,
		.channels_min = fake.channels_min,
		.channels_max = fake.channels_max,
		.period_min_frames =
			fake.grant_period ? fake.grant_period : int_max(16, fake.min_period),
		.period_max_frames = fake.grant_period ? fake.grant_period : 1024,
		.rate_hz = rate_hz,
	};
	for (int r = 0; r < PCM_N_RATES; r++)
		if (!fake.rate_hz || pcm_rates_hz[r] == fake.rate_hz)
			limits->rates |= 1u << r;
	return 0;
}

int pcm_set_up(struct alsa_pcm *pcm, const struct pcm_setup *ask, struct pcm_setup *granted,
	enum pcm_step *refused_at)
{
	int err = enter(FAKE_SET_UP);

	*refused_at = PCM_AT_ACCESS;
	if (err)
		return err;
	if (ask->is_interleaved ? !fake.has_interleaved : !fake.has_noninterleaved)
		return -EINVAL;
	*refused_at = PCM_AT_FORMAT;
	if (!(fake.formats >> ask->format & 1))
		return -EINVAL;
	*refused_at = PCM_AT_CHANNELS;
	if (ask->n_channels > fake.channels_max)
		return -EINVAL;
	*refused_at = PCM_AT_RATE;
	if (fake.rate_hz && ask->rate_hz != fake.rate_hz)
		return -EINVAL;
	*refused_at = PCM_AT_SIZES;
	if (ask->period_frames < fake.min_period)
		return -EINVAL;
	*granted = *ask;
	granted->n_channels = int_max(ask->n_channels, fake.channels_min);
	granted->resolution_bits = fake.resolution_bits;
	granted->has_clock = true;
	granted->has_stamps = !fake.has_no_stamps;
	granted->is_batch = fake.is_batch;
	if (fake.grant_rate_hz)
		granted->rate_hz = fake.grant_rate_hz;
	if (fake.grant_channels)
		granted->n_channels = fake.grant_channels;
	if (fake.grant_period)
		granted->period_frames = fake.grant_period;
	if (fake.grant_buffer)
		granted->buffer_frames = fake.grant_buffer;
	fake.setup = *granted;
	pcm->state = FAKE_SETUP;
	return 0;
}

int pcm_prepare(struct alsa_pcm *pcm)
{
	int err = enter(FAKE_PREPARE);

	if (!err && pcm->state == FAKE_RUNNING)
		err = -EBUSY; /* as the kernel */
	if (err)
		return err;
	pcm->state = FAKE_PREPARED;
	pcm->written = pcm->taken = 0;
	return 0;
}

int pcm_make_ready(struct alsa_pcm *pcm)
{
	return pcm_prepare(pcm);
}

void pcm_drain(struct alsa_pcm *pcm)
{
	if (pcm->state == FAKE_RUNNING)
		pcm->state = FAKE_DRAINING;
}

/* ---- the card plays */
static unsigned char *sample_at(struct alsa_pcm *pcm, uint64_t frame, int channel)
{
	size_t n_bytes = sample_bytes(fake.setup.format);
	uint64_t at = frame % (uint64_t)fake.setup.buffer_frames;

	if (fake.setup.is_interleaved)
		return pcm->ring + at * frame_bytes() + (size_t)channel * n_bytes;
	return pcm->ring + ((uint64_t)channel * MAX_RING_FRAMES + at) * n_bytes;
}

static void keep_frame(struct alsa_pcm *pcm, uint64_t frame)
{
	size_t n_bytes = sample_bytes(fake.setup.format);

	for (int c = 0; c < fake.setup.n_channels; c++) {
		if (fake.n_played + n_bytes > fake.max_played)
			return;
		memcpy(fake.played + fake.n_played, sample_at(pcm, frame, c), n_bytes);
		fake.n_played += n_bytes;
	}
}

static void pass_time(struct alsa_pcm *pcm, int n_frames)
{
	pcm->now_ns += (double)NS_PER_S * n_frames / (fake.setup.rate_hz * (1.0 + 1e-6 * fake.ppm));
}

static void play(struct alsa_pcm *pcm, int n)
{
	pass_time(pcm, n);
	for (int i = 0; i < n && pcm->taken < pcm->written; i++)
		keep_frame(pcm, pcm->taken++);
}

static void stall(struct alsa_pcm *pcm)
{
	for (int i = 0; i < fake.stall_frames; i++)
		keep_frame(pcm, pcm->taken + (uint64_t)i);
	pass_time(pcm, fake.stall_frames);
	pcm->taken += (uint64_t)(fake.stall_frames % fake.setup.buffer_frames);
	if (pcm->taken + (uint64_t)fake.setup.period_frames >= pcm->written)
		pcm->state = FAKE_XRUN; /* the period that is played now ends too late */
	fake.stall_frames = 0;
}

bool pcm_is_draining(struct alsa_pcm *pcm)
{
	if (pcm->state != FAKE_DRAINING)
		return false;
	play(pcm, fake.setup.period_frames);
	if (pcm->taken == pcm->written)
		pcm->state = FAKE_SETUP;
	return pcm->state == FAKE_DRAINING;
}

/* ---- [producer] */
static int state_error(const struct alsa_pcm *pcm)
{
	return pcm->state == FAKE_XRUN        ? -EPIPE
	       : pcm->state == FAKE_SUSPENDED ? -ESTRPIPE
	       : pcm->state == FAKE_SETUP     ? -EBADFD
					      : 0;
}

int pcm_wait(struct alsa_pcm *pcm, int timeout_ms)
{
	int err = enter(FAKE_WAIT);

	(void)timeout_ms;
	if (err == -EPIPE)
		pcm->state = FAKE_XRUN;
	if (err == -ESTRPIPE)
		pcm->state = FAKE_SUSPENDED;
	if (!err && pcm->state == FAKE_RUNNING && fake.stall_frames)
		stall(pcm);
	if (!err)
		err = state_error(pcm);
	if (err)
		return err == -ETIME ? 0 : err; /* -ETIME: what a time-out is planted as */
	if (pcm->state == FAKE_RUNNING && !fake.is_ready_for_nothing)
		play(pcm, fake.setup.period_frames);
	return 1;
}

long pcm_avail(struct alsa_pcm *pcm, int64_t *read_ns)
{
	int err = enter(FAKE_AVAIL);
	int late_frames = pcm->n_stamps++ % 2 ? fake.stamp_late_frames : 0;

	if (!fake.has_no_stamps)
		*read_ns = pcm->begin_ns + (int64_t)pcm->now_ns +
			   NS_PER_S * late_frames / fake.setup.rate_hz;

	if (!err)
		err = state_error(pcm);
	if (fake.is_ready_for_nothing && !err)
		return 0;
	return err ? err : (long)((uint64_t)fake.setup.buffer_frames - pcm->written + pcm->taken);
}

int pcm_begin(struct alsa_pcm *pcm, struct pcm_area *areas, unsigned long *offset,
	unsigned long *n_frames)
{
	unsigned long buffer = (unsigned long)fake.setup.buffer_frames;
	unsigned long room = buffer - (pcm->written - pcm->taken);
	int err = enter(FAKE_BEGIN);

	if (!err)
		err = state_error(pcm);
	if (err)
		return err;
	*offset = pcm->written % buffer;
	if (*n_frames > room)
		*n_frames = room;
	if (*n_frames > buffer - *offset)
		*n_frames = buffer - *offset;
	if (fake.max_piece && *n_frames > (unsigned long)fake.max_piece)
		*n_frames = (unsigned long)fake.max_piece;
	for (int c = 0; c < fake.setup.n_channels; c++)
		areas[c] = (struct pcm_area){sample_at(pcm, pcm->written, c),
			fake.setup.is_interleaved ? frame_bytes()
						  : sample_bytes(fake.setup.format)};
	return 0;
}

long pcm_commit(struct alsa_pcm *pcm, unsigned long offset, unsigned long n_frames)
{
	int err = enter(FAKE_COMMIT);

	if (err)
		return err;
	if (offset != pcm->written % (unsigned long)fake.setup.buffer_frames)
		return -EINVAL;
	n_frames -= (unsigned long)fake.short_commit;
	fake.short_commit = 0;
	pcm->written += n_frames;
	return (long)n_frames;
}

int pcm_start(struct alsa_pcm *pcm)
{
	int err = enter(FAKE_START);

	if (err == -EPIPE)
		pcm->state = FAKE_XRUN;
	if (!err)
		pcm->state = FAKE_RUNNING;
	return err;
}

int pcm_drop(struct alsa_pcm *pcm)
{
	int err = enter(FAKE_DROP);

	if (!err)
		pcm->state = FAKE_SETUP;
	return err;
}

int pcm_resume(struct alsa_pcm *pcm)
{
	int err = enter(FAKE_RESUME);

	if (!err)
		pcm->state = FAKE_RUNNING;
	return err;
}
