/* thread_usage.h - what the kernel counted of a thread: page faults, and being put aside.
 *
 * Threads: [desk]; the thread itself does nothing for it.
 * Source:  proc_pid_stat(5), proc_pid_status(5). */
#ifndef APPLIANCE_THREAD_USAGE_H
#define APPLIANCE_THREAD_USAGE_H

#include <stdint.h>

struct thread_usage {
	uint64_t minor_faults, major_faults;
	uint64_t preempted; /* involuntary context switches */
};

/* Of thread tid of this process; root "" is the machine's own. 0 or a negative errno (-EPROTO:
 * the files are not what they should be). */
int thread_usage_read(const char *root, int tid, struct thread_usage *usage);

#endif
