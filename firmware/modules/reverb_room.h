/* reverb_room.h - the lines of the reverb's tank: how long they are, and the filters that make them
 * decay.
 *
 * The sound that comes back has decayed by 60 dB after decay_s at 1 kHz and after a part of it at
 * 8 kHz; below 1 kHz it lasts longer, at most twice as long.
 * Threads: [worker], pure. A few libm calls a line: not for every frame.
 * Source:  Jot and Chaigne, "Digital Delay Networks for Designing Artificial Reverberators", AES
 *          1991. */
#ifndef MODULES_REVERB_ROOM_H
#define MODULES_REVERB_ROOM_H

#include "dsp/module.h"

enum { REVERB_LINES = 8 };

/* The room that the lines are made for. */
struct reverb_room {
	float decay_s, damping, size;
};

enum { IN_LOW, IN_HIGH, POLE_LOW, POLE_HIGH, LEVEL, N_GAINS };

/* The lines' filters, x * in + y before * pole, lines 0-3 and 4-7; the level of what is heard */
struct reverb_gains {
	v4f at[N_GAINS];
};

/* size: 0..1 */
float reverb_line_ms(int line, float size) RT_SAFE;
void reverb_gains_make(struct reverb_gains *gains, struct reverb_room room, double rate_hz) RT_SAFE;

#endif
