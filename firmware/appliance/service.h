/* service.h - what systemd is told, and the page that says what it does.
 * Threads: open, stop, fail, close [init]; tick [desk] */
#ifndef APPLIANCE_SERVICE_H
#define APPLIANCE_SERVICE_H

#include "appliance/alive.h"
#include "appliance/notify.h"

#define STATUS_FILE "chronus-status.txt" /* of the runtime folder */

struct run;

struct run_service {
	struct notify notify;
	struct alive alive;
	int64_t next_status_ns, next_page_ns, loud_ns;
	unsigned warnings_shown; /* their version */
	char status[400];        /* as systemd has it */
};

void run_service_open(struct run *run); /* before the engine is made */
void run_service_tick(struct run *run, int64_t now_ns);
void run_service_stop(struct run *run);                  /* it ends */
void run_service_fail(struct run *run, const char *why); /* it plays nothing */
void run_service_close(struct run *run);

#endif
