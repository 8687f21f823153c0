/* ini_file.c - a whole file into memory, if it is a file and small enough.
 * Tested by: unit/config/test_settings */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/ini_lines.h"

static int file_read(
	int fd, const char *path, char **out_text, size_t *out_n_bytes, struct diag *diag)
{
	size_t n_bytes = 0, n_room = INI_MAX_FILE_BYTES + 1;
	struct stat stat;
	char *text;

	if (fstat(fd, &stat) < 0)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(stat.st_mode))
		return diag_set(diag, -EINVAL, "%s: is a %s and not a file", path,
			S_ISDIR(stat.st_mode) ? "directory" : "device or pipe");
	text = malloc(n_room);
	if (!text)
		return diag_set(diag, -ENOMEM, "%s: out of memory", path);
	while (n_bytes < n_room) {
		ssize_t n = read(fd, text + n_bytes, n_room - n_bytes);

		if (n < 0 && errno != EINTR) {
			int err = -errno;

			free(text);
			return diag_set(diag, err, "%s: %s", path, strerror(-err));
		}
		if (n == 0)
			break;
		n_bytes += n > 0 ? (size_t)n : 0;
	}
	if (n_bytes == n_room) {
		free(text);
		return diag_set(diag, -EFBIG, "%s: larger than %d KB; this is not a file of ours",
			path, INI_MAX_FILE_BYTES / 1024);
	}
	*out_text = text;
	*out_n_bytes = n_bytes;
	return 0;
}

int ini_text_filled(const char *text, size_t n_bytes, const char *file, struct diag *diag)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t at = n_bytes >= 3 && memcmp(text, bom, 3) == 0 ? 3 : 0;
	bool is_comment = false;

	for (; at < n_bytes; at++) {
		char c = text[at];

		if (c == '\n' || c == '\r')
			is_comment = false;
		else if (c == ';' || c == '#')
			is_comment = true;
		else if (!is_comment && c != ' ' && c != '\t' && c != '\0')
			return 0;
	}
	return diag_set(diag, -ENODATA,
		"%s: no [section] in it: the file is empty or was cut short; put a good copy back, "
		"or write it anew",
		file);
}

int ini_file_load(const char *path, char **out_text, size_t *out_n_bytes, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold us up */
	int err;

	if (fd < 0)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	err = file_read(fd, path, out_text, out_n_bytes, diag);
	close(fd);
	return err;
}
