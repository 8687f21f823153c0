/* adsr_fast.c - many frames of one segment, or of one level. It must equal the reference in adsr.c, to
 * rounding; prop/test_fast compares them.
 * Source: see adsr.c. */
#include "modules/adsr.h"

enum { PIECE_FRAMES = 16 };

/* n frames of a segment, at most PIECE_FRAMES: steps are rounded to 2^-32 of it. */
static inline __attribute__((always_inline)) void piece_run(const struct adsr *adsr,
	enum adsr_curve curve, const struct heading *to, v4u step, v4f *out, int n)
{
	v4u rest = cycles_high(adsr->rest);
	v4f way = adsr->from - to->target, target = to->target;
	v4f way_of_rest = way * REST_TO_ONE;

#pragma GCC unroll 4
	for (int i = 0; i < n; i++) {
		v4f x = lanes_from_int((v4i)(rest -= step));

		if (curve == CURVE_STRAIGHT)
			out[i] = target + way_of_rest * x;
		else
			out[i] = target + way * distance_at(curve, to, x * REST_TO_ONE);
	}
}

/* n frames in which no segment begins or ends. The exact rest is taken again after each piece. */
static inline __attribute__((always_inline)) void segment_run(
	struct adsr *adsr, enum adsr_curve curve, const struct heading *to, v4f *out, int n)
{
	const struct cycles half = {{1u << 31, 1u << 31}, {1u << 31, 1u << 31}};
	struct cycles piece = cycles_times(to->step, PIECE_FRAMES);
	v4u step = cycles_high(cycles_add(to->step, half));
	int i = 0;

	for (; i + PIECE_FRAMES <= n; i += PIECE_FRAMES) {
		piece_run(adsr, curve, to, step, out + i, PIECE_FRAMES);
		adsr->rest.a -= piece.a;
		adsr->rest.b -= piece.b;
	}
	if (i < n) {
		piece = cycles_times(to->step, (uint32_t)(n - i));
		piece_run(adsr, curve, to, step, out + i, n - i);
		adsr->rest.a -= piece.a;
		adsr->rest.b -= piece.b;
	}
	adsr->level = out[n - 1];
}

/* How many of n frames it takes no lane to arrive. */
static int frames_on_the_way(const struct adsr *adsr, const struct heading *to, int n)
{
	for (int k = 0; k < N_LANES; k++) {
		uint64_t rest = k < 2 ? adsr->rest.a[k] : adsr->rest.b[k - 2];
		uint64_t step = k < 2 ? to->step.a[k] : to->step.b[k - 2];

		if (step && (rest - REST_DONE - 1) / step < (uint64_t)n)
			n = (int)((rest - REST_DONE - 1) / step);
	}
	return n;
}

/* How many of n frames from `at` on have the gates as they are. */
static int frames_without_edges(const struct adsr *adsr, struct cable gate, int at, int n)
{
	v4i edges = {0, 0, 0, 0}, is_open = adsr->is_open;

	if (!gate.step)
		return lanes_any((gate.at[0] > GATE_ON) ^ is_open) ? 0 : n;
#pragma GCC unroll 4
	for (int i = 0; i < n; i++)
		edges |= (gate.at[at + i] > GATE_ON) ^ is_open;
	if (!lanes_any(edges))
		return n;
	n = 0;
	while (!lanes_any((gate.at[at + n] > GATE_ON) ^ is_open))
		n++;
	return n;
}

static bool is_constant(const struct cable *params)
{
	return !(params[ADSR_ATTACK].step | params[ADSR_DECAY].step | params[ADSR_SUSTAIN].step |
		 params[ADSR_RELEASE].step | params[ADSR_CURVE].step);
}

/* All lanes sustain or are silent. */
static void hold(struct adsr *adsr, struct cable sustain, v4f *out, int at, int n)
{
	v4i is_open = adsr->is_open;

	for (int i = at; i < at + n; i++)
		out[i] = lane_if(is_open, cable_at(sustain, (size_t)i));
	adsr->level = out[at + n - 1];
}

int adsr_fast(struct adsr *adsr, const struct module_io *io, struct cable gate, int at)
{
	const struct cable *params = io->params;
	int calm = frames_without_edges(adsr, gate, at, io->n_frames - at), run;
	v4f *out = io->outs[0];
	struct heading to;

	if (calm && has_arrived(adsr->rest)) {
		hold(adsr, params[ADSR_SUSTAIN], out, at, calm);
		return calm;
	}
	if (!is_constant(params))
		return 0;
	if (!calm)
		take_gate(adsr, cable_at(gate, (size_t)at) > GATE_ON);
	to = heading_of(adsr, params, (size_t)at);
	take_curve(adsr, &to, (int32_t)params[ADSR_CURVE].at[0][0]);
	run = frames_on_the_way(adsr, &to, calm ? calm : 1);
	if (run && adsr->curve == CURVE_STRAIGHT)
		segment_run(adsr, CURVE_STRAIGHT, &to, out + at, run);
	else if (run)
		segment_run(adsr, CURVE_BENT, &to, out + at, run);
	return run;
}
