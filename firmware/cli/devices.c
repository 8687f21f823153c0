/* devices.c - `chronus devices`: the sound cards there are, and what they can do.
 * Tested by: e2e/test_cli */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audio/alsa_device.h"
#include "audio/alsa_pcm.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"

struct device {
	struct pcm_card card; /* only the name, where it was named on the command line */
	int err;              /* of looking at it */
	struct pcm_limits limits;
};

static void look(struct device *device)
{
	struct alsa_pcm *pcm;

	device->err = pcm_open(&pcm, device->card.name);
	if (device->err < 0)
		return;
	device->err = pcm_get_limits(pcm, 48000, &device->limits);
	pcm_close(pcm);
}

/* Why `run` cannot play to it as it is; NULL: it can. */
static const char *obstacle(const struct device *device)
{
	const struct pcm_limits *limits = &device->limits;

	if (device->err == -EBUSY)
		return "in use by another program";
	if (device->err < 0)
		return strerror(-device->err);
	if (!limits->has_interleaved && !limits->has_noninterleaved)
		return "no mmap access: use plughw: in the place of hw:";
	if (limits->format == N_SAMPLE_FORMATS)
		return "none of the formats S32_LE S24_LE S24_3LE S16_LE: use plughw: in the place "
		       "of hw:";
	return NULL;
}

/* ---- for people */
static void print_limits(const struct pcm_limits *limits)
{
	printf("  formats  ");
	for (size_t f = 0; f < N_ALSA_FORMATS; f++)
		if (limits->formats >> alsa_formats[f] & 1)
			printf(" %s", alsa_format_name(alsa_formats[f]));
	printf("\n  rates    ");
	for (int r = 0; r < PCM_N_RATES; r++)
		if (limits->rates >> r & 1)
			printf(" %d", pcm_rates_hz[r]);
	printf(" Hz\n  channels  %d to %d", limits->channels_min, limits->channels_max);
	printf("\n  mmap     %s%s\n", limits->has_interleaved ? " interleaved" : "",
		limits->has_noninterleaved ? " non-interleaved" : "");
	if (limits->format != N_SAMPLE_FORMATS)
		printf("  periods   %d to %d frames (%s, %d Hz, %d channels)\n",
			limits->period_min_frames, limits->period_max_frames,
			alsa_format_name(limits->format), limits->rate_hz, limits->n_channels);
}

static void print_device(const struct device *device)
{
	const struct pcm_card *card = &device->card;
	const char *why = obstacle(device);

	printf("%s", card->name);
	if (card->card[0])
		printf("  %s: %s%s", card->card, card->pcm, card->is_hdmi ? " (HDMI)" : "");
	printf("\n");
	if (why)
		printf("  cannot be played to: %s\n", why);
	if (device->err >= 0)
		print_limits(&device->limits);
}

/* ---- as JSON */
static void json_limits(struct json *json, const struct pcm_limits *limits)
{
	json_array(json, "formats");
	for (size_t f = 0; f < N_ALSA_FORMATS; f++)
		if (limits->formats >> alsa_formats[f] & 1)
			json_string(json, NULL, alsa_format_name(alsa_formats[f]));
	json_end(json);
	json_array(json, "rates_hz");
	for (int r = 0; r < PCM_N_RATES; r++)
		if (limits->rates >> r & 1)
			json_int(json, NULL, pcm_rates_hz[r]);
	json_end(json);
	json_int(json, "rate_min_hz", limits->rate_min_hz);
	json_int(json, "rate_max_hz", limits->rate_max_hz);
	json_int(json, "channels_min", limits->channels_min);
	json_int(json, "channels_max", limits->channels_max);
	json_bool(json, "has_mmap_interleaved", limits->has_interleaved);
	json_bool(json, "has_mmap_noninterleaved", limits->has_noninterleaved);
	json_int(json, "period_min_frames", limits->period_min_frames);
	json_int(json, "period_max_frames", limits->period_max_frames);
}

static void json_device(struct json *json, const struct device *device)
{
	const struct pcm_card *card = &device->card;

	json_object(json, NULL);
	json_string(json, "device", card->name);
	json_string(json, "card", card->card[0] ? card->card : NULL);
	json_string(json, "pcm", card->pcm[0] ? card->pcm : NULL);
	json_bool(json, "is_hdmi", card->is_hdmi);
	json_string(json, "obstacle", obstacle(device));
	if (device->err >= 0)
		json_limits(json, &device->limits);
	json_end(json);
}

static void show(struct device *devices, int n, bool as_json)
{
	struct json json;

	if (as_json) {
		json_begin(&json, stdout);
		json_array(&json, NULL);
	}
	for (int i = 0; i < n; i++) {
		look(&devices[i]);
		if (as_json)
			json_device(&json, &devices[i]);
		else
			print_device(&devices[i]);
	}
	if (as_json)
		json_end(&json);
	else if (n == 0)
		printf("there is no sound card\n");
}

int cli_devices(int argc, char **argv)
{
	static struct device devices[PCM_MAX_CARDS];
	static struct pcm_card cards[PCM_MAX_CARDS];
	bool as_json = false;
	const struct option_row rows[] = {
		{.name = "json", .kind = OPTION_FLAG, .out = &as_json, .help = "as JSON"},
	};
	int n = options_read(rows, ARRAY_LEN(rows), argc, argv), n_named = n, n_bad = 0;

	if (n < 0)
		return options_exit_code(n);
	if (n > PCM_MAX_CARDS)
		return options_refuse(argv[0], "at most %d names", PCM_MAX_CARDS);
	for (int i = 0; i < n; i++)
		snprintf(devices[i].card.name, sizeof(devices[i].card.name), "%s", argv[i + 1]);
	if (n == 0) {
		n = pcm_cards(cards, PCM_MAX_CARDS);
		for (int i = 0; i < n; i++)
			devices[i].card = cards[i];
	}
	show(devices, n, as_json);
	for (int i = 0; i < n_named; i++)
		n_bad += devices[i].err < 0;
	return n_bad ? CLI_FAILED : CLI_OK;
}
