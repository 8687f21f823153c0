/* One knob, several parameters, each over a range: what is read, what is refused, where it turns to. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/check_text.h"
#include "config/knob_turns.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct settings_turn turns[SETTINGS_MAX_TURNS];
static struct diag diag;

static void test_read(void)
{
	static const char text[] = "filter1.cutoff_hz 200..4000,reverb1.mix\t0.5 .. .1 , "
				   "osc1.shape sine..square, clock1.rate 1/4..8";

	CU_ASSERT_EQUAL_FATAL(knob_turns_read(text, turns, &diag), 0);
	CU_ASSERT_STRING_EQUAL(turns[0].target, "filter1.cutoff_hz");
	CU_ASSERT_STRING_EQUAL(turns[0].low, "200");
	CU_ASSERT_STRING_EQUAL(turns[0].high, "4000");
	CU_ASSERT_STRING_EQUAL(turns[1].target, "reverb1.mix");
	CU_ASSERT_STRING_EQUAL(turns[1].low, "0.5");
	CU_ASSERT_STRING_EQUAL(turns[1].high, ".1");
	CU_ASSERT_STRING_EQUAL(turns[2].high, "square");
	CU_ASSERT_STRING_EQUAL(turns[3].low, "1/4");
	CU_ASSERT_EQUAL_FATAL(knob_turns_read("tune1.offset -12..12, osc1.level", turns, &diag), 0);
	CU_ASSERT_STRING_EQUAL(turns[0].low, "-12");
	CU_ASSERT_STRING_EQUAL(turns[1].low, "");
	CU_ASSERT_STRING_EQUAL(turns[2].target, "");
	CU_ASSERT_EQUAL_FATAL(knob_turns_read("patch", turns, &diag), 0);
	CU_ASSERT_STRING_EQUAL(turns[0].target, "patch");
	CU_ASSERT_STRING_EQUAL(turns[1].target, "");
}

/* Nothing has changed then. */
static void test_refused(void)
{
	static const char *const rows[][2] = {
		{"", "names no parameter"},
		{"a.b,", "'' names no parameter"},
		{"a.b,,c.d", "'' names no parameter"},
		{"a.b, patch", "'patch' names no parameter"},
		{"patch 1..2", "names no parameter"},
		{"a.b 1", "'1' behind a.b is no range; allowed: LO..HI"},
		{"a.b 1..", "no range"},
		{"a.b ..2", "no range"},
		{"a.b 1-2", "no range"},
		{"a.b 1..2 Hz", "no range"},
		{"a.b 1..2..3", "no range"},
		{"a.b 200..4k", "no range"},
		{"a.b 0x10..20", "no range"},
		{"a.b 1..1e999", "no range"},
		{"a.b 1,5..2", "'1' behind a.b is no range"},
		{"a.b c.d", "no range"},
		{"a.b 1..1.0", "goes nowhere; allowed: two different ends"},
		{"a.b saw..saw", "goes nowhere"},
		{"a.b 1..2, a.b 3..4", "a.b stands twice; allowed: each parameter once"},
		{"a.b, c.d, e.f, g.h, i.j", "too many parameters; allowed: 4 for a knob"},
	};

	CU_ASSERT_EQUAL_FATAL(knob_turns_read("x.y 1..2", turns, &diag), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CU_ASSERT_TRUE(knob_turns_read(rows[i][0], turns, &diag) < 0);
		if (!strstr(diag.text, rows[i][1])) {
			printf("\n    %s: %s\n", rows[i][0], diag.text);
			CU_FAIL("a reason");
		}
	}
	CU_ASSERT_STRING_EQUAL(turns[0].target, "x.y");
	CU_ASSERT_STRING_EQUAL(turns[1].target, "");
}

static const char *const shapes[] = {"sine", "saw", "square", "noise"};
static const struct param_desc cutoff = {
	.key = "cutoff_hz", .min = 20.0f, .max = 20000.0f, .curve = CURVE_EXP};
static const struct param_desc mix = {.key = "mix", .min = 0.0f, .max = 1.0f};
static const struct param_desc shape = {
	.key = "shape", .max = 3.0f, .curve = CURVE_CHOICE, .choices = shapes};

static struct turn_ends ends_of(const struct param_desc *param, const char *range, int err)
{
	struct turn_ends ends;
	char text[80];

	snprintf(text, sizeof(text), "a.b %s", range);
	CU_ASSERT_EQUAL_FATAL(knob_turns_read(text, turns, &diag), 0);
	CU_ASSERT_EQUAL(turn_ends_read(&turns[0], param, &ends, &diag), err);
	return ends;
}

/* The ends are reached to the bit, the middle is that of the curve, and each way back leads there. */
static void test_positions(void)
{
	struct turn_ends ends = ends_of(&cutoff, "200..4000", 0);

	CU_ASSERT_EQUAL(turn_value(&ends, &cutoff, 0.0), 200.0f);
	CU_ASSERT_EQUAL(turn_value(&ends, &cutoff, 1.0), 4000.0f);
	CU_ASSERT_DOUBLE_EQUAL(turn_value(&ends, &cutoff, 0.5), sqrt(200.0 * 4000.0), 0.01);
	CU_ASSERT_EQUAL(turn_position(&ends, &cutoff, 20.0f), 0.0);
	CU_ASSERT_EQUAL(turn_position(&ends, &cutoff, 9000.0f), 1.0);
	ends = ends_of(&mix, "0.5..0.1", 0); /* reversed */
	CU_ASSERT_EQUAL(turn_value(&ends, &mix, 0.0), 0.5f);
	CU_ASSERT_EQUAL(turn_value(&ends, &mix, 1.0), 0.1f);
	CU_ASSERT_DOUBLE_EQUAL(turn_value(&ends, &mix, 0.25), 0.4, 1e-6);
	for (int i = 0; i <= 64; i++)
		CU_ASSERT_DOUBLE_EQUAL(
			turn_position(&ends, &mix, turn_value(&ends, &mix, i / 64.0)), i / 64.0,
			1e-6);
	CU_ASSERT_EQUAL(turn_position(&ends, &mix, 0.9f), 0.0);
	ends = ends_of(&mix, "", 0);
	CU_ASSERT_EQUAL(turn_value(&ends, &mix, 0.25), 0.25f);
	CU_ASSERT_EQUAL(turn_n_steps(&ends, &mix), 0);
}

/* Each choice has an equal part of the way, and the middle of a step is that step again. */
static void test_choices(void)
{
	struct turn_ends ends = ends_of(&shape, "square..sine", 0);

	CU_ASSERT_EQUAL(turn_n_steps(&ends, &shape), 3);
	CU_ASSERT_EQUAL(turn_value(&ends, &shape, 0.0), 2.0f);
	CU_ASSERT_EQUAL(turn_value(&ends, &shape, 0.34), 1.0f);
	CU_ASSERT_EQUAL(turn_value(&ends, &shape, 0.67), 0.0f);
	CU_ASSERT_EQUAL(turn_position(&ends, &shape, 3.0f), 0.0);
	ends = ends_of(&shape, "", 0);
	CU_ASSERT_EQUAL(turn_n_steps(&ends, &shape), 4);
	for (int i = 0; i < 4; i++) {
		CU_ASSERT_DOUBLE_EQUAL(turn_position(&ends, &shape, (float)i), i / 3.0, 1e-12);
		CU_ASSERT_EQUAL(turn_value(&ends, &shape, i / 3.0), (float)i);
	}
}

static void test_ranges_of_others(void)
{
	struct turn_ends ends = ends_of(&cutoff, "5..40000", -ERANGE);

	CU_ASSERT_TRUE(ends.low == 20.0f && ends.high == 20000.0f);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "5 is out of range"));
	ends = ends_of(&cutoff, "30000..40000", -ERANGE); /* nothing is left of it */
	CU_ASSERT_EQUAL(turn_position(&ends, &cutoff, 100.0f), 0.0);
	CU_ASSERT_EQUAL(turn_value(&ends, &cutoff, 0.5), 20000.0f);
	ends_of(&cutoff, "5..saw", -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "'saw' is not a number"));
	ends_of(&shape, "0..2", -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "allowed: sine saw square noise"));
}

static void test_check(void)
{
	static struct check check;
	char text[600];
	int n = snprintf(text, sizeof(text),
		"[start]\npatch = %s\n[knob good]\n"
		"controls = osc1.level 0.2..0.1, osc1.shape sine..saw\n[knob bad]\ncontrols = "
		"osc1.level 0..2, osc1.nosuch, osc9.level, osc1.shape 0..1\n",
		spawn_file("turns.ini", "[osc1]\ntype = osc\n[out]\nin = osc1\n"));

	CU_ASSERT_EQUAL_FATAL(check_text(text, (size_t)n, "c.ini", &check, &diag), 0);
	CU_ASSERT_PTR_NULL(strstr(check.warnings, "[knob good]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(check.warnings,
		"c.ini:5: warning: [knob bad] controls osc1.level 0..2: 2 is out of range; "
		"allowed: 0..1; it ends there\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(check.warnings, "controls osc1.nosuch: the start patch "));
	CU_ASSERT_PTR_NOT_NULL(strstr(check.warnings, "has no such module\n"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(check.warnings, "controls osc1.shape 0..1: unknown value '0'"));
	CU_ASSERT_PTR_NOT_NULL(strstr(check.warnings, "; it turns nothing\n"));
}

SUITE_MAIN("knob_turns", {"read", test_read}, {"refused, and nothing has changed", test_refused},
	{"positions and values", test_positions}, {"choices", test_choices},
	{"ranges that are not the parameter's", test_ranges_of_others},
	{"check of settings", test_check})
