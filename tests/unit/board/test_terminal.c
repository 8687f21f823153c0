/* test_terminal.c - keys of a pseudo terminal to events, and the terminal as it was afterwards. */
#include "board/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "board/board.h"
#include "tests/support/suite.h"

static int keyboard; /* the other side of our standard input */

static struct board_config config = {
	.n_knobs = 10,
	.n_buttons = 3,
	.buttons = {{.name = "shift", .pin = 1}, {.name = "commit", .pin = 2},
		{.name = "third", .pin = 3}},
};

static struct board *board_open(void)
{
	struct board *board = NULL;
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(board_terminal_open(&board, &config, &diag), 0);
	return board;
}

/* Writes keys and waits until the terminal has them all: however slow the machine, they are one. */
static void keys_write(const char *keys)
{
	int n_ready = 0;

	CU_ASSERT_EQUAL_FATAL(write(keyboard, keys, strlen(keys)), (ssize_t)strlen(keys));
	while (ioctl(STDIN_FILENO, FIONREAD, &n_ready) == 0 && n_ready < (int)strlen(keys))
		usleep(100);
}

/* Types keys and reads what comes of them, waiting until nothing comes for 100 ms. */
static int type(struct board *board, const char *keys, struct board_event *events, int max)
{
	struct pollfd fd = {.fd = board->fd(board), .events = POLLIN};
	int n = 0;

	keys_write(keys);
	while (poll(&fd, 1, 100) > 0) {
		int got = board->read(board, events + n, max - n);

		CU_ASSERT_FATAL(got >= 0);
		n += got;
		if (n == max)
			break;
	}
	return n;
}

static void check_event(struct board_event event, enum board_event_kind kind, int index,
			int detents)
{
	CU_ASSERT_EQUAL(event.kind, kind);
	CU_ASSERT_EQUAL(event.index, index);
	CU_ASSERT_EQUAL(event.detents, detents);
}

static void test_knobs(void)
{
	struct board *board = board_open();
	struct board_event events[40];

	CU_ASSERT_EQUAL_FATAL(type(board, "qasWS", events, 40), 5);
	check_event(events[0], BOARD_TURN, 0, 1);
	check_event(events[1], BOARD_TURN, 0, -1);
	check_event(events[2], BOARD_TURN, 1, -1);
	check_event(events[3], BOARD_TURN, 1, 8);
	check_event(events[4], BOARD_TURN, 1, -8);
	CU_ASSERT_EQUAL_FATAL(type(board, "p;:P#xcv!", events, 40), 4);
	check_event(events[0], BOARD_TURN, 9, 1);
	check_event(events[1], BOARD_TURN, 9, -1);
	check_event(events[2], BOARD_TURN, 9, -8);
	check_event(events[3], BOARD_TURN, 9, 8);
	for (int i = 0; i < TERMINAL_N_KNOBS; i++) {
		char keys[] = {terminal_key_up(i), terminal_key_down(i), '\0'};

		CU_ASSERT_EQUAL_FATAL(type(board, keys, events, 40), 2);
		check_event(events[0], BOARD_TURN, i, 1);
		check_event(events[1], BOARD_TURN, i, -1);
	}
	CU_ASSERT_EQUAL(terminal_key_up(10), '\0');
	CU_ASSERT_EQUAL(terminal_key_down(-1), '\0');
	board->close(board);
}

static void test_buttons_and_gate(void)
{
	struct board *board = board_open();
	struct board_event events[40];

	CU_ASSERT_EQUAL_FATAL(type(board, "\r\nz\b\177", events, 40), 5);
	check_event(events[0], BOARD_PRESS, 1, 0);
	check_event(events[1], BOARD_PRESS, 1, 0);
	for (int i = 2; i < 5; i++)
		check_event(events[i], BOARD_LONG_PRESS, 1, 0);
	CU_ASSERT_EQUAL_FATAL(type(board, "1349  ", events, 40), 4); /* buttons 4 and 9: none */
	check_event(events[0], BOARD_PRESS, 0, 0);
	check_event(events[1], BOARD_PRESS, 2, 0);
	check_event(events[2], BOARD_GATE, 0, 1);
	check_event(events[3], BOARD_GATE, 0, 0);
	board->close(board);
}

static void test_quit(void)
{
	struct board *board = board_open();
	struct board_event events[40];

	CU_ASSERT_EQUAL_FATAL(type(board, "\003\004", events, 40), 2);
	check_event(events[0], BOARD_QUIT, 0, 0);
	check_event(events[1], BOARD_QUIT, 0, 0);
	CU_ASSERT_EQUAL_FATAL(type(board, "\033", events, 40), 1);
	check_event(events[0], BOARD_QUIT, 0, 0);
	CU_ASSERT_EQUAL(type(board, "\033[A\033[1;5D\033OP\033x", events, 40), 0);
	CU_ASSERT_EQUAL(type(board, "\033[", events, 40), 0); /* in two parts, the first late */
	CU_ASSERT_EQUAL_FATAL(type(board, "Aq", events, 40), 1);
	check_event(events[0], BOARD_TURN, 0, 1);
	board->close(board);
}

static void test_few_at_a_time(void)
{
	struct board *board = board_open();
	struct board_event event;
	int n = 0;

	CU_ASSERT_EQUAL(board->read(board, &event, 1), 0); /* does not wait */
	keys_write("qqqqq");
	while (board->read(board, &event, 1) == 1)
		n++;
	CU_ASSERT_EQUAL(n, 5);
	board->close(board);
}

static tcflag_t local_flags(void)
{
	struct termios now;

	CU_ASSERT_EQUAL_FATAL(tcgetattr(STDIN_FILENO, &now), 0);
	return now.c_lflag;
}

static void test_the_terminal_is_put_back(void)
{
	tcflag_t before = local_flags();
	struct board *board = board_open();
	struct sigaction action;

	CU_ASSERT_EQUAL(local_flags() & (tcflag_t)(ICANON | ECHO | ISIG), 0);
	board->close(board);
	CU_ASSERT_EQUAL(local_flags(), before);
	sigaction(SIGTERM, NULL, &action);
	CU_ASSERT_PTR_EQUAL(action.sa_handler, SIG_DFL);

	for (int way = 0; way < 3; way++) {
		static const int signals[] = {0, SIGTERM, SIGABRT};
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			static struct board *left_open; /* still reachable at exit: no leak */

			left_open = board_open();
			if (signals[way] && left_open)
				raise(signals[way]);
			exit(left_open == NULL);
		}
		CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
		CU_ASSERT_EQUAL(WIFSIGNALED(status) ? WTERMSIG(status) : 0, signals[way]);
		CU_ASSERT_EQUAL(local_flags(), before);
	}
}

/* Last: it takes the keyboard away. */
static void test_gone(void)
{
	struct board *board = board_open();
	struct board_event event;
	struct diag diag;
	int pipe_fds[2];

	close(keyboard);
	CU_ASSERT_EQUAL(board->read(board, &event, 1), -EIO);
	board->close(board);
	CU_ASSERT_EQUAL_FATAL(pipe(pipe_fds), 0);
	dup2(pipe_fds[0], STDIN_FILENO);
	CU_ASSERT_EQUAL(board_terminal_open(&board, &config, &diag), -ENOTTY);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "not a terminal"));
}

int main(void)
{
	static const struct suite_test tests[] = {
		{"knobs", test_knobs},
		{"buttons and gate", test_buttons_and_gate},
		{"quit, and what only looks like it", test_quit},
		{"few at a time", test_few_at_a_time},
		{"the terminal is put back", test_the_terminal_is_put_back},
		{"a terminal that is gone", test_gone},
	};
	int terminal_fd;

	if (openpty(&keyboard, &terminal_fd, NULL, NULL, NULL) < 0)
		return 1;
	dup2(terminal_fd, STDIN_FILENO);
	close(terminal_fd);
	signal(SIGHUP, SIG_IGN);
	return suite_run("terminal", tests, (int)ARRAY_LEN(tests));
}
