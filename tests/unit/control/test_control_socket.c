/* test_control_socket.c - one line in, one line out, whoever calls and however badly. */
#include "control/control_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/control_bench.h"
#include "tests/support/suite.h"

static void test_lines(void)
{
	struct control_socket *cs = server_open();
	struct pollfd fds[CONTROL_MAX_FDS];
	int fd = client_connect();
	struct stat info;

	CU_ASSERT_EQUAL(stat(path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 0777, 0660);
	CU_ASSERT_EQUAL(control_socket_fds(cs, fds, CONTROL_MAX_FDS), 1);
	CU_ASSERT_EQUAL(poll(fds, 1, 0), 1);
	tell(fd, "set osc1.lev", 12);
	serve(cs);
	CU_ASSERT_EQUAL(control_socket_fds(cs, fds, CONTROL_MAX_FDS), 2);
	CU_ASSERT_EQUAL(control_socket_fds(cs, fds, 1), 1);
	CU_ASSERT_EQUAL(n_executed, 0);
	tell(fd, "el 1\ncommit\r\n\nun", 16);
	serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(fd), "ok set osc1.level 1\nok commit\nok \n");
	tell(fd, "do\n", 3);
	shutdown(fd, SHUT_WR); /* it still gets its reply */
	serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(fd), "ok undo\n");
	CU_ASSERT_EQUAL(control_socket_fds(cs, fds, CONTROL_MAX_FDS), 1);
	close(fd);
	control_socket_close(cs);
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
}

static void test_bad_lines(void)
{
	struct control_socket *cs = server_open();
	int fd = client_connect();
	static char line[5000];

	tell(fd, "gate\0on\n", 8);
	serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(fd), "error: the line has a NUL byte\n");
	CU_ASSERT_EQUAL(n_executed, 0);

	memset(line, 'x', sizeof(line));
	line[CONTROL_LINE_BYTES] = '\n';
	tell(fd, line, CONTROL_LINE_BYTES + 1);
	serve(cs);
	CU_ASSERT_EQUAL(n_executed, 1);
	CU_ASSERT_EQUAL(strlen(last_line), CONTROL_LINE_BYTES);
	CU_ASSERT_EQUAL(strlen(heard(fd)), CONTROL_REPLY_BYTES); /* cut, and one line */

	line[CONTROL_LINE_BYTES] = 'x';
	memcpy(line + sizeof(line) - 6, "\nundo\n", 6);
	tell(fd, line, sizeof(line));
	for (int i = 0; i < 3; i++)
		serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(fd), "error: a line is at most 1024 bytes long\nok undo\n");
	CU_ASSERT_EQUAL(n_executed, 2);
	close(fd);
	control_socket_close(cs);
}

/* As many bytes as there may be, twice, to who reads slowly; what comes behind waits. */
static void test_many_lines(void)
{
	struct control_socket *cs = server_open();
	int fd = client_connect(), n_lines = 0;
	size_t n = 0;

	tell(fd, "many\nmany\nundo\n", 15);
	for (int i = 0; i < 20; i++) {
		const char *text;

		serve(cs);
		text = heard(fd);
		n += strlen(text);
		for (; (text = strchr(text, '\n')) != NULL; text++)
			n_lines++;
	}
	CU_ASSERT_EQUAL(n, 2 * CONTROL_ANSWER_BYTES + strlen("ok undo\n"));
	CU_ASSERT_EQUAL(n_lines, 2 * (CONTROL_ANSWER_BYTES / 100 + 1) + 1);
	close(fd);
	control_socket_close(cs);
}

static void test_many_clients(void)
{
	struct control_socket *cs = server_open();
	struct pollfd fds[CONTROL_MAX_FDS];
	int clients[CONTROL_MAX_CLIENTS];

	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		clients[i] = client_connect();
		serve(cs);
	}
	CU_ASSERT_EQUAL(control_socket_fds(cs, fds, CONTROL_MAX_FDS), CONTROL_MAX_FDS);
	close(clients[3]);
	serve(cs);
	clients[3] = client_connect();
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++)
		tell(clients[i], "a\n", 2);
	serve(cs);
	for (int i = 0; i < CONTROL_MAX_CLIENTS; i++) {
		CU_ASSERT_STRING_EQUAL(heard(clients[i]), "ok a\n");
		close(clients[i]);
	}
	serve(cs);
	CU_ASSERT_EQUAL(control_socket_fds(cs, fds, CONTROL_MAX_FDS), 1);
	control_socket_close(cs);
}

/* It asks and asks and never listens; another is served all the same, and no reply gets lost. */
static void test_a_client_that_does_not_read(void)
{
	struct control_socket *cs = server_open();
	int slow = client_connect(), other = client_connect();
	int n_sent = 0, n_heard = 0;
	struct pollfd fds[CONTROL_MAX_FDS];

	for (int i = 0; i < 200000; i++) {
		if (send(slow, "command\n", 8, MSG_NOSIGNAL) == 8)
			n_sent++;
		else
			control_socket_serve(cs, now_ns, execute, &n_executed);
	}
	CU_ASSERT_TRUE(n_sent > n_executed); /* it was held up */
	tell(other, "hello\n", 6);
	serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(other), "ok hello\n");
	control_socket_fds(cs, fds, CONTROL_MAX_FDS);
	CU_ASSERT_EQUAL(fds[1].events, POLLOUT);
	for (int i = 0; i < 100000 && n_heard < n_sent; i++) {
		for (const char *c = heard(slow); *c; c++)
			n_heard += *c == '\n';
		serve(cs);
	}
	CU_ASSERT_EQUAL(n_heard, n_sent);
	close(slow);
	close(other);
	control_socket_close(cs);
}

static void test_a_client_that_dies(void)
{
	struct control_socket *cs = server_open();
	struct pollfd fds[CONTROL_MAX_FDS];

	for (int i = 0; i < 100; i++) {
		int fd = client_connect();

		tell(fd, "one\ntwo\nthr", 11);
		if (i % 2)
			serve(cs);
		close(fd);
		serve(cs);
		CU_ASSERT_EQUAL(control_socket_fds(cs, fds, CONTROL_MAX_FDS), 1);
	}
	CU_ASSERT_EQUAL(n_executed, 200); /* what was sent whole was meant */
	control_socket_close(cs);
}

static void test_who_was_there_before(void)
{
	struct control_socket *cs = server_open(), *second = NULL;
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	char wanted[80], long_path[200];
	int fd;

	CU_ASSERT_EQUAL(control_socket_open(&second, path, &diag), -EADDRINUSE);
	snprintf(wanted, sizeof(wanted), "another chronus is running, pid %d", (int)getpid());
	CU_ASSERT_STRING_EQUAL(diag.text, wanted);
	serve(cs);
	fd = client_connect();
	tell(fd, "still here\n", 11);
	serve(cs);
	CU_ASSERT_STRING_EQUAL(heard(fd), "ok still here\n");
	close(fd);
	control_socket_close(cs);

	fd = socket(AF_UNIX, SOCK_STREAM, 0); /* a dead program's: bound, and nobody listens */
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	control_socket_close(server_open());

	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	CU_ASSERT_EQUAL(control_socket_open(&second, path, &diag), -EEXIST);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	unlink(path);
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	CU_ASSERT_EQUAL(control_socket_open(&second, long_path, &diag), -ENAMETOOLONG);
	CU_ASSERT_EQUAL(control_socket_open(&second, "/no/such/folder/s", &diag), -ENOENT);
	CU_ASSERT_PTR_NULL(second);
	control_socket_close(NULL);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{"lines", test_lines},
		{"bad lines", test_bad_lines},
		{"many lines", test_many_lines},
		{"many clients", test_many_clients},
		{"a client that does not read", test_a_client_that_does_not_read},
		{"a client that dies", test_a_client_that_dies},
		{"who was there before", test_who_was_there_before},
	};

	return bench_run("control_socket", tests, (int)ARRAY_LEN(tests));
}
