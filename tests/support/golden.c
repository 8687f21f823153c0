/* golden.c - renders against committed ones. See golden.h. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/golden.h"
#include "tests/support/judge.h"
#include "tests/support/suite.h"

enum { N = GOLDEN_FRAMES };
static const double MOST = 1e-5, MOST_RMS_DB = -100.0;

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
	printf("\ngolden: %s is written\n", path);
}

/* false: it is not there, or not whole. */
static bool read_golden(const char *path, float *samples)
{
	FILE *file = fopen(path, "rb");
	bool is_whole = file && fread(samples, sizeof(float), N, file) == N;

	if (file)
		fclose(file);
	return is_whole;
}

/* The largest difference, and the RMS of all of them in dB. */
static double compare(const float *now, const float *golden, double *rms_db)
{
	double worst = 0.0, sum = 0.0;

	for (int i = 0; i < N; i++) {
		double d = fabs((double)now[i] - (double)golden[i]);

		worst = fmax(worst, isnan(d) ? HUGE_VAL : d);
		sum += d * d;
	}
	*rms_db = judge_db(sqrt(sum / N));
	return worst;
}

/* Is it written anew? As CHRONUS_GOLDEN_UPDATE says. */
static bool is_wanted(const char *name, bool differs)
{
	const char *update = getenv("CHRONUS_GOLDEN_UPDATE");

	return update && (strcmp(update, name) == 0 || (strcmp(update, "differs") == 0 && differs));
}

void golden_check_from(struct bench *bench, const char *name, v4f *out, int from)
{
	static float now[N], golden[N];
	double worst, rms_db;
	char path[200];
	bool is_there;

	bench_render(bench, out + from, N - from, 64);
	bench_close(bench);
	for (int i = 0; i < N; i++)
		now[i] = out[i][0];
	snprintf(path, sizeof(path), "tests/golden/%s.f32", name);
	is_there = read_golden(path, golden);
	worst = compare(now, golden, &rms_db);
	if (is_wanted(name, !is_there || !(worst < MOST) || !(rms_db < MOST_RMS_DB))) {
		write_golden(path, now);
		is_there = read_golden(path, golden);
		worst = compare(now, golden, &rms_db);
	}
	CU_ASSERT_TRUE(is_there);
	if (!is_there)
		return;
	CHECK_BELOW(worst, MOST);
	CHECK_BELOW(rms_db, MOST_RMS_DB);
	if (!(worst < MOST))
		write_wav(name, now);
}

void golden_check(struct bench *bench, const char *name)
{
	static v4f out[N];

	golden_check_from(bench, name, out, 0);
}
