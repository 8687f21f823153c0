/* save.h - `save`: a thread of its own waits for the disk, one file at a time.
 * Threads: [desk]; open, close [init] */
#ifndef APPLIANCE_SAVE_H
#define APPLIANCE_SAVE_H

struct run;

void run_save_open(struct run *run);
void run_save_tick(struct run *run);
/* Waits for the file that is under way, and writes one that waits. */
void run_save_close(struct run *run);

#endif
