/* signals.c - SIGINT, SIGTERM and SIGHUP as a file descriptor of the desk. See signals.h.
 * Tested by: e2e/test_run */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "appliance/run.h"

int run_signals_take(struct run *run, struct diag *diag)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	run->signals.fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	return run->signals.fd < 0 ? diag_set(diag, -errno, "signalfd: %s", strerror(errno)) : 0;
}

bool run_signals_came(const struct run *run)
{
	struct signalfd_siginfo info;

	return read(run->signals.fd, &info, sizeof(info)) == (ssize_t)sizeof(info);
}

void run_signals_close(struct run *run)
{
	if (run->signals.fd >= 0)
		close(run->signals.fd);
	run->signals.fd = -1;
}
