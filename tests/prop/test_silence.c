/* Silence after sound costs no more than sound: every module plays, then hears nothing and has its
 * gates closed. What could make it slow is counted, not timed: the instructions of a few blocks
 * (one at a time, under ptrace), and denormal numbers, of which there are none. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modules/registry.h"
#include "tests/support/any_module.h"
#include "tests/support/denormals.h"
#include "tests/support/judge.h"
#include "tests/support/suite.h"

enum { BLOCK = 32, N_SOUND = 4800, N_COUNTED = BLOCK, N_SILENCE = 48000, N_QUIET = 96000 };

static v4f out[N_QUIET];

/* Noise in, gates opening and closing; or nothing, from where the series ends. */
static void plug(struct any_module *any, bool is_sound)
{
	const struct module_desc *desc = any->bench.desc;

	any_module_fill(any, 5, false);
	for (int p = 0; p < desc->n_params; p++)
		any->bench.values[p] = lanes_of(desc->params[p].def);
	for (int l = 0; l < desc->n_lists; l++)
		bench_list(&any->bench, desc->lists[l].key, desc->lists[l].def);
	bench_tempo(&any->bench, 120.0);
	for (int i = 0; i < desc->n_ins && !is_sound; i++) {
		for (int k = 0; k < any->n && desc->ins[i].kind != PORT_PITCH; k++)
			any->ins[i][k] = lanes_of(0.0f);
	}
}

static void play(struct any_module *any, bool is_sound)
{
	plug(any, is_sound);
	for (int note = 60; note < 64 && any->bench.desc->note; note++)
		any->bench.desc->note(any->bench.state, note, is_sound ? 0.8f : 0.0f, 0);
}

/* The child: stops before and after what is to be counted. */
static void render_stopping(const struct module_desc *desc)
{
	struct any_module any;

	any_module_open(&any, desc, 48000.0f, N_SILENCE + N_COUNTED);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	for (int is_sound = 1; is_sound >= 0; is_sound--) {
		play(&any, is_sound);
		bench_render(&any.bench, out, is_sound ? N_SOUND : N_SILENCE, BLOCK);
		raise(SIGSTOP);
		bench_render(&any.bench, out, N_COUNTED, BLOCK);
		raise(SIGSTOP);
	}
	_exit(0);
}

/* Lets it go on to its next stop; how many instructions that were, if they are counted. */
static long to_next_stop(pid_t child, bool is_counted)
{
	long n = 0;
	int status;

	do {
		ptrace(is_counted ? PTRACE_SINGLESTEP : PTRACE_CONT, child, NULL, NULL);
		if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status))
			return -1;
		n++;
	} while (WSTOPSIG(status) != SIGSTOP);
	return n;
}

static void count(const struct module_desc *desc, long counts[2])
{
	pid_t child = fork();
	int status;

	counts[0] = counts[1] = -1;
	if (child == 0)
		render_stopping(desc);
	if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status))
		return;
	counts[0] = to_next_stop(child, true);
	to_next_stop(child, false);
	counts[1] = to_next_stop(child, true);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
}

static void silence_takes_no_more_instructions(void)
{
	if (SUITE_SANITIZED)
		return; /* the sanitizer's are counted too, and it may use ptrace itself */
	for (int m = 0; m < n_modules; m++) {
		long counts[2];

		count(modules[m], counts);
		if (counts[0] <= 0 || counts[1] <= 0) {
			printf("not counted: ptrace is not permitted here ");
			return;
		}
		if (getenv("CHRONUS_TEST_FIGURES"))
			printf("\n    %s: %ld, %ld", modules[m]->key, counts[0] / N_COUNTED,
				counts[1] / N_COUNTED);
		CHECK_FIGURE("silence after sound: instructions, to those of sound", "",
			(double)counts[1] / (double)counts[0], 1.5);
	}
}

/* Sound that is next to nothing to begin with, so that what decays comes to the smallest numbers
 * within seconds; then nothing at all. */
static void nothing_is_denormal(void)
{
	static const float levels[] = {1.0f, 1e-30f, 1e-37f};

	for (int m = 0; m < n_modules; m++) {
		const struct module_desc *desc = modules[m];

		for (size_t l = 0; l < ARRAY_LEN(levels); l++) {
			struct any_module any;

			any_module_open(&any, desc, 48000.0f, N_QUIET);
			play(&any, true);
			for (int i = 0; i < desc->n_ins; i++) {
				for (int k = 0; k < N_SOUND && desc->ins[i].kind != PORT_PITCH; k++)
					any.ins[i][k] *= levels[l];
			}
			denormals_watch();
			bench_render(&any.bench, out, N_SOUND, BLOCK);
			CU_ASSERT_FALSE(denormals_seen());
			play(&any, false);
			denormals_watch();
			bench_render(&any.bench, out, N_QUIET, BLOCK);
			CU_ASSERT_FALSE(denormals_seen());
			any_module_close(&any);
		}
	}
}

SUITE_MAIN("silence", {"takes no more instructions than sound", silence_takes_no_more_instructions},
	{"nothing is denormal", nothing_is_denormal})
