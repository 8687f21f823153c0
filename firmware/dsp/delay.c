/* delay.c - echo: up to 4 s, with feedback; also what closes a cycle of cables.
 *
 * Memory:   a ring that is written one entry a frame, in order, from `head` on (see module.h).
 * Time:     a change is a fade from the old place to the new one over 20 ms: no click, no sweep of
 *           pitch. While time_ms keeps moving, one such fade follows another. Lane 0 tells the
 *           time.
 * Reading:  between two frames by a cubic through four (Lagrange): never louder than what was
 *           written at any frequency, and exact at whole frames.
 * Feedback: what is written bends softly from 2 on and stays below 4, so nothing can build up.
 * Cycles:   emit gives mix * wet and no input; the time is then at least BLOCK_MAX_FRAMES. */
#include <stdbool.h>

#include "dsp/modules.h"

enum { DELAY_TIME, DELAY_FEEDBACK, DELAY_MIX, DELAY_N_PARAMS };
enum { DELAY_IN, DELAY_N_INS };
enum { TAP_MARGIN = 4 }; /* frames around a tap that reading it needs */

#define TIME_MIN_MS 1.0f
#define TIME_MAX_MS 4000.0f
#define FADE_MS     20.0f
#define BEND_FROM   2.0f
#define BEND_ROOM   2.0f

static const struct param_desc delay_params[] = {
	[DELAY_TIME] = {"time_ms", "Time", UNIT_MS, TIME_MIN_MS, TIME_MAX_MS, 375.0f, CURVE_EXP,
		0.0f, NULL},
	[DELAY_FEEDBACK] = {"feedback", "Feedback", UNIT_NORM, 0.0f, 0.98f, 0.4f, CURVE_LINEAR,
		5.0f, NULL},
	[DELAY_MIX] = {"mix", "Mix", UNIT_NORM, 0.0f, 1.0f, 0.35f, CURVE_LINEAR, 5.0f, NULL},
};
_Static_assert(ARRAY_LEN(delay_params) == DELAY_N_PARAMS, "one row per parameter");

static const struct port_desc delay_ins[] = {[DELAY_IN] = {"in", "In", PORT_AUDIO}};
static const struct port_desc delay_outs[] = {{"out", "Out", PORT_AUDIO}};

/* A place to read: so many frames behind the head, weights for the four frames around it. */
struct tap {
	float frames;
	uint32_t back; /* of the oldest of the four */
	float pad[2];
	v4f weight[4];
};

struct delay {
	uint32_t head;     /* where the next frame is written; first, as module.h asks */
	int32_t fade_left; /* frames until `next` is heard alone; 0: no fade */
	int32_t fade_frames;
	int32_t is_started;
	struct tap now, next;
	float frames_per_ms;
	float pad[3];
};

static size_t delay_memory_frames(float rate_hz)
{
	return (size_t)(TIME_MAX_MS * rate_hz / 1000.0f) + BLOCK_MAX_FRAMES + 2 * TAP_MARGIN;
}

static void delay_reset(void *state)
{
	struct delay *delay = state;

	*delay = (struct delay){
		.fade_frames = delay->fade_frames,
		.frames_per_ms = delay->frames_per_ms,
	};
}

static void delay_init(void *state, float rate_hz)
{
	struct delay *delay = state;

	delay->fade_frames = (int32_t)(FADE_MS * rate_hz / 1000.0f);
	delay->frames_per_ms = rate_hz / 1000.0f;
	delay_reset(state);
}

/* The four frames are whole + 2, + 1, + 0, - 1 behind the head; d is the place between the middle
 * two. */
static struct tap tap_at(float frames)
{
	uint32_t whole = (uint32_t)frames;
	float d = frames - (float)whole;

	return (struct tap){
		.frames = frames,
		.back = whole + 2,
		.weight =
			{
				lanes_of((d + 1.0f) * d * (d - 1.0f) / 6.0f),
				lanes_of(-(d + 1.0f) * d * (d - 2.0f) / 2.0f),
				lanes_of((d + 1.0f) * (d - 1.0f) * (d - 2.0f) / 2.0f),
				lanes_of(-d * (d - 1.0f) * (d - 2.0f) / 6.0f),
			},
	};
}

static inline v4f tap_read(const struct tap *tap, const v4f *memory, uint32_t size, uint32_t head)
{
	uint32_t at = head >= tap->back ? head - tap->back : head + size - tap->back;
	const v4f *x = memory + at, *w = tap->weight;
	v4f sum;

	if (at + 3 < size)
		return (x[0] * w[0] + x[1] * w[1]) + (x[2] * w[2] + x[3] * w[3]);
	sum = memory[at] * w[0] + memory[(at + 1) % size] * w[1];
	return sum + (memory[(at + 2) % size] * w[2] + memory[(at + 3) % size] * w[3]);
}

/* The time of this frame, and fades that it begins. */
static void take_time(struct delay *delay, float frames, float min_frames)
{
	if (!delay->is_started) {
		delay->now = tap_at(frames);
		delay->is_started = 1;
	}
	if (delay->now.frames < min_frames) /* it was no part of a cycle until now */
		delay->now = tap_at(min_frames);
	if (delay->fade_left && delay->next.frames < min_frames)
		delay->next = tap_at(min_frames);
	if (!delay->fade_left && frames != delay->now.frames) {
		delay->next = tap_at(frames);
		delay->fade_left = delay->fade_frames;
	}
}

static inline v4f read_wet(struct delay *delay, const struct module_io *io)
{
	uint32_t size = (uint32_t)io->memory_frames;
	v4f wet = tap_read(&delay->now, io->memory, size, delay->head);

	if (delay->fade_left) {
		v4f next = tap_read(&delay->next, io->memory, size, delay->head);

		delay->fade_left--;
		wet += (next - wet) * (1.0f - (float)delay->fade_left / (float)delay->fade_frames);
		if (!delay->fade_left)
			delay->now = delay->next;
	}
	return wet;
}

static inline v4f bend(v4f x)
{
	v4f size = lanes_abs(x);
	v4f over = lanes_clamp(size - BEND_FROM, lanes_of(0.0f), lanes_of(1e6f));
	v4f bent = BEND_FROM + over / (1.0f + over / BEND_ROOM);

	bent = lanes_select(over > 0.0f, bent, size);
	return (v4f)((v4i)bent | ((v4i)x & INT32_MIN));
}

enum step_kind { STEP_RENDER, STEP_EMIT, STEP_ABSORB };

static inline __attribute__((always_inline)) void delay_run(
	struct delay *state, const struct module_io *io, const enum step_kind kind)
{
	static const v4f silence;
	struct cable in = io->ins[DELAY_IN].at && kind != STEP_EMIT ? io->ins[DELAY_IN]
								    : cable_of(&silence, 0);
	struct cable time = io->params[DELAY_TIME], feedback = io->params[DELAY_FEEDBACK];
	struct cable mix = io->params[DELAY_MIX];
	float min_frames = kind == STEP_RENDER ? TAP_MARGIN : BLOCK_MAX_FRAMES + TAP_MARGIN;
	uint32_t size = (uint32_t)io->memory_frames;
	struct delay now = *state;

	for (size_t i = 0; i < (size_t)io->n_frames; i++) {
		v4f x = in.at[i * in.step], wet, part = mix.at[i * mix.step];
		float frames = time.at[i * time.step][0] * now.frames_per_ms;

		frames = frames > min_frames ? frames : min_frames;
		if (i == 0 || frames != now.now.frames)
			take_time(&now, frames, min_frames);
		wet = read_wet(&now, io);
		if (kind != STEP_EMIT)
			io->memory[now.head] = bend(x + wet * feedback.at[i * feedback.step]);
		if (kind == STEP_RENDER)
			io->outs[0][i] = x * (1.0f - part) + wet * part;
		if (kind == STEP_EMIT)
			io->outs[0][i] = wet * part;
		now.head = now.head + 1 < size ? now.head + 1 : 0;
	}
	if (kind != STEP_EMIT)
		*state = now;
}

static void delay_render(void *state, const struct module_io *io)
{
	delay_run(state, io, STEP_RENDER);
}

static void delay_emit(void *state, const struct module_io *io)
{
	delay_run(state, io, STEP_EMIT);
}

static void delay_absorb(void *state, const struct module_io *io)
{
	delay_run(state, io, STEP_ABSORB);
}

const struct module_desc delay_module = {
	.key = "delay",
	.purpose = "echo with feedback, up to 4 s",
	.params = delay_params,
	.n_params = DELAY_N_PARAMS,
	.ins = delay_ins,
	.n_ins = DELAY_N_INS,
	.outs = delay_outs,
	.n_outs = ARRAY_LEN(delay_outs),
	.flow = FLOW_STEREO,
	.state_bytes = sizeof(struct delay),
	.memory_frames = delay_memory_frames,
	.init = delay_init,
	.reset = delay_reset,
	.render = delay_render,
	.emit = delay_emit,
	.absorb = delay_absorb,
};
