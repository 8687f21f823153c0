/* seat.c - seats of the privileged side. See seat.h.
 *
 * The lock alone says who sits (the kernel tells its process), so a process that dies leaves
 * nothing behind. It is asked to go by SIGUSR1, which it takes only while it waits for bytes and none are
 * there: between them the signal is blocked. */
#include "card/seat.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { RETRY_MS = 20, NOTE_BYTES = 38 };

static volatile sig_atomic_t must_go;

static void on_signal(int number)
{
	(void)number;
	must_go = 1;
}

static int seat_open(const struct paths *paths, int idx)
{
	char path[PATHS_BYTES + 16];

	snprintf(path, sizeof(path), "%s/seat%d", paths->run, idx);
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* The process that holds the lock; 0: nobody does. */
static pid_t holder_of(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

/* STATE PID SINCE; the process is named because the one before may have left its note. */
static void note(struct seat *seat)
{
	char text[NOTE_BYTES + 1];

	seat->since_ns = clock_now_ns();
	snprintf(text, sizeof(text), "%c %10d %24lld\n", (char)seat->state, (int)getpid(),
		(long long)seat->since_ns);
	if (seat->fd >= 0 && pwrite(seat->fd, text, NOTE_BYTES, 0) != NOTE_BYTES)
		return; /* then it counts as it was before */
}

static int64_t patience_ns(char state)
{
	switch (state) {
	case SEAT_SILENT:
		return SEAT_SILENT_S * NS_PER_S;
	case SEAT_RECEIVE:
	case SEAT_UPDATE:
		return SEAT_RECEIVE_S * NS_PER_S;
	default:
		return INT64_MAX;
	}
}

/* Since when the holder stands still; -1: it may not be sent away, or not in another state than
 * this one (0: any). */
static int64_t idle_since_ns(int fd, pid_t holder, enum seat_state wanted)
{
	char text[NOTE_BYTES + 1] = "", state;
	long long since_ns;
	int pid;

	if (pread(fd, text, NOTE_BYTES, 0) <= 0 ||
		sscanf(text, "%c %d %lld", &state, &pid, &since_ns) != 3 || pid != holder ||
		(wanted && state != (char)wanted) || clock_now_ns() - since_ns < patience_ns(state))
		return -1;
	return since_ns;
}

static bool send_away(const struct paths *paths, int own_idx, enum seat_state wanted)
{
	int64_t longest_ns = INT64_MAX;
	pid_t pid = 0;

	for (int i = 0; i < SEATS; i++) {
		/* to close a file of which we have the lock would give it up */
		int fd = i == own_idx ? -1 : seat_open(paths, i);
		pid_t holder = fd < 0 ? 0 : holder_of(fd);
		int64_t since_ns = holder ? idle_since_ns(fd, holder, wanted) : -1;

		if (since_ns >= 0 && since_ns < longest_ns) {
			longest_ns = since_ns;
			pid = holder;
		}
		if (fd >= 0)
			close(fd);
	}
	return pid > 0 && kill(pid, SIGUSR1) == 0;
}

bool seat_send_away(const struct seat *seat, enum seat_state state)
{
	return seat && seat->fd >= 0 && send_away(seat->paths, seat->idx, state);
}

/* -EAGAIN: all are taken. */
static int take_free(struct seat *seat)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	for (int i = 0; i < SEATS; i++) {
		seat->fd = seat_open(seat->paths, i);
		if (seat->fd < 0)
			return 0;
		seat->idx = i;
		if (fcntl(seat->fd, F_SETLK, &lock) == 0)
			return 0;
		close(seat->fd);
		seat->fd = -1;
	}
	return -EAGAIN;
}

int seat_take(struct seat *seat, const struct paths *paths, struct diag *diag)
{
	int64_t end_ns = clock_now_ns() + SEAT_WAIT_S * NS_PER_S;
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	sigaction(SIGUSR1, &action, NULL);
	*seat = (struct seat){.paths = paths, .fd = -1, .state = SEAT_SILENT};
	mkdir(paths->run, 0755);
	while (take_free(seat) < 0) {
		if (clock_now_ns() >= end_ns)
			return diag_set(diag, -EBUSY,
				"%d requests are under way, and none of them stands still: ask "
				"again later",
				SEATS);
		send_away(paths, -1, 0);
		clock_sleep_until_ns(clock_now_ns() + RETRY_MS * NS_PER_MS);
	}
	note(seat);
	return 0;
}

void seat_set(struct seat *seat, enum seat_state state)
{
	if (!seat)
		return;
	seat->state = state;
	seat->n_new = 0;
	note(seat);
}

/* It was asked to go, and nothing has come since. */
static bool goes(const struct seat *seat)
{
	bool is_asked = seat && must_go;

	must_go = 0;
	return is_asked && clock_now_ns() - seat->since_ns >= patience_ns((char)seat->state);
}

ssize_t seat_read(struct seat *seat, int fd, void *to, size_t n_bytes, int patience_ms)
{
	struct timespec patience = {.tv_sec = patience_ms / 1000};
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	sigset_t signals;
	ssize_t n;
	int found;

	sigprocmask(SIG_SETMASK, NULL, &signals);
	sigdelset(&signals, SIGUSR1);
	while ((found = ppoll(&wait, 1, &patience, seat ? &signals : NULL)) < 0) {
		if (errno != EINTR)
			return -errno;
		if (goes(seat))
			return -ECANCELED;
	}
	if (found == 0)
		return -ETIMEDOUT;
	n = read(fd, to, n_bytes);
	if (n < 0)
		return -errno;
	if (!seat)
		return n;
	seat->n_new += (size_t)n;
	if (seat->state != SEAT_SILENT && seat->n_new >= SEAT_STEP_BYTES)
		seat_set(seat, seat->state);
	return n;
}
