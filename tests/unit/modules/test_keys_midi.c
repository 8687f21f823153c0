/* Keys as an instrument: what each MIDI message of a channel does, at its frame, and that nothing
 * steps or hangs. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/module.h"
#include "modules/registry.h"
#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/suite.h"

#define RATE_HZ 48000.0f

enum { BLOCK = 64, LONG = 4800 };
enum { MODE, STEAL, LEGATO, HOLD, DETUNE, BEND, GLIDE, CHANNEL, LOW, HIGH, N_PARAMS };
enum { GATE, PITCH, VELOCITY, PRESSURE, RELEASE, MOD, VOLUME, PAN, EXPRESSION, N_OUTS };
enum { UNISON = 1, MONO = 2 };

/* Four voices, and what was given since begin() */
static struct {
	const struct module_desc *desc;
	void *state;
	v4f values[N_PARAMS], level;
	v4f blocks[N_OUTS][BLOCK_MAX_FRAMES];
	v4f given[N_OUTS][LONG];
	uint32_t constant_outs;
	bool has_level;
	int n;
} keys;

static void begin(void)
{
	keys.desc = module_find("keys");
	keys.state = realloc(keys.state, keys.desc->state_bytes);
	memset(keys.state, 0, keys.desc->state_bytes);
	CU_ASSERT_EQUAL_FATAL(keys.desc->n_params, N_PARAMS);
	CU_ASSERT_EQUAL_FATAL(keys.desc->n_outs, N_OUTS);
	for (int p = 0; p < N_PARAMS; p++)
		keys.values[p] = lanes_of(keys.desc->params[p].def);
	keys.constant_outs = 0;
	keys.has_level = false;
	keys.n = 0;
	module_init(keys.desc, keys.state, RATE_HZ);
}

static void set(int param, float value)
{
	keys.values[param] = lanes_of(value);
}

static void run_block(int n)
{
	static const struct transport transport = {0.0, 1e-4, 0};
	struct cable params[N_PARAMS], in = {keys.has_level ? &keys.level : NULL, 0, 0};
	v4f *outs[N_OUTS];
	struct module_io io = {.params = params,
		.ins = &in,
		.outs = outs,
		.n_frames = n,
		.rate_hz = RATE_HZ,
		.transport = &transport,
		.n_voices = 4,
		.n_groups = 1,
		.constant_outs = &keys.constant_outs};

	for (int p = 0; p < N_PARAMS; p++)
		params[p] = cable_of(&keys.values[p], 0);
	for (int o = 0; o < N_OUTS; o++)
		outs[o] = keys.blocks[o];
	keys.desc->render(keys.state, &io);
	for (int o = 0; o < N_OUTS; o++)
		for (int i = 0; i < n && keys.n + i < LONG; i++)
			keys.given[o][keys.n + i] = keys.blocks[o][i];
	keys.n = int_min(keys.n + n, LONG);
}

static void run(int n_frames)
{
	for (; n_frames > 0; n_frames -= BLOCK)
		run_block(int_min(BLOCK, n_frames));
}

static void midi(int status, int first, int second)
{
	keys.desc->midi(
		keys.state, (const uint8_t[]){(uint8_t)status, (uint8_t)first, (uint8_t)second}, 0);
}

/* after all that moves has settled */
static float out(int which, int voice)
{
	keys.n = 0;
	run(2400);
	return keys.given[which][keys.n - 1][voice];
}

static int n_open(void)
{
	int n = 0;

	(void)out(GATE, 0);
	for (int v = 0; v < 4; v++)
		n += keys.given[GATE][keys.n - 1][v] > GATE_ON;
	return n;
}

static float largest_step(int which, int voice)
{
	float worst = 0.0f;

	for (int i = 1; i < keys.n; i++)
		worst = fmaxf(worst,
			fabsf(keys.given[which][i][voice] - keys.given[which][i - 1][voice]));
	return worst;
}

static void test_notes(void)
{
	begin();
	midi(0x90, 60, 127);
	midi(0x95, 64, 64); /* any channel */
	CU_ASSERT_EQUAL(n_open(), 2);
	CU_ASSERT_EQUAL(out(PITCH, 1), 64.0f);
	CU_ASSERT_EQUAL(out(VELOCITY, 0), 1.0f);
	CU_ASSERT_EQUAL(out(VELOCITY, 1), 64.0f / 127.0f);
	midi(0x85, 60, 0); /* not the channel that pressed it */
	CU_ASSERT_EQUAL(n_open(), 2);
	midi(0x80, 60, 100);
	CU_ASSERT_EQUAL(n_open(), 1);
	CU_ASSERT_EQUAL(out(RELEASE, 0), 100.0f / 127.0f);
	midi(0x95, 64, 0);
	CU_ASSERT_EQUAL(n_open(), 0);
	CU_ASSERT_EQUAL(out(RELEASE, 1), 64.0f / 127.0f);
}

/* Both ends of the wheel are exact, and it rests in the middle. */
static void test_bend(void)
{
	begin();
	midi(0x90, 60, 100);
	midi(0xe0, 127, 127);
	CU_ASSERT_EQUAL(out(PITCH, 0), 62.0f);
	midi(0xe0, 0, 0);
	CU_ASSERT_EQUAL(out(PITCH, 0), 58.0f);
	CU_ASSERT_TRUE(largest_step(PITCH, 0) < 0.04f);
	set(BEND, 12.0f);
	CU_ASSERT_EQUAL(out(PITCH, 0), 48.0f);
	midi(0xe0, 0, 64);
	CU_ASSERT_EQUAL(out(PITCH, 0), 60.0f);
}

static void test_controllers(void)
{
	static const struct {
		int out, number, value;
		float at_first, then;
	} rows[] = {{MOD, 1, 127, 0.0f, 1.0f}, {VOLUME, 7, 0, 1.0f, 0.0f},
		{PAN, 10, 0, 0.0f, -1.0f}, {PAN, 10, 127, 0.0f, 1.0f}, {PAN, 10, 64, 0.0f, 0.0f},
		{EXPRESSION, 11, 0, 1.0f, 0.0f}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin();
		CU_ASSERT_EQUAL(out(rows[i].out, 0), rows[i].at_first);
		midi(0xb3, rows[i].number, rows[i].value);
		for (int v = 0; v < 4; v++)
			CU_ASSERT_EQUAL(out(rows[i].out, v), rows[i].then);
		CU_ASSERT_TRUE(largest_step(rows[i].out, 0) < 0.01f);
	}
}

static void test_pressure(void)
{
	begin();
	midi(0x90, 60, 100);
	midi(0x90, 64, 100);
	midi(0xa0, 64, 127); /* of a key */
	CU_ASSERT_EQUAL(out(PRESSURE, 0), 0.0f);
	CU_ASSERT_EQUAL(out(PRESSURE, 1), 1.0f);
	midi(0xd0, 64, 0); /* of the channel: the firmer one counts */
	CU_ASSERT_EQUAL(out(PRESSURE, 0), 64.0f / 127.0f);
	CU_ASSERT_EQUAL(out(PRESSURE, 1), 1.0f);
	set(MODE, UNISON);
	midi(0x90, 67, 100);
	midi(0xd0, 127, 0);
	CU_ASSERT_EQUAL(out(PRESSURE, 3), 1.0f);
}

static void test_pedals(void)
{
	begin();
	midi(0xb0, 64, 127);
	midi(0x90, 60, 100);
	midi(0x80, 60, 0);
	CU_ASSERT_EQUAL(n_open(), 1);
	midi(0xb0, 64, 0);
	CU_ASSERT_EQUAL(n_open(), 0);
	midi(0x90, 60, 100);
	midi(0xb0, 66, 127); /* sostenuto: what is down by now, and no more */
	midi(0x90, 64, 100);
	midi(0x80, 60, 0);
	midi(0x80, 64, 0);
	CU_ASSERT_EQUAL(n_open(), 1);
	midi(0xb0, 66, 0);
	CU_ASSERT_EQUAL(n_open(), 0);
	midi(0xb0, 67, 127); /* soft */
	midi(0x90, 72, 127);
	CU_ASSERT_EQUAL(n_open(), 1);
	CU_ASSERT_TRUE(keys.given[VELOCITY][keys.n - 1][2] < 0.7f ||
		       keys.given[VELOCITY][keys.n - 1][3] < 0.7f);
}

static void test_modes(void)
{
	static const int ends[] = {120, 123, 124, 125, 126, 127};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		begin();
		midi(0x92, 60, 100);
		midi(0x91, 61, 100);
		midi(0xb2, 64, 127);
		midi(0x92, 62, 100);
		midi(0x82, 62, 0); /* held by the pedal */
		midi(0xb2, ends[i], 0);
		CU_ASSERT_EQUAL(n_open(), 1); /* the other channel's */
		midi(0xb1, ends[i], 0);
		CU_ASSERT_EQUAL(n_open(), 0);
		CU_ASSERT_EQUAL(out(VELOCITY, 0) == 0.0f, ends[i] == 120);
	}
	begin();
	midi(0xb0, 1, 127);
	midi(0xb0, 11, 3);
	midi(0xb0, 7, 0);
	midi(0xe0, 127, 127);
	midi(0xd0, 127, 0);
	midi(0xb0, 64, 127);
	midi(0x90, 60, 100);
	midi(0x80, 60, 0);
	midi(0xb0, 121, 0);
	CU_ASSERT_EQUAL(n_open(), 0);
	CU_ASSERT_EQUAL(out(MOD, 0), 0.0f);
	CU_ASSERT_EQUAL(out(EXPRESSION, 0), 1.0f);
	CU_ASSERT_EQUAL(out(VOLUME, 0), 0.0f); /* stays, as RP-015 has it */
	CU_ASSERT_EQUAL(out(PRESSURE, 0), 0.0f);
	CU_ASSERT_EQUAL(out(PITCH, 0), 60.0f);
}

/* Splits and layers; what was pressed can be let go whatever the split has become. */
static void test_splits(void)
{
	begin();
	set(CHANNEL, 3.0f);
	set(LOW, 48.0f);
	set(HIGH, 59.0f);
	run(BLOCK);
	midi(0x92, 47, 100);
	midi(0x92, 60, 100);
	midi(0x91, 50, 100);
	midi(0xb1, 1, 127);
	CU_ASSERT_EQUAL(n_open(), 0);
	CU_ASSERT_EQUAL(out(MOD, 0), 0.0f);
	midi(0x92, 48, 100);
	midi(0x92, 59, 100);
	midi(0xb2, 64, 127);
	CU_ASSERT_EQUAL(n_open(), 2);
	set(CHANNEL, 5.0f);
	set(LOW, 100.0f);
	set(HIGH, 127.0f);
	run(BLOCK);
	midi(0x82, 48, 0);
	midi(0x82, 59, 0);
	CU_ASSERT_EQUAL(n_open(), 2);
	midi(0xb2, 64, 0);
	CU_ASSERT_EQUAL(n_open(), 0);
}

/* A message is obeyed at its frame, in blocks of any size. */
static void test_frames(void)
{
	for (int n = 16; n <= 256; n *= 2) {
		begin();
		for (int at = 0; at < 512; at += n) {
			if (at <= 300 && 300 < at + n)
				keys.desc->midi(
					keys.state, (const uint8_t[]){0x90, 60, 100}, 300 - at);
			if (at <= 411 && 411 < at + n)
				keys.desc->midi(
					keys.state, (const uint8_t[]){0x80, 60, 9}, 411 - at);
			run_block(n);
		}
		for (int i = 0; i < 512; i++)
			CU_ASSERT_EQUAL(keys.given[GATE][i][0], i >= 300 && i < 411 ? 1.0f : 0.0f);
		CU_ASSERT_EQUAL(keys.given[PITCH][300][0], 60.0f);
	}
}

/* A sine's part above 8 kHz, of that pitch and velocity, when its voice is taken; to itself */
static void test_stolen(void)
{
	static v4f tone[LONG];
	double phase = 0.0;

	begin();
	for (int note = 0; note < 4; note++)
		midi(0x90, 60 + 12 * note, 127);
	run(LONG / 2);
	midi(0x90, 75, 10);
	run(LONG / 2);
	for (int i = 0; i < LONG; i++) {
		phase += 440.0 * exp2(((double)keys.given[PITCH][i][0] - 69.0) / 12.0) / 48000.0;
		tone[i] = lanes_of(keys.given[VELOCITY][i][0] * (float)sin(phase * 2.0 * M_PI));
	}
	CU_ASSERT_EQUAL(keys.given[PITCH][LONG - 1][0], 75.0f);
	CU_ASSERT_TRUE(largest_step(VELOCITY, 0) < 0.01f);
	CU_ASSERT_TRUE(largest_step(PITCH, 0) < 0.15f);
	CHECK_BELOW(judge_burst_db(tone, 0, LONG), -90.0);
}

/* A silent voice jumps to its new pitch: as `level` says, or 2 s after its gate. */
static void test_silent_voice(void)
{
	begin();
	set(MODE, MONO);
	keys.has_level = true;
	midi(0x90, 60, 127);
	run(LONG);
	midi(0x80, 60, 0);
	run(LONG);
	keys.n = 0;
	midi(0x90, 72, 10);
	run(BLOCK);
	CU_ASSERT_EQUAL(keys.given[PITCH][0][0], 72.0f);
	CU_ASSERT_EQUAL(keys.given[VELOCITY][0][0], 10.0f / 127.0f);
	midi(0x80, 72, 0);
	keys.level = lanes_of(0.5f);
	run(LONG);
	keys.n = 0;
	midi(0x90, 60, 127);
	run(BLOCK);
	CU_ASSERT_TRUE(keys.given[PITCH][0][0] > 71.0f);
}

/* The first note begins where it is; the next one glides there. */
static void test_glide(void)
{
	begin();
	set(MODE, MONO);
	set(GLIDE, 50.0f);
	midi(0x90, 84, 127);
	run(BLOCK);
	CU_ASSERT_EQUAL(keys.given[PITCH][0][0], 84.0f);
	midi(0x90, 72, 127);
	keys.n = 0;
	run(LONG);
	CU_ASSERT_DOUBLE_EQUAL(keys.given[PITCH][1200][0], 78.0f, 0.02);
	CU_ASSERT_EQUAL(keys.given[PITCH][2400][0], 72.0f);
}

/* Any messages, thousands of them in a block: nothing but numbers comes out, and nothing hangs. */
static void test_anything(void)
{
	unsigned seed = 5;

	begin();
	for (int i = 0; i < 300000; i++) {
		int status = 0x80 + (int)rand_float(&seed, 0.0f, 111.99f);

		midi(status, (int)rand_float(&seed, 0.0f, 127.99f),
			(int)rand_float(&seed, 0.0f, 127.99f));
		if (i % 977 == 0)
			set(CHANNEL, floorf(rand_float(&seed, 0.0f, 16.99f)));
		if (i % 1013 == 0)
			set(MODE, floorf(rand_float(&seed, 0.0f, 2.99f)));
		if (i % (i < 100000 ? 7 : 1999) == 0) {
			keys.n = 0;
			run_block(BLOCK);
			for (int o = 0; o < N_OUTS; o++)
				CU_ASSERT_TRUE_FATAL(isfinite(keys.given[o][BLOCK - 1][i % 4]));
		}
	}
	set(MODE, 0.0f);
	for (int channel = 0; channel < 16; channel++)
		midi(0xb0 + channel, 123, 0);
	CU_ASSERT_EQUAL(n_open(), 0);
	for (int channel = 0; channel < 16; channel++)
		midi(0xb0 + channel, 121, 0);
	set(CHANNEL, 0.0f);
	run(BLOCK);
	midi(0x90, 60, 1);
	CU_ASSERT_EQUAL(n_open(), 1);
	midi(0x80, 60, 1);
	CU_ASSERT_EQUAL(n_open(), 0);
}

SUITE_MAIN("keys_midi", {"notes", test_notes}, {"bend", test_bend},
	{"controllers", test_controllers}, {"pressure", test_pressure}, {"pedals", test_pedals},
	{"all notes off and the like", test_modes}, {"splits and layers", test_splits},
	{"messages have frames", test_frames}, {"a stolen voice", test_stolen},
	{"a silent voice", test_silent_voice}, {"glide", test_glide}, {"anything", test_anything})
