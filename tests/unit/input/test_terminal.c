/* test_terminal.c - keys of a pseudo terminal to events, and the terminal as it was afterwards. */
#include "input/terminal.h"

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

#include "tests/support/suite.h"

static int keyboard; /* the other side of our standard input */

static const struct settings settings = {
	.n_knobs = 10,
	.n_buttons = 5,
	.buttons = {{.name = "shift", .pin = 1}, {.name = "commit", .pin = 2},
		{.name = "third", .pin = 3}, {.name = "fourth", .pin = 4},
		{.name = "held", .presses = {{PRESS_GATE, "env1", 0}}}},
};

static struct input_source *source_open(void)
{
	struct input_source *source = NULL;
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(terminal_open(&source, &settings, &diag), 0);
	return source;
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
static int type(struct input_source *source, const char *keys, struct input_event *events, int max)
{
	struct pollfd fd = {.fd = source->fd(source), .events = POLLIN};
	int n = 0;

	keys_write(keys);
	while (poll(&fd, 1, 100) > 0) {
		int got = source->read(source, events + n, max - n);

		CU_ASSERT_FATAL(got >= 0);
		n += got;
		if (n == max)
			break;
	}
	return n;
}

static void check_event(
	struct input_event event, enum input_kind kind, enum input_control control, int value)
{
	CU_ASSERT_EQUAL(event.kind, kind);
	CU_ASSERT_EQUAL(event.control, control);
	CU_ASSERT_EQUAL(event.value, (float)value);
	CU_ASSERT_TRUE(event.time_ns > 0);
}

static void test_knobs(void)
{
	struct input_source *source = source_open();
	struct input_event events[40];

	CU_ASSERT_EQUAL_FATAL(type(source, "qasWS", events, 40), 5);
	check_event(events[0], INPUT_TURN, INPUT_KNOBS + 0, 1);
	check_event(events[1], INPUT_TURN, INPUT_KNOBS + 0, -1);
	check_event(events[2], INPUT_TURN, INPUT_KNOBS + 1, -1);
	check_event(events[3], INPUT_TURN, INPUT_KNOBS + 1, 8);
	check_event(events[4], INPUT_TURN, INPUT_KNOBS + 1, -8);
	CU_ASSERT_EQUAL_FATAL(type(source, "p;:P#xcv!", events, 40), 4);
	check_event(events[0], INPUT_TURN, INPUT_KNOBS + 9, 1);
	check_event(events[1], INPUT_TURN, INPUT_KNOBS + 9, -1);
	check_event(events[2], INPUT_TURN, INPUT_KNOBS + 9, -8);
	check_event(events[3], INPUT_TURN, INPUT_KNOBS + 9, 8);
	for (int i = 0; i < TERMINAL_N_KNOBS; i++) {
		char keys[] = {terminal_key_up(i), terminal_key_down(i), '\0'};

		CU_ASSERT_EQUAL_FATAL(type(source, keys, events, 40), 2);
		check_event(events[0], INPUT_TURN, (enum input_control)(INPUT_KNOBS + i), 1);
		check_event(events[1], INPUT_TURN, (enum input_control)(INPUT_KNOBS + i), -1);
	}
	CU_ASSERT_EQUAL(terminal_key_up(10), '\0');
	CU_ASSERT_EQUAL(terminal_key_down(-1), '\0');
	source->close(source);
}

static void test_buttons_and_gate(void)
{
	struct input_source *source = source_open();
	struct input_event events[40];

	CU_ASSERT_EQUAL_FATAL(type(source, "\r\nz\b\177", events, 40), 5);
	check_event(events[0], INPUT_PRESS, INPUT_BUTTONS + 1, 0);
	check_event(events[1], INPUT_PRESS, INPUT_BUTTONS + 1, 0);
	for (int i = 2; i < 5; i++)
		check_event(events[i], INPUT_LONG_PRESS, INPUT_BUTTONS + 1, 0);
	CU_ASSERT_EQUAL_FATAL(type(source, "1369  ", events, 40), 4); /* buttons 6 and 9: none */
	check_event(events[0], INPUT_PRESS, INPUT_BUTTONS + 0, 0);
	check_event(events[1], INPUT_PRESS, INPUT_BUTTONS + 2, 0);
	check_event(events[2], INPUT_DOWN, INPUT_ALL_GATES, 0);
	check_event(events[3], INPUT_UP, INPUT_ALL_GATES, 0);
	CU_ASSERT_EQUAL_FATAL(type(source, "555", events, 40), 3); /* held: down, up, down */
	check_event(events[0], INPUT_DOWN, INPUT_BUTTONS + 4, 0);
	check_event(events[1], INPUT_UP, INPUT_BUTTONS + 4, 0);
	check_event(events[2], INPUT_DOWN, INPUT_BUTTONS + 4, 0);
	source->close(source);
}

static void test_quit(void)
{
	struct input_source *source = source_open();
	struct input_event events[40];

	CU_ASSERT_EQUAL_FATAL(type(source, "\003\004", events, 40), 2);
	check_event(events[0], INPUT_PRESS, INPUT_QUIT, 0);
	check_event(events[1], INPUT_PRESS, INPUT_QUIT, 0);
	CU_ASSERT_EQUAL_FATAL(type(source, "\033", events, 40), 1);
	check_event(events[0], INPUT_PRESS, INPUT_QUIT, 0);
	CU_ASSERT_EQUAL(type(source, "\033[A\033[1;5D\033OP\033x", events, 40), 0);
	CU_ASSERT_EQUAL(type(source, "\033[", events, 40), 0); /* in two parts, the first late */
	CU_ASSERT_EQUAL_FATAL(type(source, "Aq", events, 40), 1);
	check_event(events[0], INPUT_TURN, INPUT_KNOBS + 0, 1);
	source->close(source);
}

static void test_few_at_a_time(void)
{
	struct input_source *source = source_open();
	struct input_event event;
	int n = 0;

	CU_ASSERT_EQUAL(source->read(source, &event, 1), 0); /* does not wait */
	keys_write("qqqqq");
	while (source->read(source, &event, 1) == 1)
		n++;
	CU_ASSERT_EQUAL(n, 5);
	source->close(source);
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
	struct input_source *source = source_open();
	struct sigaction action;

	CU_ASSERT_EQUAL(local_flags() & (tcflag_t)(ICANON | ECHO | ISIG), 0);
	source->close(source);
	CU_ASSERT_EQUAL(local_flags(), before);
	sigaction(SIGTERM, NULL, &action);
	CU_ASSERT_PTR_EQUAL(action.sa_handler, SIG_DFL);

	for (int way = 0; way < 3; way++) {
		static const int signals[] = {0, SIGTERM, SIGABRT};
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			static struct input_source
				*left_open; /* still reachable at exit: no leak */

			left_open = source_open();
			if (signals[way] && left_open)
				raise(signals[way]);
			exit(left_open == NULL);
		}
		CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
		CU_ASSERT_EQUAL(WIFSIGNALED(status) ? WTERMSIG(status) : 0, signals[way]);
		CU_ASSERT_EQUAL(local_flags(), before);
	}
}

/* A terminal of its own: the other one's keyboard is open in the process that runs the tests, too. */
static void test_gone(void)
{
	struct input_source *source;
	struct input_event event;
	struct diag diag;
	int pipe_fds[2], own_keyboard, terminal_fd;

	CU_ASSERT_EQUAL_FATAL(openpty(&own_keyboard, &terminal_fd, NULL, NULL, NULL), 0);
	dup2(terminal_fd, STDIN_FILENO);
	close(terminal_fd);
	source = source_open();
	close(own_keyboard);
	CU_ASSERT_EQUAL(source->read(source, &event, 1), -EIO);
	source->close(source);
	CU_ASSERT_EQUAL_FATAL(pipe(pipe_fds), 0);
	dup2(pipe_fds[0], STDIN_FILENO);
	CU_ASSERT_EQUAL(terminal_open(&source, &settings, &diag), -ENOTTY);
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
