/* golden.c - renders against committed ones. See golden.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/golden.h"
#include "tests/support/judge.h"
#include "tests/support/suite.h"

enum { N = GOLDEN_FRAMES };

static void put_le(FILE *file, uint32_t value, int n_bytes)
{
	for (int i = 0; i < n_bytes; i++)
		fputc((int)(value >> (8 * i) & 0xff), file);
}

static void write_wav(const char *name, const float *samples)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "build/golden_%s.wav", name);
	file = fopen(path, "wb");
	if (!file)
		return;
	fputs("RIFF", file);
	put_le(file, 36 + N * 2, 4);
	fputs("WAVEfmt ", file);
	put_le(file, 16, 4);
	put_le(file, 1, 2); /* PCM */
	put_le(file, 1, 2);
	put_le(file, 48000, 4);
	put_le(file, 96000, 4);
	put_le(file, 2, 2);
	put_le(file, 16, 2);
	fputs("data", file);
	put_le(file, N * 2, 4);
	for (int i = 0; i < N; i++)
		put_le(file, (uint32_t)lrintf(fminf(fmaxf(samples[i], -1.0f), 1.0f) * 32767.0f), 2);
	fclose(file);
	printf("\n    rendered: %s\n", path);
}

static void write_golden(const char *path, const float *samples)
{
	FILE *file = fopen(path, "wb");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(samples, sizeof(float), N, file), N);
	fclose(file);
}

void golden_check_from(struct bench *bench, const char *name, v4f *out, int from)
{
	static float now[N], golden[N];
	double worst = 0.0, sum = 0.0;
	char path[200];
	FILE *file;

	bench_render(bench, out + from, N - from, 64);
	bench_close(bench);
	for (int i = 0; i < N; i++)
		now[i] = out[i][0];
	snprintf(path, sizeof(path), "tests/golden/%s.f32", name);
	if (getenv("CHRONUS_GOLDEN_UPDATE"))
		write_golden(path, now);
	file = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fread(golden, sizeof(float), N, file), N);
	fclose(file);
	for (int i = 0; i < N; i++) {
		double d = fabs((double)now[i] - (double)golden[i]);

		worst = fmax(worst, d);
		sum += d * d;
	}
	CHECK_BELOW(worst, 1e-5);
	CHECK_BELOW(judge_db(sqrt(sum / N)), -100.0);
	if (!(worst < 1e-5))
		write_wav(name, now);
}

void golden_check(struct bench *bench, const char *name)
{
	static v4f out[N];

	golden_check_from(bench, name, out, 0);
}
