/* init.h - the parts of the card's initrd (README in ../../README.md). One process, before systemd. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* say.c: to the kernel's log, with the time; complain() also goes to /run/chronus-boot/messages. */
void say_open(void);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *complaints(void);

/* modules.c: loads /modules/NAME in the order of a list; what fails is complained of. */
void load_modules(const char *list);

/* led.c: the board's LED flashes n times, pauses, and again; by the kernel, until it is told another. Codes: */
enum led_code {
	LED_IS_WELL,   /* the heartbeat that the device tree asks for */
	LED_IN_INITRD, /* the kernel runs, and its initrd */
	LED_NO_CARD,   /* no partitions were found */
	LED_NO_ROOT,   /* neither system can be mounted */
	LED_NO_SYSTEM, /* the root is there, and systemd does not start */
};
#define LED_FOLDER "/sys/class/leds"
void led_show(const char *folder, int n_flashes);

/* disk.c: the card. Partition n of it is dev_of(n). */
enum { DISK_PATH_BYTES = 48 };
enum { PART_CARD = 1, PART_ROOT_A = 2, PART_ROOT_B = 3, PART_DATA = 4 };

struct disk {
	char whole[32];    /* /dev/mmcblk0 */
	char separator[2]; /* "p", or "" */
};

/* Waits until its partition n is there. 0, or -ENODEV after wait_ms. */
int disk_find(struct disk *disk, int n, int wait_ms);
const char *disk_part(const struct disk *disk, int n, char path[DISK_PATH_BYTES]);

/* slot.c: which root this boot has, and the try-once rule of slot.txt. */
enum { SLOT_SECTOR_BYTES = 512 };

struct slot {
	char letter;   /* 'a' or 'b': this boot's */
	bool is_trial; /* slot.txt said "# try", and now names the other slot */
	bool is_fallback;
};

static inline char slot_other(char letter)
{
	return letter == 'a' ? 'b' : 'a';
}

/* Reads slot.txt's sector on the disk; if this slot is being tried, writes it back to the other first. */
void slot_begin(struct slot *slot, const struct disk *disk);
/* This slot cannot be booted: slot.txt names the other one, if that has a kernel and has not failed
 * itself. 0: reboot now. */
int slot_give_up(const struct slot *slot, const struct disk *disk);

/* slot_file.c: finds the first sector of a file in the first partition's FAT file system. */
long long fat_find(int disk_fd, const char *folder, const char *name, unsigned *bytes);

/* failed.c: boot-failed.txt on the card's first partition, not written again where it says the same. */
void failed_leave(const struct disk *disk, const char *why);
int failed_write(const char *folder, const char *why);

/* root.c: from the partitions to a root that systemd can be started in. */
int root_mount(const struct disk *disk, char letter);
void root_mount_card(const struct disk *disk);
void root_mount_data(const struct disk *disk, int wait_ms);
void root_machine_id(void);
void root_give_devices(void);
void root_leave_notes(const struct slot *slot, const struct disk *disk);
int root_switch(void);
