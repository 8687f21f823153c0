/* rt_memory.h - memory that real-time threads may touch: present, locked, and left alone.
 *
 * Threads: [init]
 * Source:  mlock(2), proc_pid_smaps(5). */
#ifndef BASE_RT_MEMORY_H
#define BASE_RT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* mlockall, now and for the future, and no huge page is put together under a running thread
 * later. 0 or a negative errno. */
int rt_lock_memory(void);

/* Bytes of this process's memory that are not locked, read back from FILE (/proc/self/smaps);
 * devices' memory and the kernel's own pages do not count. Negative errno: cannot be read. */
long rt_unlocked_bytes(const char *file);

/* Writes to every page, so that its first use by a real-time thread is no page fault. What is
 * there stays. */
void rt_touch(void *at, size_t n_bytes);

/* Is the file in memory (tmpfs)? On a disk its mapped pages fault again after each write-back. */
bool rt_is_in_memory(const char *path);

#endif
