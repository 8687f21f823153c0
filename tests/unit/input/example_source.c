/* A foot switch: a named pipe, each byte of which presses the commit. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "input/source.h"

static struct foot {
	struct input_source source; /* first */
	int fd;
} foot;

static int foot_fd(const struct input_source *source)
{
	return ((const struct foot *)source)->fd;
}

static int foot_read(struct input_source *source, struct input_event *events, int max)
{
	char byte;

	if (max == 0 || read(foot_fd(source), &byte, 1) != 1)
		return max == 0 || errno == EAGAIN ? 0 : -EIO;
	*events = (struct input_event){.kind = INPUT_PRESS, .control = INPUT_COMMIT};
	return 1;
}

static void foot_close(struct input_source *source)
{
	close(foot_fd(source));
}

static int foot_open(
	struct input_source **source, const struct settings *settings, struct diag *diag)
{
	foot = (struct foot){{.fd = foot_fd, .read = foot_read, .close = foot_close},
		.fd = open(FOOT_PIPE(settings), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
	*source = &foot.source;
	return foot.fd < 0 ? diag_set(diag, -errno, "no pipe: %m") : 0;
}
