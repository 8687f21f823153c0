/* restarts.h - an appliance that ends as soon as it has begun plays less of what it was told.
 * Threads: begin, good [init]; tick [desk] */
#ifndef APPLIANCE_RESTARTS_H
#define APPLIANCE_RESTARTS_H

#include <stdbool.h>
#include <stdint.h>

struct run;

struct run_starts {
	bool counts; /* this start stands in the file */
	bool skips_state, skips_patch;
};

void run_starts_begin(struct run *run); /* before settings, state and patch are read */
void run_starts_tick(struct run *run, int64_t now_ns);
void run_starts_good(struct run *run); /* it ends in good order */

#endif
