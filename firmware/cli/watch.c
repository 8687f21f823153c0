/* Tested by: e2e/test_midi */
#include "cli/watch.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t must_end;

static void end_watch(int number)
{
	(void)number;
	must_end = 1;
}

void watch_begin(void)
{
	struct sigaction end = {.sa_handler = end_watch};

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
}

bool watch_has_ended(void)
{
	return must_end;
}
