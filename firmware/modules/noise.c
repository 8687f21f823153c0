/* noise.c - white, pink and brown noise, each lane its own.
 *
 * White: even random numbers.
 * Pink:  six one-pole filters side by side, -3.01 dB an octave from about 0.0005 of the rate to the
 *        top. The poles are parts of the rate, so the slope is the same at every rate.
 * Brown: an integrator that leaks below 5 Hz, -6.02 dB an octave; a zero corrects the top octave.
 * Another colour is faded to over 5 ms. All three are of similar loudness.
 * Source: Kellet, "Filter to make pink noise from white", musicdsp.org 1999; voice.h. */
#include <math.h>
#include <stdbool.h>

#include "modules/modules.h"
#include "dsp/fade.h"
#include "dsp/voice.h"

enum { NOISE_COLOUR, NOISE_LEVEL, NOISE_N_PARAMS };
enum noise_colour { COLOUR_WHITE, COLOUR_PINK, COLOUR_BROWN, N_COLOURS };
enum { N_POLES = 6 };

#define FADE_MS    5.0f
#define LEAK_HZ    5.0f
#define BROWN_ZERO 0.14f
#define BROWN_RMS  0.25f
#define PINK_GAIN  0.2f

static const char *const noise_colours[] = {
	[COLOUR_WHITE] = "white",
	[COLOUR_PINK] = "pink",
	[COLOUR_BROWN] = "brown",
};
_Static_assert(ARRAY_LEN(noise_colours) == N_COLOURS, "one name per colour");

/* clang-format off */
static const struct param_desc noise_params[] = {
	[NOISE_COLOUR] = {.key = "colour", .label = "Colour", .unit = UNIT_CHOICE,
		.max = N_COLOURS - 1, .curve = CURVE_CHOICE, .choices = noise_colours},
	[NOISE_LEVEL] = {.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f,
		.max = 1.0f, .def = 0.5f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(noise_params) == NOISE_N_PARAMS, "one row per parameter");

static const struct port_desc noise_outs[] = {{.key = "out", .label = "Out", .kind = PORT_AUDIO}};

static const float pole_of[N_POLES] = {0.99886f, 0.99332f, 0.969f, 0.8665f, 0.55f, -0.7616f};
static const float gain_of[N_POLES] = {
	0.0555179f, 0.0750759f, 0.153852f, 0.3104856f, 0.5329522f, -0.016898f};

struct noise {
	v4u random;
	v4f pole[N_POLES];
	v4f white, brown;     /* of the latest frame */
	v4f share[N_COLOURS]; /* of each colour in the output; moves to 0 or 1 */
	float share_step;
	float leak, brown_gain; /* of the integrator */
	int32_t is_started;
};

static void noise_reset(void *state)
{
	struct noise *noise = state;

	*noise = (struct noise){.share_step = noise->share_step,
		.leak = noise->leak,
		.brown_gain = noise->brown_gain};
}

static void noise_init(void *state, float rate_hz)
{
	struct noise *noise = state;

	noise->share_step = share_step(FADE_MS, rate_hz);
	noise->leak = (float)exp(-2.0 * M_PI * (double)LEAK_HZ / (double)rate_hz);
	/* white has a mean square of 1/3 */
	noise->brown_gain = BROWN_RMS * sqrtf(3.0f * (1.0f - noise->leak * noise->leak));
}

static inline v4f pink_next(struct noise *now, v4f white)
{
	v4f sum = white * 0.5362f + now->white * 0.115926f;

	for (int p = 0; p < N_POLES; p++) {
		now->pole[p] = now->pole[p] * pole_of[p] + white * gain_of[p];
		sum += now->pole[p];
	}
	return sum * PINK_GAIN;
}

static inline v4f brown_next(struct noise *now, v4f white)
{
	const float zero = BROWN_ZERO / (1.0f + BROWN_ZERO);
	v4f in = white * (1.0f - zero) + now->white * zero;

	now->brown = now->brown * now->leak + in * now->brown_gain;
	return now->brown;
}

/* One colour alone, or all of them while the shares move. */
static inline __attribute__((always_inline)) void noise_run(struct noise *noise,
	const struct module_io *io, int at, int n, enum noise_colour colour, const bool is_fading)
{
	struct noise now = *noise;
	v4f *out = io->outs[0];

	for (int i = at; i < at + n; i++) {
		v4f white = rand_bipolar(now.random = rand_next(now.random)), x = white;

		if (is_fading) {
			v4f of[N_COLOURS] = {
				white, pink_next(&now, white), brown_next(&now, white)};

			x = lanes_of(0.0f);
			for (int k = 0; k < N_COLOURS; k++) {
				v4f target = lanes_of(k == (int)colour ? 1.0f : 0.0f);

				now.share[k] = lanes_approach(
					now.share[k], target, lanes_of(now.share_step));
				x += of[k] * now.share[k];
			}
		} else if (colour == COLOUR_PINK) {
			x = pink_next(&now, white);
		} else if (colour == COLOUR_BROWN) {
			x = brown_next(&now, white);
		}
		now.white = white;
		out[i] = x * cable_at(io->params[NOISE_LEVEL], (size_t)i);
	}
	*noise = now;
}

/* A colour that is not heard begins anew: its filters stood still. */
static void noise_begin(struct noise *noise, int colour)
{
	if (noise->share[colour][0] > 0.0f)
		return;
	for (int p = 0; colour == COLOUR_PINK && p < N_POLES; p++)
		noise->pole[p] = lanes_of(0.0f);
	if (colour == COLOUR_BROWN)
		noise->brown = lanes_of(0.0f);
}

static void noise_render(void *state, const struct module_io *io)
{
	struct noise *noise = state;
	struct cable colours = io->params[NOISE_COLOUR];
	int n;

	for (int at = 0; at < io->n_frames; at += n) {
		int colour = (int)cable_first(colours, at);

		n = choice_frames(colours, at, io->n_frames - at);
		if (!noise->is_started) {
			noise->random = rand_seed(io);
			noise->share[colour] = lanes_of(1.0f);
			noise->is_started = 1;
		}
		noise_begin(noise, colour);
		if (noise->share[colour][0] < 1.0f)
			noise_run(noise, io, at, n, (enum noise_colour)colour, true);
		else if (colour == COLOUR_WHITE)
			noise_run(noise, io, at, n, COLOUR_WHITE, false);
		else if (colour == COLOUR_PINK)
			noise_run(noise, io, at, n, COLOUR_PINK, false);
		else
			noise_run(noise, io, at, n, COLOUR_BROWN, false);
	}
}

const struct module_desc noise_module = {
	.key = "noise",
	.purpose = "noise: white, pink or brown, its own for each voice",
	.params = noise_params,
	.n_params = NOISE_N_PARAMS,
	.outs = noise_outs,
	.n_outs = ARRAY_LEN(noise_outs),
	.flow = FLOW_VOICE,
	.state_bytes = sizeof(struct noise),
	.init = noise_init,
	.reset = noise_reset,
	.render = noise_render,
};
