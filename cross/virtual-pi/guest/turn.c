/* turn.c - the hand at the virtual Pi's knobs: moves lines of a gpio-sim chip at given times.
 *
 * usage: turn FOLDER SCRIPT    FOLDER: the chip's in sysfs, with sim_gpioN in it
 * SCRIPT has one edge a line: MICROSECONDS LINE 0|1, times from the start, in order.
 * Prints, for each edge that carries a fourth word, that word and the time of CLOCK_MONOTONIC, in ns,
 * right before the line moved. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_LINES = 64 };

static int files[MAX_LINES];

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void sleep_until(int64_t ns)
{
	struct timespec t = {ns / 1000000000, ns % 1000000000};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static int file_of(const char *folder, unsigned line)
{
	char path[256];

	if (line >= MAX_LINES)
		return -1;
	if (!files[line]) {
		snprintf(path, sizeof(path), "%s/sim_gpio%u/pull", folder, line);
		files[line] = open(path, O_WRONLY);
		if (files[line] < 0)
			fprintf(stderr, "turn: %s: %s\n", path, strerror(errno));
	}
	return files[line];
}

int main(int argc, char **argv)
{
	FILE *script = argc == 3 ? fopen(argv[2], "r") : NULL;
	int64_t start_ns;
	char text[128];
	long n_edges = 0;

	if (!script) {
		fprintf(stderr, "usage: turn FOLDER SCRIPT\n");
		return 2;
	}
	start_ns = now_ns();
	while (fgets(text, sizeof(text), script)) {
		long long us;
		unsigned line, level;
		char mark[32] = "";
		int64_t ns;
		const char *pull;

		if (sscanf(text, "%lld %u %u %31s", &us, &line, &level, mark) < 3)
			continue;
		sleep_until(start_ns + us * 1000);
		pull = level ? "pull-up" : "pull-down";
		if (file_of(argv[1], line) < 0)
			return 1;
		ns = now_ns();
		if (pwrite(files[line], pull, strlen(pull), 0) < 0) {
			fprintf(stderr, "turn: line %u: %s\n", line, strerror(errno));
			return 1;
		}
		if (mark[0])
			printf("%s %lld\n", mark, (long long)ns);
		n_edges++;
	}
	fprintf(stderr, "turn: %ld edges\n", n_edges);
	return 0;
}
