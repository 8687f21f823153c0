/* A commit of what plays changes no bit of what is heard, not even the sign of a zero: every
 * module, with anything on it, and every shipped patch; lanes hold the raw samples. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/registry.h"
#include "tests/support/rig.h"
#include "tests/support/scene.h"
#include "tests/support/suite.h"

enum { BLOCK = 64, N_BLOCKS = 280, N_SEEDS = 1, N_KINDS = 2 + N_SEEDS };
/* under a sanitizer each module in one of its kinds, and every fourth patch */
enum { KIND_STRIDE = SUITE_SANITIZED ? N_KINDS : 1, PATCH_STRIDE = SUITE_SANITIZED ? 4 : 1 };

static const char folder[] = "config/patches";
static struct rig rig;
static int n_plays;

/* The commits fall where notes are held and where they are not, and both slots are heard. */
static void play(const char *text, bool commits, v4f *frames)
{
	static const int at[] = {40, 140};

	rig_open(&rig, text, &(struct rig_options){0});
	for (int n = 0; n < N_BLOCKS; n += 20) {
		if (n == 20 || n == 220)
			rig_do(&rig, "note * 60 on");
		if (n == 60)
			rig_do(&rig, "note * 64 on");
		if (n == 120 || n == 260)
			rig_do(&rig, "note * 60 off");
		for (size_t i = 0; i < ARRAY_LEN(at) && commits; i++)
			if (at[i] == n)
				rig_do(&rig, "commit");
		rig_run(&rig, 20);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), commits ? ARRAY_LEN(at) : 0);
	rig_stop(&rig);
	memcpy(frames, rig.frames, sizeof(v4f) * N_BLOCKS * BLOCK);
	rig_close(&rig);
}

/* true: not a bit differs. */
static bool is_same(const char *text)
{
	static v4f want[N_BLOCKS * BLOCK], got[N_BLOCKS * BLOCK];
	int n_off = 0, first = 0;

	play(text, false, want);
	play(text, true, got);
	n_plays++;
	for (int i = N_BLOCKS * BLOCK - 1; i >= 0; i--) {
		if (memcmp(&want[i], &got[i], sizeof(v4f)) == 0)
			continue;
		n_off++;
		first = i;
	}
	if (n_off)
		printf("\n%s\n    %d frames differ, the first is %d: %a, not %a", text, n_off,
			first, (double)got[first][0], (double)want[first][0]);
	return n_off == 0;
}

/* A line for each parameter, anywhere in its range. */
static void random_lines(const struct module_desc *desc, unsigned *seed, char *lines, size_t n)
{
	lines[0] = '\0';
	for (int p = 0; p < desc->n_params; p++) {
		const struct param_desc *param = &desc->params[p];
		double value = param_from_norm(param, (double)(rand_r(seed) % 1000) / 999.0);
		char *at = lines + strlen(lines);

		if (rand_r(seed) % 2)
			continue;
		if (param->curve == CURVE_CHOICE)
			snprintf(at, n - strlen(lines), "%s = %s\n", param->key,
				param->choices[(int)value]);
		else
			snprintf(at, n - strlen(lines), "%s = %.6g\n", param->key, value);
	}
}

static void test_modules(void)
{
	unsigned seed = 1;

	for (int m = 0; m < n_modules; m++) {
		for (int s = m % KIND_STRIDE; s < N_KINDS; s += KIND_STRIDE) {
			struct scene scene;
			char lines[1000] = "";

			if (s >= 2)
				random_lines(modules[m], &seed, lines, sizeof(lines));
			scene_open(&scene, modules[m], s % 2 ? SCENE_STEADY : SCENE_LIVELY, lines);
			CU_ASSERT_TRUE(is_same(scene.text));
			scene_close(&scene);
		}
	}
	CU_ASSERT_EQUAL(n_plays, N_KINDS / KIND_STRIDE * n_modules);
}

static int is_patch(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".ini") == 0;
}

static void test_shipped_patches(void)
{
	static char text[65536];
	struct dirent **files;
	int n = scandir(folder, &files, is_patch, alphasort);

	CU_ASSERT_TRUE_FATAL(n >= 15);
	for (int i = 0; i < n; i++) {
		char path[400];
		FILE *file;

		if (i % PATCH_STRIDE) {
			free(files[i]);
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]->d_name);
		file = fopen(path, "re");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
		fclose(file);
		CU_ASSERT_TRUE(is_same(text));
		free(files[i]);
	}
	free(files);
}

SUITE_MAIN("a commit of what plays", {"every module", test_modules},
	{"every shipped patch", test_shipped_patches})
