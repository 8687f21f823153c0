/* A compiled patch: sums, constants, modulation, voices folded to stereo, gates, cycles. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/patch_read.h"
#include "modules/registry.h"
#include "patch/program.h"
#include "tests/support/suite.h"
#include "tests/support/test_modules.h"

TEST_REGISTRY(&osc_module, &adsr_module, &svf_module, &mixer_module, &delay_module, &limiter_module,
	&ladder_module, &drive_module);

enum { BLOCK = 64, MAX_BLOCKS = 800 };

static struct arena arena;
static float stereo[2 * BLOCK * MAX_BLOCKS];

static struct program *compile(const char *text)
{
	struct program_config config = {
		.rate_hz = 48000.0f, .block_frames = BLOCK, .generation = 1};
	struct program *program = NULL;
	struct patch *patch = NULL;
	struct diag diag;

	if (!arena.base && arena_open(&arena, 64u << 20) < 0)
		abort();
	if (patch_read_text(text, strlen(text), "test", &patch, &diag) < 0 ||
		program_compile(patch, &config, &arena, &program, &diag) < 0)
		CU_FAIL_FATAL(diag.text);
	patch_free(patch);
	return program;
}

static struct render_result render(struct program *program, int n_blocks)
{
	struct render_result result = {0};

	for (int b = 0; b < n_blocks; b++) {
		result = program_render(program, stereo + 2 * BLOCK * b);
		program_look_at_one(program, (uint64_t)b);
	}
	return result;
}

static float peak_of(int channel, int n_blocks)
{
	float peak = 0.0f;

	for (int i = 0; i < n_blocks * BLOCK; i++)
		peak = fmaxf(peak, fabsf(stereo[2 * i + channel]));
	return peak;
}

static void test_sums_and_constants(void)
{
	struct program *program = compile(
		"[mix1]\ntype = mixer\nin1 = 0.25\nin2 = -0.5\n[out]\nin = mix1 * 2 + 0.125\n");

	render(program, 2);
	CU_ASSERT_DOUBLE_EQUAL(stereo[10], 2 * (0.25 - 0.5) + 0.125, 1e-7);
	CU_ASSERT_DOUBLE_EQUAL(stereo[11], 2 * (0.25 - 0.5) + 0.125, 1e-7);
}

static void test_sides(void)
{
	struct program *program =
		compile("[a]\ntype = mixer\nin1 = 0.25\n[b]\ntype = mixer\nin1 = 0.5\n"
			"[d]\ntype = delay\nin = a\nmix = 0\n[out]\nin = d\nleft = a\nright = b\n");

	render(program, 2);
	CU_ASSERT_DOUBLE_EQUAL(stereo[10], 0.25 + 0.25, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(stereo[11], 0.25 + 0.5, 1e-6);
}

/* Only the lanes of voices that exist are heard: 1, 3, 6 and 16 of them. */
static void test_voices_fold(void)
{
	static const int counts[] = {1, 3, 6, 16};

	for (int i = 0; i < 4; i++) {
		char text[200];

		snprintf(text, sizeof(text),
			"[patch]\nvoices = %d\n[a]\ntype = t_voice\n[out]\nin = a * 0.005\n",
			counts[i]);
		render(compile(text), 1);
		CU_ASSERT_DOUBLE_EQUAL(stereo[10], 0.0025 * counts[i] * (counts[i] + 1), 1e-6);
		CU_ASSERT_DOUBLE_EQUAL(stereo[11], 0.0025 * counts[i] * (counts[i] + 1), 1e-6);
	}
}

static void test_modulation_is_clamped(void)
{
	struct program *program = compile(
		"[a]\ntype = mixer\nin1 = 0.5\nlevel = 1\nlevel.mod = 9\n[out]\nin = a * 0.5\n");

	render(program, 1);
	CU_ASSERT_DOUBLE_EQUAL(stereo[10], 0.5 * 2.0 * 0.5, 1e-6); /* mix's level ends at 2 */
	program = compile("[b]\ntype = mixer\nin1 = 1\n[a]\ntype = mixer\nin1 = 0.5\nlevel = "
			  "1\nlevel.mod = b * -0.5\n[out]\nin = a\n");
	render(program, 1);
	CU_ASSERT_DOUBLE_EQUAL(stereo[10], 0.25, 1e-6);
}

/* The value under a modulation moves too, and goes on from where it is. */
static void test_modulated_value_moves(void)
{
	struct program *program = compile("[b]\ntype = mixer\nin1 = 0.5\n[a]\ntype = mixer\nin1 = "
					  "0.5\nlevel = 0.5\nlevel.mod = b\n[out]\nin = a\n");
	int a = 2, level = module_param_find(module_find("mixer"), "level");

	program_set_param(program, a, level, 1.0f, 0);
	render(program, 20);
	CU_ASSERT_DOUBLE_EQUAL(stereo[0], 0.5, 0.01);
	CU_ASSERT_DOUBLE_EQUAL(stereo[2 * (20 * BLOCK - 1)], 0.75, 1e-6);
	for (int i = 1; i < 20 * BLOCK; i++)
		if (fabsf(stereo[2 * i] - stereo[2 * i - 2]) > 0.0015f)
			CU_FAIL("a step in a moving value");
}

static void test_gates(void)
{
	struct program *program = compile("[env1]\ntype = adsr\nattack_ms = 1\nsustain = "
					  "1\nrelease_ms = 1\n[out]\nin = env1 * 0.5\n");

	render(program, 10);
	CU_ASSERT_EQUAL(peak_of(0, 10), 0.0f);
	program_set_gate(program, 1, true, 0);
	render(program, 10);
	CU_ASSERT_EQUAL(stereo[2 * (10 * BLOCK - 1)], 0.5f);
	program_set_gate(program, 1, false, 0);
	render(program, 10);
	CU_ASSERT_EQUAL(stereo[2 * (10 * BLOCK - 1)], 0.0f);
}

/* On and off within one block: the edges are laid a frame apart, and the envelope moves. */
static void test_no_edge_is_lost(void)
{
	struct program *program = compile("[env1]\ntype = adsr\nattack_ms = 0.5\nsustain = "
					  "1\nrelease_ms = 1\n[out]\nin = env1 * 0.5\n");

	program_set_gate(program, 1, true, 0);
	program_set_gate(program, 1, false, 0);
	render(program, 10);
	CU_ASSERT_TRUE(peak_of(0, 10) > 0.01f);
	CU_ASSERT_EQUAL(stereo[2 * (10 * BLOCK - 1)], 0.0f);
	program_set_gate(program, 1, true, 0);
	render(program, 10);
	program_set_gate(program, 1, false, 0);
	program_set_gate(program, 1, true, 0); /* played again: it must dip */
	render(program, 10);
	CU_ASSERT_TRUE(stereo[2] < 0.5f);
	CU_ASSERT_EQUAL(stereo[2 * (10 * BLOCK - 1)], 0.5f);
}

/* The delay in the loop hears itself: an echo of an echo, each as much quieter as the mixer
 * says. */
static void test_cycle_with_delay(void)
{
	struct program *program =
		compile("[pulse]\ntype = adsr\ngate = 1\nattack_ms = 1\ndecay_ms = 1\nsustain = 0\n"
			"[loop]\ntype = mixer\nin1 = pulse\nin2 = echo\nlevel2 = 0.5\n"
			"[echo]\ntype = delay\nin = loop\ntime_ms = 100\nfeedback = 0\nmix = "
			"1\n[out]\nin = loop * 0.5\n");

	render(program, 300);
	for (int e = 0; e < 4; e++) {
		float peak = 0.0f;

		for (int i = e * 4800; i < e * 4800 + 2400; i++)
			peak = fmaxf(peak, stereo[2 * i]);
		CU_ASSERT_DOUBLE_EQUAL(peak, pow(0.5, e + 1), 0.02 * pow(0.5, e + 1));
	}
}

static void test_too_large(void)
{
	struct program_config config = {.rate_hz = 48000.0f, .block_frames = BLOCK};
	static const char text[] = "[d]\ntype = delay\nin = 1\n[out]\nin = d\n";
	struct program *program = NULL;
	struct patch *patch;
	struct arena small;
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(arena_open(&small, 1u << 20), 0);
	CU_ASSERT_EQUAL_FATAL(patch_read_text(text, sizeof(text) - 1, "test", &patch, &diag), 0);
	CU_ASSERT_TRUE(program_compile(patch, &config, &small, &program, &diag) < 0);
	CU_ASSERT_PTR_NULL(program);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "arena_mb"));
	patch_free(patch);
	arena_close(&small);
}

/* Something like a particle hits a filter's memory. */
static void spoil(struct program *program, int module)
{
	float *state = program->instances[module].parts[0].state;

	for (size_t i = 0; i < program->instances[module].desc->state_bytes / sizeof(float); i++)
		if (state[i] > 0.4f && state[i] < 0.6f)
			state[i] = NAN;
}

/* A module that goes wrong is reset, told, and plays again. */
static void test_non_finite_is_healed(void)
{
	struct program *program =
		compile("[a]\ntype = mixer\nin1 = 0.5\n[f]\ntype = svf\nin = a\n[out]\nin = f\n");
	struct render_result result;

	render(program, 200);
	spoil(program, 2);
	result = render(program, 1);
	CU_ASSERT_EQUAL(result.flags & RENDER_FINITE, 0);
	CU_ASSERT_TRUE(program->n_resets > 0);
	CU_ASSERT_EQUAL(atomic_load(&program->instances[2].n_resets), 1);
	CU_ASSERT_EQUAL(atomic_load(&program->instances[1].n_resets), 0);
	result = render(program, 400);
	CU_ASSERT_EQUAL(result.flags & RENDER_FINITE, RENDER_FINITE);
	CU_ASSERT_DOUBLE_EQUAL(stereo[2 * (400 * BLOCK - 1)], 0.5, 1e-3);
	CU_ASSERT_EQUAL(program->n_resets, 2); /* the filter and `out`, which is not rendered now */
}

/* The same behind what makes numbers of it: every block is played, and none goes on so for long. */
static void test_hidden_non_finite_is_healed(void)
{
	static const char *const rows[] = {"[h]\ntype = limiter\nin = f\n",
		"[h]\ntype = ladder\nin = f\n", "[h]\ntype = drive\nin = f\nshape = hard\n",
		"[h]\ntype = osc\nfm = f\nfm_hz = 0.1\n",
		"[h]\ntype = mixer\nin1 = 0.5\nlevel.mod = f * 0.5\n"};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		struct program *program;
		char text[200];
		float before;

		snprintf(text, sizeof(text),
			"[a]\ntype = mixer\nin1 = 0.5\n[f]\ntype = svf\nin = a\n%s"
			"[out]\nin = h\n",
			rows[r]);
		program = compile(text);
		before = render(program, 200).peak;
		CU_ASSERT_EQUAL(program->n_resets, 0);
		spoil(program, 2);
		CU_ASSERT_EQUAL(render(program, 200).flags & RENDER_FINITE, RENDER_FINITE);
		CU_ASSERT_EQUAL(atomic_load(&program->instances[2].n_resets), 1);
		CU_ASSERT_DOUBLE_EQUAL(render(program, 200).peak, before, 0.01);
	}
}

/* Too loud for a float on one side is found, of either sign; as loud as a float can be is not. */
static void test_infinity_is_found(void)
{
	static const char *const rows[] = {"left = a * 2\n", "left = a * -2\n", "right = a * 2\n",
		"right = a * -2\n", "right = a\n"};

	for (int i = 0; i < 5; i++) {
		struct render_result result;
		char text[120];

		snprintf(text, sizeof(text), "[a]\ntype = mixer\nin1 = 3e38\n[out]\n%s", rows[i]);
		result = render(compile(text), 1);
		CU_ASSERT_EQUAL(result.flags & RENDER_FINITE, i == 4);
		CU_ASSERT_EQUAL(result.peak, 1.0f);
	}
}

/* Also where modules have named a loop that goes on while nothing is turned. */
static void test_turned_after_a_calm(void)
{
	struct program *program =
		compile("[osc1]\ntype = osc\nlevel = 0.2\nfreq_hz = 1000\n[f]\ntype = svf\n"
			"in = osc1\ncutoff_hz = 20000\n[out]\nin = f\n");
	float calm = render(program, 40).peak, turned;

	program_set_param(program, 1, module_param_find(module_find("osc"), "level"), 0.6f, 0);
	render(program, 120); /* a far move takes four times as long */
	turned = render(program, 4).peak;
	CU_ASSERT_DOUBLE_EQUAL(turned / calm, 3.0, 0.05);
	program_set_param(program, 2, module_param_find(module_find("svf"), "cutoff_hz"), 50.0f, 0);
	render(program, 120); /* a far move takes four times as long */
	CHECK_BELOW((double)render(program, 4).peak, 0.1 * (double)turned);
}

/* One bit of one sample, or two samples that change places, change the checksum. */
static void test_checksums(void)
{
	static const char *const rows[] = {"0.25", "0.25000003", "-0.25", "0"};
	uint32_t sums[4], moved;
	struct program *program;

	for (int i = 0; i < 4; i++) {
		char text[80];

		snprintf(text, sizeof(text), "[out]\nright = %s\n", rows[i]);
		sums[i] = render(compile(text), 1).checksum;
		for (int j = 0; j < i; j++)
			CU_ASSERT_NOT_EQUAL(sums[i], sums[j]);
	}
	program = compile("[env1]\ntype = adsr\nattack_ms = 1\n[out]\nin = env1\n");
	program_set_gate(program, 1, true, 0);
	moved = render(program, 1).checksum;
	program = compile("[env1]\ntype = adsr\nattack_ms = 1\n[out]\nin = env1\n");
	program_set_gate(program, 1, true, 0);
	CU_ASSERT_EQUAL(render(program, 1).checksum, moved);
	CU_ASSERT_NOT_EQUAL(render(program, 1).checksum, moved);
}

/* Whether `out` is rendered, or what it hears is read where it is: turned to where it was, it is. */
static void test_checksums_of_both_ways(void)
{
	static const int n_voices[] = {1, 4, 6};

	for (int i = 0; i < 3; i++) {
		char text[80];
		struct program *program;
		uint32_t read;

		snprintf(text, sizeof(text),
			"[patch]\nvoices = %d\n[m]\ntype = osc\n[out]\nin = m * 0.1\n",
			n_voices[i]);
		read = render(compile(text), 3).checksum;
		program = compile(text);
		render(program, 2);
		program_set_param(program, 2, 0, 1.0f, 0);
		CU_ASSERT_EQUAL(render(program, 1).checksum, read);
	}
}

SUITE_MAIN("program", {"sums and constants", test_sums_and_constants},
	{"left and right", test_sides}, {"voices fold to both sides", test_voices_fold},
	{"modulation ends at the range", test_modulation_is_clamped},
	{"a modulated value moves", test_modulated_value_moves}, {"gates", test_gates},
	{"no gate edge is lost", test_no_edge_is_lost},
	{"a cycle through a delay", test_cycle_with_delay},
	{"a patch larger than the arena", test_too_large},
	{"a non-finite module is reset", test_non_finite_is_healed},
	{"one that is not heard is too", test_hidden_non_finite_is_healed},
	{"turned after a calm", test_turned_after_a_calm},
	{"infinity is found", test_infinity_is_found}, {"checksums", test_checksums},
	{"checksums of both ways", test_checksums_of_both_ways})
