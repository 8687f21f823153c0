/* notified.h - the other end of appliance/notify.h: a service manager that listens.
 * It names its socket in $NOTIFY_SOCKET. */
#ifndef SUPPORT_NOTIFIED_H
#define SUPPORT_NOTIFIED_H

/* Binds FOLDER/notify ("@NAME": an abstract one). Returns the descriptor; aborts when it cannot. */
int notified_open(const char *folder);
void notified_close(int fd);
/* The next message, within wait_ms; NULL: there came none. Stays until the next call. */
const char *notified_next(int fd, int wait_ms);
/* Messages until one begins with want; NULL: none came for wait_ms. */
const char *notified_wait(int fd, const char *want, int wait_ms);

#endif
