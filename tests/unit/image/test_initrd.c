/* test_initrd.c - the card's initrd tells of a start that failed: the LED's codes, the text on the
 * card. */
#include "cross/image/initrd/failed.c"
#include "cross/image/initrd/led.c"

#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include "tests/support/tree.h"

/* initrd/say.c and disk.c would need a kernel's log and a disk. */
void complain(const char *format, ...)
{
	(void)format;
}

const char *disk_part(const struct disk *disk, int n, char path[DISK_PATH_BYTES])
{
	(void)disk;
	(void)n;
	return path;
}

static const char *root;

static const char *text_of(const char *name)
{
	static char text[4096];
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	text[n] = '\0';
	if (file)
		fclose(file);
	return text;
}

/* How often a pattern lights up, and for how long it is dark at last: what the eye counts. */
static int n_flashes(const char *pattern, long *pause_ms)
{
	long level, ms, n = 0, was = 0;
	char *end;

	*pause_ms = 0;
	for (const char *at = pattern; *at && *at != '\n'; at = end) {
		level = strtol(at, &end, 10);
		ms = strtol(end, &end, 10);
		end += strspn(end, " ");
		n += level && !was;
		*pause_ms = level ? 0 : *pause_ms + ms;
		was = level;
	}
	return (int)n;
}

static void test_codes(void)
{
	long pause_ms;

	for (int code = LED_IN_INITRD; code <= LED_NO_SYSTEM; code++) {
		root = tree_new();
		tree_file("ACT/trigger", "");
		tree_file("ACT/pattern", "");
		tree_file("PWR/trigger", "");
		led_show(root, code);
		CU_ASSERT_STRING_EQUAL(text_of("ACT/trigger"), "pattern\n");
		CU_ASSERT_EQUAL(n_flashes(text_of("ACT/pattern"), &pause_ms), code);
		CU_ASSERT_TRUE(pause_ms >= 1000);
		CU_ASSERT_STRING_EQUAL(text_of("PWR/trigger"), "");
	}
	led_show(root, LED_IS_WELL);
	CU_ASSERT_TRUE(strncmp(text_of("ACT/trigger"), "heartbeat\n", 10) == 0);
}

/* A 400 has only a power LED; a CM3 has none, and goes on. */
static void test_other_boards(void)
{
	long pause_ms;

	root = tree_new();
	tree_file("PWR/trigger", "");
	tree_file("PWR/pattern", "");
	led_show(root, LED_NO_ROOT);
	CU_ASSERT_EQUAL(n_flashes(text_of("PWR/pattern"), &pause_ms), 3);
	led_show(root, LED_IS_WELL);
	CU_ASSERT_TRUE(strncmp(text_of("PWR/trigger"), "default-on", 10) == 0);
	root = tree_new();
	led_show(root, LED_NO_ROOT);
}

static void test_text(void)
{
	char path[300];
	struct stat first, second;

	root = tree_new();
	CU_ASSERT_EQUAL(failed_write(root, "the root /dev/mmcblk0p2 cannot be mounted\n"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of("boot-failed.txt"), "mmcblk0p2 cannot be mounted\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of("boot-failed.txt"), "write the card anew"));
	snprintf(path, sizeof(path), "%s/boot-failed.txt", root);
	stat(path, &first);
	chmod(path, 0400); /* root may write all the same: the time tells */
	CU_ASSERT_EQUAL(failed_write(root, "the root /dev/mmcblk0p2 cannot be mounted\n"), 0);
	stat(path, &second);
	CU_ASSERT_EQUAL(first.st_mtim.tv_nsec, second.st_mtim.tv_nsec);
	CU_ASSERT_EQUAL(first.st_mtim.tv_sec, second.st_mtim.tv_sec);
	chmod(path, 0600);
	CU_ASSERT_EQUAL(failed_write(root, "no SD card\n"), 0);
	CU_ASSERT_PTR_NULL(strstr(text_of("boot-failed.txt"), "mmcblk0p2"));
	CU_ASSERT_TRUE(failed_write("/nonexistent", "x") < 0);
}

SUITE_MAIN("initrd", {"codes", test_codes}, {"other boards", test_other_boards},
	{"text on the card", test_text})
