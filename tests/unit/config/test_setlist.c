/* The order of the patches: what is read of it, and what is refused with its line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/setlist.h"
#include "tests/support/suite.h"

static struct setlist list;
static struct diag diag;

static int read_text(const char *text)
{
	return setlist_read_text(text, strlen(text), "patches/setlist.txt", &list, &diag);
}

static void test_right(void)
{
	CU_ASSERT_EQUAL(read_text("\xef\xbb\xbf# tonight\r\nacid\r\n\r\n  chords.ini \t# slowly\n"
				  "x.y\nlast"),
		0);
	CU_ASSERT_EQUAL_FATAL(list.n, 4);
	CU_ASSERT_STRING_EQUAL(list.names[0], "acid.ini");
	CU_ASSERT_STRING_EQUAL(list.names[1], "chords.ini");
	CU_ASSERT_STRING_EQUAL(list.names[2], "x.y.ini");
	CU_ASSERT_STRING_EQUAL(list.names[3], "last.ini");
	CU_ASSERT_EQUAL(setlist_find(&list, "x.y.ini"), 2);
	CU_ASSERT_EQUAL(setlist_find(&list, "x.y"), -ENOENT);
	CU_ASSERT_EQUAL(read_text(""), 0);
	CU_ASSERT_EQUAL(list.n, 0);
}

/* Nothing has changed then. */
static void test_wrong(void)
{
	static const struct {
		const char *text, *why;
		int err;
	} cases[] = {
		{"acid\npatches/chords\n", "setlist.txt:2: 'patches/chords'", -EINVAL},
		{".hidden\n", "setlist.txt:1: ", -EINVAL},
		{"a\tb\n", "setlist.txt:1: ", -EINVAL},
		{"acid\n\nacid.ini\n", "setlist.txt:3: acid.ini", -EEXIST},
		{"01234567890123456789012345678901234567890123456789012345678901.ini\n",
			"setlist.txt:1: ", -ENAMETOOLONG},
	};
	static char many[16 * (SETLIST_MAX_PATCHES + 1)];

	read_text("kept");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(read_text(cases[i].text), cases[i].err);
		CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, cases[i].why));
	}
	for (int i = 0; i <= SETLIST_MAX_PATCHES; i++)
		sprintf(many + strlen(many), "p%d\n", i);
	CU_ASSERT_EQUAL(read_text(many), -E2BIG);
	CU_ASSERT_EQUAL(setlist_read_text("a\0b", 3, "x", &list, &diag), -EINVAL);
	CU_ASSERT_EQUAL_FATAL(list.n, 1);
	CU_ASSERT_STRING_EQUAL(list.names[0], "kept.ini");
}

static void test_file(void)
{
	char folder[] = "/tmp/chronus-setlist-XXXXXX", path[100];
	FILE *file;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	list.n = 7;
	CU_ASSERT_EQUAL(setlist_read(folder, &list, &diag), 0); /* there is none */
	CU_ASSERT_EQUAL(list.n, 0);
	snprintf(path, sizeof(path), "%s/setlist.txt", folder);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs("b\na\n", file);
	fclose(file);
	CU_ASSERT_EQUAL(setlist_read(folder, &list, &diag), 0);
	CU_ASSERT_EQUAL(list.n, 2);
	unlink(path);
	rmdir(folder);
}

SUITE_MAIN("setlist", {"right", test_right}, {"wrong", test_wrong}, {"a file", test_file})
