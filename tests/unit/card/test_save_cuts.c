/* Power cuts while patches are saved, on FAT: at any instant NAME.ini is the old one or the new one, and
 * NAME.ini~ the one before. What a cut may leave: support/power_cut.h. */
#include "tests/support/power_cut.h"

#include <sys/stat.h>

#include "card/user_file.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum { N_SAVES = 200 };

static char versions[3][400]; /* before the last, the last, and the one under way */
static int n_wrong;

static bool is_version(const struct file *file, int v)
{
	return file->n_bytes == strlen(versions[v]) &&
	       memcmp(file->bytes, versions[v], file->n_bytes) == 0;
}

static void look(void)
{
	const struct file *now = file_find(&shape, "boot/firmware/patches/a.ini", false);
	const struct file *kept = file_find(&shape, "boot/firmware/patches/a.ini~", false);
	bool is_right = now && (is_version(now, 1) || is_version(now, 2)) &&
			(!versions[0][0] || (kept && (is_version(kept, 0) || is_version(kept, 1))));

	if (!is_right && n_wrong++ == 0)
		printf("\n  after call %d: a.ini has %zd bytes", n_calls,
			now ? (ssize_t)now->n_bytes : -1);
}

static void next_version(int i)
{
	memmove(versions[0], versions[1], sizeof(versions[0]) * 2);
	snprintf(versions[2], sizeof(versions[2]),
		"[osc1]\ntype = osc\nfreq_hz = %d\n; %0*d\n[out]\nin = osc1\n", 100 + i,
		1 + i * 7 % 250, i);
}

static void test_saves(void)
{
	char folder[400];
	struct diag diag;

	snprintf(root, sizeof(root), "%s", spawn_folder());
	snprintf(folder, sizeof(folder), "%s/boot", root);
	mkdir(folder, 0700);
	snprintf(folder, sizeof(folder), "%s/boot/firmware", root);
	mkdir(folder, 0700);
	strcat(folder, "/patches");
	mkdir(folder, 0700);
	next_version(0);
	CU_ASSERT_EQUAL(user_file_keep_and_put(
				folder, "a.ini", versions[2], strlen(versions[2]), 0644, &diag),
		0);
	disk_load(&durable);
	for (int i = 1; i <= N_SAVES; i++) {
		next_version(i);
		is_watching = true;
		CU_ASSERT_EQUAL(user_file_keep_and_put(folder, "a.ini", versions[2],
					strlen(versions[2]), 0644, &diag),
			0);
		is_watching = false;
		CU_ASSERT_EQUAL(n_pending, 0);
	}
	CU_ASSERT_EQUAL(n_wrong, 0);
	CU_ASSERT_TRUE(n_shapes > N_SAVES * 20);
}

SUITE_MAIN("save cuts", {"saves", test_saves})
