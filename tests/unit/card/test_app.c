/* The programs of /data/app: the one that is kept, the one before it, and no others. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/app.h"
#include "card/child.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct paths paths;
static struct diag diag;

static const char *at(const char *name)
{
	static char path[400];

	snprintf(path, sizeof(path), "%s/app/%s", paths.data, name);
	return path;
}

static void make(const char *version)
{
	char path[500];

	mkdir(at(version), 0755);
	snprintf(path, sizeof(path), "%s/usr", at(version));
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/system", at(version));
	close(open(path, O_WRONLY | O_CREAT, 0644));
}

static void begin(void)
{
	char text[300];

	snprintf(paths.data, sizeof(paths.data), "%s/data", spawn_folder());
	child_remove_tree(paths.data, &diag);
	mkdir(paths.data, 0755);
	snprintf(text, sizeof(text), "%s/app", paths.data);
	mkdir(text, 0755);
}

static bool is_there(const char *name)
{
	return access(at(name), F_OK) == 0;
}

static bool leads_to(const char *name, const char *version)
{
	char target[100];
	ssize_t n = readlink(at(name), target, sizeof(target) - 1);

	target[n < 0 ? 0 : n] = '\0';
	return strcmp(target, version) == 0;
}

static void test_keeps_two(void)
{
	begin();
	for (int i = 1; i <= 4; i++) {
		char version[16];

		snprintf(version, sizeof(version), "%d.0", i);
		make(version);
		CU_ASSERT_EQUAL(app_keep(&paths, version, &diag), 0);
		CU_ASSERT_TRUE(app_is_current(&paths, version));
		CU_ASSERT_TRUE(leads_to("current", version));
		snprintf(version, sizeof(version), "%d.0", i - 1);
		CU_ASSERT_TRUE(leads_to("before", i > 1 ? version : ""));
		CU_ASSERT_TRUE(i == 1 || is_there(version));
	}
	CU_ASSERT_TRUE(is_there("4.0/system"));
	CU_ASSERT_FALSE(is_there("1.0"));
	CU_ASSERT_FALSE(is_there("2.0"));
	/* the same once more is no step back */
	CU_ASSERT_EQUAL(app_keep(&paths, "4.0", &diag), 0);
	CU_ASSERT_TRUE(leads_to("before", "3.0"));
	CU_ASSERT_TRUE(is_there("3.0"));
}

/* One that was tried and not kept, one half unpacked, one half removed; what is nobody's stays. */
static void test_tidies(void)
{
	begin();
	make("1.0");
	CU_ASSERT_EQUAL(app_keep(&paths, "1.0", &diag), 0);
	make("2.0");
	make("new");
	make("mine");
	mkdir(at("0.9"), 0755);
	CU_ASSERT_EQUAL(symlink("0.9", at("current.new")), 0); /* cut between link and rename */
	app_tidy(&paths);
	CU_ASSERT_TRUE(is_there("1.0/system"));
	CU_ASSERT_TRUE(is_there("mine"));
	CU_ASSERT_FALSE(is_there("2.0"));
	CU_ASSERT_FALSE(is_there("new"));
	CU_ASSERT_FALSE(is_there("0.9"));
	make("2.0");
	CU_ASSERT_EQUAL(app_keep(&paths, "2.0", &diag), 0);
	CU_ASSERT_TRUE(leads_to("current", "2.0"));
	CU_ASSERT_TRUE(is_there("1.0"));
}

/* A link that cannot be read says nothing of what is needed: nothing is removed. */
static void test_in_doubt_nothing(void)
{
	begin();
	make("1.0");
	CU_ASSERT_EQUAL(app_keep(&paths, "1.0", &diag), 0);
	make("2.0");
	unlink(at("current"));
	mkdir(at("current"), 0755);
	app_tidy(&paths);
	CU_ASSERT_TRUE(is_there("1.0"));
	CU_ASSERT_TRUE(is_there("2.0"));
	CU_ASSERT_FALSE(app_is_current(&paths, "1.0"));
	CU_ASSERT_NOT_EQUAL(app_keep(&paths, "2.0", &diag), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "/app/current: "));
	CU_ASSERT_TRUE(is_there("1.0"));
	snprintf(paths.data, sizeof(paths.data), "%s/nowhere", spawn_folder());
	app_tidy(&paths);
}

SUITE_MAIN("app", {"keeps two", test_keeps_two}, {"tidies", test_tidies},
	{"in doubt nothing", test_in_doubt_nothing})
