/* test_malformed.c - every file of tests/malformed/ is refused with the reason its first line names
 * ("; expect: LINE: substring"), or accepted ("; expect: ok"). Files that cannot well be kept in
 * the folder are made here. */
#include <CUnit/Basic.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/patch_read.h"
#include "config/setlist.h"
#include "config/settings.h"

#define FOLDER "tests/malformed"

/* Reads path with the reader its name asks for. On a refusal nothing may be written. */
static int file_read(const char *path, bool is_patch, struct diag *diag)
{
	static struct settings settings, before;
	struct patch *const untouched = (struct patch *)&settings;
	struct patch *patch = untouched;
	int err;

	memset(&settings, 0x5a, sizeof(settings));
	memset(&before, 0x5a, sizeof(before));
	memset(diag, 0, sizeof(*diag));
	if (!is_patch) {
		err = settings_read(path, &settings, diag);
		if (err)
			CU_ASSERT_EQUAL(memcmp(&settings, &before, sizeof(settings)), 0);
		return err;
	}
	err = patch_read(path, &patch, diag);
	CU_ASSERT_EQUAL(err == 0, patch != untouched);
	if (!err)
		patch_free(patch);
	return err;
}

/* Prints what differs, since a failure here is a message that reads badly. */
static void expect_refusal(const char *path, bool is_patch, const char *expected)
{
	struct diag diag;
	int err = file_read(path, is_patch, &diag);
	bool is_right = err < 0 && strstr(diag.text, expected) && !strchr(diag.text, '\n');

	if (!is_right)
		printf("\n%s\n  expected: %s\n  got: %d %s\n", path, expected, err, diag.text);
	CU_ASSERT_TRUE(is_right);
}

static void expect_ok(const char *path, bool is_patch)
{
	struct diag diag;
	int err = file_read(path, is_patch, &diag);

	if (err)
		printf("\n%s\n  expected: ok\n  got: %d %s\n", path, err, diag.text);
	CU_ASSERT_EQUAL(err, 0);
}

static void folder_file(const char *name)
{
	bool is_patch = strncmp(name, "patch_", 6) == 0;
	char path[320], first[400] = "", expected[800];
	FILE *file;

	snprintf(path, sizeof(path), FOLDER "/%.200s", name);
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_PTR_NOT_NULL(fgets(first, sizeof(first), file));
	fclose(file);
	first[strcspn(first, "\n")] = '\0';
	CU_ASSERT_EQUAL_FATAL(strncmp(first, "; expect: ", 10), 0);
	if (strcmp(first + 10, "ok") == 0) {
		expect_ok(path, is_patch);
		return;
	}
	snprintf(expected, sizeof(expected), "%s:%s", path, first + 10);
	expect_refusal(path, is_patch, expected);
}

static void test_folder(void)
{
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;
	int n_files = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
	while ((entry = readdir(folder))) {
		if (!strstr(entry->d_name, ".ini"))
			continue;
		folder_file(entry->d_name);
		n_files++;
	}
	closedir(folder);
	CU_ASSERT_TRUE(n_files >= 100);
}

/* Writes bytes to a file of its own and has both readers read it. expected NULL: ok. */
static void made_file(const char *bytes, size_t n_bytes, const char *expected)
{
	char path[] = "/tmp/chronus-malformed-XXXXXX";
	int fd = mkstemp(path);

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, bytes, n_bytes), (ssize_t)n_bytes);
	close(fd);
	for (int is_patch = 0; is_patch < 2; is_patch++) {
		if (expected)
			expect_refusal(path, is_patch, expected);
		else
			expect_ok(path, is_patch);
	}
	unlink(path);
}

static void test_long_line(void)
{
	static char line[5001];

	memset(line, ' ', sizeof(line));
	memcpy(line, "; x", 3);
	memcpy(line + 4990, "a = 1", 5);
	made_file(line, sizeof(line) - 1, ":1: the line is 5000 characters long; allowed: 190");
}

static void test_bytes(void)
{
	static char noise[1 << 20];
	unsigned seed = 1;

	made_file("; a\n\0; b\n", 9, ":2: byte 0x00 at column 1 is not text");
	made_file("\xff[a]", 4,
		":1: byte 0xff at column 1 is not text; allowed: UTF-8 without control characters; "
		"save the file as UTF-8");
	made_file("; a\x01", 4,
		":1: byte 0x01 at column 4 is not text; allowed: UTF-8 without control characters");
	made_file("; \xe9\x01", 4, ":1: byte 0x01 at column 4 is not text");
	made_file("[\xe9] ; \xe9", 7, ":1: byte 0xe9 at column 2 is not text");
	made_file("[a];\xe9", 5, ":1: byte 0xe9 at column 5 is not text"); /* no comment */
	for (size_t i = 0; i < sizeof(noise); i++) {
		seed = seed * 1664525u + 1013904223u;
		noise[i] = (char)(seed >> 24);
	}
	made_file(noise, sizeof(noise), ": larger than 256 KB");
	made_file(noise, 4096, " is not text; allowed: UTF-8");
}

/* With a BOM and without, either byte first, text and setlist. */
static void test_utf16(void)
{
	static const char told[] =
		": this is UTF-16 (Notepad's \"Unicode\"); allowed: UTF-8; save it again";
	static struct setlist list;
	struct diag diag;

	made_file("\xff\xfe[\0a\0]\0", 8, told);
	made_file("\xfe\xff\0[\0a\0]", 8, told);
	made_file("[\0o\0u\0t\0]\0\r\0\n\0", 14, told);
	made_file("\0[\0o\0u\0t\0]", 10, told);
	CU_ASSERT_EQUAL(setlist_read_text("\xff\xfe"
					  "a\0",
				4, "setlist.txt", &list, &diag),
		-EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, told));
	made_file("\0\0\0\0\0\0\0\0", 8, ":1: byte 0x00 at column 1 is not text"); /* a power cut */
}

static void test_legal_bytes(void)
{
	made_file("; caf\xe9 \x93x\x94\n # \xfc\n; caf\xc3\xa9 \xe9", 25, NULL);
	made_file("", 0, NULL);
	made_file("\xef\xbb\xbf", 3, NULL);
	made_file("\xef\xbb\xbf; a\r\n\r\n  # b\r; c", 19, NULL);
}

static void test_line_ends(void)
{
	static const char *const ends[] = {"\n", "\r\n", "\r"};
	char text[200];
	static struct settings settings;
	struct patch *patch = NULL;
	struct diag diag;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		const char *e = ends[i];

		snprintf(text, sizeof(text), "\xef\xbb\xbf[audio]%speriods = 3 ; c%s%s[rt]", e, e,
			e);
		CU_ASSERT_EQUAL(settings_read_text(text, strlen(text), "f", &settings, &diag), 0);
		CU_ASSERT_EQUAL(settings.audio.periods, 3);
		snprintf(text, sizeof(text), "[osc1]%stype = osc%sfreq_hz = 50%s[out]", e, e, e);
		CU_ASSERT_EQUAL(patch_read_text(text, strlen(text), "f", &patch, &diag), 0);
		CU_ASSERT_EQUAL(patch->modules[2].line, 4);
		patch_free(patch);
	}
}

static void test_not_files(void)
{
	for (int is_patch = 0; is_patch < 2; is_patch++) {
		expect_refusal(FOLDER, is_patch, FOLDER ": is a directory and not a file");
		expect_refusal(
			"tests/none.ini", is_patch, "tests/none.ini: No such file or directory");
		expect_refusal(
			"/dev/zero", is_patch, "/dev/zero: is a device or pipe and not a file");
	}
}

static void test_too_many(void)
{
	static char text[32 * 1024];
	static struct settings settings;
	struct patch *patch = NULL;
	struct diag diag;
	size_t n = 0;

	for (int i = 0; i <= SETTINGS_MAX_KNOBS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "[knob k%d]\ncontrols=a.b\n", i);
	CU_ASSERT_EQUAL(settings_read_text(text, n, "f", &settings, &diag), -EINVAL);
	CU_ASSERT_STRING_EQUAL(diag.text, "f:65: [knob k32]: too many; allowed: 32 knobs");
	n = 0;
	for (int i = 0; i <= PATCH_MAX_MODULES; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "[m%d]\ntype = osc\n", i);
	CU_ASSERT_EQUAL(patch_read_text(text, n, "f", &patch, &diag), -ENOSPC);
	CU_ASSERT_STRING_EQUAL(diag.text, "f:640: [m319] type: no more modules; allowed: 319");
	CU_ASSERT_PTR_NULL(patch);
}

int main(void)
{
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("malformed", NULL, NULL);
	CU_add_test(suite, "the folder", test_folder);
	CU_add_test(suite, "a long line", test_long_line);
	CU_add_test(suite, "bytes that are no text", test_bytes);
	CU_add_test(suite, "legal bytes", test_legal_bytes);
	CU_add_test(suite, "UTF-16", test_utf16);
	CU_add_test(suite, "line ends", test_line_ends);
	CU_add_test(suite, "what is no file", test_not_files);
	CU_add_test(suite, "too many", test_too_many);
	CU_basic_run_tests();
	return CU_get_number_of_failures() != 0;
}
