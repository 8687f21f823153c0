/* led.c - when a lamp that blinks is lit. See led.h. */
#include "board/led.h"

#include "base/clock.h"

/* A lamp's rhythm: it is looked at in steps, and a bit of lit says each step of the round. */
struct rhythm {
	int64_t step_ns;
	int n_steps; /* 0: it does not blink */
	uint32_t lit;
};

static struct rhythm rhythm_of(enum board_lamp lamp)
{
	switch (lamp) {
	case BOARD_LAMP_SLOW:
		return (struct rhythm){LED_SLOW_HALF_MS * NS_PER_MS, 2, 1};
	case BOARD_LAMP_FAST:
		return (struct rhythm){LED_FAST_HALF_MS * NS_PER_MS, 2, 1};
	case BOARD_LAMP_TWICE: /* lit, dark, lit, and dark for the rest of 2 s */
		return (struct rhythm){LED_FLASH_MS * NS_PER_MS, 16, 1 | 1 << 2};
	case BOARD_LAMP_OFF:
	case BOARD_LAMP_STEADY:
		break;
	}
	return (struct rhythm){0};
}

static bool is_lit_at(const struct rhythm *rhythm, int64_t step)
{
	return rhythm->lit >> (step % rhythm->n_steps) & 1;
}

bool led_is_lit(enum board_lamp lamp, int64_t now_ns)
{
	struct rhythm rhythm = rhythm_of(lamp);

	return rhythm.n_steps ? is_lit_at(&rhythm, now_ns / rhythm.step_ns)
			      : lamp == BOARD_LAMP_STEADY;
}

int64_t led_deadline_ns(enum board_lamp lamp, int64_t now_ns)
{
	struct rhythm rhythm = rhythm_of(lamp);
	int64_t step;

	if (!rhythm.n_steps)
		return 0;
	step = now_ns / rhythm.step_ns + 1;
	while (is_lit_at(&rhythm, step) == led_is_lit(lamp, now_ns))
		step++;
	return step * rhythm.step_ns;
}
