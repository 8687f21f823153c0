/* modules.c - loads the kernel modules that are packed with the initrd. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void load(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "/modules/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST))
		complain("the kernel module %s does not load: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
}

void load_modules(const char *list)
{
	char name[64];
	FILE *file = fopen(list, "re");

	if (!file) {
		complain("%s: %s", list, strerror(errno));
		return;
	}
	while (fgets(name, sizeof(name), file)) {
		name[strcspn(name, "\n")] = '\0';
		load(name);
	}
	fclose(file);
}
