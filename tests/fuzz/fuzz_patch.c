/* fuzz_patch.c - a patch: any bytes. Refused with a reason, or everything inside its range; then
 * it is made ready and rendered twice, with gates and notes: finite, within full scale, the same
 * both times. */
#include <math.h>

#include "config/patch_read.h"
#include "patch/program.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/ini_good.h"

enum { RATE_HZ = 48000, BLOCK_FRAMES = 64, N_BLOCKS = 5, ARENA_BYTES = 8 << 20 };

/* The parts of all blocks' sums, so that equal numbers are equal sounds. */
static uint64_t render(const struct patch *patch, struct program *program)
{
	float stereo[2 * BLOCK_FRAMES];
	uint64_t sum = 0;

	for (int b = 0; b < N_BLOCKS; b++) {
		struct render_result result;

		for (int m = 0; m < patch->n_modules; m++) {
			program_set_gate(program, m, b < 3, 0);
			program_note(program, m, 40 + m % 50, b < 2 ? 0.8f : 0.0f, 0);
		}
		program_look_at_one(program, (uint64_t)b);
		result = program_render(program, stereo);
		for (int i = 0; i < 2 * BLOCK_FRAMES; i++)
			MUST(!(result.flags & RENDER_FINITE) || fabsf(stereo[i]) <= 1.0f);
		sum = sum * 31 + result.checksum;
	}
	return sum;
}

/* false: it has no room in the arena. */
static bool play(const struct patch *patch, uint64_t *sum)
{
	static const struct program_config config = {RATE_HZ, BLOCK_FRAMES, 1};
	static struct arena arena;
	struct program *program = NULL;
	struct diag diag = {""};

	if (!arena.base)
		MUST(arena_open(&arena, ARENA_BYTES) == 0);
	if (program_compile(patch, &config, &arena, &program, &diag) < 0) {
		MUST(diag.text[0]);
		return false;
	}
	*sum = render(patch, program);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct diag diag = {""};
	struct patch *patch = NULL, *copy;
	uint64_t sum = 0, again = 0;

	if (patch_read_text((const char *)data, n_bytes, "fuzz.ini", &patch, &diag) < 0) {
		MUST(!patch && reason_is_good(&diag, "fuzz.ini"));
		return 0;
	}
	MUST(patch_is_good(patch));
	copy = patch_copy(patch);
	MUST(copy && patch_is_good(copy));
	if (play(patch, &sum))
		MUST(play(copy, &again) && sum == again);
	patch_free(copy);
	patch_free(patch);
	return 0;
}
