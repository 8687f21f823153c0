/* A parameter that jumps makes no click: walks the parameters of every module that sounds, sends
 * each from value to value as a knob or a command does, and compares the largest step between two
 * frames with the largest of the clean sounds, where the value stands still at either end or
 * between. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/registry.h"
#include "tests/support/judge.h"
#include "tests/support/scene.h"
#include "tests/support/suite.h"

enum { N = 12288, N_PLACES = 2, N_BETWEEN = 97, MAX_VALUES = 32, N_PHASES = 8, NUDGE_FRAMES = 512 };

#define LIMIT 1.1

static v4f out[N];
static double worst;
static char worst_at[200];

/* What steps by nature: gates, notes, held values. */
static bool is_stepped(const struct module_desc *desc)
{
	static const char *const keys[] = {"clock", "seq", "euclid", "keys", "sah", "scale"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(desc->key, keys[i]) == 0)
			return true;
	}
	return false;
}

static double step_after(int from)
{
	return fmax(
		judge_max_step(out + from, 0, N - from), judge_max_step(out + from, 1, N - from));
}

/* Where the parameter jumps: at the border of two blocks of any size. */
static const int places[N_PLACES] = {4608, 6144};

/* The scene's sine runs ahead by a part of a cycle, within the first NUDGE_FRAMES. */
static void render_ahead(struct scene *scene, float cycles)
{
	int wave = patch_find(scene->patch, "wave");
	int freq = module_param_find(scene->patch->modules[wave].desc, "freq_hz");
	float freq_hz = scene->patch->modules[wave].values[freq];

	program_set_param(
		scene->program, wave, freq, freq_hz + cycles * 48000.0f / NUDGE_FRAMES, 0);
	scene_render(scene, out, NUDGE_FRAMES);
	program_set_param(scene->program, wave, freq, freq_hz, 0);
	scene_render(scene, out + NUDGE_FRAMES, N - NUDGE_FRAMES);
}

static bool is_attack(const struct scene *scene, int p)
{
	return strcmp(scene->desc->params[p].key, "attack_ms") == 0;
}

/* The steady sound from each of these places on. An attack that begins when it is turned has the
 * steps of an attack. */
static void clean_steps(
	struct scene *scene, int p, float value, float cycles, double steps[N_PLACES])
{
	scene_set(scene, p, value);
	scene_start(scene, 64);
	render_ahead(scene, cycles);
	for (int k = 0; k < N_PLACES; k++)
		steps[k] = fmax(steps[k], step_after(is_attack(scene, p) ? 0 : places[k] - 1));
}

/* A module's own tone may be in tune with the scene's sine, 880 Hz with 440 Hz: then the largest
 * step of their product depends on how their phases lie (of sin t sin(2t + a): 0.87 to 1 of the
 * most), for ever. After a jump they lie as they happen to; so the sound at the end of a jump is
 * taken in all phases. */
static void clean_in_all_phases(struct scene *scene, int p, float value, double steps[N_PLACES])
{
	for (int i = 0; i < N_PHASES && !is_attack(scene, p); i++)
		clean_steps(scene, p, value, (float)i / N_PHASES - 0.5f, steps);
}

static double jump_step(struct scene *scene, int p, float from, float to, int block, int at)
{
	scene_set(scene, p, from);
	scene_start(scene, block);
	scene_render(scene, out, at);
	program_set_param(scene->program, scene->module, p, to, 0);
	scene_render(scene, out + at, N - at);
	return step_after(at - 1);
}

static void check_jump(
	struct scene *scene, int p, float from, float to, const double clean[N_PLACES])
{
	double ratios[4];

	for (int k = 0; k < 4; k++) {
		static const int blocks[] = {64, 16, 256, 64};

		ratios[k] =
			jump_step(scene, p, from, to, blocks[k], places[k == 3]) / clean[k == 3];
		if (ratios[k] > worst) {
			worst = ratios[k];
			snprintf(worst_at, sizeof(worst_at), "%s.%s from %g to %g",
				scene->desc->key, scene->desc->params[p].key, (double)from,
				(double)to);
		}
		if (!(ratios[k] < LIMIT))
			printf("\n    %s.%s from %g to %g: %.3f", scene->desc->key,
				scene->desc->params[p].key, (double)from, (double)to, ratios[k]);
		CU_ASSERT_TRUE(ratios[k] < LIMIT);
	}
	CU_ASSERT_TRUE(fabs(ratios[1] - ratios[0]) < 0.01 && fabs(ratios[2] - ratios[0]) < 0.01);
}

static void param_jumps(const struct module_desc *desc, int p)
{
	const struct param_desc *param = &desc->params[p];
	bool is_choice = param->curve == CURVE_CHOICE;
	int n = is_choice ? (int)param->max + 1 : 3, n_clean = is_choice ? n : N_BETWEEN;
	const char *lines = scene_needs(desc, param->key);
	float values[MAX_VALUES] = {param->min, param->def, param->max};
	double clean[N_PLACES] = {0.0};
	struct scene scene;

	CU_ASSERT_TRUE_FATAL(n <= MAX_VALUES);
	for (int i = 0; is_choice && i < n; i++)
		values[i] = (float)i;
	if (strcmp(desc->key, "slew") == 0)
		lines = "in = lfo9\n"; /* and nothing that jumps */
	scene_open(&scene, desc, SCENE_STEADY, lines);
	for (int i = 0; i < n_clean; i++) {
		double norm = (double)i / (n_clean - 1);

		clean_steps(&scene, p, (float)param_from_norm(param, norm), 0.0f, clean);
	}
	for (int i = 0; i < n; i++)
		clean_in_all_phases(&scene, p, values[i], clean);
	for (int a = 0; a < n; a++) {
		for (int b = 0; b < n; b++) {
			if (a != b)
				check_jump(&scene, p, values[a], values[b], clean);
		}
	}
	scene_close(&scene);
}

static void no_jump_clicks(void)
{
	for (int m = 0; m < n_modules; m++) {
		if (is_stepped(modules[m]))
			continue;
		for (int p = 0; p < modules[m]->n_params; p++)
			param_jumps(modules[m], p);
	}
	CHECK_FIGURE("any parameter jumps: largest step, to the clean sound's", "", worst, LIMIT);
	if (getenv("CHRONUS_TEST_FIGURES"))
		printf("\n    the worst: %s", worst_at);
}

SUITE_MAIN("jumps", {"no parameter clicks", no_jump_clicks})
