/* notify.h - what a service tells the one that started it: systemd's sd_notify, which is one datagram.
 *
 * Started by hand there is nobody to tell: then all of this does nothing.
 * Threads: [init] [desk]. Never waits: a message that the other side has no room for is lost.
 * Source:  sd_notify(3), sd_watchdog_enabled(3). */
#ifndef APPLIANCE_NOTIFY_H
#define APPLIANCE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

struct notify {
	int fd;              /* -1: nobody listens */
	int64_t watchdog_ns; /* WATCHDOG=1 is wanted at least this often; 0: it is not */
};

/* $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID. Returns 0 (also where there is nobody) or a
 * negative errno; notify is usable all the same. */
int notify_open(struct notify *notify);
void notify_close(struct notify *notify);
/* Lines as in sd_notify(3): "READY=1", "STATUS=...", "WATCHDOG=1", "STOPPING=1". */
void notify_tell(const struct notify *notify, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
