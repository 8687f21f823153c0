/* start_tone.h - the start tone: a patch that ends with a commit.
 * Threads: begin, close [init]; the rest [desk] */
#ifndef APPLIANCE_START_TONE_H
#define APPLIANCE_START_TONE_H

#include <stdbool.h>

struct run;

struct patch;

struct run_tone {
	struct patch *next; /* to be played after it; NULL: nothing is to follow */
	int step;
	bool has_fallen; /* back to the built-in patch */
};

void run_tone_begin(struct run *run); /* the patch is chosen: the tone is put before it */
/* The patch that is played for more than the tone. */
const struct patch *run_tone_chosen(const struct run *run);
bool run_tone_is_on(const struct run *run); /* there is more to come */
void run_tone_tick(struct run *run);
void run_tone_close(struct run *run);

#endif
