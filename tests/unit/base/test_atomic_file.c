/* test_atomic_file.c - a file is the old one or the new one, and a fault leaves the old one. */
#include "base/atomic_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <signal.h>

#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char *content(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", spawn_folder(), name);
	return spawn_text(path);
}

static int keep(const char *text)
{
	return atomic_file_replace(spawn_folder(), "a", text, strlen(text), true);
}

static void test_replaces(void)
{
	CU_ASSERT_EQUAL(keep("one"), 0);
	CU_ASSERT_STRING_EQUAL(content("a"), "one");
	CU_ASSERT_EQUAL(keep("a longer one"), 0);
	CU_ASSERT_EQUAL(keep("two"), 0);
	CU_ASSERT_STRING_EQUAL(content("a"), "two");
	CU_ASSERT_EQUAL(folder_entries(spawn_folder()), 3); /* . .. a: nothing else stays */
}

static void test_no_folder(void)
{
	CU_ASSERT_EQUAL(atomic_file_replace("/nowhere/at/all", "a", "x", 1, true), -ENOENT);
	CU_ASSERT_EQUAL(atomic_file_replace("/dev/null", "a", "x", 1, true), -ENOTDIR);
}

/* A disk that takes only half: in a process of its own, whose files may not grow. */
static void test_full(void)
{
	int status = 0;
	pid_t pid;

	CU_ASSERT_EQUAL(keep("the old one"), 0);
	pid = fork();
	if (pid == 0) {
		struct rlimit limit = {4, 4};

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(keep("the new one") == -EFBIG ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CU_ASSERT_STRING_EQUAL(content("a"), "the old one");
	CU_ASSERT_EQUAL(folder_entries(spawn_folder()), 3);
}

SUITE_MAIN("atomic_file", {"it replaces", test_replaces}, {"no folder", test_no_folder},
	{"a full disk", test_full})
