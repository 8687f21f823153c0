/* card_log.c - the card's log. See card_log.h.
 * Tested by: unit/card/test_update */
#include "card/card_log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

static void keep(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	char old[PATHS_BYTES + 40];
	struct stat stat;

	if (fd < 0)
		return;
	if (fstat(fd, &stat) == 0 && stat.st_size > CARD_LOG_MAX_BYTES) {
		snprintf(old, sizeof(old), "%s.old", path);
		rename(path, old);
		close(fd);
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	}
	if (fd < 0)
		return;
	if (write(fd, line, strlen(line)) > 0)
		fsync(fd);
	close(fd);
}

void card_log(const struct paths *paths, const char *format, ...)
{
	char text[500], line[600], when[40], path[PATHS_BYTES + 16];
	struct timespec up;
	time_t now = time(NULL);
	struct tm utc;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	clock_gettime(CLOCK_BOOTTIME, &up);
	gmtime_r(&now, &utc);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &utc);
	snprintf(line, sizeof(line), "%s (%ld s up) %s\n", when, (long)up.tv_sec, text);
	snprintf(path, sizeof(path), "%s/update", paths->data);
	if (paths->has_slots &&
		paths_has(paths->data, ".")) { /* another system's /data is its own */
		mkdir(path, 0755);
		snprintf(path, sizeof(path), "%s/update/log", paths->data);
		keep(path, line);
	}
	log_line(LOG_LEVEL_INFO, "%s", text);
}
