/* test_ini.c - seeded mutations of good files: the readers never crash, say why they refuse, and
 * what they accept is inside its range. CHRONUS_FUZZ_SEED and CHRONUS_FUZZ_ROUNDS change the
 * defaults. */
#include <CUnit/Basic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/patch_read.h"
#include "config/settings.h"
#include "tests/support/ini_good.h"

enum { ROUNDS = 20000, TEXT_BYTES = 4096 };

static const char good_settings[] =
	"[audio]\ndevice = auto\nrate_hz = 48000\nblock_frames = 64\nperiods = 2\n"
	"[engine]\nlead_blocks = 2\n[commit]\nfade_ms = 5\n[rt]\ndesk_cpu = 0\nlock_memory = yes\n"
	"[start]\npatch = a.ini\n[simulate]\ndrift_ppm = 3\nstall_ms = 20 ; often\n"
	"[knob cutoff]\npins = 17 27\npush = 22\nsteps_per_detent = 4\nreversed = no\nwhen = live\n"
	"controls = svf1.cutoff_hz\npress = commit\n[button go]\npin = 26\nlong_press = undo\n"
	"[gpio]\nchip = gpiochip0\nbias = none\n[led on]\npin = 16\nshows = running\n";

static const char good_patch[] =
	"[patch]\nname = Acid\nvoices = 4\ntempo_bpm = 128\n[osc1]\ntype = osc\nshape = saw\n"
	"freq_hz.mod = env1 * 20 - 3\npitch = 57\nlevel = 0.5\n[env1]\ntype = adsr\nattack_ms = 3\n"
	"sustain = 0.7\ngate = 1\n[svf1]\ntype = svf\nin = 0.5 * osc1 + echo.out*.25\n"
	"cutoff_hz = 700\ncutoff_hz.mod = env1 * 2400\nresonance = 0.6\n[echo]\ntype = delay\n"
	"in = svf1\ntime_ms = 300\nfeedback = 0.4\n[out]\nleft = svf1 + echo\nright = echo - 0.1\n"
	"level = 0.8 ; quiet\n";

/* What is put in besides single bytes: things with a meaning. */
static const char *const pieces[] = {
	"\n",
	"\r\n",
	"\r",
	"[",
	"]",
	"=",
	" * ",
	" + ",
	"-",
	".",
	";",
	" ;",
	"#",
	" ",
	"\t",
	"0",
	"1e9",
	"-1",
	"nan",
	"inf",
	"0x1",
	"1e-320",
	"1e308",
	"99999999",
	".mod",
	".out",
	"osc1",
	"echo",
	"svf1",
	"type = ",
	"[out]\n",
	"in = ",
	"[knob x]",
	"pin",
	"patch",
	"controls = ",
	"controls = a.b 1..2, c.d x..y",
	" 9..-1",
	",",
	"\xff",
	"\xc3\xa9",
	"\xef\xbb\xbf",
	"\x1b",
	":",
	"0.98",
	"16",
	"17",
	"false",
};

static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

/* Replaces n_out bytes at position at by n_in bytes of in, as far as there is room. */
static size_t splice(char *text, size_t n, size_t at, size_t n_out, const char *in, size_t n_in)
{
	if (n_out > n - at)
		n_out = n - at;
	if (n - n_out + n_in > TEXT_BYTES)
		return n;
	memmove(text + at + n_in, text + at + n_out, n - at - n_out);
	memcpy(text + at, in, n_in);
	return n - n_out + n_in;
}

static size_t mutate(char *text, size_t n)
{
	char chunk[120];
	size_t at = random_below((uint32_t)n + 1), from = random_below((uint32_t)n + 1);
	size_t n_chunk = random_below(sizeof(chunk));
	const char *piece = pieces[random_below(ARRAY_LEN(pieces))];

	switch (random_below(8)) {
	case 0: /* another byte, any byte */
		chunk[0] = (char)random_below(256);
		return splice(text, n, at, 1, chunk, 1);
	case 1: /* a printable one */
		chunk[0] = (char)(' ' + random_below(95));
		return splice(text, n, at, 1, chunk, 1);
	case 2:
		return splice(text, n, at, 0, piece, strlen(piece));
	case 3:
		return splice(text, n, at, 1 + random_below(5), piece, strlen(piece));
	case 4: /* a part goes missing */
		return splice(text, n, at, random_below(20), "", 0);
	case 5:
	case 6: /* another number: the next digit, or three of them */
		while (at < n && (text[at] < '0' || text[at] > '9'))
			at++;
		snprintf(chunk, sizeof(chunk), "%u", random_below(random_below(2) ? 10 : 1000));
		return splice(text, n, at, at < n, chunk, at < n ? strlen(chunk) : 0);
	default: /* a part stands twice */
		if (n_chunk > n - from)
			n_chunk = n - from;
		memcpy(chunk, text + from, n_chunk);
		return splice(text, n, at, 0, chunk, n_chunk);
	}
}

/* The text ends where the allocation ends, so that asan sees a byte read too many. */
static char *mutant(const char *good, size_t *out_n_bytes)
{
	static char text[TEXT_BYTES + 1];
	size_t n = strlen(good);
	char *exact;

	memcpy(text, good, n);
	for (uint32_t i = 1 + random_below(1 + random_below(4)); i > 0; i--)
		n = mutate(text, n);
	exact = malloc(n ? n : 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
	memcpy(exact, text, n);
	*out_n_bytes = n;
	return exact;
}

static int rounds(void)
{
	const char *text = getenv("CHRONUS_FUZZ_ROUNDS");

	return text ? atoi(text) : ROUNDS;
}

static void seed_set(void)
{
	const char *text = getenv("CHRONUS_FUZZ_SEED");

	seed = text ? (uint32_t)strtoul(text, NULL, 0) | 1u : 20260101u;
}

static void test_patches(void)
{
	int n_accepted = 0, n = rounds();

	seed_set();
	for (int i = 0; i < n; i++) {
		struct diag diag = {""};
		struct patch *patch = NULL;
		size_t n_bytes;
		char *text = mutant(good_patch, &n_bytes);
		int err = patch_read_text(text, n_bytes, "fuzz.ini", &patch, &diag);
		bool is_good =
			err ? !patch && reason_is_good(&diag, "fuzz.ini") : patch_is_good(patch);

		if (!is_good)
			printf("\nround %d: %d %s\n%.*s\n", i, err, diag.text, (int)n_bytes, text);
		CU_ASSERT_TRUE(is_good);
		n_accepted += !err;
		patch_free(patch);
		free(text);
	}
	printf("%d of %d accepted ", n_accepted,
		n); /* neither all nor none, or nothing was tested */
	CU_ASSERT_TRUE(n_accepted > n / 50 && n_accepted < n / 2);
}

static void test_settings(void)
{
	static struct settings settings, before;
	int n_accepted = 0, n = rounds();

	seed_set();
	memset(&before, 0x5a, sizeof(before));
	for (int i = 0; i < n; i++) {
		struct diag diag = {""};
		size_t n_bytes;
		char *text = mutant(good_settings, &n_bytes);
		bool is_good;
		int err;

		memset(&settings, 0x5a, sizeof(settings));
		err = settings_read_text(text, n_bytes, "fuzz.ini", &settings, &diag);
		is_good = err ? reason_is_good(&diag, "fuzz.ini") &&
					  memcmp(&settings, &before, sizeof(settings)) == 0
			      : settings_are_good(&settings);
		if (!is_good)
			printf("\nround %d: %d %s\n%.*s\n", i, err, diag.text, (int)n_bytes, text);
		CU_ASSERT_TRUE(is_good);
		n_accepted += !err;
		free(text);
	}
	printf("%d of %d accepted ", n_accepted, n);
	CU_ASSERT_TRUE(n_accepted > n / 50 && n_accepted < n / 2);
}

int main(void)
{
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("fuzz ini", NULL, NULL);
	CU_add_test(suite, "patches", test_patches);
	CU_add_test(suite, "settings", test_settings);
	CU_basic_run_tests();
	return CU_get_number_of_failures() != 0;
}
