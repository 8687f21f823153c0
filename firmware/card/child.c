/* child.c - other programs. See child.h.
 * Tested by: unit/card/test_app */
#include "card/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", NULL};

/* in: its stdin; -1: /dev/null */
static int start(
	pid_t *pid, const char *const argv[], int in, int out, int err_fd, struct diag *diag)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals, none;
	int err;

	posix_spawn_file_actions_init(&actions);
	if (in >= 0)
		posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE); /* we ignore it, it must not */
	posix_spawnattr_setsigdefault(&attributes, &signals);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none); /* what we block, too (seat.c) */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	err = posix_spawnp(pid, argv[0], &actions, &attributes, (char *const *)argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return err ? diag_set(diag, -err, "%s: %s", argv[0], strerror(err)) : 0;
}

static int wait_for(const char *name, pid_t pid, struct diag *diag)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return diag_set(diag, -EIO, "%s: %s", name, strsignal(WTERMSIG(status)));
	return diag_set(diag, -EIO, "%s: exit status %d", name, WEXITSTATUS(status));
}

/* Reads to the end; the beginning, as far as it fits, goes to text. */
static void drain(int fd, char *text, size_t n_bytes)
{
	char rest[512];
	size_t n = 0;
	ssize_t got = 1;

	while (n + 1 < n_bytes && (got = read(fd, text + n, n_bytes - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	while (read(fd, rest, sizeof(rest)) > 0)
		;
}

static void cut_line(char *text)
{
	text[strcspn(text, "\n")] = '\0';
}

static int run(const char *const argv[], int in, char *out, size_t n_bytes, struct diag *diag)
{
	int from[2] = {-1, -1}, said = memfd_create("said", MFD_CLOEXEC), err;
	char nothing[2], reason[300];
	pid_t pid;

	if (said < 0 || pipe2(from, O_CLOEXEC) < 0) {
		err = diag_set(diag, -errno, "%s: %s", argv[0], strerror(errno));
		goto close_said;
	}
	err = start(&pid, argv, in, from[1], said, diag);
	close(from[1]);
	if (!err) {
		drain(from[0], out ? out : nothing, out ? n_bytes : sizeof(nothing));
		err = wait_for(argv[0], pid, diag);
		lseek(said, 0, SEEK_SET);
		drain(said, reason, sizeof(reason));
		cut_line(reason);
		if (err < 0 && reason[0])
			err = diag_set(diag, err, "%s: %s", argv[0], reason);
	}
	close(from[0]);
close_said:
	if (said >= 0)
		close(said);
	return err;
}

int child_run(const char *const argv[], char *out, size_t n_bytes, struct diag *diag)
{
	int err = run(argv, -1, out, n_bytes, diag);

	if (!err && out)
		cut_line(out);
	return err;
}

int child_feed(const char *const argv[], const void *input, size_t n_input, char *out,
	size_t n_bytes, struct diag *diag)
{
	int in = memfd_create("input", MFD_CLOEXEC), err;

	if (in < 0 || write(in, input, n_input) != (ssize_t)n_input || lseek(in, 0, SEEK_SET) < 0)
		err = diag_set(diag, -errno, "%s: its input: %s", argv[0], strerror(errno));
	else
		err = run(argv, in, out, n_bytes, diag);
	if (in >= 0)
		close(in);
	return err;
}

int child_start(struct child *child, const char *const argv[], struct diag *diag)
{
	int from[2], err;

	if (pipe2(from, O_CLOEXEC) < 0)
		return diag_set(diag, -errno, "%s: %s", argv[0], strerror(errno));
	child->name = argv[0];
	err = start(&child->pid, argv, -1, from[1], STDERR_FILENO, diag);
	close(from[1]);
	if (err < 0)
		close(from[0]);
	else
		child->fd = from[0];
	return err;
}

int child_end(struct child *child, int is_early, struct diag *diag)
{
	struct diag ignored;

	close(child->fd);
	if (is_early)
		kill(child->pid, SIGTERM);
	return is_early ? (wait_for(child->name, child->pid, &ignored), 0)
			: wait_for(child->name, child->pid, diag);
}

int child_remove_tree(const char *path, struct diag *diag)
{
	const char *const argv[] = {"rm", "-rf", "--", path, NULL};

	return child_run(argv, NULL, 0, diag);
}
