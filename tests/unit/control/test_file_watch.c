/* Saved files: what an editor does to a file is told once, and only of the file that is meant. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/file_watch.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct file_watch *watch;
static char patch[300], settings[300];

static void begin(void)
{
	struct diag diag;

	strcpy(patch, spawn_file("a.ini", "x"));
	strcpy(settings, spawn_file("chronus.ini", "x"));
	CU_ASSERT_EQUAL_FATAL(file_watch_open(&watch, &diag), 0);
	file_watch_set(watch, WATCH_PATCH, patch);
	file_watch_set(watch, WATCH_SETTINGS, settings);
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_PATCH));
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_SETTINGS));
}

static void test_written_in_place(void)
{
	begin();
	spawn_file("a.ini", "y");
	spawn_file("b.ini", "y");
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_SETTINGS));
	CU_ASSERT_TRUE(file_watch_was_saved(watch, WATCH_PATCH));
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_PATCH)); /* told once */
	file_watch_close(watch);
}

static void test_renamed_over_it(void)
{
	char new[300];

	begin();
	strcpy(new, spawn_file("a.ini.new", "y"));
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_PATCH));
	CU_ASSERT_EQUAL(rename(new, patch), 0);
	CU_ASSERT_TRUE(file_watch_was_saved(watch, WATCH_PATCH));
	CU_ASSERT_EQUAL(rename(patch, new), 0);
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_PATCH)); /* it is gone: nothing to read */
	file_watch_close(watch);
}

static void test_not_before_it_is_closed(void)
{
	FILE *file;

	begin();
	file = fopen(patch, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs("half", file);
	fflush(file);
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_PATCH));
	fclose(file);
	CU_ASSERT_TRUE(file_watch_was_saved(watch, WATCH_PATCH));
	file_watch_close(watch);
}

static void test_another_folder(void)
{
	char folder[300], other[400];
	FILE *file;

	begin();
	snprintf(folder, sizeof(folder), "%s/patches", spawn_folder());
	snprintf(other, sizeof(other), "%s/c.ini", folder);
	file_watch_set(watch, WATCH_PATCH, other); /* the folder is still to come */
	mkdir(folder, 0755);
	file_watch_set(watch, WATCH_PATCH, other);
	file = fopen(other, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fclose(file);
	CU_ASSERT_TRUE(file_watch_was_saved(watch, WATCH_PATCH));
	spawn_file("a.ini", "y");
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_PATCH)); /* nobody plays it any more */
	spawn_file("chronus.ini", "y");
	CU_ASSERT_TRUE(
		file_watch_was_saved(watch, WATCH_SETTINGS)); /* its folder is still watched */
	remove(other);
	rmdir(folder);
	CU_ASSERT_FALSE(file_watch_was_saved(watch, WATCH_PATCH));
	file_watch_set(watch, WATCH_PATCH, patch);
	spawn_file("a.ini", "z");
	CU_ASSERT_TRUE(file_watch_was_saved(watch, WATCH_PATCH));
	file_watch_close(watch);
}

SUITE_MAIN("file watch", {"written in place", test_written_in_place},
	{"renamed over it", test_renamed_over_it},
	{"not before it is closed", test_not_before_it_is_closed},
	{"another folder", test_another_folder})
