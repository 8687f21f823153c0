/* A downgrade is refused and changes nothing, unless it is asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card/update.h"
#include "tests/support/card_rig.h"
#include "tests/support/suite.h"

static struct paths paths;
static struct diag diag;

static int update(enum card_image image, const char *beside, bool may_be_older)
{
	struct update journey = {.paths = &paths,
		.is_unsigned = strcmp(beside, "sha256") == 0,
		.may_be_older = may_be_older};
	int fd = card_rig_stream(image, beside, 0, 0), err;

	diag.text[0] = '\0';
	err = update_do(&journey, fd, &diag);
	close(fd);
	return err;
}

static bool tries_b(void)
{
	size_t n = 0;
	char *bytes = card_rig_read("boot/firmware/slot.txt", &n);
	bool is = bytes && strstr(bytes, "os_prefix=b/\n# try\n");

	free(bytes);
	return is;
}

static bool is_refused(int err, const char *why)
{
	size_t n = 0;
	char *kernel = card_rig_read("boot/firmware/b/vmlinuz.gz", &n);
	bool is = err < 0 && strstr(diag.text, why) && !tries_b() && kernel &&
		  strncmp(kernel, "0.9 kernel 1\n", 13) == 0 &&
		  !paths_has(paths.data, "update/try");

	if (!is)
		printf("\n  %d, '%s', not '%s'", err, diag.text, why);
	free(kernel);
	return is;
}

/* A card whose system has this version; "": it does not say. */
static void install(const char *version)
{
	char text[200];
	int n = snprintf(text, sizeof(text), "product=chronus\n%s%s%smachine=arm64-rpi\n",
		version[0] ? "version=" : "", version, version[0] ? "\n" : "");

	card_rig_new(&paths);
	card_rig_write("boot/firmware/a/release", text, (size_t)n);
}

static void test_older(void)
{
	install("1.0");
	CU_ASSERT_TRUE(is_refused(update(CARD_EARLIER, "sig", false),
		"version 0.9.12 is older than 1.0, which is installed: `chronus update --older` "
		"takes it"));
	CU_ASSERT_TRUE(is_refused(update(CARD_EARLIER, "sha256", false), "older than 1.0"));
	CU_ASSERT_EQUAL(update(CARD_EARLIER, "sig", true), 0);
	CU_ASSERT_TRUE(tries_b());
	install("0.9.13");
	CU_ASSERT_TRUE(is_refused(update(CARD_EARLIER, "sig", false), "older than 0.9.13"));
	install("0.9.12"); /* the same once more */
	CU_ASSERT_EQUAL(update(CARD_EARLIER, "sig", false), 0);
	install("0.9.9"); /* numbers, not characters */
	CU_ASSERT_EQUAL(update(CARD_EARLIER, "sig", false), 0);
	CU_ASSERT_TRUE(tries_b());
}

static void test_unknown(void)
{
	install("");
	CU_ASSERT_TRUE(is_refused(update(CARD_GOOD, "sig", false), "does not say which version"));
	CU_ASSERT_EQUAL(update(CARD_GOOD, "sig", true), 0);
	CU_ASSERT_TRUE(tries_b());
}

/* A program beside the system is installed, too, where it is for this system. */
static void test_program(void)
{
	char path[600];

	install("1.0");
	card_rig_write("data/app/2.1/system", CHRONUS_VERSION, strlen(CHRONUS_VERSION));
	snprintf(path, sizeof(path), "%s/app/current", paths.data);
	CU_ASSERT_EQUAL(symlink("2.1", path), 0);
	CU_ASSERT_TRUE(is_refused(update(CARD_GOOD, "sig", false), "2.0 is older than 2.1"));
	card_rig_write("data/app/2.1/system", "0.0.1", 5);
	CU_ASSERT_EQUAL(update(CARD_GOOD, "sig", false), 0);
	CU_ASSERT_TRUE(tries_b());
}

int main(void)
{
	static const struct suite_test tests[] = {{"an older one", test_older},
		{"it is not known what is installed", test_unknown},
		{"a later program", test_program}};

	if (!card_rig_can()) {
		puts("zstd, mtools, dosfstools, signify-openbsd or dpkg is missing");
		return 77;
	}
	return suite_run("installed", tests, ARRAY_LEN(tests));
}
