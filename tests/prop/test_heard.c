/* Everything that can be set or plugged is heard: each parameter, choice, port and list of each
 * module changes the sound, through the reader, the compiler and the engine's ramps. A parameter
 * that needs another one (the width of a pulse) has its need in tests/support/scene.c. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "modules/registry.h"
#include "tests/support/judge.h"
#include "tests/support/scene.h"
#include "tests/support/suite.h"

enum { N = 65536, BLOCK = 256 };

/* of the louder of the two */
#define HEARD_DB (-46.0)

static v4f before[N], after[N];

static void play(struct scene *scene, v4f *out)
{
	scene_start(scene, BLOCK);
	scene_render(scene, out, N);
}

static double loudness(const v4f *x)
{
	return hypot(judge_rms(x, 0, N), judge_rms(x, 1, N));
}

static void check_heard(const struct module_desc *desc, const char *key, const char *what)
{
	static v4f silence[N];
	double louder = fmax(loudness(before), loudness(after));
	double difference_db =
		judge_difference_db(before, after, N) -
		judge_difference_db(
			louder > 0.0 && loudness(after) >= louder ? after : before, silence, N);

	if (!(louder > 1e-5) || !(difference_db > HEARD_DB))
		printf("\n    %s.%s: %s", desc->key, key, what);
	CU_ASSERT_TRUE(louder > 1e-5);
	CHECK_FIGURE(
		"what is heard the least of any parameter, choice, port or list: below the sound",
		"dB", -difference_db, -HEARD_DB);
}

/* Not quite the end: a phase of 1 is a phase of 0. */
static float far(const struct param_desc *param)
{
	return param->curve == CURVE_CHOICE ? param->max : (float)param_from_norm(param, 0.7);
}

static void param_is_heard(const struct module_desc *desc, int p)
{
	const struct param_desc *param = &desc->params[p];
	int n_steps = param->curve == CURVE_CHOICE ? (int)param->max : 1;
	struct scene scene;

	scene_open(&scene, desc, SCENE_LIVELY, scene_needs(desc, param->key));
	for (int step = 0; step < n_steps; step++) {
		float from = param->curve == CURVE_CHOICE ? (float)step : param->min;
		float to = param->curve == CURVE_CHOICE ? (float)step + 1.0f : far(param);

		scene_set(&scene, p, from);
		play(&scene, before);
		scene_set(&scene, p, to);
		play(&scene, after);
		check_heard(desc, param->key, param->choices ? param->choices[step] : "its range");
	}
	scene_close(&scene);
}

static void params_are_heard(void)
{
	for (int m = 0; m < n_modules; m++) {
		for (int p = 0; p < modules[m]->n_params; p++)
			param_is_heard(modules[m], p);
	}
}

/* Turned while it sounds, half way: what a knob does. Not what counts only once, such as the phase
 * of a reset. */
static void turns_are_heard(void)
{
	for (int m = 0; m < n_modules; m++) {
		for (int p = 0; p < modules[m]->n_params; p++) {
			const struct param_desc *param = &modules[m]->params[p];
			struct scene scene;

			scene_open(&scene, modules[m], SCENE_LIVELY,
				scene_needs(modules[m], param->key));
			scene_set(&scene, p, param->min);
			play(&scene, before);
			scene_start(&scene, BLOCK);
			scene_render(&scene, after, N / 4);
			program_set_param(scene.program, scene.module, p, far(param), 0);
			scene_render(&scene, after + scene.at, N - scene.at);
			check_heard(modules[m], param->key, "turned");
			scene_close(&scene);
		}
	}
}

static const char *other_source(const struct port_desc *port)
{
	switch (port->kind) {
	case PORT_GATE:
		return "clock9";
	case PORT_PITCH:
		return "52";
	case PORT_CONTROL:
		return "lfo9.unipolar";
	case PORT_VOICES:
		return "lfo9 * -0.5";
	default:
		return "wave * 2";
	}
}

static void ports_are_heard(void)
{
	for (int m = 0; m < n_modules; m++) {
		for (int i = 0; i < modules[m]->n_ins; i++) {
			const struct port_desc *port = &modules[m]->ins[i];
			const char *needs = scene_needs(modules[m], port->key);
			char lines[400];
			struct scene scene;

			snprintf(lines, sizeof(lines), "%s!%s\n", needs, port->key);
			scene_open(&scene, modules[m], SCENE_LIVELY, lines);
			play(&scene, before);
			scene_close(&scene);
			snprintf(lines, sizeof(lines), "%s%s = %s\n", needs, port->key,
				other_source(port));
			scene_open(&scene, modules[m], SCENE_LIVELY, lines);
			play(&scene, after);
			scene_close(&scene);
			check_heard(modules[m], port->key, "plugged");
		}
	}
}

static void lists_are_heard(void)
{
	for (int m = 0; m < n_modules; m++) {
		for (int l = 0; l < modules[m]->n_lists; l++) {
			const struct list_desc *list = &modules[m]->lists[l];
			struct scene scene;

			scene_open(&scene, modules[m], SCENE_LIVELY, "");
			play(&scene, before);
			patch_set_list(scene.patch, &scene.patch->modules[scene.module], l,
				(float[]){list->max, list->min, list->min}, 3);
			play(&scene, after);
			check_heard(modules[m], list->key, "written");
			scene_close(&scene);
		}
	}
}

SUITE_MAIN("heard", {"every parameter and choice", params_are_heard},
	{"every parameter, turned", turns_are_heard}, {"every port", ports_are_heard},
	{"every list", lists_are_heard})
