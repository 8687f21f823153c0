/* WAV files above 4 GB, and on a disk that is full: what their headers say. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/wav.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

#define GB (UINT64_C(1) << 30)

static unsigned char head[128];

static uint64_t get(int at, int n_bytes)
{
	uint64_t x = 0;

	for (int i = 0; i < n_bytes; i++)
		x |= (uint64_t)head[at + i] << 8 * i;
	return x;
}

static long take_head(const char *path)
{
	FILE *file = fopen(path, "rbe");
	long n_bytes = -1;

	memset(head, 0, sizeof(head));
	if (!file)
		return -1;
	if (fread(head, 1, sizeof(head), file) > 0 && fseek(file, 0, SEEK_END) == 0)
		n_bytes = ftell(file);
	fclose(file);
	return n_bytes;
}

static const char *path_of(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", spawn_folder(), name);
	return path;
}

/* The samples are only counted: 4 GB of them would take a minute. */
static void make(const struct wav_format *format, uint64_t data_bytes, const char *path)
{
	struct wav wav;

	CU_ASSERT_EQUAL_FATAL(wav_create(&wav, path, format), 0);
	wav.data_bytes = data_bytes - 8;
	CU_ASSERT_EQUAL(wav_write(&wav, "12345678", 8), 0);
	CU_ASSERT_EQUAL(wav_close(&wav), 0);
	CU_ASSERT_TRUE(take_head(path) > 0);
}

static void test_large(void)
{
	const struct wav_format format = {48000, 2, 32, 1, 1};

	make(&format, 5 * GB, path_of("large.wav"));
	CU_ASSERT_EQUAL(memcmp(head, "RF64\xff\xff\xff\xffWAVEds64", 16), 0);
	CU_ASSERT_EQUAL(get(16, 4), 28);
	CU_ASSERT_EQUAL(get(20, 8), 5 * GB + 94 - 8);
	CU_ASSERT_EQUAL(get(28, 8), 5 * GB);
	CU_ASSERT_EQUAL(get(36, 8), 5 * GB / 8);
	CU_ASSERT_EQUAL(get(44, 4), 0);
	CU_ASSERT_EQUAL(memcmp(head + 48, "fmt ", 4), 0);
	CU_ASSERT_EQUAL(memcmp(head + 74, "fact", 4), 0);
	CU_ASSERT_EQUAL(get(82, 4), UINT32_MAX);
	CU_ASSERT_EQUAL(memcmp(head + 86, "data\xff\xff\xff\xff", 8), 0);
	CU_ASSERT_EQUAL(memcmp(head + 94, "12345678", 8), 0);
}

/* The same file, not large yet, is one that every reader knows. */
static void test_large_later(void)
{
	const struct wav_format format = {48000, 2, 16, 0, 1};

	make(&format, 8, path_of("small.wav"));
	CU_ASSERT_EQUAL(memcmp(head, "RIFF", 4), 0);
	CU_ASSERT_EQUAL(get(4, 4), 44 + 36 + 8 - 8);
	CU_ASSERT_EQUAL(memcmp(head + 8, "WAVEJUNK\x1c\0\0\0", 12), 0);
	CU_ASSERT_EQUAL(memcmp(head + 48, "fmt ", 4), 0);
	CU_ASSERT_EQUAL(memcmp(head + 72, "data\x08\0\0\0", 8), 0);
	make(&format, WAV_MAX_BYTES, path_of("small.wav"));
	CU_ASSERT_EQUAL(memcmp(head, "RIFF", 4), 0);
	make(&format, (uint64_t)WAV_MAX_BYTES + 8, path_of("small.wav"));
	CU_ASSERT_EQUAL(memcmp(head, "RF64", 4), 0);
}

static void test_never_large(void)
{
	const struct wav_format format = {48000, 2, 32, 1, 0};
	struct wav wav;

	CU_ASSERT_EQUAL_FATAL(wav_create(&wav, path_of("never.wav"), &format), 0);
	wav.data_bytes = WAV_MAX_BYTES - 7;
	CU_ASSERT_EQUAL(wav_write(&wav, "12345678", 8), -EFBIG);
	wav.data_bytes = WAV_MAX_BYTES - 8;
	CU_ASSERT_EQUAL(wav_write(&wav, "12345678", 8), 0);
	CU_ASSERT_EQUAL(wav_close(&wav), 0);
	CU_ASSERT_EQUAL(take_head(path_of("never.wav")), 58 + 8);
	CU_ASSERT_EQUAL(memcmp(head + 50, "data", 4), 0);
	CU_ASSERT_EQUAL(get(54, 4), WAV_MAX_BYTES);
}

/* A file that may not grow beyond 100 000 bytes stands for a full disk. */
static void test_full_disk(void)
{
	const struct wav_format format = {48000, 2, 16, 0, 0};
	struct rlimit old, limit;
	char chunk[1000] = "";
	struct wav wav;
	int err = 0;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = (struct rlimit){100000, old.rlim_max};
	setrlimit(RLIMIT_FSIZE, &limit);
	CU_ASSERT_EQUAL_FATAL(wav_create(&wav, path_of("full.wav"), &format), 0);
	for (int i = 0; i < 200 && !err; i++)
		err = wav_write(&wav, chunk, sizeof(chunk));
	CU_ASSERT_EQUAL(err, -EFBIG);
	wav_close(&wav);
	setrlimit(RLIMIT_FSIZE, &old);
	CU_ASSERT_EQUAL(take_head(path_of("full.wav")), 100000);
	CU_ASSERT_EQUAL(get(4, 4), 100000 - 8);
	CU_ASSERT_EQUAL(get(40, 4), 100000 - 44);
}

SUITE_MAIN("wav", {"above 4 GB", test_large}, {"may be large", test_large_later},
	{"may not", test_never_large}, {"a full disk", test_full_disk})
