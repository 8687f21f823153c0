/* rt_memory.c - locked memory. See rt_memory.h. */
#include "base/rt_memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <unistd.h>

int rt_lock_memory(void)
{
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		return -errno;
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	return 0;
}

/* "VmFlags: rd wr mr ..." of one mapping. io, pf, de, mm: devices' and the kernel's, which
 * mlock(2) leaves out; dp: what the kernel may drop, the page of glibc's random numbers (2.41 and
 * later), which real-time threads never ask for; without rd, wr and ex nobody can touch it. */
static bool counts_as_unlocked(const char *flags)
{
	static const char *const special[] = {" lo", " io", " pf", " de", " mm", " dp"};

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (strstr(flags, special[i]))
			return false;
	return strstr(flags, " rd") || strstr(flags, " wr") || strstr(flags, " ex");
}

/* "7f12a000-7f12b000 r--p ..."; the lines below it begin with a capital. */
static bool is_heading(const char *line)
{
	return (line[0] >= '0' && line[0] <= '9') || (line[0] >= 'a' && line[0] <= 'f');
}

long rt_unlocked_bytes(const char *file)
{
	FILE *maps = fopen(file, "re");
	char line[512];
	long size_kb = 0, unlocked_kb = 0;
	bool is_ours = true;

	if (!maps)
		return -errno;
	while (fgets(line, sizeof(line), maps)) {
		if (strncmp(line, "Size:", 5) == 0)
			size_kb = strtol(line + 5, NULL, 10);
		else if (is_heading(line))
			is_ours = !strstr(line, "[vsyscall]") && !strstr(line, "[vdso]") &&
				  !strstr(line, "[vvar");
		else if (is_ours && strncmp(line, "VmFlags:", 8) == 0 &&
			 counts_as_unlocked(line + 8))
			unlocked_kb += size_kb;
	}
	fclose(maps);
	return unlocked_kb * 1024;
}

void rt_touch(void *at, size_t n_bytes)
{
	volatile char *bytes = at;
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; i < n_bytes; i += page_bytes)
		bytes[i] = bytes[i];
	if (n_bytes)
		bytes[n_bytes - 1] = bytes[n_bytes - 1];
}

bool rt_is_in_memory(const char *path)
{
	struct statfs info;

	return statfs(path, &info) == 0 &&
	       (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC);
}
