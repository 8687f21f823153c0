/* test_tell.c - answers to questions: a value, the patch as text, the patches, the knobs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/patch_read.h"
#include "config/target_read.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char source[] =
	"; mine\r\n[patch]\r\nname = Mine\r\n[osc1]\r\ntype = osc\r\nfreq_hz = 220 ; low\r\n"
	"[seq1]\r\ntype = seq\r\nnotes = 36 48\r\n[out]\r\nin = osc1 * 0.1\r\n";
static struct rig rig;
static char reply[DESK_ANSWER_BYTES];

static const char *ask(const char *command)
{
	desk_command(rig.desk, command, reply, sizeof(reply));
	return reply;
}

static void begin(void)
{
	char line[300];

	snprintf(line, sizeof(line), "load %s", spawn_file("mine.ini", source));
	rig_open(&rig, "[out]\n", &(struct rig_options){0});
	rig.settings.n_knobs = 2;
	rig.settings.knobs[0] = (struct settings_knob){.name = "bank",
		.controls = {{.target = "patch"}},
		.target = TARGET_PATCH,
		.when = WHEN_STAGED};
	rig.settings.knobs[1] = (struct settings_knob){.name = "pitch",
		.controls = {{.target = "osc1.freq_hz"}},
		.target = TARGET_PARAM,
		.range_detents = 96};
	rig_do(&rig, line);
	rig_do(&rig, "commit");
	rig_run(&rig, 100);
	desk_rebind(rig.desk);
}

static void test_values(void)
{
	static const char *const rows[][2] = {
		{"set osc1.freq_hz 12345", "ok osc1.freq_hz = 12345 Hz"},
		{"set osc1.freq_hz 12345.678", "ok osc1.freq_hz = 12345.678 Hz"},
		{"set osc1.freq_hz 20.1", "ok osc1.freq_hz = 20.1 Hz"},
	};

	begin();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		rig_do(&rig, rows[i][0]);
		CU_ASSERT_STRING_EQUAL(ask("get osc1.freq_hz"), rows[i][1]);
	}
	CU_ASSERT_STRING_EQUAL(ask("get osc1.level"), "ok osc1.level = 1");
	CU_ASSERT_STRING_EQUAL(ask("get osc1.shape"), "ok osc1.shape = sine");
	CU_ASSERT_STRING_EQUAL(ask("get seq1.notes"), "ok seq1.notes = 36 48");
	CU_ASSERT_EQUAL(strncmp(ask("get osc1.nothing"), "error: ", 7), 0);
	CU_ASSERT_EQUAL(strncmp(ask("get osc1"), "error: ", 7), 0);
	CU_ASSERT_STRING_EQUAL(ask("get"), "error: usage: get MODULE.PARAM, or MODULE.LIST");
	rig_do(&rig, "set osc1.freq_hz 12345");
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("turn pitch +0"), "= 12"));
	CU_ASSERT_PTR_NULL(strstr(reply, "e+"));
	rig_close(&rig);
}

/* Its lines are counted, and are a patch with the values that are heard. */
static void test_the_patch(void)
{
	static char whole[DESK_ANSWER_BYTES];
	const char *text;
	struct patch *patch;
	struct diag diag;
	int n = 0, m = 0, p = 0;

	begin();
	rig_do(&rig, "set osc1.freq_hz 333.25");
	CU_ASSERT_EQUAL(desk_command(rig.desk, "show", reply, sizeof(reply)), DESK_LINES);
	CU_ASSERT_EQUAL(strncmp(reply, "ok 11 lines\n; mine\n", 19), 0);
	for (const char *at = reply; (at = strchr(at, '\n')) != NULL; at++)
		n++;
	CU_ASSERT_EQUAL(n, 11);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "freq_hz = 333.25 ; low\n"));
	text = strchr(reply, '\n') + 1;
	CU_ASSERT_EQUAL_FATAL(patch_read_text(text, strlen(text), "shown", &patch, &diag), 0);
	CU_ASSERT_EQUAL(target_find_param(patch, "osc1.freq_hz", &m, &p, &diag), 0);
	CU_ASSERT_EQUAL(patch->modules[m].values[p], 333.25f);
	patch_free(patch);
	snprintf(whole, sizeof(whole), "%s", reply);
	/* where there is no room nothing is said by half */
	for (size_t room = 1; room <= strlen(whole); room++) {
		memset(reply, '#', sizeof(reply));
		CU_ASSERT_TRUE(desk_command(rig.desk, "show", reply, room) < 0);
		CU_ASSERT_EQUAL(reply[room], '#');
	}
	rig_close(&rig);
}

static void test_patches(void)
{
	char path[300];

	spawn_file("broken.ini", "[osc1]\ntype = ocs\n");
	spawn_file("other.ini", "[osc1]\ntype = osc\n[out]\nin = osc1\n");
	begin();
	snprintf(path, sizeof(path), "load %s/other.ini", spawn_folder());
	ask("list");
	CU_ASSERT_EQUAL(strncmp(reply, "ok 3 lines\nbroken.ini: broken: ", 31), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "broken.ini:2: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "\nmine.ini: playing\nother.ini"));
	rig_do(&rig, path);
	rig_do(&rig, "set osc1.freq_hz 300");
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("list"), "\nmine.ini: playing as it was turned\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "\nother.ini: staged"));
	/* in the order of the setlist, and the knob goes through that alone */
	spawn_file("then.ini", source);
	spawn_file("setlist.txt", "other\nmine\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("list"), "lines\nother.ini: staged\nmine.ini: playing"));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "\nbroken.ini (not in the setlist): broken"));
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("turn bank +1"), "ok staged patch \"Mine\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("turn bank +1"), "is the last patch"));
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("turn bank -5"), "ok staged patch \"other.ini\""));
	spawn_file("setlist.txt", "other\nother\n"); /* a wrong one is told, and the names count */
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("list"), "setlist.txt:2: other.ini"));
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("turn bank -1"), "ok staged patch \"Mine\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "setlist.txt:2: other.ini"));
	spawn_file("setlist.txt", "gone\nother\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("list"), "setlist.txt: gone.ini is not here\nother"));
	snprintf(path, sizeof(path), "%s/setlist.txt", spawn_folder());
	unlink(path);
	rig_close(&rig);
}

static void test_knobs(void)
{
	begin();
	rig_do(&rig, "set osc1.freq_hz 333.46");
	CU_ASSERT_STRING_EQUAL(ask("knobs"), "ok 2 lines\nbank: patch = Mine\n"
					     "pitch: osc1.freq_hz = 333.5 Hz, written 220 Hz");
	rig.settings.knobs[1].when = WHEN_STAGED;
	rig_do(&rig, "stage osc1.freq_hz 440");
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("knobs"), ", written 220 Hz, staged 440 Hz"));
	strcpy(rig.settings.knobs[1].controls[0].target, "filter9.cutoff_hz");
	desk_rebind(rig.desk);
	CU_ASSERT_PTR_NOT_NULL(strstr(ask("knobs"), "\npitch: filter9.cutoff_hz, not in this"));
	rig_close(&rig);
}

SUITE_MAIN("tell", {"values", test_values}, {"the patch", test_the_patch},
	{"patches", test_patches}, {"knobs", test_knobs})
