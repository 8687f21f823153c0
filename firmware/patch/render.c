/* render.c - one block of a program: its steps in order, then what is heard (output_stage.c). */
#include "patch/program.h"

#include "dsp/midi.h"

#include "base/rt_poison.h"

/* State that a mono module took over from one that was not may still differ in its lanes: voice 1
 * is it. */
static void even_out(const struct program *program, const struct instance *instance)
{
	for (int o = 0; o < instance->desc->n_outs; o++)
		for (int i = 0; i < program->block_frames; i++)
			instance->parts[0].outs[o][i] = lanes_of(instance->parts[0].outs[o][i][0]);
}

/* A ramp or an edge: something differs from the block before, and is over some time. */
static inline bool is_unsettled(const struct instance *instance)
{
	return instance->moving || (instance->gate && instance->gate->n_edges) ||
	       instance->onset.frames;
}

static inline void look_at_watches(const struct part *part)
{
	for (int w = 0; w < part->n_watches; w++) {
		const struct watch *watch = &part->watches[w];

		*watch->step = !(*watch->constant_outs & watch->constant_bit);
	}
}

/* A module in a cycle runs twice: emit with its parameters, absorb later with its inputs too. */
static __attribute__((noinline)) void run_prepared(struct program *program, const struct step *step)
{
	struct instance *instance = step->instance;
	bool emits = step->kind != STEP_ABSORB, absorbs = step->kind != STEP_EMIT;
	bool must_modulate = emits && instance->modulated;
	bool must_settle = is_unsettled(instance);

	if (emits && must_settle)
		inputs_prepare_params(program, instance);
	for (int g = 0; g < instance->n_parts; g++) {
		struct part *part = &instance->parts[g];

		look_at_watches(part);
		*part->io.fast_path = NULL;
		if (must_modulate)
			inputs_modulate(program, instance, g);
		if (absorbs && instance->has_plugs)
			inputs_plug(program, instance, g);
		step->run(part->state, &part->io);
	}
	if (instance->is_uneven)
		even_out(program, instance);
	if (absorbs && must_settle)
		inputs_settle(instance, program->block_frames);
}

static inline __attribute__((always_inline)) void run_step(
	struct program *program, const struct step *step)
{
	struct instance *instance = step->instance;
	struct part *part;

	if (instance->moving || instance->has_work) {
		run_prepared(program, step);
		return;
	}
	part = instance->parts;
	do {
		look_at_watches(part);
		*part->io.fast_path = NULL;
		step->run(part->state, &part->io);
	} while (++part < instance->parts_end);
}

static bool is_finite(const v4f *at, int n_frames)
{
	v4i bad = {0};

	for (int i = 0; i < n_frames; i++)
		bad |= (at[i] - at[i]) != 0.0f;
	return !lanes_any(bad);
}

static int n_frames_out(const struct program *program, const struct instance *instance)
{
	return program->block_frames * (instance->layout == LAYOUT_ALL ? program->n_groups : 1);
}

/* Looks at a part's outputs from frame `first` on. */
static bool gave_numbers(const struct program *program, const struct instance *instance,
	const struct part *part, int first)
{
	for (int o = 0; o < instance->desc->n_outs; o++)
		if (!is_finite(part->outs[o] + first, n_frames_out(program, instance) - first))
			return false;
	return true;
}

/* As new. What it gave is wiped too: `out` is not rendered in most blocks, and would show it for
 * ever. */
static void part_forget(
	const struct program *program, const struct instance *instance, struct part *part)
{
	size_t n_bytes = (size_t)n_frames_out(program, instance) * sizeof(v4f);

	module_reset(instance->desc, part->state);
	if (part->io.memory)
		memset(part->io.memory, 0, part->io.memory_frames * sizeof(v4f));
	for (int o = 0; o < instance->desc->n_outs; o++)
		memset(part->outs[o], 0, n_bytes);
	part->constant_outs = 0;
}

/* A module that gave what is not finite forgets everything, so that it is not for ever. */
static void reset_if_broken(struct program *program, struct instance *instance, int first)
{
	for (int g = 0; g < instance->n_parts; g++) {
		struct part *part = &instance->parts[g];

		if (gave_numbers(program, instance, part, first))
			continue;
		program->is_calm = false; /* its state has lost what its fast path needs */
		part_forget(program, instance, part);
		atomic_fetch_add_explicit(&instance->n_resets, 1, memory_order_relaxed);
		program->n_resets++;
	}
}

/* The rare path: it was heard. */
static __attribute__((noinline)) void reset_broken(struct program *program)
{
	for (int m = 0; m < program->n_instances; m++)
		reset_if_broken(program, &program->instances[m], 0);
}

void program_look_at_one(struct program *program, uint64_t n)
{
	struct instance *instance = &program->instances[n % (uint64_t)program->n_instances];

	reset_if_broken(program, instance, n_frames_out(program, instance) - 1);
}

/* Runs all steps; looks whether they can be run in the short way from the next block on. */
static __attribute__((noinline)) void run_steps(struct program *program)
{
	bool is_calm = true;

	for (int m = 0; m < program->n_instances; m++)
		is_calm = is_calm && !program->instances[m].moving;
	for (int s = 0; s < program->n_steps; s++)
		run_step(program, &program->steps[s]);
	program->is_calm = is_calm;
	for (int s = 0; is_calm && s < program->n_steps; s++) {
		struct step *step = &program->steps[s];
		struct part *part = &step->instance->parts[0];
		bool is_short = step->kind == STEP_RENDER && !step->instance->has_work &&
				step->instance->n_parts == 1 && part->n_watches == 0;

		if (!is_short)
			continue;
		step->fast_path = *part->io.fast_path ? *part->io.fast_path : step->run;
		step->state = part->state;
		step->io = &part->io;
		part->io.fast_path = &step->fast_path;
	}
}

static void run_steps_calmly(struct program *program)
{
	const struct step *end = program->steps + program->n_steps;

	for (const struct step *step = program->steps; step < end; step++) {
		if (step->io)
			step->fast_path(step->state, step->io);
		else
			run_step(program, step);
	}
}

struct render_result program_render(struct program *program, float *stereo)
{
	struct render_result result;

	if (program->is_calm)
		run_steps_calmly(program);
	else
		run_steps(program);
	if (output_stage_lone(program, stereo, &result))
		return result;
	if (program->heard.step.run)
		run_step(program, &program->heard.step);
	result = output_stage_put(program, stereo);
	if (!(result.flags & RENDER_FINITE))
		reset_broken(program);
	return result;
}

void program_set_param(struct program *program, int module, int param, float value, int frame)
{
	struct instance *instance = &program->instances[module];
	const struct param_desc *desc = &instance->desc->params[param];

	if (module == PATCH_CLOCK)
		program->tempo_to_come = 0.0f; /* the last word counts */
	if (module == PATCH_CLOCK || desc->curve == CURVE_CHOICE || desc->smooth_ms <= 0.0f)
		frame = 0;
	ramp_set_at(&instance->ramps[param], desc, value, program->rate_hz, frame);
	instance->moving |= 1u << param;
	program->is_calm = false;
}

void program_set_gate(struct program *program, int module, bool is_on, int frame)
{
	struct gate *gate = program->instances[module].gate;
	int at;

	if (!gate || gate->is_on == is_on)
		return;
	at = int_max(frame, gate->free_frame);
	gate->is_on = is_on;
	gate->n_edges++;
	if (at < program->block_frames) {
		gate->edges[at / 64] |= UINT64_C(1) << (at % 64);
		gate->free_frame = at + 1;
	} else {
		gate->n_late++;
	}
}

void program_note(struct program *program, int module, int note, float velocity, int frame)
{
	const struct instance *instance = &program->instances[module];

	if (!instance->desc->note || (velocity > 0.0f && program->is_leaving))
		return;
	for (int g = 0; g < instance->n_parts; g++)
		instance->desc->note(instance->parts[g].state, note, velocity, frame);
}

void program_midi(struct program *program, int module, const uint8_t bytes[3], int frame)
{
	const struct instance *instance = &program->instances[module];
	bool is_press = midi_kind(bytes[0]) == MIDI_NOTE_ON && bytes[2];

	if (!instance->desc->midi || (is_press && program->is_leaving))
		return;
	for (int g = 0; g < instance->n_parts; g++)
		instance->desc->midi(instance->parts[g].state, bytes, frame);
}

struct transport program_transport_next(const struct program *program)
{
	const struct instance *clock = &program->instances[PATCH_CLOCK];

	return patch_clock_next(clock->parts[0].state, clock->ramps[PATCH_CLOCK_TEMPO_BPM].now[0],
		program->rate_hz);
}

void program_take_tempo(struct program *program)
{
	float tempo_bpm = program->tempo_to_come;

	if (tempo_bpm > 0.0f)
		program_set_param(program, PATCH_CLOCK, PATCH_CLOCK_TEMPO_BPM, tempo_bpm, 0);
}

void program_leave(struct program *program, bool is_leaving)
{
	struct patch_clock *clock = program->instances[PATCH_CLOCK].parts[0].state;

	if (program->is_leaving == is_leaving)
		return;
	for (int m = 0; is_leaving && m < program->n_instances; m++)
		for (int note = 0; note < N_NOTES; note++)
			program_note(program, m, note, 0.0f, 0);
	clock->transport.is_stopped = is_leaving;
	program->is_leaving = is_leaving;
}
