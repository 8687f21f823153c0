/* init.c - the card's initrd: from the kernel to systemd. It loads what the card, its file systems and the
 * sound card need, keeps the try-once rule of the two roots, and mounts the root so that nothing ever
 * writes to it. It has no shell: what went wrong is on the serial console, in the board's LED, in boot-failed.txt on
 * the card where it did not start at all, else in /run/chronus-boot/messages. */
#include "init.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	DISK_WAIT_MS = 20000,
	DATA_WAIT_MS = 1500,
	SAY_MS = 300, /* a real-time kernel writes to the console in a thread of its own */
	REBOOT_S = 20,
	TRIAL_WATCHDOG_S = 15,
};

static void restart(void)
{
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

/* Nothing can be booted. A card that was not ready may be so the next time. disk NULL: there is none. */
static void give_up(const struct disk *disk, enum led_code code, const char *why)
{
	led_show(LED_FOLDER, code);
	complain("%s. Chronus cannot start from this card; it is tried again in %d s.", why,
		REBOOT_S);
	complain(
		"If this repeats, write the card anew (your files on its first partition are untouched).");
	if (disk)
		failed_leave(disk, complaints());
	sleep(REBOOT_S);
	restart();
}

/* A tried system that hangs before systemd feeds the watchdog must not hang for ever. */
static void arm_watchdog(void)
{
	int seconds = TRIAL_WATCHDOG_S;
	char line[2048] = "";
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!read(fd, line, sizeof(line) - 1);
		close(fd);
	}
	if (strstr(line, "systemd.watchdog_sec=0"))
		return;
	fd = open("/dev/watchdog", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, WDIOC_SETTIMEOUT, &seconds) < 0)
		complain(
			"there is no watchdog: a trial that hangs waits for the plug to be pulled");
	if (fd >= 0)
		close(fd);
}

/* The initrd's own files would stay in memory for ever. */
static void free_memory(void)
{
	char path[300];
	DIR *folder = opendir("/modules");
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		snprintf(path, sizeof(path), "/modules/%s", entry->d_name);
		unlink(path);
	}
	if (folder)
		closedir(folder);
	unlink("/init");
}

int main(void)
{
	struct disk disk;
	struct slot slot;

	mount("devtmpfs", "/dev", "devtmpfs", 0, "mode=0755");
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	say_open();
	say("begin");
	load_modules("/modules/disk.list");
	pid_t sound = fork();
	if (sound == 0) {
		load_modules("/modules/sound.list");
		/* of another archive behind this one: the tests' sound card */
		if (access("/modules/extra.list", F_OK) == 0)
			load_modules("/modules/extra.list");
		_exit(0);
	}
	led_show(LED_FOLDER, LED_IN_INITRD);
	say("disk modules loaded");
	if (disk_find(&disk, 2, DISK_WAIT_MS) < 0)
		give_up(NULL, LED_NO_CARD, "no SD card with a second partition appeared");
	slot_begin(&slot, &disk);
	if (slot.is_trial)
		arm_watchdog();
	say("slot %c of %s", slot.letter, disk.whole);
	if (root_mount(&disk, slot.letter) < 0) {
		if (slot_give_up(&slot, &disk) < 0)
			give_up(&disk, LED_NO_ROOT, "neither root can be used");
		complain("going to the other root");
		failed_leave(&disk, complaints());
		usleep(SAY_MS * 1000);
		restart();
	}
	root_mount_card(&disk);
	root_mount_data(&disk, DATA_WAIT_MS);
	root_machine_id();
	if (sound > 0)
		waitpid(sound, NULL, 0);
	root_give_devices();
	root_leave_notes(&slot, &disk);
	free_memory();
	say("root ready");
	led_show(LED_FOLDER, LED_IS_WELL);
	if (root_switch() < 0)
		give_up(&disk, LED_NO_SYSTEM, "the root cannot be entered");
	execl("/usr/lib/systemd/systemd", "/sbin/init", (char *)NULL);
	give_up(&disk, LED_NO_SYSTEM, "systemd cannot be started");
}
