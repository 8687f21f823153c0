/* terminal.c - a keyboard that turns knobs and presses buttons. README.md has the keys.
 *
 * One epoll descriptor stands for the terminal and for a timer: a lone Esc is known as such only
 * when nothing has followed it for a moment (arrow keys begin with the same byte). */
#include "input/terminal.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"

enum { KEY_CTRL_C = 3, KEY_CTRL_D = 4, KEY_BACKSPACE = 8, KEY_ESC = 27, KEY_DELETE = 127 };
enum { FAST_DETENTS = 8, ESC_ALONE_MS = 40 };

enum escape { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_SEQUENCE, ESCAPE_ONE_MORE };

struct terminal {
	struct input_source source; /* first: the source is the terminal */
	int epoll_fd, timer_fd;
	enum escape escape;
	bool is_gate_on;
	int commit; /* the control that Enter and Backspace press */
	int n_knobs, n_buttons;
	const struct settings *settings;
	uint16_t
		held; /* buttons, a bit each: a key has no way up, so the next press of it is that */
};
_Static_assert(SETTINGS_MAX_BUTTONS <= 16, "a bit for each");

static const char keys_up[] = "qwertyuiop";
static const char keys_down[] = "asdfghjkl;";
_Static_assert(sizeof(keys_up) == TERMINAL_N_KNOBS + 1 && sizeof(keys_down) == sizeof(keys_up),
	"two keys a knob");

/* Any exit, a signal's too, puts this back. writer: [init] */
static struct termios before;
static volatile sig_atomic_t is_raw;

static const int fatal_signals[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

char terminal_key_up(int knob)
{
	return knob >= 0 && knob < TERMINAL_N_KNOBS ? keys_up[knob] : '\0';
}

char terminal_key_down(int knob)
{
	return knob >= 0 && knob < TERMINAL_N_KNOBS ? keys_down[knob] : '\0';
}

static void restore(void)
{
	if (is_raw) {
		is_raw = 0;
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	}
}

/* SA_RESETHAND: the signal then does what it would have done without us. */
static void restore_and_die(int sig)
{
	restore();
	raise(sig);
}

/* Signals that somebody handles already are left to them. */
static void signals_set(void (*from)(int), void (*to)(int))
{
	struct sigaction action = {.sa_handler = to, .sa_flags = (int)SA_RESETHAND};
	struct sigaction now;

	for (size_t i = 0; i < ARRAY_LEN(fatal_signals); i++) {
		if (sigaction(fatal_signals[i], NULL, &now) == 0 && now.sa_handler == from)
			sigaction(fatal_signals[i], &action, NULL);
	}
}

static int raw_begin(void)
{
	static bool is_registered;
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return -errno;
	raw = before;
	/* output stays as it was: a newline is a newline */
	raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	if (!is_registered) {
		atexit(restore);
		is_registered = true;
	}
	is_raw = 1;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0) {
		is_raw = 0;
		return -errno;
	}
	signals_set(SIG_DFL, restore_and_die);
	return 0;
}

static void timer_set(struct terminal *terminal, int ms)
{
	struct itimerspec when = {.it_value = {.tv_nsec = ms * 1000000L}};

	timerfd_settime(terminal->timer_fd, 0, &when, NULL);
}

static int turn(const struct terminal *terminal, struct input_event *event, const char *keys,
	int key, int direction)
{
	bool is_fast = isupper(key) || key == ':';
	int plain = key == ':' ? ';' : tolower(key);
	const char *at = plain ? strchr(keys, plain) : NULL;

	if (!at || at - keys >= terminal->n_knobs)
		return 0;
	event->kind = INPUT_TURN;
	event->control = (uint16_t)(INPUT_KNOBS + (at - keys));
	event->value = (float)(direction * (is_fast ? FAST_DETENTS : 1));
	return 1;
}

static bool is_held_button(const struct settings *settings, int button)
{
	return press_is_held(settings->buttons[button].presses[PRESS_SHORT].does);
}

static int press_button(struct terminal *terminal, int button, struct input_event *event)
{
	event->control = (uint16_t)(INPUT_BUTTONS + button);
	if (button >= terminal->n_buttons)
		return 0;
	if (!is_held_button(terminal->settings, button))
		return 1;
	terminal->held ^= (uint16_t)(1u << button);
	event->kind = terminal->held >> button & 1 ? INPUT_DOWN : INPUT_UP;
	return 1;
}

/* 1 and the event of a key, or 0. */
static int key_event(struct terminal *terminal, int key, struct input_event *event)
{
	*event = (struct input_event){.kind = INPUT_PRESS, .time_ns = clock_now_ns()};
	if (key == '\r' || key == '\n') {
		event->control = (uint16_t)terminal->commit;
	} else if (key == KEY_BACKSPACE || key == KEY_DELETE || key == 'z' || key == 'Z') {
		event->kind = INPUT_LONG_PRESS;
		event->control = (uint16_t)terminal->commit;
	} else if (key == ' ') {
		terminal->is_gate_on = !terminal->is_gate_on;
		event->kind = terminal->is_gate_on ? INPUT_DOWN : INPUT_UP;
		event->control = INPUT_ALL_GATES;
	} else if (key == KEY_CTRL_C || key == KEY_CTRL_D) {
		event->control = INPUT_QUIT;
	} else if (key >= '1' && key <= '9') {
		return press_button(terminal, key - '1', event);
	} else {
		return turn(terminal, event, keys_up, key, 1) ||
		       turn(terminal, event, keys_down, key, -1);
	}
	return 1;
}

/* Whether a byte belongs to an escape sequence: "ESC [ 1 ; 5 A", "ESC O P", "ESC x" (Alt-x). */
static bool escape_takes(struct terminal *terminal, int byte)
{
	switch (terminal->escape) {
	case ESCAPE_NONE:
		if (byte != KEY_ESC)
			return false;
		terminal->escape = ESCAPE_BEGUN;
		timer_set(terminal, ESC_ALONE_MS);
		return true;
	case ESCAPE_BEGUN:
		timer_set(terminal, 0);
		terminal->escape = byte == '['   ? ESCAPE_SEQUENCE
				   : byte == 'O' ? ESCAPE_ONE_MORE
						 : ESCAPE_NONE;
		return true;
	case ESCAPE_SEQUENCE:
		if (byte >= '@' && byte <= '~')
			terminal->escape = ESCAPE_NONE;
		return true;
	case ESCAPE_ONE_MORE:
		terminal->escape = ESCAPE_NONE;
		return true;
	}
	return false;
}

static bool esc_was_alone(struct terminal *terminal)
{
	uint64_t n;

	if (read(terminal->timer_fd, &n, sizeof(n)) != sizeof(n) ||
		terminal->escape != ESCAPE_BEGUN)
		return false;
	terminal->escape = ESCAPE_NONE;
	return true;
}

static int terminal_read(struct input_source *source, struct input_event *events, int max)
{
	struct terminal *terminal = (struct terminal *)source;
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int n = 0;

	while (n < max && poll(&in, 1, 0) > 0) {
		unsigned char byte;
		ssize_t got = read(STDIN_FILENO, &byte, 1);

		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			break;
		if (got <= 0) /* readable, but nothing to read: the other side has gone */
			return n > 0 ? n : -EIO;
		if (!escape_takes(terminal, byte))
			n += key_event(terminal, byte, &events[n]);
	}
	if (n < max && esc_was_alone(terminal))
		events[n++] = (struct input_event){
			.kind = INPUT_PRESS, .control = INPUT_QUIT, .time_ns = clock_now_ns()};
	return n;
}

static int terminal_fd(const struct input_source *source)
{
	return ((const struct terminal *)source)->epoll_fd;
}

static void terminal_close(struct input_source *source)
{
	struct terminal *terminal = (struct terminal *)source;

	restore();
	signals_set(restore_and_die, SIG_DFL);
	close(terminal->timer_fd);
	close(terminal->epoll_fd);
	free(terminal);
}

/* 0 or a negative errno; the descriptors are -1 where they could not be had. */
static int descriptors_open(struct terminal *terminal)
{
	struct epoll_event in = {.events = EPOLLIN};

	terminal->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	terminal->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (terminal->epoll_fd < 0 || terminal->timer_fd < 0 ||
		epoll_ctl(terminal->epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &in) < 0 ||
		epoll_ctl(terminal->epoll_fd, EPOLL_CTL_ADD, terminal->timer_fd, &in) < 0)
		return -errno;
	return 0;
}

/* The button named commit, else the first; without buttons, or where that is held, the key itself. */
static int commit_control(const struct settings *settings)
{
	int button = 0;

	for (int i = settings->n_buttons - 1; i >= 0; i--)
		if (strcmp(settings->buttons[i].name, "commit") == 0)
			button = i;
	return button < settings->n_buttons && !is_held_button(settings, button)
		       ? INPUT_BUTTONS + button
		       : INPUT_COMMIT;
}

int terminal_open(struct input_source **source, const struct settings *settings, struct diag *diag)
{
	struct terminal *terminal;
	int err;

	if (!isatty(STDIN_FILENO))
		return diag_set(diag, -ENOTTY, "standard input is not a terminal");
	terminal = calloc(1, sizeof(*terminal));
	if (!terminal)
		return diag_set(diag, -ENOMEM, "out of memory");
	terminal->source = (struct input_source){
		.fd = terminal_fd, .read = terminal_read, .close = terminal_close};
	terminal->n_knobs = settings->n_knobs;
	terminal->n_buttons = settings->n_buttons;
	terminal->settings = settings;
	terminal->commit = commit_control(settings);
	err = descriptors_open(terminal);
	if (err == 0)
		err = raw_begin();
	if (err < 0) {
		if (terminal->epoll_fd >= 0)
			close(terminal->epoll_fd);
		if (terminal->timer_fd >= 0)
			close(terminal->timer_fd);
		free(terminal);
		return diag_set(diag, err, "cannot set up the terminal: %s", strerror(-err));
	}
	*source = &terminal->source;
	return 0;
}

int input_terminal_open(
	struct input_source **source, const struct settings *settings, struct diag *diag)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return INPUT_IS_UNUSED;
	return terminal_open(source, settings, diag);
}
