#include "audio/sample_format.h"

#include <string.h>

#include "base/rt_poison.h"

size_t sample_bytes(enum sample_format format)
{
	static const size_t bytes[N_SAMPLE_FORMATS] = {[FORMAT_S16] = 2,
		[FORMAT_S24] = 4,
		[FORMAT_S24_3] = 3,
		[FORMAT_S32] = 4,
		[FORMAT_FLOAT] = 4};

	return bytes[format];
}

const char *sample_format_name(enum sample_format format)
{
	static const char *const names[N_SAMPLE_FORMATS] = {[FORMAT_S16] = "s16",
		[FORMAT_S24] = "s24",
		[FORMAT_S24_3] = "s24_3",
		[FORMAT_S32] = "s32",
		[FORMAT_FLOAT] = "float"};

	return names[format];
}

uint64_t sample_noise(uint64_t frame, int channel)
{
	uint64_t x = (2 * frame + (uint64_t)channel + 1) * 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* Round half away from zero; full scale is one step below 1.0. */
static int32_t quantize(float x, float scale)
{
	float y = x * scale;

	y = y >= 0.0f ? y + 0.5f : y - 0.5f;
	if (y >= scale - 0.5f) /* 2^31 does not fit into an int32_t */
		return scale > 2e9f ? INT32_MAX : (int32_t)scale - 1;
	return y <= -scale ? (scale > 2e9f ? INT32_MIN : -(int32_t)scale) : (int32_t)y;
}

static void put_s16(const struct sample_run *run)
{
	for (int i = 0; i < run->n; i++) {
		uint64_t noise = sample_noise(run->frame + (uint64_t)i, run->channel);
		int32_t triangle = (int32_t)(noise >> 40) - (int32_t)(noise >> 16 & 0xffffff);
		float dither = (float)triangle * 0x1p-24f;
		float x = run->in[i * run->in_step] + dither / 32768.0f;
		int16_t s = (int16_t)quantize(x, 32768.0f);

		memcpy(run->out + (size_t)i * run->out_bytes, &s, 2);
	}
}

static int32_t add_within(int32_t s, int32_t more, int32_t top)
{
	int64_t sum = (int64_t)s + more;

	return (int32_t)(sum > top ? top : sum < -(int64_t)top - 1 ? -(int64_t)top - 1 : sum);
}

static void put_wide(const struct converter *converter, const struct sample_run *run)
{
	float scale = converter->format == FORMAT_S32 ? 2147483648.0f : 8388608.0f;
	int32_t top = converter->format == FORMAT_S32 ? INT32_MAX : 0x7fffff;
	size_t n_bytes = sample_bytes(converter->format);

	for (int i = 0; i < run->n; i++) {
		int32_t s = quantize(run->in[i * run->in_step], scale), awake;

		if (converter->awake_lsb) {
			awake = sample_noise(run->frame + (uint64_t)i, run->channel) & 1
					? converter->awake_lsb
					: -converter->awake_lsb;
			s = add_within(s, awake, top);
		}
		/* little-endian: low bytes first */
		memcpy(run->out + (size_t)i * run->out_bytes, &s, n_bytes);
	}
}

void converter_put(const struct converter *converter, const struct sample_run *run)
{
	if (converter->format == FORMAT_FLOAT)
		for (int i = 0; i < run->n; i++)
			memcpy(run->out + (size_t)i * run->out_bytes, &run->in[i * run->in_step],
				sizeof(float));
	else if (converter->format == FORMAT_S16)
		put_s16(run);
	else
		put_wide(converter, run);
}

void converter_run(const struct converter *converter, uint64_t frame, const float *stereo,
	void *out, int n_frames)
{
	size_t n_bytes = sample_bytes(converter->format);

	for (int c = 0; c < 2; c++)
		converter_put(converter, &(struct sample_run){.in = stereo + c,
						 .in_step = 2,
						 .out = (unsigned char *)out + (size_t)c * n_bytes,
						 .out_bytes = 2 * n_bytes,
						 .n = n_frames,
						 .frame = frame,
						 .channel = c});
}
