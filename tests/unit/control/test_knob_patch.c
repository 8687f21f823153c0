/* The knob that chooses a patch, in a folder as people's cards have them. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char good[] = "[osc1]\ntype = osc\n[out]\nin = osc1 * 0.1\n";
static struct rig rig;
static char reply[DESK_REPLY_BYTES];

static const char *turn(int detents)
{
	char command[40];

	snprintf(command, sizeof(command), "turn bank %+d", detents);
	desk_command(rig.desk, command, reply, sizeof(reply));
	return reply;
}

static void staged_is(const char *name)
{
	const char *path = desk_staged_path(rig.desk), *slash = strrchr(path, '/');

	CU_ASSERT_STRING_EQUAL(slash ? slash + 1 : path, name);
	if (strcmp(slash ? slash + 1 : path, name) != 0)
		printf("\n    %s instead of %s: %s", path, name, reply);
}

static void open_folder(const char *begin)
{
	static const char *const names[] = {"a.ini", "m.ini", "z.ini"};
	static const char *const wrong[] = {"c.ini", "desktop.ini", "e.ini"};
	char path[300];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		spawn_file(names[i], good);
	spawn_file(wrong[0], "[osc1]\ntype = ocs\n");
	spawn_file(wrong[1], "[.ShellClassInfo]\nIconResource=x.dll,1\n");
	spawn_file("f.ini", "; emptied\n");
	snprintf(path, sizeof(path), "%s/e.ini", spawn_folder());
	mkdir(path, 0700);
	rig_open(&rig, good, &(struct rig_options){0});
	rig.settings.n_knobs = 1;
	rig.settings.knobs[0] = (struct settings_knob){.name = "bank",
		.controls = {{.target = "patch"}},
		.target = TARGET_PATCH,
		.when = WHEN_STAGED};
	snprintf(path, sizeof(path), "load %s/%s", spawn_folder(), begin);
	CU_ASSERT_EQUAL_FATAL(rig_do(&rig, path), 0);
}

static void test_what_cannot_be_read_is_passed_over(void)
{
	open_folder("a.ini");
	CU_ASSERT_PTR_NOT_NULL(strstr(turn(+1), "ok staged patch"));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "passed over"));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "c.ini:2"));
	staged_is("m.ini");
	turn(+1);
	staged_is("z.ini");
	turn(-2);
	staged_is("a.ini");
	turn(+2);
	staged_is("z.ini");
	turn(-1);
	CU_ASSERT_PTR_NULL(strstr(reply, "passed over"));
	staged_is("m.ini");
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 0);
	CU_ASSERT_EQUAL(rig_do(&rig, "commit"), 0);
	rig_run(&rig, 60);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	rig_close(&rig);
}

static void test_it_stops_at_the_ends(void)
{
	open_folder("m.ini");
	turn(-50);
	staged_is("a.ini");
	CU_ASSERT_EQUAL(rig_do(&rig, "stage osc1.level 0.5"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(turn(-1), "is the first patch in"));
	CU_ASSERT_EQUAL(desk_n_staged(rig.desk), 1); /* not loaded anew */
	turn(+50);
	staged_is("z.ini");
	CU_ASSERT_PTR_NOT_NULL(strstr(turn(+1), "is the last patch in"));
	staged_is("z.ini");
	rig_close(&rig);
}

static void test_the_file_itself_is_gone(void)
{
	char path[300];

	open_folder("m.ini");
	snprintf(path, sizeof(path), "%s/m.ini", spawn_folder());
	unlink(path);
	turn(+1);
	staged_is("z.ini");
	rig_close(&rig);
	open_folder("m.ini");
	unlink(path);
	turn(-1);
	staged_is("a.ini");
	rig_close(&rig);
}

SUITE_MAIN("the patch knob",
	{"what cannot be read is passed over", test_what_cannot_be_read_is_passed_over},
	{"it stops at the ends", test_it_stops_at_the_ends},
	{"the file itself is gone", test_the_file_itself_is_gone})
