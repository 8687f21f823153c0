/* card_rig.c - a machine with a card. See card_rig.h. */
#include "tests/support/card_rig.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/boot_slot.h"
#include "tests/support/spawn.h"
#include "tests/support/tree.h"

static char root[300]; /* of the machine */

static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void shell(const char *format, ...)
{
	char command[2000];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	fflush(NULL);
	if (system(command) != 0) {
		fprintf(stderr, "failed: %s\n", command);
		abort();
	}
}

bool card_rig_can(void)
{
	return system("for p in zstd mcopy mkfs.vfat signify-openbsd dpkg-deb; do "
		      "PATH=$PATH:/usr/sbin:/sbin command -v $p; done >/dev/null") == 0;
}

static const char *key(bool is_strange)
{
	static char paths[2][300];
	char *path = paths[is_strange];

	if (!path[0]) {
		snprintf(path, sizeof(paths[0]), "%s/%s", spawn_folder(),
			is_strange ? "strange" : "maker");
		shell("sh cross/sign --new %s >/dev/null", path);
	}
	return path;
}

const char *card_rig_image(enum card_image image)
{
	static const struct {
		const char *name, *version, *machine;
		int root_kb;
	} rows[N_CARD_IMAGES] = {
		[CARD_GOOD] = {"good", "2.0", "arm64-rpi", CARD_ROOT_BYTES / 1024},
		[CARD_STRANGE_KEY] = {"strange", "2.0", "arm64-rpi", CARD_ROOT_BYTES / 1024},
		[CARD_OTHER_MACHINE] = {"other", "2.0", "amd64-pc", CARD_ROOT_BYTES / 1024},
		[CARD_TOO_LARGE] = {"large", "2.0", "arm64-rpi", CARD_ROOT_BYTES / 1024 + 4},
		[CARD_EARLIER] = {"earlier", "0.9.12", "arm64-rpi", CARD_ROOT_BYTES / 1024},
	};
	static char paths[N_CARD_IMAGES][300];
	char *path = paths[image];

	if (!path[0]) {
		snprintf(path, sizeof(paths[0]), "%s/%s.img.zst", spawn_folder(), rows[image].name);
		shell("PATH=$PATH:/usr/sbin:/sbin sh tests/support/card_image.sh %s %s %s %d "
		      "%s.sec",
			path, rows[image].version, rows[image].machine, rows[image].root_kb,
			key(image == CARD_STRANGE_KEY));
	}
	return path;
}

void card_rig_write(const char *path, const char *text, size_t n_bytes)
{
	char whole[600];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	for (char *at = strchr(whole + strlen(root) + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(whole, 0755);
		*at = '/';
	}
	file = fopen(whole, "w");
	if (!file || fwrite(text, 1, n_bytes, file) != n_bytes || fclose(file) != 0)
		abort();
}

static void write_text(const char *path, const char *text)
{
	card_rig_write(path, text, strlen(text));
}

char *card_rig_read(const char *path, size_t *n_bytes)
{
	char whole[600], *bytes = NULL;
	struct stat stat;
	FILE *file;

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	file = fopen(whole, "r");
	if (!file)
		return NULL;
	if (fstat(fileno(file), &stat) == 0 &&
		(bytes = calloc(1, (size_t)stat.st_size + 1)) != NULL)
		*n_bytes = fread(bytes, 1, (size_t)stat.st_size, file);
	fclose(file);
	return bytes;
}

/* As card_image.sh makes them. */
static void write_bytes(const char *path, const char *version, const char *what, size_t n_bytes)
{
	char *bytes = malloc(n_bytes);
	size_t n = 0;

	for (int i = 1; bytes && n < n_bytes; i++) {
		char line[64];
		size_t room = n_bytes - n;
		size_t length =
			(size_t)snprintf(line, sizeof(line), "%s %s %d\n", version, what, i);

		memcpy(bytes + n, line, length < room ? length : room);
		n += length;
	}
	if (!bytes)
		abort();
	card_rig_write(path, bytes, n_bytes);
	free(bytes);
}

void card_rig_fill(char letter, const char *version)
{
	static const struct {
		const char *name, *what;
		size_t n_bytes;
	} files[] = {{"vmlinuz.gz", "kernel", 20000}, {"initrd.img", "initrd", 9000},
		{"bcm2837-rpi-3-b.dtb", "tree", 3000}};
	char path[100], text[300];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "boot/firmware/%c/%s", letter, files[i].name);
		write_bytes(path, version, files[i].what, files[i].n_bytes);
	}
	snprintf(path, sizeof(path), "boot/firmware/%c/overlays/README", letter);
	snprintf(text, sizeof(text), "overlays of %s\n", version);
	write_text(path, text);
	snprintf(path, sizeof(path), "boot/firmware/%c/cmdline.txt", letter);
	snprintf(text, sizeof(text), "console=tty1 chronus.slot=%c root=/dev/mmcblk0p%d ro\n",
		letter, boot_slot_partition(letter));
	write_text(path, text);
	snprintf(path, sizeof(path), "boot/firmware/%c/release", letter);
	snprintf(text, sizeof(text), "product=chronus\nversion=%s\nmachine=arm64-rpi\n", version);
	write_text(path, text);
	snprintf(path, sizeof(path), "dev/card%d", boot_slot_partition(letter));
	write_bytes(path, version, "root", CARD_ROOT_BYTES);
}

void card_rig_new(struct paths *paths)
{
	char sector[BOOT_SLOT_BYTES];

	snprintf(root, sizeof(root), "%s", tree_new());
	card_rig_fill('a', "1.0");
	card_rig_fill('b', "0.9");
	boot_slot_text(sector, 'a', BOOT_KEPT);
	card_rig_write("boot/firmware/slot.txt", sector, sizeof(sector));
	write_text("boot/firmware/chronus.ini", "[start]\npatch = patches/tone.ini\n");
	write_text("boot/firmware/patches/tone.ini", "[osc1]\ntype = osc\n[out]\nin = osc1\n");
	write_text("run/chronus-boot/slot", "a\n");
	write_text("run/chronus-boot/disk", "/dev/card\n");
	write_text("run/chronus/made", "");
	write_text("run/chronus-card/made", "");
	write_text("data/made", "");
	shell("cp %s.pub %s/boot/firmware/update.pub", key(false), root);
	paths_find(paths, root);
}

static void copy(int to, const char *path, size_t cut, size_t spoilt)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	char byte;

	for (size_t n = 1; read(from, &byte, 1) == 1 && (!cut || n <= cut); n++) {
		if (spoilt && n == spoilt)
			byte = (char)~byte;
		if (write(to, &byte, 1) != 1)
			abort();
	}
	close(from);
}

int card_rig_stream(enum card_image image, const char *beside, size_t cut, size_t spoilt)
{
	char path[400];
	int fd = open(spawn_folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (beside[0]) {
		snprintf(path, sizeof(path), "%s.%s", card_rig_image(image), beside);
		copy(fd, path, 0, 0);
	}
	copy(fd, card_rig_image(image), cut, spoilt);
	lseek(fd, 0, SEEK_SET);
	return fd;
}
