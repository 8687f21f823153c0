/* test_folder_lock.c - one process at a time, and who has it; a dead one has nothing. */
#include "base/folder_lock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

static char folder[] = "/tmp/chronus-lock-XXXXXX";

/* A child that has the lock, or has found it taken (then it ends with 1). */
static pid_t hold(const char *path)
{
	int pipes[2], holder = 0;
	char is_held = 0;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		int fd = folder_lock(path, &holder);

		is_held = fd >= 0;
		if (write(pipes[1], &is_held, 1) != 1 || fd < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	CU_ASSERT_EQUAL(read(pipes[0], &is_held, 1), 1);
	close(pipes[0]);
	CU_ASSERT_TRUE(is_held);
	return pid;
}

static void test_one_at_a_time(void)
{
	char beside[100], other_name[100];
	int holder = -1, fd, other;
	pid_t pid = hold(folder);

	CU_ASSERT_EQUAL(folder_lock(folder, &holder), -EBUSY);
	CU_ASSERT_EQUAL(holder, pid);
	snprintf(other_name, sizeof(other_name), "%s/../%s/.", folder, folder + 5);
	CU_ASSERT_EQUAL(
		folder_lock(other_name, &holder), -EBUSY); /* it is the folder, not its name */
	snprintf(beside, sizeof(beside), "%s/beside", folder);
	mkdir(beside, 0700);
	other = folder_lock(beside, &holder);
	CU_ASSERT_TRUE(other >= 0);
	close(other);
	rmdir(beside);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fd = folder_lock(folder, &holder);
	CU_ASSERT_TRUE(fd >= 0);
	close(fd);
	fd = folder_lock(folder, &holder);
	CU_ASSERT_TRUE(fd >= 0); /* let go with its descriptor */
	close(fd);
}

static void test_cannot_be_locked(void)
{
	int holder = 0;

	CU_ASSERT_EQUAL(folder_lock("/no/such/folder", &holder), -ENOENT);
	CU_ASSERT_EQUAL(folder_lock("/dev/null", &holder), -ENOTDIR);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{"one at a time", test_one_at_a_time},
		{"it cannot be locked", test_cannot_be_locked},
	};
	int n_failed;

	if (!mkdtemp(folder))
		return 1;
	n_failed = suite_run("folder_lock", tests, (int)ARRAY_LEN(tests));
	rmdir(folder);
	return n_failed;
}
