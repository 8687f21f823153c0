/* places.c - where the card's parts are. See places.h.
 * Tested by: unit/card/test_update */
#include "card/places.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys_file.h"

static void below(char *to, const char *root, const char *path)
{
	snprintf(to, PLACE_BYTES, "%.120s%.120s", root, path);
}

void places_find(struct places *places, const char *root)
{
	char disk[64];

	memset(places, 0, sizeof(*places));
	below(places->card, root, "/boot/firmware");
	below(places->data, root, "/data");
	below(places->boot, root, "/run/chronus-boot");
	below(places->run, root, "/run/chronus-card");
	below(places->sound, root, "/run/chronus");
	below(places->socket, root, "/run/chronus-card.sock");
	places->has_slots = place_has(places->card, "slot.txt");
	if (!places->has_slots)
		below(places->card, root, "/etc/chronus");
	if (sys_read(disk, sizeof(disk), places->boot, "/disk") <= 0)
		strcpy(disk, "/dev/mmcblk0p");
	below(places->disk, root, disk);
	below(places->systemctl, root, "/usr/bin/systemctl");
}

const char *places_root(void)
{
	const char *root = getenv("CHRONUS_ROOT");

	return root ? root : "";
}

bool place_path(char *buf, size_t n_bytes, const char *folder, const char *format, ...)
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

bool place_has(const char *folder, const char *name)
{
	char path[2 * PLACE_BYTES];

	return place_path(path, sizeof(path), folder, "%s", name) && access(path, F_OK) == 0;
}
