/* irq.c - finding and moving interrupts. See irq.h. */
#include "appliance/irq.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys_file.h"

/* The last part of what a link below root points to. */
static int link_name(char *name, size_t n_bytes, const char *root, const char *path)
{
	char whole[512], target[512];
	const char *last;
	ssize_t n;

	if (snprintf(whole, sizeof(whole), "%s%s", root, path) >= (int)sizeof(whole))
		return -ENAMETOOLONG;
	n = readlink(whole, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	if (strlen(last) >= n_bytes)
		return -ENAMETOOLONG;
	memcpy(name, last, strlen(last) + 1);
	return 0;
}

int irq_open_card(const char *root)
{
	char path[512], name[64];
	struct dirent *entry;
	int card = -ENOENT;
	DIR *fds;

	snprintf(path, sizeof(path), "%s/proc/self/fd", root);
	fds = opendir(path);
	while (fds && card < 0 && (entry = readdir(fds))) {
		int number, device;
		char way;

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		if (link_name(name, sizeof(name), root, path) == 0 &&
			sscanf(name, "pcmC%dD%d%c", &number, &device, &way) == 3 && way == 'p')
			card = number;
	}
	if (fds)
		closedir(fds);
	return card;
}

/* Is it in the text, as a word of its own? */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; n && (at = strstr(at, word)); at++)
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
			!isalnum((unsigned char)at[n]))
			return true;
	return false;
}

struct wanted {
	int number; /* > 0: this one */
	bool is_usb;
	char id[64], device[64];
};

static bool is_wanted(const struct wanted *wanted, bool takes_dma, int number, const char *name)
{
	if (wanted->number > 0)
		return number == wanted->number;
	if (wanted->is_usb)
		return strstr(name, "xhci") || strstr(name, "dwc") || strstr(name, "ehci") ||
		       strstr(name, "ohci") || strstr(name, "uhci");
	if (takes_dma)
		return strcasestr(name, "dma") != NULL;
	return has_word(name, wanted->id) || has_word(name, wanted->device);
}

/* "  31:   1   0   GICv2 112 Level   DMA IRQ": past the counts of n_cpus. NULL: not such a line. */
static const char *skip_counts(char *line, int n_cpus, int *number)
{
	char *at, *end;

	*number = (int)strtol(line, &at, 10);
	if (at == line || *at++ != ':')
		return NULL;
	for (int i = 0; i < n_cpus; i++, at = end) {
		strtol(at, &end, 10);
		if (end == at)
			return NULL;
	}
	return at + strspn(at, " ");
}

static int scan(
	const char *root, const struct wanted *wanted, bool takes_dma, struct irq_line *lines)
{
	char path[512], line[2048];
	int n = 0, n_cpus = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/interrupts", root);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	if (fgets(line, sizeof(line), file))
		for (const char *at = line; (at = strstr(at, "CPU")); at++)
			n_cpus++;
	while (n < IRQ_MAX_LINES && fgets(line, sizeof(line), file)) {
		int number;
		const char *name = skip_counts(line, n_cpus, &number);

		if (!name || !is_wanted(wanted, takes_dma, number, name))
			continue;
		lines[n].number = number;
		snprintf(lines[n++].name, sizeof(lines[0].name), "%.*s", (int)strcspn(name, "\n"),
			name);
	}
	fclose(file);
	return n;
}

int irq_find(const char *root, int card, struct irq_line *lines)
{
	struct wanted wanted = {0};
	char text[64], path[64];
	int n;

	if (sys_read(text, sizeof(text), root, "/sys/class/sound/card%d/device/irq", card) > 0)
		wanted.number = atoi(text);
	wanted.is_usb = sys_read(text, sizeof(text), root, "/proc/asound/card%d/usbid", card) > 0;
	sys_read(wanted.id, sizeof(wanted.id), root, "/proc/asound/card%d/id", card);
	snprintf(path, sizeof(path), "/sys/class/sound/card%d/device", card);
	link_name(wanted.device, sizeof(wanted.device), root, path);
	n = scan(root, &wanted, false, lines);
	return n || wanted.is_usb ? n : scan(root, &wanted, true, lines);
}

int irq_move(const char *root, int number, int cpu)
{
	char want[16], text[64];
	int err;

	snprintf(want, sizeof(want), "%d", cpu);
	err = sys_write(want, root, "/proc/irq/%d/smp_affinity_list", number);
	if (err < 0)
		return err;
	err = sys_read(text, sizeof(text), root, "/proc/irq/%d/smp_affinity_list", number);
	if (err < 0)
		return err;
	return strcmp(text, want) == 0 ? 0 : -EIO;
}

int irq_thread(const char *root, int number)
{
	char path[512], want[32], comm[64];
	struct dirent *entry;
	int pid = 0;
	DIR *proc;

	snprintf(want, sizeof(want), "irq/%d-", number);
	snprintf(path, sizeof(path), "%s/proc", root);
	proc = opendir(path);
	while (proc && !pid && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		sys_read(comm, sizeof(comm), root, "/proc/%s/comm", entry->d_name);
		if (strncmp(comm, want, strlen(want)) == 0)
			pid = atoi(entry->d_name);
	}
	if (proc)
		closedir(proc);
	return pid;
}

int irq_thread_raise(int pid, int priority)
{
	struct sched_param param;

	if (sched_getscheduler(pid) == SCHED_FIFO && sched_getparam(pid, &param) == 0 &&
		param.sched_priority >= priority)
		return 0;
	param.sched_priority = priority;
	if (sched_setscheduler(pid, SCHED_FIFO, &param) < 0)
		return -errno;
	if (sched_getscheduler(pid) != SCHED_FIFO || sched_getparam(pid, &param) < 0)
		return -errno;
	return param.sched_priority >= priority ? 0 : -EIO;
}
