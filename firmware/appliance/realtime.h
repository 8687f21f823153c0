/* realtime.h - what real-time threads need of the machine, and what it granted.
 * Threads: prepare, close [init]; the rest [desk] */
#ifndef APPLIANCE_REALTIME_H
#define APPLIANCE_REALTIME_H

#include "appliance/degraded.h"
#include "appliance/thread_usage.h"
#include "base/util.h"
#include "engine/stats.h"

struct run;

struct run_rt {
	struct degraded degraded;
	int latency_fd;   /* /dev/cpu_dma_latency, held open; or a negative errno */
	int desk_cpu_err; /* 0 or a negative errno */
	struct thread_usage usage_at_start[STATS_THREADS];
};

void run_rt_prepare(struct run *run); /* before the threads start */
/* When all have started: the desk to its core, faults are counted from now on. */
void run_rt_settle(struct run *run);
/* When commands are heard: interrupts to their core; what was not granted is logged. */
void run_rt_report(struct run *run);
void run_rt_tick(struct run *run); /* once a second */
void run_rt_close(struct run *run);
/* Logged once as "degraded: ...", and seen in `chronus stats`. */
void run_degrade(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
