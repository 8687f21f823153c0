/* led.c - when a LED is lit, by its pattern. See led.h. */
#include "board/led.h"

#include "base/clock.h"

/* A pattern's rhythm: it is looked at in steps, and a bit of lit says each step of the round. */
struct rhythm {
	int64_t step_ns;
	int n_steps; /* 0: it does not blink */
	uint32_t lit;
};

static struct rhythm rhythm_of(enum board_pattern pattern)
{
	switch (pattern) {
	case BOARD_PATTERN_SLOW:
		return (struct rhythm){LED_SLOW_HALF_MS * NS_PER_MS, 2, 1};
	case BOARD_PATTERN_FAST:
		return (struct rhythm){LED_FAST_HALF_MS * NS_PER_MS, 2, 1};
	case BOARD_PATTERN_TWICE: /* lit, dark, lit, and dark for the rest of 2 s */
		return (struct rhythm){LED_FLASH_MS * NS_PER_MS, 16, 1 | 1 << 2};
	case BOARD_PATTERN_OFF:
	case BOARD_PATTERN_STEADY:
		break;
	}
	return (struct rhythm){0};
}

static bool is_lit_at(const struct rhythm *rhythm, int64_t step)
{
	return rhythm->lit >> (step % rhythm->n_steps) & 1;
}

bool led_is_lit(enum board_pattern pattern, int64_t now_ns)
{
	struct rhythm rhythm = rhythm_of(pattern);

	return rhythm.n_steps ? is_lit_at(&rhythm, now_ns / rhythm.step_ns)
			      : pattern == BOARD_PATTERN_STEADY;
}

int64_t led_deadline_ns(enum board_pattern pattern, int64_t now_ns)
{
	struct rhythm rhythm = rhythm_of(pattern);
	int64_t step;

	if (!rhythm.n_steps)
		return 0;
	step = now_ns / rhythm.step_ns + 1;
	while (is_lit_at(&rhythm, step) == led_is_lit(pattern, now_ns))
		step++;
	return step * rhythm.step_ns;
}
