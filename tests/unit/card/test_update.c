/* Updates: what is refused and why, what is written, and what is kept after it was tried. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "card/boot_slot.h"
#include "card/envelope.h"
#include "card/sound_watch.h"
#include "card/start_choice.h"
#include "card/trial.h"
#include "card/update.h"
#include "tests/support/card_rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct paths paths;
static struct diag diag;

static int update_fd(int fd, bool is_unsigned)
{
	struct update journey = {.paths = &paths, .is_unsigned = is_unsigned};
	int err;

	diag.text[0] = '\0';
	err = update_do(&journey, fd, &diag);
	close(fd);
	return err;
}

static int update(enum card_image image, const char *beside, bool is_unsigned)
{
	return update_fd(card_rig_stream(image, beside, 0, 0), is_unsigned);
}

static bool is_same(const char *path, const char *text)
{
	size_t n = 0;
	char *bytes = card_rig_read(path, &n);
	bool is = bytes && n >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;

	free(bytes);
	return is;
}

/* Refused, and nothing of the card has changed. */
static void check_untouched(int err, const char *why)
{
	CU_ASSERT_TRUE(err < 0);
	if (!strstr(diag.text, why))
		printf("\n  refused by '%s', not '%s'", diag.text, why);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, why));
	CU_ASSERT_TRUE(is_same("boot/firmware/slot.txt", "os_prefix=a/\n# kept\n"));
	CU_ASSERT_FALSE(paths_has(paths.data, "update/try"));
	CU_ASSERT_FALSE(paths_has(paths.data, "update/work")); /* cleaned up */
	CU_ASSERT_TRUE(is_same("boot/firmware/chronus.ini", "[start]\npatch = "));
	CU_ASSERT_TRUE(is_same("boot/firmware/b/release", "product=chronus\nversion=0.9\n"));
	CU_ASSERT_TRUE(is_same("boot/firmware/b/vmlinuz.gz", "0.9 kernel 1\n"));
	CU_ASSERT_TRUE(is_same("dev/card3", "0.9 root 1\n"));
}

static void test_good(void)
{
	card_rig_new(&paths);
	CU_ASSERT_EQUAL(update(CARD_GOOD, "sig", false), 0);
	CU_ASSERT_TRUE(is_same("boot/firmware/slot.txt", "os_prefix=b/\n# try\n"));
	CU_ASSERT_TRUE(is_same("boot/firmware/b/vmlinuz.gz", "2.0 kernel 1\n"));
	CU_ASSERT_TRUE(is_same("boot/firmware/b/overlays/README", "overlays of 2.0\n"));
	CU_ASSERT_TRUE(is_same("boot/firmware/b/cmdline.txt",
		"console=tty1 chronus.slot=b root=/dev/mmcblk0p3 ro\n"));
	CU_ASSERT_TRUE(is_same("dev/card3", "2.0 root 1\n2.0 root 2\n"));
	CU_ASSERT_TRUE(is_same("boot/firmware/a/vmlinuz.gz", "1.0 kernel 1\n"));
	CU_ASSERT_TRUE(is_same("data/update/try", "slot b, version 2.0\n"));
	CU_ASSERT_TRUE(paths_has(paths.data, "update/log"));
	CU_ASSERT_FALSE(paths_has(paths.data, "update/work"));
}

static void test_unsigned(void)
{
	card_rig_new(&paths);
	check_untouched(update(CARD_GOOD, "sha256", false), "not signed");
	check_untouched(update(CARD_GOOD, "", false), "not signed");
	check_untouched(update(CARD_GOOD, "", true), "no checksum");
	CU_ASSERT_EQUAL(update(CARD_GOOD, "sha256", true), 0);
	CU_ASSERT_TRUE(is_same("boot/firmware/slot.txt", "os_prefix=b/\n# try\n"));
}

static void test_wrongly_signed(void)
{
	char key[600];

	card_rig_new(&paths);
	check_untouched(update(CARD_STRANGE_KEY, "sig", false), "the signature is not of");
	snprintf(key, sizeof(key), "%s/update.pub", paths.card);
	unlink(key);
	check_untouched(update(CARD_GOOD, "sig", false), "put your maker's key on the card");
}

static void test_damaged(void)
{
	card_rig_new(&paths);
	check_untouched(update_fd(card_rig_stream(CARD_GOOD, "sig", 0, 3000), false),
		"the checksum is wrong");
	check_untouched(update_fd(card_rig_stream(CARD_GOOD, "sig", 9000, 0), false),
		"the checksum is wrong");
	check_untouched(update_fd(card_rig_stream(CARD_GOOD, "sha256", 9000, 0), true),
		"the checksum is wrong");
	check_untouched(update_fd(card_rig_stream(CARD_GOOD, "sig", 0, 1), false),
		"neither a .img.zst nor a .deb");
	check_untouched(update_fd(open("/dev/null", 0), false), "neither a .img.zst nor a .deb");
}

static void test_not_for_this_card(void)
{
	card_rig_new(&paths);
	check_untouched(update(CARD_OTHER_MACHINE, "sig", false), "is for amd64-pc");
	check_untouched(update(CARD_TOO_LARGE, "sig", false), "604 KB, the slot only 600 KB");
	card_rig_new(&paths);
	card_rig_write("boot/firmware/a/release", "product=chronus\n", 16);
	check_untouched(update(CARD_GOOD, "sig", false), "does not say what machine this is");
	card_rig_new(&paths);
	card_rig_write("run/chronus-boot/slot", "?\n", 2);
	check_untouched(update(CARD_GOOD, "sig", false), "does not say which slot runs");
}

static void test_one_at_a_time(void)
{
	card_rig_new(&paths);
	card_rig_write("run/chronus-boot/trial", "", 0);
	check_untouched(update(CARD_GOOD, "sig", false), "is being tried");
}

/* ---- trials */

static void test_keep_slot(void)
{
	static const char config[] = "a=1\nmine=1\n# sound and pins\n";
	static const char own[] = "a=1\nforce_turbo=1\n# sound and pins\n";
	char what[200];

	card_rig_new(&paths);
	CU_ASSERT_EQUAL(trial_find(&paths, what, sizeof(what)), TRIAL_NONE);
	CU_ASSERT_EQUAL(update(CARD_GOOD, "sig", false), 0);
	CU_ASSERT_EQUAL(trial_find(&paths, what, sizeof(what)), TRIAL_ENDED); /* so far */
	card_rig_write("run/chronus-boot/slot", "b\n", 2);
	card_rig_write("run/chronus-boot/trial", "", 0);
	card_rig_write("boot/firmware/config.txt", config, strlen(config));
	card_rig_write("boot/firmware/b/config.own", own, strlen(own));
	CU_ASSERT_EQUAL(trial_find(&paths, what, sizeof(what)), TRIAL_SLOT);
	CU_ASSERT_STRING_EQUAL(what, "slot b, version 2.0");
	CU_ASSERT_EQUAL(trial_keep(&paths, TRIAL_SLOT, &diag), 0);
	CU_ASSERT_TRUE(is_same("boot/firmware/slot.txt", "os_prefix=b/\n# kept\n"));
	CU_ASSERT_TRUE(is_same("boot/firmware/config.txt", "a=1\nforce_turbo=1\nmine=1\n"));
	CU_ASSERT_EQUAL(trial_find(&paths, what, sizeof(what)), TRIAL_NONE);
	/* and the next one goes to the slot that is free now */
	CU_ASSERT_EQUAL(update(CARD_GOOD, "sig", false), 0);
	CU_ASSERT_TRUE(is_same("boot/firmware/a/vmlinuz.gz", "2.0 kernel 1\n"));
	CU_ASSERT_TRUE(is_same("boot/firmware/slot.txt", "os_prefix=a/\n# try\n"));
	CU_ASSERT_TRUE(is_same("dev/card2", "2.0 root 1\n"));
}

static bool has_card;

static void look_at_device(struct sound_look *look)
{
	look->has_device = has_card;
}

static void test_needs_the_device_that_was_there(void)
{
	card_rig_new(&paths);
	trial_look = look_at_device;
	has_card = true;
	CU_ASSERT_EQUAL(update(CARD_GOOD, "sig", false), 0);
	CU_ASSERT_TRUE(trial_needs_device(&paths));
	has_card = false;
	CU_ASSERT_EQUAL(update(CARD_GOOD, "sig", false), 0);
	CU_ASSERT_FALSE(trial_needs_device(&paths));
	trial_look = NULL;
}

/* A look a second from 0 on, as made by what(look, second). The verdict, and when. */
static enum sound_verdict watch(
	void (*what)(struct sound_look *look, int s), bool needs_device, int *at_s)
{
	struct sound_watch watch = {.sound_ns = 60 * NS_PER_S,
		.patience_ns = 300 * NS_PER_S,
		.needs_device = needs_device};
	enum sound_verdict verdict = SOUND_WAIT;

	sound_watch_begin(&watch, 0);
	for (*at_s = 0; verdict == SOUND_WAIT; ++*at_s) {
		struct sound_look look = {.is_there = true,
			.pid = 7,
			.has_device = true,
			.n_blocks = 750u * (unsigned)*at_s};

		what(&look, *at_s);
		verdict = sound_watch_look(&watch, &look, *at_s * NS_PER_S);
	}
	--*at_s;
	return verdict;
}

static void plays(struct sound_look *look, int s)
{
	look->is_there = s >= 5;
}

static void has_gaps(struct sound_look *look, int s)
{
	look->n_none = (uint64_t)s / 50;
}

static void had_one_gap(struct sound_look *look, int s)
{
	look->n_xruns = s >= 30;
}

static void hangs(struct sound_look *look, int s)
{
	look->n_blocks = s < 50 ? look->n_blocks : 37500;
}

static void crashes(struct sound_look *look, int s)
{
	look->pid = 7 + s / 40;
}

static void nothing(struct sound_look *look, int s)
{
	(void)s;
	look->is_there = false;
}

static void no_card(struct sound_look *look, int s)
{
	(void)s;
	look->has_device = false;
}

static void test_sound(void)
{
	int at_s;

	CU_ASSERT_EQUAL(watch(plays, true, &at_s), SOUND_KEPT);
	CU_ASSERT_EQUAL(at_s, 65);
	CU_ASSERT_EQUAL(watch(had_one_gap, true, &at_s), SOUND_KEPT);
	CU_ASSERT_EQUAL(at_s, 90);
	CU_ASSERT_EQUAL(watch(has_gaps, true, &at_s), SOUND_SILENT);
	CU_ASSERT_EQUAL(at_s, 300);
	CU_ASSERT_EQUAL(watch(hangs, true, &at_s), SOUND_SILENT);
	CU_ASSERT_EQUAL(watch(crashes, true, &at_s), SOUND_SILENT);
	CU_ASSERT_EQUAL(watch(nothing, false, &at_s), SOUND_SILENT);
	CU_ASSERT_EQUAL(watch(no_card, true, &at_s), SOUND_SILENT);
	CU_ASSERT_EQUAL(watch(no_card, false, &at_s), SOUND_KEPT);
}

/* ---- the program */

static const char *chosen(int64_t now_s)
{
	static char path[600];

	if (!start_choice(&paths, now_s * NS_PER_S, path, sizeof(path)))
		return "own";
	return strstr(path, "/app/") + strlen("/app/");
}

static void make_program(const char *version)
{
	char path[600];

	snprintf(path, sizeof(path), "data/app/%s/usr/bin/chronus", version);
	card_rig_write(path, "#!/bin/sh\n", 10);
	snprintf(path, sizeof(path), "%s/app/%s/usr/bin/chronus", paths.data, version);
	chmod(path, 0755);
	snprintf(path, sizeof(path), "data/app/%s/system", version);
	card_rig_write(path, CHRONUS_VERSION, strlen(CHRONUS_VERSION));
}

static void test_which_program(void)
{
	char path[600];

	card_rig_new(&paths);
	CU_ASSERT_STRING_EQUAL(chosen(0), "own");
	make_program("2.0");
	CU_ASSERT_STRING_EQUAL(chosen(0), "own"); /* nobody has chosen it */
	CU_ASSERT_EQUAL(trial_try_program(&paths, "2.0", &diag), 0);
	CU_ASSERT_STRING_EQUAL(chosen(1), "2.0/usr/bin/chronus");
	CU_ASSERT_STRING_EQUAL(chosen(2), "own"); /* it had its one start */
	CU_ASSERT_EQUAL(trial_keep(&paths, TRIAL_PROGRAM, &diag), 0);
	for (int s = 100; s < 1000; s += 40) /* restarts now and then are no fault of its */
		CU_ASSERT_STRING_EQUAL(chosen(s), "current/usr/bin/chronus");
	CU_ASSERT_STRING_EQUAL(chosen(1000), "current/usr/bin/chronus");
	CU_ASSERT_STRING_EQUAL(chosen(1002), "current/usr/bin/chronus");
	CU_ASSERT_STRING_EQUAL(chosen(1003), "own");
	CU_ASSERT_STRING_EQUAL(chosen(2000), "own"); /* until the next boot */
	/* the program's own count of its starts, beside this one, is neither read nor written */
	CU_ASSERT_FALSE(paths_has(paths.sound, "starts"));
	for (int s = 2010; s < 2014; s++) {
		if (s == 2010) {
			snprintf(path, sizeof(path), "%s/program-starts", paths.sound);
			CU_ASSERT_EQUAL(unlink(path), 0);
		}
		CU_ASSERT_STRING_EQUAL(chosen(s), s < 2013 ? "current/usr/bin/chronus" : "own");
		card_rig_write("run/chronus/starts", "7\n", 2);
	}
	CU_ASSERT_TRUE(is_same("run/chronus/starts", "7\n"));
	CU_ASSERT_EQUAL(unlink(path), 0);
	/* the system of the other slot has its own */
	card_rig_write("data/app/2.0/system", "0.0.1", 5);
	CU_ASSERT_STRING_EQUAL(chosen(2500), "own");
	card_rig_write("data/app/2.0/system", CHRONUS_VERSION, strlen(CHRONUS_VERSION));
	/* a reboot forgets the trial of the next one, and what was kept plays */
	make_program("3.0");
	CU_ASSERT_EQUAL(trial_try_program(&paths, "3.0", &diag), 0);
	trial_forget(&paths);
	CU_ASSERT_STRING_EQUAL(chosen(3000), "current/usr/bin/chronus");
	/* what cannot be counted is not tried */
	CU_ASSERT_EQUAL(trial_try_program(&paths, "3.0", &diag), 0);
	snprintf(paths.sound, sizeof(paths.sound), "/nowhere");
	CU_ASSERT_STRING_EQUAL(chosen(3001), "own");
}

/* A package with a program, as dpkg-deb makes it; behind its checksum. */
static int package(const char *name, const char *machine, const char *version)
{
	char command[2000];
	FILE *from;
	int to = open(spawn_folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), c;

	snprintf(command, sizeof(command),
		"cd %s && rm -rf deb && mkdir -p deb/DEBIAN deb/usr/bin && echo new "
		">deb/usr/bin/chronus "
		"&& chmod 755 deb/usr/bin/chronus && printf 'Package: %s\\nVersion: "
		"%s\\nArchitecture: "
		"%s\\nMaintainer: x <x@x>\\nDescription: x\\n' >deb/DEBIAN/control && dpkg-deb -b "
		"deb "
		"x.deb >/dev/null && sha256sum x.deb >x.sum && cat x.sum x.deb >x",
		spawn_folder(), name, version, machine);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	snprintf(command, sizeof(command), "%s/x", spawn_folder());
	from = fopen(command, "r");
	while (from && (c = fgetc(from)) != EOF)
		CU_ASSERT_EQUAL_FATAL(write(to, &(char){(char)c}, 1), 1);
	if (from)
		fclose(from);
	lseek(to, 0, SEEK_SET);
	return to;
}

static void test_package(void)
{
#if defined(__aarch64__)
	static const char ours[] = "arm64", other[] = "amd64";
#else
	static const char ours[] = "amd64", other[] = "arm64";
#endif

	card_rig_new(&paths);
	check_untouched(update_fd(package("chronus", ours, "2.0"), false), "not signed");
	check_untouched(update_fd(package("chronus", other, "2.0"), true), "the package is for");
	check_untouched(update_fd(package("hello", ours, "2.0"), true), "not chronus");
	check_untouched(update_fd(package("chronus", ours, "0.9"), true), "0.9 is older than 1.0");
	CU_ASSERT_STRING_EQUAL(chosen(0), "own");
	CU_ASSERT_EQUAL(update_fd(package("chronus", ours, "2.0"), true), 0);
	CU_ASSERT_TRUE(is_same("data/app/2.0/usr/bin/chronus", "new\n"));
	CU_ASSERT_TRUE(is_same("boot/firmware/slot.txt", "os_prefix=a/\n# kept\n"));
	CU_ASSERT_EQUAL(update_fd(package("chronus", ours, "2.1"), true), -EBUSY);
	CU_ASSERT_STRING_EQUAL(chosen(1), "2.0/usr/bin/chronus");
	CU_ASSERT_EQUAL(trial_keep(&paths, TRIAL_PROGRAM, &diag), 0);
	CU_ASSERT_EQUAL(update_fd(package("chronus", ours, "2.0"), true), -EALREADY);
	CU_ASSERT_STRING_EQUAL(chosen(99), "current/usr/bin/chronus");
	CU_ASSERT_EQUAL(update_fd(package("chronus", ours, "1.9"), true), -EPERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "1.9 is older than 2.0"));
}

int main(void)
{
	static const struct suite_test tests[] = {{"a good one", test_good},
		{"an unsigned one", test_unsigned}, {"a wrongly signed one", test_wrongly_signed},
		{"a damaged one", test_damaged}, {"one for another card", test_not_for_this_card},
		{"one at a time", test_one_at_a_time}, {"a slot is kept", test_keep_slot},
		{"the sound card must be there again", test_needs_the_device_that_was_there},
		{"what sound is", test_sound}, {"which program plays", test_which_program},
		{"a package", test_package}};

	if (!card_rig_can()) {
		puts("zstd, mtools, dosfstools, signify-openbsd or dpkg is missing");
		return 77;
	}
	return suite_run("update", tests, sizeof(tests) / sizeof(tests[0]));
}
