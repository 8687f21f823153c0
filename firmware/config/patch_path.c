#include "config/patch_path.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_file(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* In the folder of the file beside, or in a folder within that. */
static bool find_in(
	const char *beside, const char *within, const char *said, char *path, size_t n_bytes)
{
	static const char *const ends[] = {"", ".ini"};
	const char *slash = beside ? strrchr(beside, '/') : NULL;
	int n_folder = slash ? (int)(slash - beside) + 1 : 0;

	for (int i = 0; beside && i < 2; i++) {
		int n = snprintf(
			path, n_bytes, "%.*s%s%s%s", n_folder, beside, within, said, ends[i]);

		if (n > 0 && (size_t)n < n_bytes && is_file(path))
			return true;
	}
	return false;
}

bool patch_path_find(
	const char *said, const struct patch_places *places, char *path, size_t n_bytes)
{
	const char *settings = places->settings && places->settings[0] ? places->settings : NULL;
	const char *start = places->start && places->start[0] ? places->start : NULL;
	bool has_folder = strchr(said, '/') != NULL;

	if (find_in("", "", said, path, n_bytes))
		return true;
	if (!has_folder && (find_in(places->now, "", said, path, n_bytes) ||
				   find_in(start, "", said, path, n_bytes) ||
				   find_in(settings, "patches/", said, path, n_bytes)))
		return true;
	if (has_folder && said[0] != '/' && find_in(settings, "", said, path, n_bytes))
		return true;
	snprintf(path, n_bytes, "%s", said);
	return false;
}
