/* delay.c - echo: up to 4 s, with feedback; also what closes a cycle of cables.
 *
 * Memory:   a ring that is written one entry a frame, in order, from `head` on (see module.h).
 * Time:     time_ms, or a note's length at the patch's tempo (whole frames; halved until it is at
 *           most 4 s). A change is a fade from the old place to the new one over 20 ms: no click,
 *           no sweep of pitch; while the time keeps moving, one such fade follows another. With
 *           change = tape the place moves there instead, at most half as fast again as the tape:
 *           the pitch sweeps. Lane 0 tells the time.
 * Reading:  between two frames by a cubic through four (Lagrange): never louder than what was
 *           written at any frequency, and exact at whole frames.
 * Feedback: through a highpass and a lowpass (one pole each; at the ends of their ranges they do
 *           nothing), to the same side or, for ping_pong, to the other: both inputs then go left.
 *           What is written bends softly from 2 on and stays below 4, so nothing can build up.
 * Cycles:   emit gives mix * wet and no input; the time is then at least BLOCK_MAX_FRAMES.
 * Speed:    while nothing moves, stretches of the ring are read and written without a wrap.
 * Source:   Laakso and others, "Splitting the Unit Delay", IEEE Signal Processing Magazine 1996
 *           (Lagrange interpolation). */
#include "dsp/effect.h"
#include "dsp/fade.h"
#include "modules/modules.h"
#include "dsp/note_length.h"
#include "dsp/tap.h"

enum {
	DELAY_TIME,
	DELAY_FEEDBACK,
	DELAY_MIX,
	DELAY_SYNC,
	DELAY_MODE,
	DELAY_CHANGE,
	DELAY_LOW_CUT,
	DELAY_HIGH_CUT,
	DELAY_N_PARAMS
};
enum { DELAY_IN, DELAY_N_INS };
enum { CHANGE_FADE, CHANGE_TAPE };

#define TIME_MIN_MS      1.0f
#define TIME_MAX_MS      4000.0f
#define FADE_MS          20.0f
#define CROSS_MS         20.0f
#define TAPE_MS          100.0 /* in which 1 - 1/e of the way is gone */
#define TAPE_INERTIA_MS  10.0  /* the same for its speed */
#define TAPE_MAX         0.5   /* frames a frame */
#define LOW_CUT_MIN_HZ   20.0f /* here the highpass does nothing ... */
#define LOW_CUT_FULL_HZ  40.0f /* ... and from here on it is all there */
#define HIGH_CUT_FULL_HZ 16000.0f
#define HIGH_CUT_MAX_HZ  20000.0f

static const char *const delay_modes[] = {"stereo", "ping_pong"};
static const char *const delay_changes[] = {[CHANGE_FADE] = "fade", [CHANGE_TAPE] = "tape"};

/* clang-format off */
static const struct param_desc delay_params[] = {
	[DELAY_TIME] = {.key = "time_ms", .label = "Time", .unit = UNIT_MS, .min = TIME_MIN_MS,
		.max = TIME_MAX_MS, .def = 375.0f, .curve = CURVE_EXP},
	[DELAY_FEEDBACK] = {.key = "feedback", .label = "Feedback", .unit = UNIT_NORM, .min = 0.0f,
		.max = 0.98f, .def = 0.4f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[DELAY_MIX] = {.key = "mix", .label = "Mix", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 0.35f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
	[DELAY_SYNC] = {.key = "sync", .label = "Sync", .unit = UNIT_CHOICE,
		.max = N_NOTE_LENGTHS - 1, .curve = CURVE_CHOICE, .choices = note_length_names},
	[DELAY_MODE] = {.key = "mode", .label = "Mode", .unit = UNIT_CHOICE,
		.max = ARRAY_LEN(delay_modes) - 1, .curve = CURVE_CHOICE, .choices = delay_modes},
	[DELAY_CHANGE] = {.key = "change", .label = "Time change", .unit = UNIT_CHOICE,
		.max = ARRAY_LEN(delay_changes) - 1, .curve = CURVE_CHOICE,
		.choices = delay_changes},
	[DELAY_LOW_CUT] = {.key = "low_cut_hz", .label = "Low cut", .unit = UNIT_HZ,
		.min = LOW_CUT_MIN_HZ, .max = 2000.0f, .def = LOW_CUT_MIN_HZ, .curve = CURVE_EXP,
		.smooth_ms = 20.0f},
	[DELAY_HIGH_CUT] = {.key = "high_cut_hz", .label = "High cut", .unit = UNIT_HZ,
		.min = 200.0f, .max = HIGH_CUT_MAX_HZ, .def = HIGH_CUT_MAX_HZ, .curve = CURVE_EXP,
		.smooth_ms = 20.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(delay_params) == DELAY_N_PARAMS, "one row per parameter");

static const struct port_desc delay_ins[] = {
	[DELAY_IN] = {.key = "in", .label = "In", .kind = PORT_AUDIO},
};
static const struct port_desc delay_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

struct delay {
	uint32_t head;    /* where the next frame is written; first, as module.h asks */
	struct fade fade; /* from `now` to `next` */
	int32_t is_started;
	struct tap now, next;
	v4f low, high;       /* memories of the lowpass and the highpass */
	double place, speed; /* of the tape's head: frames behind, frames a frame */
	float frames_per_ms;
	float rate_hz;
	float cross; /* 0 stereo, 1 ping-pong; moves */
	float cross_step;
};

/* How far the two filters go in a frame, and how much of what is slow is taken away. */
struct cuts {
	v4f low, low_share, high;
};

static size_t delay_memory_frames(float rate_hz)
{
	return (size_t)(TIME_MAX_MS * rate_hz / 1000.0f) + BLOCK_MAX_FRAMES + 2 * TAP_MARGIN;
}

static void delay_reset(void *state)
{
	struct delay *delay = state;

	*delay = (struct delay){
		.fade = {.frames = delay->fade.frames},
		.frames_per_ms = delay->frames_per_ms,
		.rate_hz = delay->rate_hz,
		.cross_step = delay->cross_step,
	};
}

static void delay_init(void *state, float rate_hz)
{
	struct delay *delay = state;

	delay->fade.frames = fade_frames(FADE_MS, rate_hz);
	delay->frames_per_ms = rate_hz / 1000.0f;
	delay->rate_hz = rate_hz;
	delay->cross_step = share_step(CROSS_MS, rate_hz);
}

/* Where the echo of frame i comes from, in frames. */
static inline float time_wanted(
	const struct module_io *io, size_t i, float min_frames, float frames_per_ms)
{
	float max_frames = (float)(io->memory_frames - BLOCK_MAX_FRAMES - 2 * TAP_MARGIN);
	double beats = note_length_beats(cable_at(io->params[DELAY_SYNC], i)[0]);
	float frames = cable_at(io->params[DELAY_TIME], i)[0] * frames_per_ms;

	if (beats > 0.0 && io->transport->beats_per_frame > 0.0) {
		double synced = beats / io->transport->beats_per_frame;

		while (synced > (double)max_frames)
			synced /= 2.0;
		frames = (float)(int32_t)(synced + 0.5);
	}
	return frames > min_frames ? frames : min_frames;
}

static void tape_move(struct delay *delay, float frames)
{
	double way = (double)frames - delay->place, rate_hz = (double)delay->rate_hz;
	double speed = double_clamp(way * 1000.0 / (TAPE_MS * rate_hz), -TAPE_MAX, TAPE_MAX);

	delay->speed += (speed - delay->speed) * 1000.0 / (TAPE_INERTIA_MS * rate_hz);
	delay->place = way * way < 1e-6 ? (double)frames : delay->place + delay->speed;
	delay->now = tap_at(delay->place);
	if (delay->place == (double)frames)
		delay->now.frames = frames;
}

/* The place of this frame, and fades that it begins. */
static void take_time(struct delay *delay, float frames, float min_frames, bool is_tape)
{
	if (!delay->is_started) {
		delay->now = tap_at((double)frames);
		delay->is_started = 1;
	}
	if (delay->now.frames < min_frames) /* it was no part of a cycle until now */
		delay->now = tap_at((double)min_frames);
	if (delay->fade.left && delay->next.frames < min_frames)
		delay->next = tap_at((double)min_frames);
	if (delay->fade.left || frames == delay->now.frames) {
		delay->place = (double)delay->now.frames;
		delay->speed = 0.0;
		return;
	}
	if (is_tape) {
		tape_move(delay, frames);
		return;
	}
	delay->next = tap_at((double)frames);
	fade_begin(&delay->fade);
}

static inline v4f read_wet(struct delay *delay, const struct module_io *io)
{
	uint32_t size = (uint32_t)io->memory_frames;
	v4f wet = tap_read(&delay->now, io->memory, size, delay->head);

	if (delay->fade.left) {
		v4f next = tap_read(&delay->next, io->memory, size, delay->head);

		wet += (next - wet) * fade_next(&delay->fade);
		if (!delay->fade.left)
			delay->now = delay->next;
	}
	return wet;
}

/* How much of a filter is there: 0 at `none`, 1 at `all`. */
static inline v4f share_between(v4f x, float none, float all)
{
	return lanes_clamp((x - none) / (all - none), lanes_of(0.0f), lanes_of(1.0f));
}

static inline struct cuts cuts_at(const struct delay *delay, const struct module_io *io, size_t i)
{
	v4f low_hz = cable_at(io->params[DELAY_LOW_CUT], i);
	v4f high_hz = cable_at(io->params[DELAY_HIGH_CUT], i);
	v4f low = share_between(low_hz, LOW_CUT_MIN_HZ, LOW_CUT_FULL_HZ);
	v4f high = share_between(high_hz, HIGH_CUT_MAX_HZ, HIGH_CUT_FULL_HZ);

	return (struct cuts){
		.low = one_pole_highpass_of_hz(low_hz, delay->rate_hz),
		.low_share = low,
		.high = 1.0f - (1.0f - one_pole_of_hz(high_hz, delay->rate_hz)) * high,
	};
}

/* What goes into the ring: the input, and what is fed back. has_more: filters or ping-pong. */
static inline __attribute__((always_inline)) v4f delay_mix(
	struct delay *delay, struct cuts cuts, v4f x, v4f back, const bool has_more)
{
	const v4i is_left = {-1, 0, 0, 0};

	if (has_more) {
		v4f other = __builtin_shufflevector(x, x, 1, 0, 3, 2);
		v4f left = (v4f)((v4i)((x + other) * 0.5f) & is_left), standing, slow;

		x += (left - x) * delay->cross;
		delay->low += (back - delay->low) * cuts.high;
		standing = (delay->low - delay->high) * cuts.low;
		slow = delay->high + standing;
		delay->high = slow + standing;
		back = delay->low - slow * cuts.low_share;
		other = __builtin_shufflevector(back, back, 1, 0, 3, 2);
		back += (other - back) * delay->cross;
	}
	return lanes_bend(x + back);
}

enum step_kind { STEP_RENDER, STEP_EMIT, STEP_ABSORB };

/* Frames from..io->n_frames - 1, whatever moves. */
static inline __attribute__((always_inline)) void delay_walk(
	struct delay *delay, const struct module_io *io, size_t from, const enum step_kind kind)
{
	struct cable in = cable_or_zero(io->ins[DELAY_IN]), feedback = io->params[DELAY_FEEDBACK];
	struct cable mix = io->params[DELAY_MIX], mode = io->params[DELAY_MODE];
	struct cable change = io->params[DELAY_CHANGE];
	float min_frames = kind == STEP_RENDER ? TAP_MARGIN : BLOCK_MAX_FRAMES + TAP_MARGIN;
	bool has_time = io->params[DELAY_TIME].step || io->params[DELAY_SYNC].step;
	bool has_cuts = params_move(io, DELAY_LOW_CUT, DELAY_HIGH_CUT);
	float frames = time_wanted(io, 0, min_frames, delay->frames_per_ms);
	struct cuts cuts = cuts_at(delay, io, 0);
	struct delay now = *delay;

	for (size_t i = from; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), part = cable_at(mix, i), wet;
		bool is_tape = cable_at(change, i)[0] == (float)CHANGE_TAPE;

		if (has_time)
			frames = time_wanted(io, i, min_frames, now.frames_per_ms);
		if (has_cuts)
			cuts = cuts_at(&now, io, i);
		take_time(&now, frames, min_frames, is_tape);
		wet = read_wet(&now, io);
		if (kind != STEP_EMIT) {
			now.cross = lanes_approach(lanes_of(now.cross), cable_at(mode, i),
				lanes_of(now.cross_step))[0];
			io->memory[now.head] =
				delay_mix(&now, cuts, x, wet * cable_at(feedback, i), true);
		}
		if (kind == STEP_RENDER)
			io->outs[0][i] = x * (1.0f - part) + wet * part;
		if (kind == STEP_EMIT)
			io->outs[0][i] = wet * part;
		now.head = ring_next(now.head, (uint32_t)io->memory_frames);
	}
	*delay = now;
}

/* Frames from..to - 1: no tap moves, and neither reading nor writing comes to the ring's end. */
static inline __attribute__((always_inline)) void delay_stretch(struct delay *delay,
	const struct module_io *io, size_t from, size_t to, const enum step_kind kind,
	const bool is_whole, const bool has_more)
{
	struct cable in = cable_or_zero(io->ins[DELAY_IN]), feedback = io->params[DELAY_FEEDBACK];
	struct cable mix = io->params[DELAY_MIX];
	uint32_t size = (uint32_t)io->memory_frames, back = delay->now.back;
	v4f *write = io->memory + delay->head, *out = io->outs[0];
	const v4f *read = io->memory + ring_behind(delay->head, back, size);
	const v4f *w = delay->now.weight;
	struct cuts cuts = has_more ? cuts_at(delay, io, 0) : (struct cuts){0};
	struct delay now = *delay;

	for (size_t i = from; i < to; i++, read++, write++) {
		v4f x = cable_at(in, i), part = cable_at(mix, i), wet = read[2];

		if (!is_whole)
			wet = (read[0] * w[0] + read[1] * w[1]) + (wet * w[2] + read[3] * w[3]);
		if (kind != STEP_EMIT)
			*write = delay_mix(&now, cuts, x, wet * cable_at(feedback, i), has_more);
		if (kind == STEP_RENDER)
			out[i] = x * (1.0f - part) + wet * part;
		if (kind == STEP_EMIT)
			out[i] = wet * part;
	}
	/* when filters that are not there come back, nothing jumps: it begins with the latest frame */
	delay->low = has_more ? now.low : read[1] * cable_at(feedback, to - 1);
	delay->high = has_more ? now.high : lanes_of(0.0f);
	delay->head += (uint32_t)(to - from);
	if (delay->head == size)
		delay->head = 0;
}

/* How many frames can be read and written from here before either comes to the ring's end. */
static size_t stretch_frames(const struct delay *delay, uint32_t size)
{
	uint32_t back = delay->now.back, head = delay->head;
	uint32_t at = ring_behind(head, back, size);
	uint32_t later = at > head ? at : head;

	return later + TAP_MARGIN < size ? size - TAP_MARGIN - later : 0;
}

/* Nothing but levels and the input moves in this block. */
static bool is_still(const struct delay *delay, const struct module_io *io, float min_frames)
{
	return delay->is_started && !delay->fade.left && !io->params[DELAY_TIME].step &&
	       !params_move(io, DELAY_SYNC, DELAY_HIGH_CUT) &&
	       delay->cross == io->params[DELAY_MODE].at[0][0] &&
	       delay->now.frames == time_wanted(io, 0, min_frames, delay->frames_per_ms);
}

static inline __attribute__((always_inline)) void delay_run(
	struct delay *delay, const struct module_io *io, const enum step_kind kind)
{
	float min_frames = kind == STEP_RENDER ? TAP_MARGIN : BLOCK_MAX_FRAMES + TAP_MARGIN;
	size_t n = (size_t)io->n_frames, at = 0;
	bool has_more = delay->cross > 0.0f ||
			io->params[DELAY_LOW_CUT].at[0][0] > LOW_CUT_MIN_HZ ||
			io->params[DELAY_HIGH_CUT].at[0][0] < HIGH_CUT_MAX_HZ;
	bool is_whole = delay->now.weight[2][0] == 1.0f;

	if (!is_still(delay, io, min_frames)) {
		if (!delay->is_started)
			delay->cross = io->params[DELAY_MODE].at[0][0];
		delay_walk(delay, io, 0, kind);
		return;
	}
	while (at < n) {
		size_t left = n - at, run = stretch_frames(delay, (uint32_t)io->memory_frames);

		if (!run) {
			delay_walk(delay, io, at, kind);
			return;
		}
		run = run < left ? run : left;
		if (is_whole && !has_more)
			delay_stretch(delay, io, at, at + run, kind, true, false);
		else if (is_whole)
			delay_stretch(delay, io, at, at + run, kind, true, true);
		else
			delay_stretch(delay, io, at, at + run, kind, false, true);
		at += run;
	}
}

static void delay_render(void *state, const struct module_io *io)
{
	delay_run(state, io, STEP_RENDER);
}

static void delay_emit(void *state, const struct module_io *io)
{
	struct delay passing = *(struct delay *)state;

	delay_run(&passing, io, STEP_EMIT);
}

static void delay_absorb(void *state, const struct module_io *io)
{
	delay_run(state, io, STEP_ABSORB);
}

const struct module_desc delay_module = {
	.key = "delay",
	.purpose = "echo up to 4 s, in time with the tempo, with filters in its feedback",
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
