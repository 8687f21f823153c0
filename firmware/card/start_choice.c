/* start_choice.c - which program plays. See start_choice.h. */
#include "card/start_choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "card/safe_file.h"

/* Not `starts`: there restarts.c counts the starts of any program. */
static const char kept_starts[] = "program-starts";

/* Whether the file of the instrument's folder holds this now. */
static bool put(const struct paths *paths, const char *name, const char *text)
{
	char path[PATHS_BYTES + 32];
	FILE *file;
	bool is_good;

	snprintf(path, sizeof(path), "%s/%s", paths->sound, name);
	file = fopen(path, "we");
	if (!file)
		return false;
	is_good = fputs(text, file) >= 0;
	return fclose(file) == 0 && is_good;
}

static bool program_of(const struct paths *paths, const char *version, char *path, size_t n_bytes)
{
	char folder[2 * PATHS_BYTES], system[64];

	snprintf(folder, sizeof(folder), "%s/app/%.128s", paths->data, version);
	if (small_read(folder, "system", system, sizeof(system)) <= 0 ||
		strcmp(system, CHRONUS_VERSION) != 0)
		return false; /* it was made for the system of the other slot */
	return paths_join(path, n_bytes, folder, "usr/bin/chronus") && access(path, X_OK) == 0;
}

/* The one on trial, if it has not been started before in this boot. */
static bool choose_trial(const struct paths *paths, char *path, size_t n_bytes)
{
	char version[128], started[128];

	if (small_read(paths->run, "trial", version, sizeof(version)) <= 0)
		return false;
	if (small_read(paths->sound, "trial-started", started, sizeof(started)) > 0 &&
		strcmp(started, version) == 0)
		return false;
	return put(paths, "trial-started", version) && program_of(paths, version, path, n_bytes);
}

/* The one that was kept, if it has not ended too often. */
static bool choose_kept(const struct paths *paths, int64_t now_ns, char *path, size_t n_bytes)
{
	long long last_s = -START_QUICK_S, now_s = now_ns / NS_PER_S;
	char text[64];
	int n_quick = 0;

	if (!program_of(paths, "current", path, n_bytes))
		return false;
	if (small_read(paths->sound, kept_starts, text, sizeof(text)) > 0)
		sscanf(text, "%d %lld", &n_quick, &last_s);
	if (n_quick >= START_MAX_QUICK)
		return false; /* until the next boot */
	n_quick = now_s - last_s < START_QUICK_S ? n_quick + 1 : 1;
	snprintf(text, sizeof(text), "%d %lld", n_quick, now_s);
	return put(paths, kept_starts, text);
}

bool start_choice(const struct paths *paths, int64_t now_ns, char *path, size_t n_bytes)
{
	return choose_trial(paths, path, n_bytes) || choose_kept(paths, now_ns, path, n_bytes);
}

void start_exec(const char *path, int argc, char **argv)
{
	char **words = calloc((size_t)argc + 2, sizeof(*words));

	if (!words)
		return;
	words[0] = (char *)path;
	memcpy(words + 1, argv, (size_t)argc * sizeof(*words));
	execv(path, words);
	free(words);
}
