/* paths.c - where the card's parts are. See paths.h.
 * Tested by: unit/card/test_update */
#include "card/paths.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys_file.h"

static void below(char *to, const char *root, const char *path)
{
	snprintf(to, PATHS_BYTES, "%.120s%.120s", root, path);
}

void paths_find(struct paths *paths, const char *root)
{
	char disk[64];

	memset(paths, 0, sizeof(*paths));
	below(paths->card, root, "/boot/firmware");
	below(paths->data, root, "/data");
	below(paths->boot, root, "/run/chronus-boot");
	below(paths->run, root, "/run/chronus-card");
	below(paths->sound, root, "/run/chronus");
	below(paths->socket, root, "/run/chronus-card.sock");
	paths->has_slots = paths_has(paths->card, "slot.txt");
	if (!paths->has_slots)
		below(paths->card, root, "/etc/chronus");
	if (sys_read(disk, sizeof(disk), paths->boot, "/disk") <= 0)
		strcpy(disk, "/dev/mmcblk0p");
	below(paths->disk, root, disk);
	below(paths->systemctl, root, "/usr/bin/systemctl");
}

const char *paths_root(void)
{
	const char *root = getenv("CHRONUS_ROOT");

	return root ? root : "";
}

bool paths_join(char *buf, size_t n_bytes, const char *folder, const char *format, ...)
{
	int n = snprintf(buf, n_bytes, "%s/", folder), m;
	va_list args;

	if (n < 0 || (size_t)n >= n_bytes)
		return false;
	va_start(args, format);
	m = vsnprintf(buf + n, n_bytes - (size_t)n, format, args);
	va_end(args);
	return m >= 0 && (size_t)m < n_bytes - (size_t)n;
}

bool paths_has(const char *folder, const char *name)
{
	char path[2 * PATHS_BYTES];

	return paths_join(path, sizeof(path), folder, "%s", name) && access(path, F_OK) == 0;
}
