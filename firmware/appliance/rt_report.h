/* rt_report.h - what the machine did not grant, in words: what, what it costs, what to do.
 *
 * Threads: [init] */
#ifndef APPLIANCE_RT_REPORT_H
#define APPLIANCE_RT_REPORT_H

#include <stdbool.h>

#include "appliance/degraded.h"
#include "base/rt_thread.h"

enum { RT_REPORT_THREADS = 3 };

/* All as read back after the start. */
struct rt_facts {
	const struct rt_thread *threads[RT_REPORT_THREADS];
	int n_cpus; /* online */
	int desk_cpu, desk_err;
	long rtprio_limit;  /* of this process */
	long memlock_limit; /* bytes; -1: none */
	bool is_root;
	bool locks_memory;   /* the settings want it */
	int lock_err;        /* mlockall's */
	long unlocked_bytes; /* after it; below 0: could not be read */
	int latency_err;     /* of /dev/cpu_dma_latency; 0 also where no core ever sleeps deeply */
	bool stats_on_disk;  /* the counters' page is a file on a disk */
	const char *stats_path;
};

/* Adds a line for each kind of thing that is missing; none when all is granted. */
void rt_report(const struct rt_facts *facts, struct degraded *out);

#endif
