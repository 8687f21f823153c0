/* thread_usage.c - page faults and context switches. See thread_usage.h.
 * Tested by: unit/base/test_rt_thread */
#include "appliance/thread_usage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sys_file.h"

int thread_usage_read(const char *root, int tid, struct thread_usage *usage)
{
	static const char switches[] = "\nnonvoluntary_ctxt_switches:";
	struct thread_usage found = {0};
	char text[2048];
	const char *at;
	int n = sys_read(text, sizeof(text), root, "/proc/self/task/%d/stat", tid);

	if (n < 0)
		return n;
	at = strrchr(text, ')'); /* a name may hold anything */
	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %*u %" SCNu64,
			   &found.minor_faults, &found.major_faults) != 2)
		return -EPROTO;
	n = sys_read(text, sizeof(text), root, "/proc/self/task/%d/status", tid);
	if (n < 0)
		return n;
	at = strstr(text, switches);
	if (!at || sscanf(at + strlen(switches), "%" SCNu64, &found.preempted) != 1)
		return -EPROTO;
	*usage = found;
	return 0;
}
