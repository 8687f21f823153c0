/* Every shipped patch, through `chronus render`: it sounds, is as loud as the others, and can be
 * committed to from any other; what its comment says of knobs is so. A patch that is played by hand
 * has a NAME.script beside it. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/patch_read.h"
#include "config/settings.h"
#include "tests/support/judge.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { MAX_PATCHES = 64, RATE_HZ = 48000, BLOCK = 64, SECONDS = 8 };

#define FOLDER       "config/patches"
#define LIMITER_KNEE 0.891 /* of out: what stays below passes unchanged */
#define SILENCE      1e-3  /* -60 dB */
#define HELD_HZ      19000 /* far above most of what the patches sound */
#define HELD_LEVEL   0.02

static struct spawned run;
static char *names[MAX_PATCHES];
static int n_names;

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_patches(void)
{
	DIR *dir;
	struct dirent *entry;

	if (n_names)
		return;
	dir = opendir(FOLDER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir)) && n_names < MAX_PATCHES) {
		char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".ini") != 0)
			continue;
		names[n_names++] = strndup(entry->d_name, (size_t)(dot - entry->d_name));
	}
	closedir(dir);
	qsort(names, (size_t)n_names, sizeof(names[0]), by_name);
	CU_ASSERT_TRUE_FATAL(n_names >= 12);
}

/* By its own script if it has one. Left and right; frees with wav_data_free. */
static void render(const char *name, struct wav_data *wav)
{
	char script[200], out[200];
	bool is_played;

	snprintf(script, sizeof(script), FOLDER "/%s.script", name);
	snprintf(out, sizeof(out), "%s/patch.wav", spawn_folder());
	is_played = access(script, R_OK) == 0;
	spawn_chronus(&run, "render --patch " FOLDER "/%s.ini --seconds %d --solo --out %s %s %s",
		name, SECONDS, out, is_played ? "--script" : "", is_played ? script : "");
	if (run.status)
		printf("\n%s", run.text);
	CU_ASSERT_EQUAL_FATAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(out, wav), 0);
}

static double loudness_db(const struct wav_data *wav)
{
	double left = judge_rms(wav->frames, 0, wav->n_frames);
	double right = judge_rms(wav->frames, 1, wav->n_frames);

	return judge_db(sqrt((left * left + right * right) / 2.0));
}

static double mean_of(const struct wav_data *wav, int lane)
{
	double sum = 0.0;

	for (int i = 0; i < wav->n_frames; i++)
		sum += (double)wav->frames[i][lane];
	return fabs(sum / wav->n_frames);
}

static void test_each_sounds(void)
{
	find_patches();
	for (int p = 0; p < n_names; p++) {
		struct wav_data wav;
		double loudness;
		unsigned n_failed = CU_get_number_of_failures();

		render(names[p], &wav);
		loudness = loudness_db(&wav);
		CU_ASSERT_TRUE(judge_is_finite(wav.frames, wav.n_frames));
		CHECK_BELOW(fabs(loudness - -19.0), 4.0);
		for (int lane = 0; lane < 2; lane++) {
			CHECK_BELOW(judge_peak(wav.frames, lane, wav.n_frames), LIMITER_KNEE);
			CHECK_BELOW(judge_longest_silence(wav.frames, lane, wav.n_frames, SILENCE),
				RATE_HZ / 2);
			CHECK_BELOW(judge_db(mean_of(&wav, lane)), -40.0);
		}
		if (CU_get_number_of_failures() > n_failed)
			printf("\n    in %s.ini (%.1f dB)", names[p], loudness);
		wav_data_free(&wav);
	}
}

static void test_scripts_have_patches(void)
{
	DIR *dir = opendir(FOLDER);
	struct dirent *entry;

	find_patches();
	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir))) {
		char *dot = strrchr(entry->d_name, '.'), *name;

		if (!dot || strcmp(dot, ".script") != 0)
			continue;
		name = strndup(entry->d_name, (size_t)(dot - entry->d_name));
		CU_ASSERT_PTR_NOT_NULL(
			bsearch(&name, names, (size_t)n_names, sizeof(names[0]), by_name));
		free(name);
	}
	closedir(dir);
}

/* The comment that the patch begins with, as one line. */
static void read_comment(const char *name, char *to, size_t n_bytes)
{
	char path[200], line[300];
	FILE *file;

	snprintf(path, sizeof(path), FOLDER "/%s.ini", name);
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	to[0] = '\0';
	while (fgets(line, sizeof(line), file) && line[0] == ';') {
		line[strcspn(line, "\n")] = '\0';
		snprintf(to + strlen(to), n_bytes - strlen(to), "%s", line + 1);
	}
	fclose(file);
}

/* MODULE.PARAM */
static bool patch_has(const struct patch *patch, const char *target)
{
	char id[64];
	const char *dot = strchr(target, '.');
	int module;

	snprintf(id, sizeof(id), "%.*s", (int)(dot - target), target);
	module = patch_find(patch, id);
	return module >= 0 && module_param_find(patch->modules[module].desc, dot + 1) >= 0;
}

/* Whatever the comment names as MODULE.PARAM is in the patch. Cuts the comment into words. */
static void check_names(const struct patch *patch, const char *name, char *comment)
{
	char *rest = NULL;

	for (char *word = strtok_r(comment, " ,;:()`", &rest); word;
		word = strtok_r(NULL, " ,;:()`", &rest)) {
		size_t n = strlen(word);

		if (word[n - 1] == '.')
			word[n - 1] = '\0';
		if (!strchr(word, '.') || word[0] < 'a' || strstr(word, ".script"))
			continue;
		if (!patch_has(patch, word))
			printf("\n    %s.ini has no %s", name, word);
		CU_ASSERT_TRUE(patch_has(patch, word));
	}
}

/* It says `KNOB turns MODULE.PARAM` (or chooses) of the demo's knobs that do, and of no others. */
static void test_comments_are_true(void)
{
	static struct settings settings;
	struct diag diag;

	find_patches();
	settings_default(&settings);
	CU_ASSERT_EQUAL_FATAL(settings_read("config/demo.ini", &settings, &diag), 0);
	for (int p = 0; p < n_names; p++) {
		struct patch *patch;
		static char comment[4096];
		char turns[200], chooses[200];

		read_comment(names[p], comment, sizeof(comment));
		snprintf(turns, sizeof(turns), FOLDER "/%s.ini", names[p]);
		CU_ASSERT_EQUAL_FATAL(patch_read(turns, &patch, &diag), 0);
		for (int k = 0; k < settings.n_knobs; k++) {
			const char *target = settings.knobs[k].controls[0].target;
			bool is_said;

			if (!strchr(target, '.'))
				continue;
			snprintf(turns, sizeof(turns), "%s turns %s", settings.knobs[k].name,
				target);
			snprintf(chooses, sizeof(chooses), "%s chooses %s", settings.knobs[k].name,
				target);
			is_said = strstr(comment, turns) || strstr(comment, chooses);
			if (is_said != patch_has(patch, target))
				printf("\n    %s.ini: %s", names[p], turns);
			CU_ASSERT_EQUAL(is_said, patch_has(patch, target));
		}
		check_names(patch, names[p], comment);
		patch_free(patch);
	}
}

/* The patch with one more tone, the same in all: what is held through the commits. */
static const char *write_held(const char *name)
{
	static char text[32768];
	char path[200];
	size_t n;
	char *out, *in;
	FILE *file;

	snprintf(path, sizeof(path), FOLDER "/%s.ini", name);
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	n = fread(text, 1, sizeof(text) - 300, file);
	fclose(file);
	text[n] = '\0';
	out = strstr(text, "\n[out]\nin = ");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	in = out + strlen("\n[out]\nin = ");
	memmove(in + strlen("held9 + "), in, strlen(in) + 1);
	memcpy(in, "held9 + ", strlen("held9 + "));
	snprintf(text + strlen(text), 200, "\n[held9]\ntype = osc\nfreq_hz = %d\nlevel = %g\n",
		HELD_HZ, HELD_LEVEL);
	snprintf(path, sizeof(path), "%s.ini", name);
	return spawn_file(path, text);
}

/* From each patch to the next, and from the last to the first, a second each. The tone that all
 * have sounds in every block, also in those of a commit. */
static void test_commits_keep_what_is_held(void)
{
	static char script[16384];
	char first[200], wav_path[200], want[80];
	struct wav_data wav;

	find_patches();
	snprintf(first, sizeof(first), "%s", write_held(names[0]));
	script[0] = '\0';
	for (int p = 1; p <= n_names; p++)
		snprintf(script + strlen(script), sizeof(script) - strlen(script),
			"%d load %s\n%d.1 commit\n%d.4 note * 60 on\n", p,
			p < n_names ? write_held(names[p]) : first, p, p);
	snprintf(wav_path, sizeof(wav_path), "%s/commits.wav", spawn_folder());
	spawn_chronus(&run, "render --patch %s --seconds %d --script %s --out %s", first,
		n_names + 1, spawn_file("commits.script", script), wav_path);
	if (run.status)
		printf("\n%s", run.text);
	CU_ASSERT_EQUAL_FATAL(run.status, 0);
	snprintf(want, sizeof(want), "commits %d, refused 0, none 0", n_names);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, want));
	CU_ASSERT_EQUAL_FATAL(wav_read(wav_path, &wav), 0);
	CU_ASSERT_TRUE(judge_is_finite(wav.frames, wav.n_frames));
	CHECK_BELOW(judge_peak(wav.frames, 0, wav.n_frames), 1.0);
	for (int i = 0; i + BLOCK <= RATE_HZ * (n_names + 1); i += BLOCK)
		CHECK_BELOW(-judge_rms(wav.frames + i, 0, BLOCK), -HELD_LEVEL / 4.0);
	wav_data_free(&wav);
}

SUITE_MAIN("patches", {"each sounds, within its bounds", test_each_sounds},
	{"each script has its patch", test_scripts_have_patches},
	{"each comment is true", test_comments_are_true},
	{"a commit from each to the next keeps what is held", test_commits_keep_what_is_held})
