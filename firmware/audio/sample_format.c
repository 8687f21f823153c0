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

void converter_init(struct converter *converter, enum sample_format format)
{
	*converter = (struct converter){.format = format, .noise = 0x9e3779b9u};
}

/* 0..65535, by a linear congruential generator's high bits (Numerical Recipes' constants). */
static int32_t noise_16(struct converter *converter)
{
	converter->noise = converter->noise * 1664525u + 1013904223u;
	return (int32_t)(converter->noise >> 16);
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

static void to_s16(struct converter *converter, const float *in, unsigned char *out, int n)
{
	for (int i = 0; i < n; i++) {
		float dither = (float)(noise_16(converter) - noise_16(converter)) / 65536.0f;
		int16_t s = (int16_t)quantize(in[i] + dither / 32768.0f, 32768.0f);

		memcpy(out + 2 * i, &s, 2);
	}
}

void converter_run(struct converter *converter, const float *in, void *out, int n)
{
	unsigned char *bytes = out;
	float scale = converter->format == FORMAT_S32 ? 2147483648.0f : 8388608.0f;
	size_t step = sample_bytes(converter->format);

	if (converter->format == FORMAT_FLOAT) {
		memcpy(out, in, (size_t)n * sizeof(float));
	} else if (converter->format == FORMAT_S16) {
		to_s16(converter, in, out, n);
	} else {
		for (int i = 0; i < n; i++) {
			int32_t s = quantize(in[i], scale);

			/* little-endian: low bytes first */
			memcpy(bytes + (size_t)i * step, &s, step);
		}
	}
}
