/* Controllers that turn knobs: places, detents, 14 bits, NRPN, and how a place takes a value up. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "control/replay.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char instrument[] =
	"[patch]\nvoices = 4\n[keys1]\ntype = keys\n[osc1]\ntype = osc\nlevel = 0.5\n"
	"[vca1]\ntype = vca\nin = osc1\nby = 1 + keys1.mod\n[pan1]\ntype = pan\nin = vca1\npan = 0.5\n"
	"[out]\nin = pan1 * 0.1\n";
static const char other[] = "[osc1]\ntype = osc\nlevel = 0.9\n[out]\nin = osc1 * 0.1\n";

static struct rig rig;

/* The instrument with one knob more than nothing: [knob a], as the text says. */
static void open_with(const char *keys)
{
	char text[400];
	struct diag diag;
	int n = snprintf(text, sizeof(text), "[knob a]\n%s\n", keys);

	rig_open(&rig, instrument, &(struct rig_options){0});
	CU_ASSERT_EQUAL_FATAL(
		settings_read_text(text, (size_t)n, "chronus.ini", &rig.settings, &diag), 0);
	desk_rebind(rig.desk);
}

static double norm(void)
{
	struct desk_knob_view view = {.norm = -1.0};

	desk_view_knob(rig.desk, 0, &view);
	return view.norm;
}

static const char *value(void)
{
	static struct desk_knob_view view;

	desk_view_knob(rig.desk, 0, &view);
	return view.value;
}

static void midi(const char *hex)
{
	char line[200];

	snprintf(line, sizeof(line), "midi %s", hex);
	CU_ASSERT_EQUAL(rig_do(&rig, line), 0);
}

/* After a message the value is at a place of the knob's scale. */
static void check(const char *hex, double place)
{
	midi(hex);
	CU_ASSERT_DOUBLE_EQUAL(norm(), place, 1e-6);
	if (!(fabs(norm() - place) < 1e-6))
		printf("\n    %s: %g, not %g\n", hex, norm(), place);
}

/* The value waits until the place has come to it: near, or past it, from below or above. */
static void test_pickup(void)
{
	open_with("controls = osc1.level\ncc = 74");
	check("b0 4a 00", 0.5);
	check("b0 4a 20", 0.5);
	check("b0 4a 3e", 0.5);
	check("b0 4a 50", 0.5 + 0.5 * 16 / 63); /* past it */
	check("b0 4a 7f", 1.0);
	check("b0 4a 00", 0.0);
	rig_do(&rig, "set osc1.level 0.75"); /* another hand */
	check("b0 4a 01", 0.75);
	check("b0 4a 7f", 1.0);
	rig_do(&rig, "set osc1.level 0.25");
	check("b0 4a 60", 0.25);
	check("b0 4a 10", 0.125);
	check("b0 4a 11", 17 / 128.0);
	rig_do(&rig, "set osc1.level 0.5");
	check("b0 4a 40", 0.5); /* near: it has met it without going past */
	check("b0 4a 41", 0.5 + 0.5 / 63);
	check("b1 4a 60", 0.5 + 0.5 * 32 / 63); /* any channel */
	rig_close(&rig);
}

/* Another patch brings its own value; a place that came before is where the way to it begins. */
static void test_another_patch(void)
{
	char command[400];

	open_with("controls = osc1.level\ncc = 74\ntakeover = pickup");
	check("b0 4a 40", 0.5);
	check("b0 4a 30", 0.375);
	snprintf(command, sizeof(command), "load %s", spawn_file("other.ini", other));
	CU_ASSERT_EQUAL_FATAL(rig_do(&rig, command), 0);
	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, 1, 400);
	check("b0 4a 31", 0.9);
	check("b0 4a 7f", 1.0);
	rig_do(&rig, "undo");
	rig_run_to_commits(&rig, 2, 400);
	check("b0 4a 7e", 0.375);
	check("b0 4a 10", 0.125);
	rig_close(&rig);
}

static void test_jump_and_scale(void)
{
	open_with("controls = osc1.level\ncc = 1\ntakeover = jump\nchannel = 2\nreversed = yes");
	check("b0 01 7f", 0.5);
	check("b1 01 7f", 0.0);
	check("b1 01 00", 1.0);
	rig_close(&rig);
	open_with("controls = osc1.level\ncc = 74\ntakeover = scale");
	check("b0 4a 00", 0.5);
	check("b0 4a 30", 0.5 + 0.5 * 0.375); /* a part of its way, the same part of the value's */
	check("b0 4a 20", (0.5 + 0.5 * 0.375) * 32 / 48);
	check("b0 4a 00", 0.0);
	check("b0 4a 20", 0.25); /* they are one */
	rig_do(&rig, "set osc1.level 0.5");
	check("b0 4a 7f", 1.0);
	check("b0 4a 40", 0.5);
	rig_close(&rig);
}

static void test_relative(void)
{
	static const char *const more[] = {"01", "41", "01"}, *const less[] = {"7e", "3e", "42"};
	static const char *const modes[] = {"2s", "offset", "sign"};
	char keys[100], hex[20];

	for (int mode = 0; mode < 3; mode++) {
		snprintf(keys, sizeof(keys),
			"controls = osc1.level\ncc = 20\nrange_detents = 100\nrelative = %s",
			modes[mode]);
		open_with(keys);
		snprintf(hex, sizeof(hex), "b0 14 %s", more[mode]);
		check(hex, 0.51);
		check(hex, 0.52);
		rig_do(&rig, "set osc1.level 0.8");
		check(hex, 0.81);
		snprintf(hex, sizeof(hex), "b0 14 %s", less[mode]);
		check(hex, 0.79);
		rig_close(&rig);
	}
}

/* High byte, then low byte; no step back in between, and no step lost where the low one is. */
static void test_14_bits(void)
{
	double before = 0.5;

	open_with("controls = osc1.level\ncc = 1\ncc_bits = 14\ntakeover = jump");
	check("b0 21 10", 0.5); /* a low byte alone says nothing */
	check("b0 01 40", 0.5);
	check("b0 21 01", 0.5 + 0.5 * 1 / 8191);
	for (int at = 8300; at < 12000; at += 37) {
		char hex[30];

		snprintf(hex, sizeof(hex), "b0 01 %02x", (unsigned)at >> 7);
		midi(hex);
		CU_ASSERT_TRUE(
			norm() >= before - 1e-9 && norm() <= 0.5 + 0.5 * (at - 8192) / 8191 + 1e-6);
		snprintf(hex, sizeof(hex), "b0 21 %02x", (unsigned)at & 127u);
		check(hex, 0.5 + 0.5 * (at - 8192) / 8191);
		before = norm();
	}
	check("b0 01 30", 0.5 * (48 * 128 + 127) / 8192); /* its low byte is lost */
	check("b0 01 7f b0 21 7f", 1.0);
	rig_close(&rig);
	open_with("controls = osc1.level\ncc = 1\ncc_bits = 14\ntakeover = jump");
	check("b0 01 7f", 1.0); /* a controller of 7 bits reaches the end */
	rig_close(&rig);
}

static void test_nrpn(void)
{
	open_with("controls = osc1.level\nnrpn = 300\ntakeover = jump");
	check("b0 06 7f", 0.5);
	check("b0 63 02 62 2c 06 40", 0.5);
	check("b0 06 20", 0.25);
	check("b0 26 01", 0.5 * (32 * 128 + 1) / 8192);
	check("b1 06 7f", 0.5 * (32 * 128 + 1) / 8192); /* nothing is chosen there */
	check("b0 62 2d 06 7f", 0.5 * (32 * 128 + 1) / 8192);
	check("b0 62 2c 06 7f 26 7f", 1.0);
	check("b0 65 00 64 00 06 02", 1.0); /* the data are RPN's */
	rig_close(&rig);
}

static void test_choice_and_staged(void)
{
	open_with("controls = osc1.shape\ncc = 5\ntakeover = jump\nwhen = live");
	midi("b0 05 00");
	CU_ASSERT_STRING_EQUAL(value(), "sine");
	midi("b0 05 7f");
	CU_ASSERT_STRING_NOT_EQUAL(value(), "sine");
	rig_close(&rig);
	open_with("controls = osc1.shape\ncc = 5\nrange_detents = 8");
	rig_do(&rig, "turn a +100");
	midi("b0 05 7f 05 7e"); /* at the last one from the first on */
	rig_do(&rig, "turn a -1");
	midi("b0 05 7d");
	CU_ASSERT_TRUE(norm() > 0.0 && norm() < 1.0); /* another hand's: it waits */
	midi("b0 05 00");
	CU_ASSERT_STRING_EQUAL(value(), "sine");
	rig_close(&rig);
	open_with("controls = osc1.level\ncc = 5\nwhen = staged");
	check("b0 05 40", 0.5);
	check("b0 05 60", 0.5);
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1);
	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, 1, 400);
	CU_ASSERT_DOUBLE_EQUAL(norm(), 0.5 + 0.5 * 32 / 63, 1e-6);
	rig_close(&rig);
}

static double peak(void)
{
	double most = 0.0;

	rig_run(&rig, 100);
	for (int i = rig.n_frames - 50 * 64; i < rig.n_frames; i++)
		most = fmax(most, fabs((double)rig.frames[i][0]));
	return most;
}

/* A wheel that turns a knob is not the instrument's, too; a knob that cannot turn harms nobody. */
static void test_taken(void)
{
	double before;

	open_with("controls = osc1.level\ncc = 1\ntakeover = jump\nchannel = 1");
	before = peak();
	midi("b0 01 40"); /* 0.5: as it is */
	CU_ASSERT_DOUBLE_EQUAL(peak() / before, 1.0, 0.01);
	midi("b1 01 40"); /* the instrument's */
	CU_ASSERT_TRUE(peak() > 1.3 * before);
	rig_close(&rig);
	open_with("controls = gone1.level\ncc = 1\ntakeover = jump");
	midi("b0 01 40 01 41");
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MIDI_FAULTS), 0);
	rig_close(&rig);
}

/* The journal has the values, so that the settings' knobs need not be there; the knob that it makes of a
 * value that carries is no controller's. */
static void test_journal(void)
{
	enum { BLOCKS = 900, BLOCK = 64 };
	char path[300], hex[60];
	struct script script;
	struct diag diag;
	unsigned seed = 3;
	v4f *frames;

	snprintf(path, sizeof(path), "%s/journal", spawn_folder());
	open_with("controls = osc1.level\ncc = 1\ncc_bits = 14\ntakeover = scale\ncarries = yes");
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, path, &diag), 0);
	for (int i = 0; i < BLOCKS / 3; i++) {
		unsigned any = (unsigned)rand_r(&seed) >> 8;

		rig_run(&rig, 3);
		snprintf(hex, sizeof(hex), "b0 %02x %02x 00 %02x 90 %02x 40", any & 1 ? 1u : 33u,
			any >> 1 & 127, any >> 12 & 127, 48 + (any >> 8 & 15));
		midi(hex);
		if (i % 50 == 20)
			rig_do(&rig, "set osc1.level 0.3");
	}
	rig_stop(&rig);
	frames = malloc(BLOCKS * BLOCK * sizeof(*frames));
	memcpy(frames, rig.frames, BLOCKS * BLOCK * sizeof(*frames));
	rig_close(&rig);
	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	rig_open(&rig, instrument, &(struct rig_options){.is_render = true});
	CU_ASSERT_EQUAL(replay_settings(&script, path, &rig.settings, &diag), 0);
	desk_rebind(rig.desk);
	CU_ASSERT_EQUAL(rig.settings.n_knobs, 1);
	rig_play(&rig, &script, BLOCKS);
	rig_stop(&rig);
	CU_ASSERT_EQUAL(memcmp(frames, rig.frames, BLOCKS * BLOCK * sizeof(*frames)), 0);
	rig_close(&rig);
	script_free(&script);
	free(frames);
}

SUITE_MAIN("midi_knobs", {"pickup", test_pickup}, {"another patch", test_another_patch},
	{"jump and scale", test_jump_and_scale}, {"relative", test_relative},
	{"14 bits", test_14_bits}, {"nrpn", test_nrpn},
	{"choice and staged", test_choice_and_staged}, {"taken", test_taken},
	{"journal", test_journal})
