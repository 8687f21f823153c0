/* Notes to voices: who sounds, for any number of voices, whatever is played. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "dsp/module.h"
#include "modules/registry.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

enum { N_GROUPS = 4 };
enum { MODE, STEAL, LEGATO, HOLD, DETUNE, BEND, GLIDE, CHANNEL, LOW, HIGH, N_PARAMS };
enum { GATE, PITCH, VELOCITY, PRESSURE, RELEASE, MOD, VOLUME, PAN, EXPRESSION, N_OUTS };
enum { POLY, UNISON, MONO };

/* The module, its parameters and what it gave last: all voices of one block. */
struct player {
	void *state;
	v4f values[N_PARAMS];
	v4f outs[N_OUTS][N_GROUPS * BLOCK_MAX_FRAMES];
	uint32_t constant_outs;
	v4f level[N_GROUPS * BLOCK_MAX_FRAMES];
	int n_voices, n;
	bool has_level;
};

static struct player player;
static const struct module_desc *desc;

static void begin(struct player *p, int n_voices)
{
	desc = module_find("keys");
	free(p->state);
	memset(p, 0, sizeof(*p));
	p->state = aligned_alloc(16, desc->state_bytes);
	memset(p->state, 0, desc->state_bytes);
	for (int i = 0; i < desc->n_params; i++)
		p->values[i] = lanes_of(desc->params[i].def);
	CU_ASSERT_EQUAL_FATAL(desc->n_params, N_PARAMS);
	p->n_voices = n_voices;
	module_init(desc, p->state, 48000.0f);
}

static void set(struct player *p, int param, float value)
{
	p->values[param] = lanes_of(value);
}

static void run(struct player *p, int n)
{
	static const struct transport transport = {0.0, 1e-4, 0};
	struct cable params[N_PARAMS], in = {0};
	v4f *outs[N_OUTS];
	struct module_io io = {
		.params = params,
		.ins = &in,
		.outs = outs,
		.n_frames = n,
		.rate_hz = 48000.0f,
		.transport = &transport,
		.n_voices = p->n_voices,
		.n_groups = (p->n_voices + N_LANES - 1) / N_LANES,
		.constant_outs = &p->constant_outs,
	};

	for (int o = 0; o < N_OUTS; o++)
		outs[o] = p->outs[o];
	for (int i = 0; i < N_PARAMS; i++)
		params[i] = cable_of(&p->values[i], 0);
	if (p->has_level)
		in = (struct cable){p->level, 0, 1};
	desc->emit(p->state, &io);
	desc->absorb(p->state, &io);
	p->n = n;
}

static void on(struct player *p, int note, float velocity)
{
	desc->note(p->state, note, velocity, 0);
}

static void off(struct player *p, int note)
{
	desc->note(p->state, note, 0.0f, 0);
}

static float out_at(const struct player *p, int out, int voice, int frame)
{
	return p->outs[out][voice / N_LANES * p->n + frame][voice % N_LANES];
}

static bool gate_at(const struct player *p, int voice, int frame)
{
	return out_at(p, GATE, voice, frame) > GATE_ON;
}

static float pitch_at(const struct player *p, int voice, int frame)
{
	return out_at(p, PITCH, voice, frame);
}

/* The notes of the open gates at the end of the block: "60 64 67", by voice; "-" closed. */
static const char *sounding(const struct player *p)
{
	static char text[200];
	size_t at = 0;

	text[0] = '\0';
	for (int v = 0; v < p->n_voices; v++) {
		const char *gap = v ? " " : "";

		if (gate_at(p, v, p->n - 1))
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%g", gap,
				(double)pitch_at(p, v, p->n - 1));
		else
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s-", gap);
	}
	return text;
}

static void check(struct player *p, const char *want)
{
	run(p, 256); /* so long that a voice is at its new pitch */
	CU_ASSERT_STRING_EQUAL(sounding(p), want);
	if (strcmp(sounding(p), want) != 0)
		printf("\n    %s, not %s\n", sounding(p), want);
}

static void test_poly(void)
{
	begin(&player, 3);
	check(&player, "- - -");
	on(&player, 60, 0.5f);
	on(&player, 64, 0.75f);
	check(&player, "60 64 -");
	CU_ASSERT_TRUE(gate_at(&player, 0, 0));
	CU_ASSERT_EQUAL(out_at(&player, VELOCITY, 0, 0), 0.5f);
	CU_ASSERT_EQUAL(out_at(&player, VELOCITY, 1, 0), 0.75f);
	on(&player, 67, 1.0f);
	check(&player, "60 64 67");
	on(&player, 70, 1.0f); /* takes the oldest, whose gate closes for one frame */
	run(&player, 64);
	CU_ASSERT_FALSE(gate_at(&player, 0, 0));
	CU_ASSERT_TRUE(gate_at(&player, 0, 1) && gate_at(&player, 1, 0));
	check(&player, "70 64 67");
	off(&player, 60); /* it does not sound: nothing changes */
	run(&player, 64);
	CU_ASSERT_TRUE(gate_at(&player, 0, 0));
	check(&player, "70 64 67");
	off(&player, 64);
	check(&player, "70 - 67");
	CU_ASSERT_EQUAL(pitch_at(&player, 1, 9), 64.0f); /* its tail keeps its pitch */
	on(&player, 64, 1.0f);
	check(&player, "70 64 67");
	off(&player, 5);
	check(&player, "70 64 67");
}

/* A key that lost its voice has it back when one is free. */
static void test_come_back(void)
{
	begin(&player, 2);
	for (int note = 60; note < 64; note++) {
		on(&player, note, 1.0f);
		run(&player, 64);
	}
	check(&player, "62 63");
	off(&player, 63);
	check(&player, "62 61");
	off(&player, 62);
	check(&player, "60 61");
	off(&player, 60);
	off(&player, 61);
	check(&player, "- -");
}

static void test_within_a_block(void)
{
	begin(&player, 2);
	on(&player, 60, 1.0f);
	off(&player, 60);
	run(&player, 64); /* a gate of one frame */
	CU_ASSERT_TRUE(gate_at(&player, 0, 0));
	CU_ASSERT_FALSE(gate_at(&player, 0, 1));
	on(&player, 60, 1.0f);
	run(&player, 64);
	off(&player, 60);
	on(&player, 60, 1.0f); /* again: closed for a frame */
	run(&player, 64);
	CU_ASSERT_FALSE(gate_at(&player, 0, 0));
	CU_ASSERT_TRUE(gate_at(&player, 0, 1));
	check(&player, "60 -");
	on(&player, 60, 1.0f); /* without being let go */
	run(&player, 64);
	CU_ASSERT_FALSE(gate_at(&player, 0, 0));
	check(&player, "60 -");
	on(&player, 60, 1.0f);
	off(&player, 60);
	run(&player, 64);
	CU_ASSERT_FALSE(gate_at(&player, 0, 0));
	CU_ASSERT_TRUE(gate_at(&player, 0, 1));
	CU_ASSERT_FALSE(gate_at(&player, 0, 2));
}

static void test_mono(void)
{
	begin(&player, 4);
	set(&player, MODE, MONO);
	on(&player, 60, 0.5f);
	check(&player, "60 - - -");
	on(&player, 64, 1.0f);
	run(&player, 64);
	CU_ASSERT_FALSE(gate_at(&player, 0, 0));
	check(&player, "64 - - -");
	set(&player, LEGATO, 1.0f);
	on(&player, 67, 0.25f);
	run(&player, 64);
	CU_ASSERT_TRUE(gate_at(&player, 0, 0));                 /* stays open */
	CU_ASSERT_TRUE(pitch_at(&player, 0, 0) < 64.1f);        /* and does not jump */
	CU_ASSERT_EQUAL(out_at(&player, VELOCITY, 0, 0), 1.0f); /* of the note that opened it */
	off(&player, 64);
	check(&player, "67 - - -");
	off(&player, 67);
	run(&player, 64);
	CU_ASSERT_TRUE(gate_at(&player, 0, 0));
	check(&player, "60 - - -");
	off(&player, 60);
	check(&player, "- - - -");
	set(&player, MODE, POLY);
	on(&player, 60, 1.0f);
	on(&player, 61, 1.0f);
	check(&player, "60 61 - -");
	set(&player, MODE, MONO);
	check(&player, "61 - - -");
	set(&player, MODE, POLY);
	check(&player, "61 - 60 -"); /* the voice that was free longest */
}

static void test_unison(void)
{
	begin(&player, 5);
	set(&player, MODE, UNISON);
	set(&player, DETUNE, 20.0f);
	on(&player, 60, 0.5f);
	check(&player, "59.8 59.9 60 60.1 60.2");
	on(&player, 64, 0.5f);
	check(&player, "63.8 63.9 64 64.1 64.2");
	off(&player, 64);
	off(&player, 60);
	check(&player, "- - - - -");
	begin(&player, 1);
	set(&player, MODE, UNISON);
	on(&player, 60, 0.5f);
	check(&player, "60");
}

static void test_hold(void)
{
	begin(&player, 2);
	set(&player, HOLD, 1.0f);
	on(&player, 60, 1.0f);
	on(&player, 64, 1.0f);
	check(&player, "60 64");
	off(&player, 64);
	check(&player, "60 64");
	on(&player, 67, 1.0f); /* rather of a key that is up, though another is older */
	check(&player, "60 67");
	off(&player, 67);
	set(&player, HOLD, 0.0f);
	check(&player, "60 -");
}

/* With levels, the quietest voice is taken: as it was a period of 256 frames ago. */
static void test_quietest(void)
{
	for (int block = 16; block <= 256; block *= 2) {
		begin(&player, 6);
		player.has_level = true;
		set(&player, STEAL, 1.0f);
		for (int v = 0; v < 6; v++) {
			on(&player, 60 + v, 1.0f);
			player.level[v / N_LANES][v % N_LANES] =
				v == 4 ? -0.1f : 0.5f + 0.01f * (float)v;
		}
		for (int at = 0; at < 512; at += block)
			run(&player, block);
		player.level[0][2] = 0.01f; /* seen, but not yet used */
		on(&player, 70, 1.0f);
		for (int at = 512; at < 768; at += block)
			run(&player, block);
		CU_ASSERT_STRING_EQUAL(sounding(&player), "60 61 62 63 70 65");
		on(&player, 71, 1.0f);
		for (int at = 0; at < 256; at += block)
			run(&player, block);
		CU_ASSERT_STRING_EQUAL(sounding(&player), "60 61 71 63 70 65");
	}
}

/* ---- anything */

static void check_voices(const struct player *p, const bool *is_down, int *n_wrong)
{
	bool is_heard[N_NOTES] = {0};
	int n = 0, n_down = 0;

	for (int note = 0; note < N_NOTES; note++)
		n_down += is_down[note];
	for (int v = 0; v < p->n_voices; v++) {
		int note = (int)pitch_at(p, v, p->n - 1);

		if (!gate_at(p, v, p->n - 1))
			continue;
		*n_wrong += !is_down[note] || is_heard[note];
		is_heard[note] = true;
		n++;
	}
	*n_wrong += n != int_min(n_down, p->n_voices);
}

static void play_randomly(
	int n_voices, int mode, int n_events, bool is_checked, int block, uint64_t *print)
{
	bool is_down[N_NOTES] = {0};
	unsigned seed = (unsigned)n_voices * 7 + 1;
	int n_wrong = 0;

	begin(&player, n_voices);
	set(&player, MODE, (float)mode);
	*print = 0;
	for (int i = 0; i < n_events;) {
		for (int n = (int)rand_float(&seed, 0.0f, 6.0f); n >= 0; n--, i++) {
			int note = 40 + (int)rand_float(&seed, 0.0f, 3.0f + 2.0f * (float)n_voices);

			is_down[note] = rand_float(&seed, 0.0f, 1.0f) < 0.5f;
			desc->note(player.state, note, is_down[note] ? 0.5f : 0.0f, 0);
		}
		for (int at = 0; at < 256; at += block) {
			run(&player, block);
			for (int f = 0; f < block; f++)
				for (int v = 0; v < n_voices; v++)
					*print = *print * 31 + gate_at(&player, v, f) +
						 (uint64_t)pitch_at(&player, v, f);
		}
		if (is_checked)
			check_voices(&player, is_down, &n_wrong);
	}
	for (int note = 0; note < N_NOTES; note++)
		off(&player, note);
	memset(is_down, 0, sizeof(is_down));
	run(&player, 64);
	check_voices(&player, is_down, &n_wrong);
	CU_ASSERT_EQUAL(n_wrong, 0);
}

static void test_anything(void)
{
	static const int counts[] = {1, 2, 4, 7, 16};
	uint64_t print, again;

	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		play_randomly(counts[i], POLY, 20000, true, 256, &print);
	for (int mode = POLY; mode <= MONO; mode++) {
		play_randomly(6, mode, 1000, false, 256, &print);
		for (int block = 16; block < 256; block *= 2) {
			play_randomly(6, mode, 1000, false, block, &again);
			CU_ASSERT_EQUAL(print, again);
		}
	}
}

/* Voices and mode change while keys are down: none hangs, none is forgotten. */
static void test_voices_come_and_go(void)
{
	bool is_down[N_NOTES] = {0};
	unsigned seed = 8;
	int n_wrong = 0;

	begin(&player, 4);
	for (int i = 0; i < 5000; i++) {
		int note = 40 + (int)rand_float(&seed, 0.0f, 20.0f);

		is_down[note] = !is_down[note];
		desc->note(player.state, note, is_down[note] ? 0.5f : 0.0f, 0);
		if (i % 7 == 0)
			player.n_voices = 1 + (int)rand_float(&seed, 0.0f, 15.99f);
		if (i % 11 == 0)
			set(&player, MODE, i % 22 ? MONO : POLY);
		run(&player, 256);
		if (player.values[MODE][0] < 1.0f)
			check_voices(&player, is_down, &n_wrong);
	}
	CU_ASSERT_EQUAL(n_wrong, 0);
}

SUITE_MAIN("keys", {"poly", test_poly}, {"keys come back", test_come_back},
	{"within a block", test_within_a_block}, {"mono and legato", test_mono},
	{"unison", test_unison}, {"hold", test_hold}, {"the quietest", test_quietest},
	{"anything", test_anything}, {"voices come and go", test_voices_come_and_go})
