/* test_runtime_dir.c - which folder, and which folder not. */
#include "base/runtime_dir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"

enum { NOBODY = 65534 };

static char root[64] = "/tmp/chronus-test-XXXXXX";
static struct diag diag;

static void test_the_named_one(void)
{
	char path[200], wanted[200];

	snprintf(wanted, sizeof(wanted), "%s/here", root);
	setenv("CHRONUS_RUNTIME_DIR", wanted, 1);
	CU_ASSERT_EQUAL(runtime_path(path, sizeof(path), ""), 0);
	CU_ASSERT_STRING_EQUAL(path, wanted);
	CU_ASSERT_EQUAL(access(wanted, F_OK), -1); /* made on demand only */
	CU_ASSERT_EQUAL(runtime_dir_make(&diag), 0);
	CU_ASSERT_EQUAL(runtime_dir_make(&diag), 0);
	CU_ASSERT_EQUAL(runtime_path(path, sizeof(path), "stats"), 0);
	CU_ASSERT_STRING_EQUAL(path + strlen(wanted), "/stats");
	CU_ASSERT_EQUAL(runtime_path_find(path, sizeof(path), "nothing"), 0);
	CU_ASSERT_STRING_EQUAL(path + strlen(wanted), "/nothing");
	CU_ASSERT_EQUAL(rmdir(wanted), 0);
}

static void test_too_long(void)
{
	char path[20];

	setenv("CHRONUS_RUNTIME_DIR", "/tmp/0123456789", 1);
	CU_ASSERT_EQUAL(runtime_path(path, sizeof(path), ""), 0);
	CU_ASSERT_EQUAL(runtime_path(path, sizeof(path), "abc"), 0);
	CU_ASSERT_EQUAL(runtime_path(path, sizeof(path), "abcd"), -ENAMETOOLONG);
	CU_ASSERT_EQUAL(runtime_path(path, 10, ""), -ENAMETOOLONG);
}

static void test_not_a_folder(void)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/file", root);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fclose(file);
	setenv("CHRONUS_RUNTIME_DIR", path, 1);
	CU_ASSERT_EQUAL(runtime_dir_make(&diag), -ENOTDIR);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, path));
	setenv("CHRONUS_RUNTIME_DIR", "/tmp/chronus-no/such/folder", 1);
	CU_ASSERT_EQUAL(runtime_dir_make(&diag), -ENOENT);
	unlink(path);
}

/* In a child, as a user who may not write to /run/chronus. The number of what failed. */
static int as_a_user(void)
{
	char path[200], wanted[200], session[80];
	int n_failed = 0;

	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return 0;
	if (access("/run/chronus", W_OK) == 0)
		return 0;
	unsetenv("CHRONUS_RUNTIME_DIR");
	snprintf(session, sizeof(session), "%s/session", root);
	setenv("XDG_RUNTIME_DIR", session, 1);
	snprintf(wanted, sizeof(wanted), "%s/chronus/x", session);
	n_failed += runtime_path(path, sizeof(path), "x") != 0 || strcmp(path, wanted) != 0;

	unsetenv("XDG_RUNTIME_DIR");
	snprintf(wanted, sizeof(wanted), "/tmp/chronus-%u", (unsigned)geteuid());
	n_failed += runtime_path(path, sizeof(path), "") != 0 || strcmp(path, wanted) != 0;
	if (access(wanted, F_OK) == 0)
		return n_failed; /* somebody uses it */
	n_failed += runtime_dir_make(&diag) != 0;
	chmod(wanted, 0755);
	n_failed += runtime_dir_make(&diag) != -EPERM || !strstr(diag.text, "not ours alone");
	rmdir(wanted);
	if (symlink("/tmp", wanted) == 0)
		n_failed += runtime_dir_make(&diag) != -EPERM;
	unlink(wanted);
	return n_failed;
}

static void test_as_a_user(void)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(as_a_user());
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_TRUE(WIFEXITED(status));
	CU_ASSERT_EQUAL(WEXITSTATUS(status), 0);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{"the named one", test_the_named_one},
		{"too long", test_too_long},
		{"not a folder", test_not_a_folder},
		{"as a user", test_as_a_user},
	};
	int n_failed;

	if (!mkdtemp(root))
		return 1;
	n_failed = suite_run("runtime_dir", tests, (int)ARRAY_LEN(tests));
	rmdir(root);
	return n_failed;
}
