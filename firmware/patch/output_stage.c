/* output_stage.c - the end of a block: what `out` gives, as interleaved stereo.
 *
 * Most patches plug one signal into `out`, and it is below the knee of its limiter: then `out`
 * would copy, and that signal is read where it is. Otherwise `out` is rendered, and read. Both give
 * the same samples, to a rounding where its cable has a gain and `out` a level. What is the same
 * left and right is reckoned once (set_heard() in compile.c says so of what `out` gives).
 * Tested by: unit/patch/test_program */
#include "modules/out.h"
#include "patch/mixdown.h"

#include "base/rt_poison.h"

/* Each lane's bits 8 places round: no bit may weigh an even number of times in a checksum. */
static inline v4u turned(v4u x)
{
	typedef uint8_t bytes __attribute__((vector_size(16)));
	bytes b = (bytes)x;

	return (v4u)__builtin_shufflevector(
		b, b, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

/* One number of four; each factor is odd, so that no difference in one lane is lost. */
static inline uint32_t mixed(v4u x)
{
	return x[0] * 0x9e3779b1u + x[1] * 0x85ebca77u + x[2] * 0xc2b2ae3du + x[3] * 0x27d4eb2fu;
}

/* Extremes of the samples of a block; zeros before the first. */
struct reckoning {
	v4i largest; /* without their sign the bits of floats are in the order of the floats */
	v4u sum, sum_of_sums;
};

static inline __attribute__((always_inline)) void reckon(struct reckoning *now, v4f x)
{
	now->largest = lanes_max_int(now->largest, (v4i)lanes_abs(x));
	now->sum = turned(now->sum) + (v4u)x;
	now->sum_of_sums += now->sum;
}

/* Infinity and what is no number come last. A peak above 1 is given as 1. */
static inline struct render_result result_of(const struct reckoning *now)
{
	enum { INFINITY_BITS = 0x7f800000 };
	v4f peak = lanes_min((v4f)now->largest, lanes_of(1.0f));

	peak = lanes_max(peak, __builtin_shufflevector(peak, peak, 2, 3, 0, 1));
	peak = lanes_max(peak, __builtin_shufflevector(peak, peak, 1, 0, 3, 2));
	return (struct render_result){
		.flags = lanes_any(now->largest >= INFINITY_BITS) ? 0 : RENDER_FINITE,
		.peak = peak[0],
		.checksum = mixed(now->sum) ^ mixed(now->sum_of_sums),
	};
}

/* 4 frames that are the same left and right, frame k's in lane k. */
static inline __attribute__((always_inline)) v4f mixdown_mono(const struct program *program,
	const struct source *source, const enum mixdown mixdown, const bool is_one_group,
	const v4f *at)
{
	if (mixdown == MIXDOWN_FIRST_VOICE)
		return lanes_firsts(at);
	return is_one_group ? sum_voices(program, 0, at, 1, false)
			    : sum_voices(program, source->group_step, at, program->n_groups, true);
}

/* is_one_group: of 4 voices. Interleaves and reckons: what is the same left and right once. */
static inline __attribute__((always_inline)) struct render_result put(const struct program *program,
	const struct source *source, const enum mixdown mixdown, const bool is_one_group,
	float *stereo)
{
	struct reckoning now = {0};
	const v4f *at = source->at;
	int n = program->block_frames;
	v4f gain = lanes_of(source->gain);

#pragma GCC unroll 2
	for (int i = 0; i < n; i += AT_ONCE, at += AT_ONCE, stereo += 2 * AT_ONCE) {
		v4f pair[2];

		if (mixdown == MIXDOWN_LANES) {
			pair[0] = __builtin_shufflevector(at[0], at[1], 0, 1, 4, 5) * gain;
			pair[1] = __builtin_shufflevector(at[2], at[3], 0, 1, 4, 5) * gain;
			reckon(&now, pair[0]);
			reckon(&now, pair[1]);
		} else {
			v4f x = mixdown_mono(program, source, mixdown, is_one_group, at) * gain;

			reckon(&now, x);
			pair[0] = __builtin_shufflevector(x, x, 0, 0, 1, 1);
			pair[1] = __builtin_shufflevector(x, x, 2, 2, 3, 3);
		}
		memcpy(stereo, pair, sizeof(pair));
	}
	return result_of(&now);
}

/* A function a mixdown: alone each has registers enough. */
static __attribute__((noinline)) struct render_result put_lanes(
	const struct program *program, const struct source *source, float *stereo)
{
	return put(program, source, MIXDOWN_LANES, false, stereo);
}

static __attribute__((noinline)) struct render_result put_voice(
	const struct program *program, const struct source *source, float *stereo)
{
	return put(program, source, MIXDOWN_FIRST_VOICE, false, stereo);
}

static __attribute__((noinline)) struct render_result put_sum(
	const struct program *program, const struct source *source, float *stereo)
{
	return put(program, source, MIXDOWN_SUM_OF_VOICES, false, stereo);
}

static __attribute__((noinline)) struct render_result put_sum_of_four(
	const struct program *program, const struct source *source, float *stereo)
{
	return put(program, source, MIXDOWN_SUM_OF_VOICES, true, stereo);
}

bool output_stage_lone(const struct program *program, float *stereo, struct render_result *result)
{
	const struct heard *heard = &program->heard;
	struct source lone = heard->lone;

	if (heard->is_silent) {
		memset(stereo, 0, 2 * (size_t)program->block_frames * sizeof(*stereo));
		*result = (struct render_result){.flags = RENDER_FINITE};
		return true;
	}
	if (!lone.at || heard->out->moving)
		return false;
	lone.gain *= heard->out->ramps[OUT_LEVEL].target;
	if (lone.mixdown == MIXDOWN_LANES)
		*result = put_lanes(program, &lone, stereo);
	else if (lone.mixdown == MIXDOWN_FIRST_VOICE)
		*result = put_voice(program, &lone, stereo);
	else if (program->n_voices == N_LANES)
		*result = put_sum_of_four(program, &lone, stereo);
	else
		*result = put_sum(program, &lone, stereo);
	return result->flags & RENDER_FINITE && result->peak <= OUT_KNEE;
}

struct render_result output_stage_put(const struct program *program, float *stereo)
{
	const struct source *given = &program->heard.given;

	return given->mixdown == MIXDOWN_LANES ? put_lanes(program, given, stereo)
					       : put_voice(program, given, stereo);
}
