/* output.h - the device that a run plays to: the sound card of the settings, or the simulated one
 * and its recorder.
 * Threads: open, close [init]; tick [desk] */
#ifndef APPLIANCE_OUTPUT_H
#define APPLIANCE_OUTPUT_H

#include <stdbool.h>

#include "audio/sink_sim.h"

struct run;

struct run_output {
	struct sink *sink;
	struct sink_sim sim;
	struct recorder *recorder; /* NULL: nothing is kept */
	char wav_path[300];        /* empty: there is no such file */
	int n_periods;             /* of the settings, or what auto came to */
};

int run_output_open(struct run *run, struct diag *diag);
void run_output_tick(struct run *run);
void run_output_close(struct run *run);
/* Once the device is closed. False: what was played could not be written (that a slow disk lost
 * some of it is only logged). */
bool run_recorder_close(struct run *run);

#endif
