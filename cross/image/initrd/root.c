/* root.c - mounts: the slot's partition read-only below a tmpfs, the card's FAT read-only, /data. */
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEW "/new"

int root_mount(const struct disk *disk, char letter)
{
	char path[DISK_PATH_BYTES];

	mkdir("/lower", 0755);
	mkdir("/upper", 0755);
	mkdir(NEW, 0755);
	disk_part(disk, letter == 'b' ? PART_ROOT_B : PART_ROOT_A, path);
	if (mount(path, "/lower", "ext4", MS_RDONLY | MS_NOATIME, "noload") < 0) {
		complain("the root %s cannot be mounted: %s", path, strerror(errno));
		return -errno;
	}
	if (mount("tmpfs", "/upper", "tmpfs", 0, "size=50%,mode=0755") < 0 ||
		mkdir("/upper/files", 0755) < 0 || mkdir("/upper/work", 0755) < 0 ||
		mount("overlay", NEW, "overlay", 0,
			"lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work") < 0) {
		complain("no overlay above the root: %s", strerror(errno));
		return -errno;
	}
	return 0;
}

/* The number of a group of the new root; 0 if it has none of that name. */
static unsigned group_id(const char *name)
{
	char line[256];
	size_t n = strlen(name);
	unsigned id = 0;
	FILE *file = fopen(NEW "/etc/group", "re");

	while (file && !id && fgets(line, sizeof(line), file)) {
		const char *after = line + n;
		if (strncmp(line, name, n) == 0 && after[0] == ':' && strchr(after + 1, ':'))
			id = (unsigned)strtoul(strchr(after + 1, ':') + 1, NULL, 10);
	}
	if (file)
		fclose(file);
	return id;
}

/* The wifi's password is on it: not for everybody. */
void root_mount_card(const struct disk *disk)
{
	char path[DISK_PATH_BYTES], options[64];

	disk_part(disk, PART_CARD, path);
	snprintf(
		options, sizeof(options), "gid=%u,umask=0027,errors=continue", group_id("chronus"));
	if (mount(path, NEW "/boot/firmware", "vfat",
		    MS_RDONLY | MS_NOATIME | MS_NODEV | MS_NOSUID | MS_NOEXEC, options) < 0)
		complain("the card's files (%s) cannot be mounted: %s", path, strerror(errno));
}

/* In a process of its own: a journal that must be replayed may take long, and sound does not wait.
 * The path is looked up before the file system is read, so it ends up right even after the switch. */
void root_mount_data(const struct disk *disk, int wait_ms)
{
	char path[DISK_PATH_BYTES];

	disk_part(disk, PART_DATA, path);
	pid_t child = fork();
	if (child == 0) {
		bool is_mounted =
			mount(path, NEW "/data", "ext4", MS_NOATIME | MS_NODEV | MS_NOSUID,
				"commit=1,errors=remount-ro") == 0;
		_exit(is_mounted ? 0 : errno);
	}
	for (int waited = 0; waited < wait_ms; waited += 2) {
		int status;
		pid_t done = child < 0 ? -1 : waitpid(child, &status, WNOHANG);
		if (done == child && WIFEXITED(status) && WEXITSTATUS(status) == 0)
			return;
		if (done != 0) {
			complain("/data (%s) cannot be mounted: %s", path,
				done == child && WIFEXITED(status) ? strerror(WEXITSTATUS(status))
								   : "no process");
			return;
		}
		usleep(2000);
	}
	complain("/data (%s) takes longer than %d ms to mount: going on, it comes later", path,
		wait_ms);
}

static int put_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	size_t n = strlen(text);

	if (fd < 0)
		return -errno;
	int err = write(fd, text, n) == (ssize_t)n ? 0 : -EIO;
	close(fd);
	return err;
}

/* The same at every boot of a board, and another on another: from its serial number. Without one
 * (an emulator) it is random. */
void root_machine_id(void)
{
	char serial[17] = "", text[40];
	unsigned char random[8] = {0};
	int fd = open("/proc/device-tree/serial-number", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!read(fd, serial, 16);
		close(fd);
	}
	if (strspn(serial, "0123456789abcdef") == 16 && strspn(serial, "0") < 16) {
		snprintf(text, sizeof(text), "c0a05c0a4d2c5e61%s\n", serial);
	} else {
		fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
		(void)!read(fd, random, sizeof(random));
		close(fd);
		snprintf(text, sizeof(text), "c0a05c0a4d2c5e62%02x%02x%02x%02x%02x%02x%02x%02x\n",
			random[0], random[1], random[2], random[3], random[4], random[5], random[6],
			random[7]);
	}
	if (put_file(NEW "/etc/machine-id", text, 0444) < 0)
		complain("no machine id: %s", strerror(errno));
}

static void give_to_group(const char *folder, const char *prefix, const char *group)
{
	char path[300];
	struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir))) {
		if (entry->d_type != DT_CHR || strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (chown(path, 0, group_id(group)) < 0 || chmod(path, 0660) < 0)
			complain("%s cannot be given to %s: %s", path, group, strerror(errno));
	}
	if (dir)
		closedir(dir);
}

/* What udev's rules will say too, only later: the service opens its devices at its first look. */
void root_give_devices(void)
{
	give_to_group("/dev/snd", "", "audio");
	give_to_group("/dev", "gpiochip", "gpio");
	give_to_group("/dev", "cpu_dma_latency", "audio");
}

void root_leave_notes(const struct slot *slot, const struct disk *disk)
{
	char prefix[DISK_PATH_BYTES];
	char letter[3] = {slot->letter, '\n', '\0'};

	if (mount("tmpfs", NEW "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=20%") < 0 ||
		mkdir(NEW "/run/chronus-boot", 0755) < 0)
		complain("no /run: %s", strerror(errno));
	put_file(NEW "/run/chronus-boot/slot", letter, 0444);
	letter[0] = slot_other(slot->letter);
	if (slot->is_trial)
		put_file(NEW "/run/chronus-boot/trial", letter, 0444);
	if (slot->is_fallback)
		put_file(NEW "/run/chronus-boot/fallback", letter, 0444);
	snprintf(prefix, sizeof(prefix), "%s%s\n", disk->whole, disk->separator);
	put_file(NEW "/run/chronus-boot/disk", prefix, 0444);
	if (complaints()[0])
		put_file(NEW "/run/chronus-boot/messages", complaints(), 0444);
}

int root_switch(void)
{
	static const char *const moved[] = {"dev", "proc", "sys"};
	char from[8], to[16];

	for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]); i++) {
		snprintf(from, sizeof(from), "/%s", moved[i]);
		snprintf(to, sizeof(to), NEW "/%s", moved[i]);
		if (mount(from, to, NULL, MS_MOVE, NULL) < 0)
			return -errno;
	}
	if (chdir(NEW) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
		chdir("/") < 0)
		return -errno;
	return 0;
}
