/* Knobs that turn several parameters, each over its own range: detents, controllers, pushes, what is
 * staged, what is told, and that nothing of a knob is remembered but the values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "control/desk_state.h"
#include "control/replay.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char instrument[] =
	"[osc1]\ntype = osc\nlevel = 0.5\nfreq_hz = 400\n[osc2]\ntype = osc\nlevel = 0.25\n"
	"[out]\nin = osc1 * 0.1 + osc2 * 0.1\n";
static const char other[] = "[osc2]\ntype = osc\nlevel = 0.25\n[out]\nin = osc2 * 0.1\n";
/* four targets: a range, a reversed one, a choice, one that is not there */
#define FOUR                                                                     \
	"controls = osc1.freq_hz 200..800, osc2.level 0.9..0.1, osc1.shape sine" \
	"..square, gone1.level\nrange_detents = 64\n"

static struct rig rig;
static char reply[DESK_ANSWER_BYTES];

/* Plays a patch with [knob a], as the text says. */
static void open_with(const char *patch, const char *keys)
{
	char text[400];
	struct diag diag;
	int n = snprintf(text, sizeof(text), "[knob a]\n%s\n", keys);

	rig_open(&rig, patch, &(struct rig_options){0});
	CU_ASSERT_EQUAL_FATAL(
		settings_read_text(text, (size_t)n, "chronus.ini", &rig.settings, &diag), 0);
	desk_rebind(rig.desk);
}

static void says(const char *command, const char *wanted)
{
	desk_command(rig.desk, command, reply, sizeof(reply));
	if (strcmp(reply, wanted) != 0)
		printf("\n    %s -> %s\n", command, reply);
	CU_ASSERT_STRING_EQUAL(reply, wanted);
}

/* The first one's value is the position, and the others follow from it. */
static void test_turns(void)
{
	open_with(instrument, FOUR);
	says("turn a +0", "ok osc1.freq_hz = 400 Hz, osc2.level = 0.5, osc1.shape = saw");
	says("turn a +100", "ok osc1.freq_hz = 800 Hz, osc2.level = 0.1, osc1.shape = square");
	says("get osc2.level", "ok osc2.level = 0.1");
	says("turn a -16", "ok osc1.freq_hz = 565.7 Hz, osc2.level = 0.3, osc1.shape = square");
	rig_do(&rig, "set osc2.level 0.77"); /* another hand; nothing is remembered */
	rig_do(&rig, "set osc1.freq_hz 200");
	says("turn a +16", "ok osc1.freq_hz = 282.8 Hz, osc2.level = 0.7, osc1.shape = sine");
	rig_do(&rig, "set osc1.freq_hz 5000"); /* beyond its range: from that end */
	says("turn a -64", "ok osc1.freq_hz = 200 Hz, osc2.level = 0.9, osc1.shape = sine");
	rig_close(&rig);
}

/* Where the patch lacks the first one, the next one has the position. */
static void test_lacking(void)
{
	struct desk_knob_view view;

	open_with(other, FOUR);
	says("turn a +8", "ok osc2.level = 0.15"); /* 0.25 is 52 detents of 64 */
	desk_view_knob(rig.desk, 0, &view);
	CU_ASSERT_STRING_EQUAL(view.target, "osc2.level");
	CU_ASSERT_DOUBLE_EQUAL(view.norm, 60.0 / 64.0, 1e-6);
	rig_close(&rig);
	open_with(other, "controls = gone1.level 0..1, gone2.level\n");
	says("turn a +1", "error: gone1.level: patch \"rig\" has no module gone1");
	rig_close(&rig);
	open_with(instrument, "controls = osc1.shape 0..2\n");
	desk_command(rig.desk, "turn a +1", reply, sizeof(reply));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "error: osc1.shape 0..2: unknown value '0'"));
	rig_close(&rig);
}

/* A choice that comes first has a detent for each of the range. */
static void test_choice_first(void)
{
	open_with(instrument, "controls = osc1.shape square..saw, osc2.level 0..1\n");
	says("turn a +0", "ok osc1.shape = saw, osc2.level = 1"); /* sine lies beyond that end */
	says("turn a -1", "ok osc1.shape = square, osc2.level = 0");
	says("turn a +5", "ok osc1.shape = saw, osc2.level = 1");
	rig_close(&rig);
}

/* All of them wait, one commit makes them heard, one undo takes them back; without room for all, none. */
static void test_staged(void)
{
	open_with(instrument, FOUR "when = staged\n");
	says("turn a +32",
		"ok staged osc1.freq_hz = 800 Hz, osc2.level = 0.1, osc1.shape = square");
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 3);
	says("turn a -64", "ok staged osc1.freq_hz = 200 Hz, osc2.level = 0.9, osc1.shape = sine");
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 3);
	says("get osc2.level", "ok osc2.level = 0.25");
	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, 1, 400);
	says("get osc2.level", "ok osc2.level = 0.9");
	says("get osc1.freq_hz", "ok osc1.freq_hz = 200 Hz");
	rig_do(&rig, "undo");
	rig_run_to_commits(&rig, 2, 400);
	says("get osc2.level", "ok osc2.level = 0.25");
	says("get osc1.freq_hz", "ok osc1.freq_hz = 400 Hz");
	rig.desk->staged.n = DESK_MAX_EDITS - 2;
	desk_command(rig.desk, "turn a +1", reply, sizeof(reply));
	CU_ASSERT_STRING_EQUAL(reply, "error: 510 edits are staged already; commit first");
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), DESK_MAX_EDITS - 2);
	rig.desk->staged.n = 0;
	rig_close(&rig);
}

static void test_push(void)
{
	open_with(instrument, FOUR "press = default\n");
	rig_do(&rig, "turn a +100");
	says("press a", "ok");
	says("get osc1.freq_hz", "ok osc1.freq_hz = 400 Hz");
	says("get osc2.level", "ok osc2.level = 0.25"); /* each its own, off the range's line */
	says("get osc1.shape", "ok osc1.shape = sine");
	rig_close(&rig);
}

static void test_controllers(void)
{
	open_with(instrument, FOUR "cc = 74\n");
	rig_do(&rig, "midi b0 4a 00");
	says("get osc2.level",
		"ok osc2.level = 0.25"); /* it waits for the first one's place, 0.5 */
	rig_do(&rig, "midi b0 4a 40");
	says("get osc2.level", "ok osc2.level = 0.5");
	rig_do(&rig, "set osc2.level 0.25");
	rig_do(&rig, "midi b0 4a 7f");
	says("get osc2.level", "ok osc2.level = 0.1");
	says("get osc1.freq_hz", "ok osc1.freq_hz = 800 Hz");
	rig_do(&rig, "set osc1.freq_hz 200"); /* another hand */
	rig_do(&rig, "midi b0 4a 60");
	says("get osc1.freq_hz", "ok osc1.freq_hz = 200 Hz");
	rig_do(&rig, "midi b0 4a 00");
	says("get osc2.level", "ok osc2.level = 0.9");
	rig_close(&rig);
	open_with(instrument, FOUR "cc = 74\ntakeover = jump\nreversed = yes\n");
	rig_do(&rig, "midi b0 4a 7f");
	says("get osc1.freq_hz", "ok osc1.freq_hz = 200 Hz");
	says("get osc2.level", "ok osc2.level = 0.9");
	rig_close(&rig);
	open_with(instrument, FOUR "cc = 74\nrelative = 2s\n");
	rig_do(&rig, "midi b0 4a 20");
	says("get osc2.level", "ok osc2.level = 0.1");
	rig_close(&rig);
}

static void test_told(void)
{
	open_with(instrument, FOUR);
	rig_do(&rig, "set osc2.level 0.75");
	says("knobs", "ok 1 lines\na: osc1.freq_hz 200..800 = 400 Hz, written 400 Hz; "
		      "osc2.level 0.9..0.1 = 0.75, written 0.25; osc1.shape sine..square = sine, "
		      "written sine; gone1.level, not in this patch");
	rig_close(&rig);
}

static void test_carries(void)
{
	char command[400];

	open_with(instrument, FOUR "carries = yes\n");
	rig_do(&rig, "turn a +100");
	snprintf(command, sizeof(command), "load %s", spawn_file("other.ini", other));
	CU_ASSERT_EQUAL_FATAL(rig_do(&rig, command), 0);
	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, 1, 400);
	says("get osc2.level", "ok osc2.level = 0.1");
	rig_close(&rig);
}

/* The journal has the values of all targets and what carries, so that the settings' knobs need not be
 * there: the same samples, also while a commit is under way. */
static void test_journal(void)
{
	enum { BLOCKS = 600, BLOCK = 64 };
	char path[300], command[400];
	struct script script;
	struct diag diag;
	unsigned seed = 7;
	v4f *frames;

	snprintf(path, sizeof(path), "%s/journal", spawn_folder());
	snprintf(command, sizeof(command), "load %s", spawn_file("other.ini", other));
	open_with(instrument, FOUR "cc = 1\ntakeover = scale\ncarries = yes\n");
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, path, &diag), 0);
	for (int i = 0; i < BLOCKS / 3; i++) {
		unsigned any = (unsigned)rand_r(&seed) >> 8;
		char line[60];

		rig_run(&rig, 3);
		snprintf(line, sizeof(line), "midi b0 01 %02x", any & 127);
		rig_do(&rig, line);
		snprintf(line, sizeof(line), "turn a %+d", (int)(any >> 7 & 15) - 8);
		rig_do(&rig, line);
		if (i % 40 == 20)
			rig_do(&rig, i % 80 == 20 ? command : "undo");
		if (i % 80 == 20)
			rig_do(&rig, "commit");
	}
	rig_stop(&rig);
	frames = malloc(BLOCKS * BLOCK * sizeof(*frames));
	memcpy(frames, rig.frames, BLOCKS * BLOCK * sizeof(*frames));
	CU_ASSERT_TRUE(rig_count(&rig, STAT_COMMITS) >= 4);
	rig_close(&rig);
	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	rig_open(&rig, instrument, &(struct rig_options){.is_render = true});
	CU_ASSERT_EQUAL(replay_settings(&script, path, &rig.settings, &diag), 0);
	desk_rebind(rig.desk);
	CU_ASSERT_EQUAL(rig.settings.n_knobs, 1);
	CU_ASSERT_STRING_EQUAL(rig.settings.knobs[0].controls[3].target, "gone1.level");
	CU_ASSERT_EQUAL(rig_play(&rig, &script, BLOCKS), 0);
	rig_stop(&rig);
	CU_ASSERT_EQUAL(memcmp(frames, rig.frames, BLOCKS * BLOCK * sizeof(*frames)), 0);
	rig_close(&rig);
	script_free(&script);
	free(frames);
}

/* Values that carry of as many knobs as settings hold, each with as many as one turns. */
static void test_many_carry(void)
{
	enum { MOST = SETTINGS_MAX_KNOBS * SETTINGS_MAX_TURNS };
	static struct settings settings;
	static char text[16384];
	struct script script;
	struct diag diag;

	for (int extra = 0; extra < 2; extra++) {
		int n = snprintf(
			text, sizeof(text), "journal 2\ncarries m0.level\n"); /* once is enough */

		for (int i = 0; i < MOST + extra; i++)
			n += snprintf(text + n, sizeof(text) - (size_t)n, "carries m%d.level\n", i);
		CU_ASSERT_EQUAL_FATAL(script_read(spawn_file("many.txt", text), &script, &diag), 0);
		settings_default(&settings);
		CU_ASSERT_EQUAL(
			replay_settings(&script, "many.txt", &settings, &diag) == 0, extra == 0);
		CU_ASSERT_EQUAL(settings.n_knobs, SETTINGS_MAX_KNOBS);
		CU_ASSERT_STRING_EQUAL(
			settings.knobs[SETTINGS_MAX_KNOBS - 1].controls[3].target, "m127.level");
		script_free(&script);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "many.txt:131: carries m128.level"));
}

SUITE_MAIN("knob_param", {"turns", test_turns}, {"a patch without some", test_lacking},
	{"a choice first", test_choice_first}, {"staged", test_staged}, {"push", test_push},
	{"controllers", test_controllers}, {"told", test_told}, {"carries", test_carries},
	{"its journal", test_journal}, {"many that carry", test_many_carry})
