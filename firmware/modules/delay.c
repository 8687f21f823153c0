/* delay.c - echo: up to 4 s, with feedback; also what closes a cycle of cables.
 *
 * Memory:   a ring that is written one entry a frame, in order, from `head` on (see module.h).
 * Time:     time_ms, or a note's length at the patch's tempo (whole frames; halved until it is at
 *           most 4 s). A change is a fade from the old place to the new one over 20 ms: no click,
 *           no sweep of pitch; while the time keeps moving, one such fade follows another. With
 *           change = tape the place moves there instead, at most half as fast again as the tape:
 *           the pitch sweeps. Lane 0 tells the time.
 * Reading:  between two frames by a windowed sinc of sixteen (sinc_tap.h): never louder than what
 *           was written, as loud up to 16 kHz, and exact at whole frames.
 * Feedback: through a highpass and a lowpass (one pole each; at the ends of their ranges they do
 *           nothing), to the same side or, for ping_pong, to the other: both inputs then go left.
 *           The written signal bends softly from 2 on and stays below 4, so nothing can build up.
 * Cycles:   emit gives the wet part and no input; the time is then at least BLOCK_MAX_FRAMES.
 * Source:   Laakso and others, "Splitting the Unit Delay", IEEE Signal Processing Magazine 1996
 *           (windowed sinc). */
#include "modules/delay.h"
#include "modules/modules.h"

#define TIME_MIN_MS     1.0f
#define TIME_MAX_MS     4000.0f
#define FADE_MS         20.0f
#define CROSS_MS        20.0f
#define TAPE_MS         100.0 /* in which 1 - 1/e of the way is gone */
#define TAPE_INERTIA_MS 10.0  /* the same for its speed */
#define TAPE_MAX        0.5   /* frames a frame */

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

static size_t delay_memory_frames(float rate_hz)
{
	return (size_t)(TIME_MAX_MS * rate_hz / 1000.0f) + BLOCK_MAX_FRAMES + 2 * SINC_MARGIN;
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

	sinc_tap_init();
	delay->fade.frames = fade_frames(FADE_MS, rate_hz);
	delay->frames_per_ms = rate_hz / 1000.0f;
	delay->rate_hz = rate_hz;
	delay->cross_step = share_step(CROSS_MS, rate_hz);
}

static void tape_move(struct delay *delay, float frames)
{
	double way = (double)frames - delay->place, rate_hz = (double)delay->rate_hz;
	double speed = double_clamp(way * 1000.0 / (TAPE_MS * rate_hz), -TAPE_MAX, TAPE_MAX);

	delay->speed += (speed - delay->speed) * 1000.0 / (TAPE_INERTIA_MS * rate_hz);
	delay->place = way * way < 1e-6 ? (double)frames : delay->place + delay->speed;
	delay->now = sinc_tap_at(delay->place);
	if (delay->place == (double)frames)
		delay->now.frames = frames;
}

/* The place of this frame, and fades that it begins. */
static void take_time(struct delay *delay, float frames, float min_frames, bool is_tape)
{
	if (!delay->is_started) {
		delay->now = sinc_tap_at((double)frames);
		delay->is_started = 1;
	}
	if (delay->now.frames < min_frames) /* it was no part of a cycle until now */
		delay->now = sinc_tap_at((double)min_frames);
	if (delay->fade.left && delay->next.frames < min_frames)
		delay->next = sinc_tap_at((double)min_frames);
	if (delay->fade.left || frames == delay->now.frames) {
		delay->place = (double)delay->now.frames;
		delay->speed = 0.0;
		return;
	}
	if (is_tape) {
		tape_move(delay, frames);
		return;
	}
	delay->next = sinc_tap_at((double)frames);
	fade_begin(&delay->fade);
}

static inline v4f read_wet(struct delay *delay, const struct module_io *io)
{
	uint32_t size = (uint32_t)io->memory_frames;
	v4f wet = sinc_tap_read(&delay->now, io->memory, size, delay->head);

	if (delay->fade.left) {
		v4f next = sinc_tap_read(&delay->next, io->memory, size, delay->head);

		wet += (next - wet) * fade_next(&delay->fade);
		if (!delay->fade.left)
			delay->now = delay->next;
	}
	return wet;
}

/* The reference: frames from..io->n_frames - 1, whatever moves. */
static inline __attribute__((always_inline)) void delay_walk(
	struct delay *delay, const struct module_io *io, size_t from, const enum step_kind kind)
{
	struct cable in = cable_or_zero(io->ins[DELAY_IN]), feedback = io->params[DELAY_FEEDBACK];
	struct cable mode = io->params[DELAY_MODE], change = io->params[DELAY_CHANGE];
	bool has_levels = params_move(io, DELAY_MIX, DELAY_MIX);
	struct dry_wet levels = delay_levels(io, 0);
	float min_frames = delay_min_frames(kind);
	bool has_time = io->params[DELAY_TIME].step || io->params[DELAY_SYNC].step;
	bool has_cuts = params_move(io, DELAY_LOW_CUT, DELAY_HIGH_CUT);
	float frames = time_wanted(io, 0, min_frames, delay->frames_per_ms);
	struct cuts cuts = cuts_at(delay, io, 0);
	struct delay now = *delay;

	for (size_t i = from; i < (size_t)io->n_frames; i++) {
		v4f x = cable_at(in, i), wet;
		bool is_tape = cable_at(change, i)[0] == (float)CHANGE_TAPE;

		if (has_time)
			frames = time_wanted(io, i, min_frames, now.frames_per_ms);
		if (has_levels)
			levels = delay_levels(io, i);
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
			io->outs[0][i] = x * levels.dry + wet * levels.wet;
		if (kind == STEP_EMIT)
			io->outs[0][i] = wet * levels.wet;
		now.head = ring_next(now.head, (uint32_t)io->memory_frames);
	}
	*delay = now;
}

static inline __attribute__((always_inline)) void delay_run(
	struct delay *delay, const struct module_io *io, const enum step_kind kind)
{
	size_t at;

	if (!delay->is_started)
		delay->cross = io->params[DELAY_MODE].at[0][0];
	at = delay_fast(delay, io, kind);
	if (at < (size_t)io->n_frames)
		delay_walk(delay, io, at, kind);
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
