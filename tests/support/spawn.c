#include "tests/support/spawn.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

/* Most wait for less than a tenth of a second; a wait in vain costs the processor little. */
enum { MAX_WORDS = 40, UNTIL_TRIES = 400, FIRST_PAUSE_US = 10000, MAX_PAUSE_US = 100000 };

static const char *binary(void)
{
	const char *from_env = getenv("CHRONUS");

	return from_env ? from_env : "build/release/chronus";
}

static void run_words(char *line, int fd)
{
	char *words[MAX_WORDS] = {(char *)binary()};
	int n = 1;

	for (char *word = strtok(line, " "); word && n < MAX_WORDS - 1; word = strtok(NULL, " "))
		words[n++] = word;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that is killed leaves nothing running */
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(STDIN_FILENO);
	open("/dev/null", O_RDONLY);
	execv(words[0], words);
	fprintf(stderr, "cannot run %s\n", words[0]);
	_exit(126);
}

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void spawn_chronus(struct spawned *out, const char *format, ...)
{
	static char line[4096];
	size_t n = 0;
	ssize_t got;
	int pipes[2], status;
	va_list args;
	pid_t pid;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (pipe(pipes) < 0 || (pid = fork()) < 0)
		abort();
	if (pid == 0)
		run_words(line, pipes[1]);
	close(pipes[1]);
	while ((got = read(pipes[0], out->text + n, sizeof(out->text) - 1 - n)) > 0)
		n += (size_t)got;
	out->text[n] = '\0';
	close(pipes[0]);
	waitpid(pid, &status, 0);
	out->status = exit_code(status);
}

void spawn_until(struct spawned *out, const char *command, const char *want)
{
	int pause_us = FIRST_PAUSE_US;

	for (int tries = 0; tries < UNTIL_TRIES; tries++) {
		spawn_chronus(out, "%s", command);
		if (out->status != 1 && out->status != 2 && strstr(out->text, want))
			return;
		usleep((useconds_t)pause_us);
		pause_us += pause_us < MAX_PAUSE_US ? pause_us / 4 : 0;
	}
	printf("\n  %s: waited for %s in vain; it said: %s\n", command, want, out->text);
	CU_FAIL_FATAL("waited in vain");
}

pid_t spawn_start(const char *log_path, const char *format, ...)
{
	static char line[4096];
	va_list args;
	pid_t pid;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	pid = fork();
	if (pid == 0)
		run_words(line, open(log_path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
	return pid;
}

int spawn_wait(pid_t pid, int signal_first)
{
	int status;

	if (signal_first)
		kill(pid, signal_first);
	waitpid(pid, &status, 0);
	return exit_code(status);
}

static char folder[64];
static pid_t owner; /* of the folder */

static void remove_folder(void)
{
	char line[100];

	if (owner != getpid())
		return; /* a process that this one has started */
	snprintf(line, sizeof(line), "rm -rf %s", folder);
	if (system(line) != 0)
		fprintf(stderr, "%s stays\n", folder);
}

const char *spawn_folder(void)
{
	if (folder[0])
		return folder;
	strcpy(folder, "/tmp/chronus-test-XXXXXX");
	if (!mkdtemp(folder))
		abort();
	setenv("CHRONUS_RUNTIME_DIR", folder, 1);
	owner = getpid();
	atexit(remove_folder);
	return folder;
}

const char *spawn_path(const char *name)
{
	static char paths[8][400];
	static int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", spawn_folder(), name);
	return path;
}

const char *spawn_file(const char *name, const char *text)
{
	const char *path = spawn_path(name);
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
	return path;
}

const char *spawn_text(const char *path)
{
	static char text[20000];
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[n] = '\0';
	if (file)
		fclose(file);
	return text;
}

long spawn_number(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? atol(at + strlen(key)) : -1;
}

int folder_entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	while (dir && readdir(dir))
		n++;
	closedir(dir);
	return n;
}
