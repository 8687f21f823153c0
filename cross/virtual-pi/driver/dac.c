// SPDX-License-Identifier: GPL-2.0
/*
 * dac.c - a sound card without hardware, for tests: what an I2S port with DMA is to ALSA.
 *
 * A hard timer is the sample clock. Every burst_frames it takes that many frames out of the ring
 * buffer, keeps them (recording.h), and moves the hardware pointer; at the end of a period it
 * raises an interrupt, whose thread tells ALSA. A frame that was written too late is therefore
 * heard as what was in the buffer before, as on a real DAC, and the recording shows it.
 * Unbinding the device is pulling the plug.
 */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_sim.h>
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <sound/core.h>
#include <sound/initval.h>
#include <sound/pcm.h>
#include <sound/pcm_params.h>

#include "recording.h"

#define NAME "burst_dac"

static unsigned int burst_frames = 16;
module_param(burst_frames, uint, 0444);
MODULE_PARM_DESC(burst_frames, "frames that are taken at once");
static int ppm;
module_param(ppm, int, 0444);
MODULE_PARM_DESC(ppm, "how much faster the sample clock is than it should be");
static char *formats = "S32_LE,S24_LE,S24_3LE,S16_LE";
module_param(formats, charp, 0444);
MODULE_PARM_DESC(formats, "sample formats, separated by commas");
static unsigned int rate_min = 8000, rate_max = 192000;
module_param(rate_min, uint, 0444);
module_param(rate_max, uint, 0444);
MODULE_PARM_DESC(rate_min, "lowest rate in Hz"); /* and rate_max */
static unsigned int channels_min = 2, channels_max = 2;
module_param(channels_min, uint, 0444);
module_param(channels_max, uint, 0444);
MODULE_PARM_DESC(channels_min, "fewest channels");
MODULE_PARM_DESC(channels_max, "most channels, up to 64");
static bool only_noninterleaved;
module_param(only_noninterleaved, bool, 0444);
MODULE_PARM_DESC(only_noninterleaved, "no interleaved access");
static unsigned int period_min_frames = 16;
module_param(period_min_frames, uint, 0444);
MODULE_PARM_DESC(period_min_frames, "shortest period");
static unsigned int recording_mb = 32;
module_param(recording_mb, uint, 0444);
MODULE_PARM_DESC(recording_mb, "room for the recording; what does not fit is counted");
static unsigned int clock_cpu;
module_param(clock_cpu, uint, 0444);
MODULE_PARM_DESC(clock_cpu, "the core that the interrupts come to");
static char *id = "burstdac";
module_param(id, charp, 0444);
MODULE_PARM_DESC(id, "the card's id, as in hw:CARD=id");

struct dac {
	struct snd_pcm_substream *substream;
	struct hrtimer clock;
	call_single_data_t start_call;
	struct irq_domain *irqs;
	unsigned int irq;
	bool is_running;
	u64 start_ns, taken_frames; /* since the start */
	unsigned int at, in_period; /* frames, in the buffer and in the period */
	unsigned int frame_bytes, sample_bytes;
	bool is_interleaved;
};

static struct platform_device *device;

/* ---- the sample clock ---- */

static void take_frames(struct dac *dac, unsigned int n)
{
	struct snd_pcm_runtime *runtime = dac->substream->runtime;
	size_t channel_bytes = runtime->dma_bytes / runtime->channels;
	unsigned int i, c;

	if (dac->is_interleaved) {
		recording_keep(runtime->dma_area + (size_t)dac->at * dac->frame_bytes,
			(size_t)n * dac->frame_bytes);
		return;
	}
	for (i = 0; i < n; i++)
		for (c = 0; c < runtime->channels; c++)
			recording_keep(runtime->dma_area + c * channel_bytes +
			     (size_t)(dac->at + i) * dac->sample_bytes, dac->sample_bytes);
}

static u64 ns_of_frames(const struct dac *dac, u64 frames)
{
	u64 ns = div_u64(frames * NSEC_PER_SEC, dac->substream->runtime->rate);

	return ns - div_s64((s64)ns * ppm, 1000000);
}

static enum hrtimer_restart take_burst(struct hrtimer *clock)
{
	struct dac *dac = container_of(clock, struct dac, clock);
	struct snd_pcm_runtime *runtime = dac->substream->runtime;
	unsigned int left = burst_frames;

	if (!READ_ONCE(dac->is_running))
		return HRTIMER_NORESTART;
	recording_note_late(ktime_get_ns() - ktime_to_ns(hrtimer_get_expires(clock)));
	while (left) {
		unsigned int n = min_t(unsigned int, left, runtime->buffer_size - dac->at);

		take_frames(dac, n);
		WRITE_ONCE(dac->at, (dac->at + n) % runtime->buffer_size);
		dac->in_period += n;
		left -= n;
	}
	dac->taken_frames += burst_frames;
	if (dac->in_period >= runtime->period_size) {
		dac->in_period %= runtime->period_size;
		irq_set_irqchip_state(dac->irq, IRQCHIP_STATE_PENDING, true);
	}
	hrtimer_set_expires(clock, ns_to_ktime(dac->start_ns +
		ns_of_frames(dac, dac->taken_frames + burst_frames)));
	return HRTIMER_RESTART;
}

/* On clock_cpu: a timer stays where it was started. */
static void start_clock(void *arg)
{
	struct dac *dac = arg;

	hrtimer_start(&dac->clock, ns_to_ktime(dac->start_ns + ns_of_frames(dac, burst_frames)),
		HRTIMER_MODE_ABS_PINNED_HARD);
}

static irqreturn_t period_irq(int irq, void *arg)
{
	return IRQ_WAKE_THREAD;
}

static irqreturn_t period_thread(int irq, void *arg)
{
	struct dac *dac = arg;

	if (READ_ONCE(dac->is_running))
		snd_pcm_period_elapsed(dac->substream);
	return IRQ_HANDLED;
}

/* ---- ALSA ---- */

static void note(const struct dac *dac, const char *what)
{
	const struct snd_pcm_runtime *runtime = dac->substream->runtime;
	const struct recording_line line = {
		.what = what,
		.ns = ktime_get_ns(),
		.format = snd_pcm_format_name(runtime->format),
		.rate_hz = runtime->rate,
		.channels = runtime->channels,
		.period_frames = runtime->period_size,
		.buffer_frames = runtime->buffer_size,
		.burst_frames = burst_frames,
		.is_interleaved = dac->is_interleaved,
	};

	recording_note(&line);
}

static u64 wanted_formats(void)
{
	static const struct {
		const char *name;
		u64 bit;
	} known[] = {
		{ "S32_LE", SNDRV_PCM_FMTBIT_S32_LE }, { "S24_LE", SNDRV_PCM_FMTBIT_S24_LE },
		{ "S24_3LE", SNDRV_PCM_FMTBIT_S24_3LE }, { "S16_LE", SNDRV_PCM_FMTBIT_S16_LE },
	};
	const char *at = formats;
	u64 bits = 0;

	while (*at) {
		size_t n = strcspn(at, ","), i;

		for (i = 0; i < ARRAY_SIZE(known); i++)
			if (strlen(known[i].name) == n && !strncmp(at, known[i].name, n))
				bits |= known[i].bit;
		at += n;
		at += *at == ',';
	}
	return bits;
}

static int dac_open(struct snd_pcm_substream *substream)
{
	struct dac *dac = snd_pcm_substream_chip(substream);
	struct snd_pcm_runtime *runtime = substream->runtime;

	runtime->hw = (struct snd_pcm_hardware){
		.info = SNDRV_PCM_INFO_MMAP | SNDRV_PCM_INFO_MMAP_VALID |
			SNDRV_PCM_INFO_BLOCK_TRANSFER | SNDRV_PCM_INFO_NONINTERLEAVED |
			(only_noninterleaved ? 0 : SNDRV_PCM_INFO_INTERLEAVED),
		.formats = wanted_formats(),
		.rates = SNDRV_PCM_RATE_CONTINUOUS | SNDRV_PCM_RATE_8000_192000,
		.rate_min = rate_min, .rate_max = rate_max,
		.channels_min = channels_min, .channels_max = channels_max,
		.buffer_bytes_max = 1024 * 1024,
		.period_bytes_min = 32, .period_bytes_max = 512 * 1024,
		.periods_min = 2, .periods_max = 1024,
	};
	dac->substream = substream;
	snd_pcm_hw_constraint_minmax(runtime, SNDRV_PCM_HW_PARAM_PERIOD_SIZE, period_min_frames, UINT_MAX);
	return snd_pcm_hw_constraint_integer(runtime, SNDRV_PCM_HW_PARAM_PERIODS);
}

static int dac_sync_stop(struct snd_pcm_substream *substream)
{
	struct dac *dac = snd_pcm_substream_chip(substream);

	hrtimer_cancel(&dac->clock);
	synchronize_irq(dac->irq);
	return 0;
}

static int dac_close(struct snd_pcm_substream *substream)
{
	struct dac *dac = snd_pcm_substream_chip(substream);

	WRITE_ONCE(dac->is_running, false);
	return dac_sync_stop(substream);
}

static int dac_prepare(struct snd_pcm_substream *substream)
{
	struct dac *dac = snd_pcm_substream_chip(substream);
	struct snd_pcm_runtime *runtime = substream->runtime;

	dac->at = 0;
	dac->in_period = 0;
	dac->sample_bytes = snd_pcm_format_physical_width(runtime->format) / 8;
	dac->frame_bytes = dac->sample_bytes * runtime->channels;
	dac->is_interleaved = runtime->access == SNDRV_PCM_ACCESS_MMAP_INTERLEAVED ||
		runtime->access == SNDRV_PCM_ACCESS_RW_INTERLEAVED;
	return 0;
}

static int dac_trigger(struct snd_pcm_substream *substream, int command)
{
	struct dac *dac = snd_pcm_substream_chip(substream);

	switch (command) {
	case SNDRV_PCM_TRIGGER_START:
	case SNDRV_PCM_TRIGGER_RESUME:
		note(dac, "start");
		dac->taken_frames = 0;
		dac->start_ns = ktime_get_ns();
		WRITE_ONCE(dac->is_running, true);
		return smp_call_function_single_async(clock_cpu, &dac->start_call);
	case SNDRV_PCM_TRIGGER_STOP:
	case SNDRV_PCM_TRIGGER_SUSPEND:
		WRITE_ONCE(dac->is_running, false);
		note(dac, "stop");
		return 0;
	}
	return -EINVAL;
}

static snd_pcm_uframes_t dac_pointer(struct snd_pcm_substream *substream)
{
	struct dac *dac = snd_pcm_substream_chip(substream);

	return READ_ONCE(dac->at);
}

static const struct snd_pcm_ops dac_ops = {
	.open = dac_open,
	.close = dac_close,
	.prepare = dac_prepare,
	.trigger = dac_trigger,
	.sync_stop = dac_sync_stop,
	.pointer = dac_pointer,
};

/* ---- the card ---- */

static void dac_free(struct snd_card *card)
{
	struct dac *dac = card->private_data;

	if (dac->irq) {
		free_irq(dac->irq, dac);
		irq_dispose_mapping(dac->irq);
	}
	if (dac->irqs)
		irq_domain_remove_sim(dac->irqs);
}

static int dac_probe(struct platform_device *pdev)
{
	struct snd_card *card;
	struct snd_pcm *pcm;
	struct dac *dac;
	int err = snd_card_new(&pdev->dev, -1, id, THIS_MODULE, sizeof(*dac), &card);

	if (err < 0)
		return err;
	dac = card->private_data;
	card->private_free = dac_free;
	INIT_CSD(&dac->start_call, start_clock, dac);
	hrtimer_init(&dac->clock, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_PINNED_HARD);
	dac->clock.function = take_burst;
	dac->irqs = irq_domain_create_sim(NULL, 1);
	if (IS_ERR(dac->irqs)) {
		err = PTR_ERR(dac->irqs);
		dac->irqs = NULL;
		goto failed;
	}
	dac->irq = irq_create_mapping(dac->irqs, 0);
	/* not ONESHOT: a period that ends while its thread is busy with the last one counts too */
	err = dac->irq ? request_threaded_irq(dac->irq, period_irq, period_thread, IRQF_NO_THREAD,
				 NAME, dac) : -ENXIO;
	if (err < 0) {
		dac->irq = 0;
		goto failed;
	}
	err = snd_pcm_new(card, NAME, 0, 1, 0, &pcm);
	if (err < 0)
		goto failed;
	pcm->private_data = dac;
	strscpy(pcm->name, NAME);
	strscpy(card->driver, NAME);
	strscpy(card->shortname, "Burst DAC");
	strscpy(card->longname, "A DAC for tests that keeps what it was fed");
	snd_pcm_set_ops(pcm, SNDRV_PCM_STREAM_PLAYBACK, &dac_ops);
	snd_pcm_set_managed_buffer_all(pcm, SNDRV_DMA_TYPE_VMALLOC, NULL, 0, 0);
	err = snd_card_register(card);
	if (err < 0)
		goto failed;
	platform_set_drvdata(pdev, card);
	return 0;
failed:
	snd_card_free(card);
	return err;
}

/* The plug is pulled: who plays gets -ENODEV, and the card goes when the last one closes it. */
static void dac_remove(struct platform_device *pdev)
{
	struct snd_card *card = platform_get_drvdata(pdev);

	snd_card_disconnect(card);
	snd_card_free_when_closed(card);
}

static struct platform_driver driver = {
	.probe = dac_probe,
	.remove_new = dac_remove,
	.driver = { .name = NAME },
};

/* ---- the module ---- */

static int __init burst_dac_init(void)
{
	int err;

	if (!burst_frames || !wanted_formats() || channels_max > 64 || channels_min > channels_max ||
	    !cpu_online(clock_cpu))
		return -EINVAL;
	err = recording_open(NAME, (size_t)recording_mb << 20);
	if (err < 0)
		return err;
	err = platform_driver_register(&driver);
	if (err < 0)
		goto no_driver;
	device = platform_device_register_simple(NAME, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device)) {
		err = PTR_ERR(device);
		goto no_device;
	}
	return 0;
no_device:
	platform_driver_unregister(&driver);
no_driver:
	recording_close();
	return err;
}

static void __exit burst_dac_exit(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&driver);
	recording_close();
}

module_init(burst_dac_init);
module_exit(burst_dac_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A DAC for tests that keeps what it was fed");
