/* cpu_latency.h - keeps idle cores from sleeping so deeply that waking takes long.
 *
 * The kernel keeps to the smallest latency asked for as long as the file stays open.
 * Threads: [init]
 * Source:  the kernel's Documentation/power/pm_qos_interface.rst. */
#ifndef APPLIANCE_CPU_LATENCY_H
#define APPLIANCE_CPU_LATENCY_H

/* Writes us to PATH (/dev/cpu_dma_latency) and reads back what now holds. A file descriptor to be
 * closed at the end, or a negative errno (-EIO: something else holds). */
int cpu_latency_hold(const char *path, int us);

#endif
