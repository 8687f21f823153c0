/* What each kind of module reads of each other kind, for 1 to 16 voices; and what takes over what. */
#include <stdio.h>
#include <stdlib.h>

#include "config/patch_read.h"
#include "patch/carry.h"
#include "tests/support/suite.h"
#include "tests/support/test_modules.h"

TEST_REGISTRY(&mixer_module, &delay_module);

enum { BLOCK = 64, RATE_HZ = 48000 };

static struct arena arenas[2];
static struct patch *patches[2];
static float stereo[2 * BLOCK_MAX_FRAMES];

static struct program *compile(int which, const char *text, int block_frames)
{
	struct program_config config = {.rate_hz = RATE_HZ, .block_frames = block_frames};
	struct program *program = NULL;
	struct diag diag;

	if (!arenas[which].base && arena_open(&arenas[which], 16u << 20) < 0)
		abort();
	patch_free(patches[which]);
	patches[which] = NULL;
	if (patch_read_text(text, strlen(text), "test", &patches[which], &diag) < 0 ||
		program_compile(patches[which], &config, &arenas[which], &program, &diag) < 0) {
		printf("\n    %s", diag.text);
		CU_FAIL_FATAL("it does not compile");
	}
	return program;
}

/* Lanes of a module's first output after one block: group g, lane k. */
static float lane_of(const struct program *program, const char *id, int voice)
{
	const struct instance *instance = &program->instances[patch_find(patches[0], id)];

	return instance->parts[0].outs[0][voice / N_LANES * BLOCK + BLOCK / 2][voice % N_LANES];
}

static struct program *play(int n_voices, const char *body)
{
	struct program *program;
	char text[600];

	snprintf(text, sizeof(text), "[patch]\nvoices = %d\n%s", n_voices, body);
	program = compile(0, text, BLOCK);
	program_render(program, stereo);
	return program;
}

static const int counts[] = {1, 3, 4, 6, 16};

/* The sum over voices of a and of a squared, where voice v has a = at + by * v. */
static double sum_of(int n, double at, double by)
{
	double sum = 0.0;

	for (int v = 1; v <= n; v++)
		sum += at + by * v;
	return sum;
}

static double squares_of(int n, double at, double by)
{
	double sum = 0.0;

	for (int v = 1; v <= n; v++)
		sum += (at + by * v) * (at + by * v);
	return sum;
}

static void check_voices(const char *what, int n, double at, double by)
{
	struct program *program;
	char body[300];

	snprintf(body, sizeof(body),
		"[v]\ntype = t_voice\n[s]\ntype = t_stereo\n[m]\ntype = t_mono\n[a]\ntype = t_all\n"
		"[x]\ntype = t_voices\nin = %s\n[out]\n",
		what);
	program = play(n, body);
	CU_ASSERT_DOUBLE_EQUAL(lane_of(program, "x", 0), sum_of(n, at, by), 1e-2);
	CU_ASSERT_DOUBLE_EQUAL(lane_of(program, "x", 1), squares_of(n, at, by), 0.2);
}

/* A port for all voices: lone sources and sums of every kind; nothing in lanes that are no voice. */
static void test_ports_for_all_voices(void)
{
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		check_voices("v", counts[i], 0.0, 1.0);
		check_voices("a", counts[i], 0.0, 10.0);
		check_voices("m", counts[i], 2.0, 0.0);
		check_voices("s", counts[i], 4.0, 0.0);
		check_voices("0.5", counts[i], 0.5, 0.0);
		check_voices("v * 2 + m - a + 3", counts[i], 5.0, -8.0);
	}
}

/* Where voices fill their groups, what they wrote is read in place. */
static void test_lone_voices_are_read_in_place(void)
{
	struct program *program =
		play(8, "[v]\ntype = t_voice\n[x]\ntype = t_voices\nin = v\n[out]\n");
	const struct instance *v = &program->instances[1], *x = &program->instances[2];

	CU_ASSERT_PTR_EQUAL(x->parts[0].ins[0].at, v->parts[0].outs[0]);
	CU_ASSERT_EQUAL(x->parts[0].ins[0].group_step, BLOCK);
	CU_ASSERT_EQUAL(x->summed_ins, 0);
	program = play(4, "[m]\ntype = t_mono\n[x]\ntype = t_voices\nin = m\n[out]\n");
	CU_ASSERT_EQUAL(program->instances[2].parts[0].ins[0].group_step, 0);
	CU_ASSERT_EQUAL(program->instances[2].summed_ins, 0);
}

static void test_mono_is_read_by_all(void)
{
	struct program *program = play(6,
		"[m]\ntype = t_mono\n[v]\ntype = t_voice\n[f]\ntype = t_follow\nin = m + v\n"
		"[s]\ntype = t_follow\nin = z\nctl = m\n[z]\ntype = t_stereo\n[out]\n");

	for (int v = 0; v < 6; v++)
		CU_ASSERT_EQUAL(lane_of(program, "f", v), 2.0f + (float)v + 1.0f);
	CU_ASSERT_EQUAL(lane_of(program, "s", 0), 3.0f + 2.0f);
	CU_ASSERT_EQUAL(lane_of(program, "s", 1), 5.0f + 2.0f);
	CU_ASSERT_EQUAL(program->instances[1].n_parts, 1);
	/* both sides of a stereo port, without a copy */
	program = play(6, "[m]\ntype = t_mono\n[e]\ntype = t_echo\nin = m\n[out]\n");
	CU_ASSERT_PTR_EQUAL(
		program->instances[2].parts[0].ins[0].at, program->instances[1].parts[0].outs[0]);
}

/* A mono module hears the sum of voices at its audio port, voice 1 elsewhere, and left of stereo. */
static void test_what_mono_hears(void)
{
	struct program *program =
		play(6, "[v]\ntype = t_voice\n[a]\ntype = t_all\n[z]\ntype = t_stereo\n"
			"[m]\ntype = t_mono\nin = v\n[n]\ntype = t_mono\nctl = v\n"
			"[o]\ntype = t_mono\nin = a\nctl = z\n[out]\n");

	for (int k = 0; k < N_LANES; k++) {
		CU_ASSERT_EQUAL(lane_of(program, "m", k), 2.0f + 21.0f);
		CU_ASSERT_EQUAL(lane_of(program, "n", k), 2.0f + 1.0f);
		CU_ASSERT_EQUAL(lane_of(program, "o", k), 2.0f + 210.0f + 3.0f);
	}
}

static void test_all_is_read_as_voices(void)
{
	struct program *program = play(6, "[a]\ntype = t_all\n[f]\ntype = t_follow\nin = a\n"
					  "[v]\ntype = t_voice\n[b]\ntype = t_all\nin = v\n[out]\n"
					  "in = f * 0.001\n");

	CU_ASSERT_EQUAL(program->instances[1].n_parts, 1);
	CU_ASSERT_EQUAL(program->instances[2].n_parts, 2);
	for (int v = 0; v < 6; v++) {
		CU_ASSERT_EQUAL(lane_of(program, "f", v), 10.0f * (float)(v + 1));
		CU_ASSERT_EQUAL(lane_of(program, "b", v), 10.0f * (float)(v + 1) + 21.0f);
	}
	CU_ASSERT_DOUBLE_EQUAL(stereo[20], 0.21, 1e-6);
}

static void check_layout(const char *body, enum layout want)
{
	struct program *program = play(6, body);

	CU_ASSERT_EQUAL(program->instances[patch_find(patches[0], "f")].layout, want);
}

static void test_followers(void)
{
	check_layout("[f]\ntype = t_follow\n[out]\n", LAYOUT_MONO);
	check_layout("[f]\ntype = t_follow\nin = 0.5\n[out]\n", LAYOUT_MONO);
	check_layout("[m]\ntype = t_mono\n[f]\ntype = t_follow\nin = m\nadd.mod = m\n[out]\n",
		LAYOUT_MONO);
	check_layout(
		"[m]\ntype = t_mono\n[v]\ntype = t_voice\n[f]\ntype = t_follow\nin = m\nctl = v\n"
		"[out]\n",
		LAYOUT_VOICES);
	check_layout("[m]\ntype = t_mono\n[v]\ntype = t_all\n[f]\ntype = t_follow\nin = m\n"
		     "add.mod = v\n[out]\n",
		LAYOUT_VOICES);
	check_layout("[s]\ntype = t_stereo\n[f]\ntype = t_follow\nctl = s\n[out]\n", LAYOUT_MONO);
	check_layout("[s]\ntype = t_stereo\n[v]\ntype = t_voice\n[f]\ntype = t_follow\nin = v + s\n"
		     "[out]\n",
		LAYOUT_STEREO);
	/* in a cycle */
	check_layout("[f]\ntype = mixer\nin1 = g\n[g]\ntype = mixer\nin1 = d\n"
		     "[d]\ntype = delay\nin = f\n[out]\n",
		LAYOUT_STEREO);
}

/* ---- taking over */

static void take_over(struct program *from, struct program *to)
{
	CU_ASSERT_EQUAL_FATAL(carry_prepare(to, patches[1], from, patches[0], &arenas[1]), 0);
	for (int i = 0; i < 1000; i++) {
		if (carry_step(to->carry))
			return;
		program_render(from, stereo);
	}
	CU_FAIL("it never ends");
}

/* 3 rows a frame in blocks of 256 beside 3 long ones: all that is written meanwhile is taken over,
 * though rings go round many times. */
static void test_memory_in_rows(void)
{
	static const char text[] =
		"[p]\ntype = t_mono\n[c]\ntype = mixer\nin1 = p\nin2 = d\nlevel2 = 0.9\n"
		"[d]\ntype = delay\ntime_ms = 50\nin = c\n"
		"[e]\ntype = t_echo\nin = c\n[g]\ntype = t_echo\nin = e\n"
		"[d2]\ntype = delay\nin = e\n"
		"[out]\nin = g * 0.002\n";
	static float a[512], b[512];
	struct program *from = compile(0, text, 256), *to = compile(1, text, 256);

	for (int i = 0; i < 50; i++) /* grows, so that every frame differs */
		program_render(from, a);
	take_over(from, to);
	CU_ASSERT_TRUE(to->carry->largest_bytes <= 80 * 1024);
	for (int i = 0; i < 50; i++) {
		program_render(from, a);
		program_render(to, b);
		CU_ASSERT_EQUAL(memcmp(a, b, sizeof(a)), 0);
	}
	CU_ASSERT_TRUE(a[0] != 0.0f);
}

/* One for all that becomes voices: every voice goes on as it did. And the other way: voice 1. */
static void test_flows_take_over(void)
{
	static const char mono[] =
		"[patch]\nvoices = 8\n[f]\ntype = t_follow\nadd = 7\n[out]\nin = f * 0.001\n";
	static const char voices[] =
		"[patch]\nvoices = 8\n[v]\ntype = t_voice\n[f]\ntype = t_follow\n"
		"ctl = v\nadd = 7\n[out]\nin = f * 0.001\n";
	struct program *from = compile(0, mono, BLOCK), *to = compile(1, voices, BLOCK);

	program_render(from, stereo);
	take_over(from, to);
	program_render(to, stereo);
	CU_ASSERT_FALSE(to->instances[2].is_uneven);
	CU_ASSERT_EQUAL(to->instances[2].parts[1].outs[0][3][3], 8.0f + 7.0f);
	from = compile(0, voices, BLOCK);
	to = compile(1, mono, BLOCK);
	take_over(from, to);
	program_render(to, stereo);
	CU_ASSERT_TRUE(to->instances[1].is_uneven);
	CU_ASSERT_EQUAL(to->instances[1].parts[0].outs[0][3][3], 7.0f);
}

SUITE_MAIN("flows", {"ports for all voices", test_ports_for_all_voices},
	{"lone voices are read in place", test_lone_voices_are_read_in_place},
	{"mono is read by all", test_mono_is_read_by_all},
	{"what a mono module hears", test_what_mono_hears},
	{"what is for all is read as voices", test_all_is_read_as_voices},
	{"modules that follow", test_followers},
	{"memory in rows is taken over", test_memory_in_rows},
	{"one flow takes over another", test_flows_take_over})
