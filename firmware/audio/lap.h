/* lap.h - finds out that a card played its ring once more than its pointer says.
 *
 * ALSA's pointer is a place in a ring. Where nothing read it for as long as the ring lasts (a late
 * interrupt), it lost whole rings: what was in there was played again, and the pointer, the room and
 * the counters are those of a card in time. Only a clock shows it. Each look is compared with the
 * one before it and with nothing older, so that a card's drift does not add up.
 *
 * Threads: [producer]
 * Errors:  none. */
#ifndef AUDIO_LAP_H
#define AUDIO_LAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

struct lap {
	int64_t at_ns;  /* of the last look; 0: there was none */
	uint64_t taken; /* frames that the card had taken then */
};

/* When the card starts or stops. */
void lap_reset(struct lap *lap) RT_SAFE;
/* The pointer was read at at_ns (CLOCK_MONOTONIC), and by it the card has taken that many frames since
 * it started. true: limit_frames more than that were due since the last look. */
bool lap_is_missed(
	struct lap *lap, int64_t at_ns, uint64_t taken, int rate_hz, int limit_frames) RT_SAFE;

#endif
