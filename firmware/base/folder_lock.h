/* folder_lock.h - a folder that one process at a time may use: flock() on the folder itself.
 *
 * Nothing is written, so it works where the disk is full or read-only, and the kernel lets go when the
 * process ends in whatever way: nothing stale is ever left.
 * Threads: [init] [housekeeping] */
#ifndef BASE_FOLDER_LOCK_H
#define BASE_FOLDER_LOCK_H

/* An open descriptor that holds the lock until it is closed; or -EBUSY: another process has it, *holder
 * is its pid, 0 where the kernel does not say; or another negative errno: it cannot be locked. */
int folder_lock(const char *path, int *holder);

#endif
