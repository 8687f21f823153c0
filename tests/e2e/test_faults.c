/* `chronus render --allow-faults`: anyone can prove offline that a failing worker costs no sample. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

static struct spawned run;

/* The path of a file that was rendered; what was said is in run. */
static const char *render(const char *patch, const char *name, const char *script, const char *more)
{
	static char paths[2][300];
	static int next;
	char *path = paths[next++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/%s", spawn_folder(), name);
	spawn_chronus(&run,
		"render --patch config/patches/%s.ini --script %s --seconds 2 --out %s %s", patch,
		spawn_file("faults.script", script), path, more);
	return path;
}

static bool is_same_file(const char *a_path, const char *b_path)
{
	FILE *a = fopen(a_path, "re"), *b = fopen(b_path, "re");
	int x = 0, y = 0;
	long n = 0;

	for (; a && b && x == y && x != EOF; n++) {
		x = getc(a);
		y = getc(b);
	}
	if (a)
		fclose(a);
	if (b)
		fclose(b);
	return n > 100000 && x == y;
}

static void test_no_sample_is_lost(void)
{
	static const char *const faults[] = {"segv", "fpe", "bus", "ill", "nan", "stall 50"};
	static const char *const patches[] = {"drone", "pulse"};

	for (size_t i = 0; i < 2 * ARRAY_LEN(faults); i++) {
		const char *fault = faults[i / 2], *good, *bad;
		char script[300];

		good = render(
			patches[i % 2], "good.wav", "0.3 gate * on\n1 set out.level 0.5\n", "");
		CU_ASSERT_EQUAL(run.status, 0);
		snprintf(script, sizeof(script),
			"0.3 gate * on\n0.5 fault live %s\n1 set out.level 0.5\n1.2 fault live %s\n"
			"1.6 fault live %s\n1.9 fault standby %s\n",
			fault, fault, fault, fault);
		bad = render(patches[i % 2], "bad.wav", script, "--allow-faults");
		CU_ASSERT_EQUAL(run.status, 0);
		CU_ASSERT_EQUAL(spawn_number(run.text, "failovers "), 3);
		CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 0, refused 0, none 0"));
		CU_ASSERT_TRUE(is_same_file(good, bad));
	}
}

/* Without a mirror a fault is heard, and the patch is built anew; one thread does it all. */
static void test_alone_it_goes_on(void)
{
	struct wav_data wav;
	const char *path;
	double peak = 0.0;

	path = render("acid", "alone.wav", "0.5 fault live segv\n", "--solo --allow-faults");
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "failovers 0, contained faults 1"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "commits 1, refused 0, none "));
	CU_ASSERT_EQUAL_FATAL(wav_read(path, &wav), 0);
	for (long i = wav.n_frames - 24000; i < wav.n_frames; i++)
		peak = fmax(peak, fabs((double)wav.frames[i][0]));
	CU_ASSERT_TRUE(peak > 0.05);
	wav_data_free(&wav);
}

static void test_only_where_allowed(void)
{
	render("drone", "refused.wav", "0.5 fault live segv\n", "");
	CU_ASSERT_EQUAL(run.status, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "faults.script:1: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "--allow-faults"));
	CU_ASSERT_EQUAL(spawn_number(run.text, "failovers "), -1);
}

SUITE_MAIN("faults in a rendering", {"a failing worker costs no sample", test_no_sample_is_lost},
	{"alone it goes on", test_alone_it_goes_on},
	{"they are obeyed only where they are allowed", test_only_where_allowed})
