/* control_bench.h - a control socket in a folder of its own, and clients of it in the same thread; for
 * one test each. Time is what now_ns says. */
#ifndef SUPPORT_CONTROL_BENCH_H
#define SUPPORT_CONTROL_BENCH_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/control_socket.h"
#include "tests/support/suite.h"

static char folder[] = "/tmp/chronus-sock-XXXXXX";
static char path[80];
static struct diag diag;
static int n_executed;
static int64_t now_ns; /* as the clock would have it */
static char last_line[2000];

static int execute(void *ctx, const char *line, char *reply, size_t reply_bytes)
{
	n_executed++;
	CU_ASSERT_PTR_EQUAL(ctx, &n_executed);
	if (strcmp(line, "commit now") == 0)
		return CONTROL_LATER;
	if (strcmp(line, "many") == 0) {
		memset(reply, 'x', reply_bytes);
		for (size_t i = 99; i < reply_bytes; i += 100)
			reply[i] = '\n';
		return CONTROL_LINES;
	}
	snprintf(last_line, sizeof(last_line), "%s", line);
	snprintf(reply, reply_bytes, "ok %s", line);
	return 0;
}

static void serve(struct control_socket *cs)
{
	for (int i = 0; i < 5; i++)
		control_socket_serve(cs, now_ns, execute, &n_executed);
}

static struct control_socket *server_open(void)
{
	struct control_socket *cs = NULL;

	n_executed = 0;
	CU_ASSERT_EQUAL_FATAL(control_socket_open(&cs, path, &diag), 0);
	return cs;
}

static int client_connect(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* What has arrived by now. */
static const char *heard(int fd)
{
	static char text[100000];
	size_t n = 0;
	ssize_t got;

	while ((got = recv(fd, text + n, sizeof(text) - 1 - n, 0)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	return text;
}

static void tell(int fd, const char *bytes, size_t n)
{
	CU_ASSERT_EQUAL(send(fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

static int bench_run(const char *name, const struct suite_test *tests, int n_tests)
{
	int n_failed;

	signal(SIGPIPE, SIG_DFL); /* the server must not raise it */
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/control.sock", folder);
	n_failed = suite_run(name, tests, n_tests);
	rmdir(folder);
	return n_failed;
}

#endif
