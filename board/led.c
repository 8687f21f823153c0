/* led.c - when a lamp that blinks is lit. See led.h. */
#include "board/led.h"

#include "base/clock.h"

/* 0: it does not blink. */
static int64_t half_ns(enum board_lamp lamp)
{
	if (lamp == BOARD_LAMP_SLOW)
		return LED_SLOW_HALF_MS * NS_PER_MS;
	return lamp == BOARD_LAMP_FAST ? LED_FAST_HALF_MS * NS_PER_MS : 0;
}

bool led_is_lit(enum board_lamp lamp, int64_t now_ns)
{
	int64_t half = half_ns(lamp);

	return half ? now_ns / half % 2 == 0 : lamp == BOARD_LAMP_STEADY;
}

int64_t led_deadline_ns(enum board_lamp lamp, int64_t now_ns)
{
	int64_t half = half_ns(lamp);

	return half ? (now_ns / half + 1) * half : 0;
}
