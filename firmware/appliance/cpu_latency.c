/* cpu_latency.c - a latency limit for idle cores. See cpu_latency.h.
 * Tested by: unit/base/test_rt_memory */
#include "appliance/cpu_latency.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

int cpu_latency_hold(const char *path, int us)
{
	int32_t asked = us, held = -1;
	int fd = open(path, O_RDWR | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, &asked, sizeof(asked)) != (ssize_t)sizeof(asked))
		err = errno ? -errno : -EIO;
	else if (pread(fd, &held, sizeof(held), 0) != (ssize_t)sizeof(held) || held > asked)
		err = -EIO;
	if (!err)
		return fd;
	close(fd);
	return err;
}
