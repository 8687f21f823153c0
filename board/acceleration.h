/* acceleration.h - a knob that is turned fast goes further.
 *
 * A detent counts once up to 12.5 detents a second, `max` times from 100 on, and in between by the
 * rate. The rate is that of the slower of the last two intervals, so that one detent that slipped
 * over quickly does not jump; a turn the other way begins slowly.
 * Threads: [any], pure. Errors: none. */
#ifndef BOARD_ACCELERATION_H
#define BOARD_ACCELERATION_H

#include <stdint.h>

struct acceleration {
	int max;       /* 2..16; below 2: off */
	int direction; /* of the last detent; 0: none yet */
	int64_t last_ns, interval_ns;
};

/* Detents that those at at_ns count for. */
int acceleration_detents(struct acceleration *acceleration, int detents, int64_t at_ns);

#endif
