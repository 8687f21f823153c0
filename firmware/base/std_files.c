#include "base/std_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int std_files_open(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int got;

		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* the lowest free number, so this one; for programs started from here too */
		got = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
		if (got != fd)
			return got < 0 ? -errno : -EBADF;
	}
	return 0;
}

static int flush_err; /* the first one */

int std_files_flush(void)
{
	if (fflush(stdout) != 0 && !flush_err)
		flush_err = errno ? -errno : -EIO;
	return flush_err;
}

int std_files_close(void)
{
	int had_error, err = std_files_flush();

	had_error = ferror(stdout);
	if (fclose(stdout) != 0 && !err)
		err = errno ? -errno : -EIO;
	return err || !had_error ? err : -EIO;
}
