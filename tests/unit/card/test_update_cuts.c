/* Power cuts: whenever the power goes while the card is changed, the card boots a whole system, and the
 * user's files are the old ones or the new ones. What a cut may leave: support/power_cut.h. */
#include "tests/support/power_cut.h"

#include <errno.h>
#include <sys/stat.h>

#include "card/boot_slot.h"
#include "card/trial.h"
#include "card/update.h"
#include "card/user_file.h"
#include "tests/support/card_rig.h"
#include "tests/support/suite.h"

static struct paths paths;

/* ---- what is looked for in each shape */

static struct disk system_a, system_b[2], user_files; /* slot a; slot b before and after */
static const char *ini_new;                           /* what chronus.ini may be, too */
static int n_booted[2], n_wrong;
static bool takes_any_size; /* slot.txt was written by hand */

static bool is_there(const struct disk *disk, const struct file *file)
{
	for (int i = 0; i < MAX_FILES; i++)
		if (strcmp(disk->files[i].path, file->path) == 0)
			return disk->files[i].n_bytes == file->n_bytes &&
			       memcmp(disk->files[i].bytes, file->bytes, file->n_bytes) == 0;
	return false;
}

/* All files of the system, and its root. */
static bool is_whole(const struct disk *disk, const struct disk *system)
{
	for (int i = 0; i < MAX_FILES; i++)
		if (system->files[i].path[0] && !is_there(disk, &system->files[i]))
			return false;
	return true;
}

static void complain(const char *what)
{
	if (n_wrong++ == 0) {
		printf("\n  after call %d: %s; pending:", n_calls, what);
		for (int i = 0; i < n_pending; i++)
			printf(" %d:%s", pending[i].kind, pending[i].path);
	}
}

static void look(void)
{
	struct file *sector = file_find(&shape, "boot/firmware/slot.txt", false);
	struct file *ini = file_find(&shape, "boot/firmware/chronus.ini", false);
	bool b_is_whole = is_whole(&shape, &system_b[0]) || is_whole(&shape, &system_b[1]);
	enum boot_mark mark;
	char letter;

	if (!sector || (!takes_any_size && sector->n_bytes != BOOT_SLOT_BYTES) ||
		boot_slot_read(sector->bytes, sector->n_bytes, &letter, &mark) < 0) {
		complain("no slot is named");
		return;
	}
	n_booted[letter - 'a']++;
	if (!is_whole(&shape, &system_a)) /* what runs, and what a trial goes back to */
		complain("slot a is not what it was");
	if (letter == 'b' && !b_is_whole)
		complain("slot b is named and not whole");
	if (file_find(&shape, "boot/firmware/b/vmlinuz.gz", false) && !b_is_whole)
		complain("slot b has a kernel and is not whole");
	if (!ini || (!is_there(&user_files, ini) &&
			    (!ini_new || ini->n_bytes != strlen(ini_new) ||
				    memcmp(ini->bytes, ini_new, ini->n_bytes) != 0)))
		complain("chronus.ini is neither old nor new");
}

/* ---- the journeys */

static void disk_keep_only(struct disk *disk, const char *prefix, const char *or_prefix)
{
	for (int i = 0; i < MAX_FILES; i++)
		if (strncmp(disk->files[i].path, prefix, strlen(prefix)) != 0 &&
			strncmp(disk->files[i].path, or_prefix, strlen(or_prefix)) != 0)
			file_drop(&disk->files[i]);
}

static void begin(enum boot_mark mark, char letter)
{
	char sector[BOOT_SLOT_BYTES];

	card_rig_new(&paths);
	snprintf(root, sizeof(root), "%.*s", (int)(strlen(paths.data) - strlen("/data")),
		paths.data);
	disk_load(&user_files);
	disk_keep_only(&user_files, "boot/firmware/chronus.ini", "boot/firmware/patches");
	disk_load(&system_b[0]);
	disk_keep_only(&system_b[0], "boot/firmware/b/", "dev/card3");
	card_rig_fill('b', "2.0");
	disk_load(&system_b[1]);
	disk_keep_only(&system_b[1], "boot/firmware/b/", "dev/card3");
	card_rig_fill('b', "0.9");
	boot_slot_text(sector, letter, mark);
	card_rig_write("boot/firmware/slot.txt", sector, sizeof(sector));
	disk_load(&durable);
	disk_load(&system_a);
	disk_keep_only(&system_a, "boot/firmware/a/", "dev/card2");
	ini_new = NULL;
	n_calls = n_shapes = n_wrong = n_booted[0] = n_booted[1] = 0;
	is_watching = true;
}

static void end(int min_calls)
{
	is_watching = false;
	CU_ASSERT_EQUAL(n_pending, 0); /* nothing is left to chance */
	CU_ASSERT_EQUAL(n_wrong, 0);
	CU_ASSERT_TRUE(n_calls >= min_calls);
	while (n_pending > 0)
		free(pending[--n_pending].bytes);
	if (getenv("CHRONUS_TEST_FIGURES"))
		printf("\n  %d calls, %d shapes of the card, %d times slot b is booted", n_calls,
			n_shapes, n_booted[1]);
}

static int update(enum card_image image)
{
	struct update journey = {.paths = &paths};
	int fd = card_rig_stream(image, "sig", 0, 0), err;
	struct diag diag;

	err = update_do(&journey, fd, &diag);
	close(fd);
	if (err < 0)
		printf("\n  %s", diag.text);
	return err;
}

static void test_update(void)
{
	begin(BOOT_KEPT, 'a');
	CU_ASSERT_EQUAL(update(CARD_GOOD), 0);
	CU_ASSERT_TRUE(n_booted[1] > 0);
	end(25);
}

/* The one before was written, and nobody has booted it yet. */
static void test_update_before_the_reboot(void)
{
	begin(BOOT_TRY, 'b');
	CU_ASSERT_EQUAL(update(CARD_GOOD), 0);
	end(25);
}

static void test_refused(void)
{
	begin(BOOT_KEPT, 'a');
	CU_ASSERT_TRUE(update(CARD_TOO_LARGE) < 0);
	CU_ASSERT_EQUAL(n_booted[1], 0);
	end(0);
}

/* A card that does not keep what it is given is found out before anything names the slot. */
static void test_lying_card(void)
{
	static const char *const files[] = {
		"dev/card3", "boot/firmware/b/initrd.img", "boot/firmware/b/new.vmlinuz.gz"};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		begin(BOOT_KEPT, 'a');
		lies_about = files[i];
		CU_ASSERT_EQUAL(update(CARD_GOOD), -EBADMSG);
		CU_ASSERT_EQUAL(n_booted[1], 0);
		lies_about = NULL;
		end(3);
	}
}

/* As the new system's first boot leaves it: slot b runs, slot.txt is back at a. */
static void test_keep(void)
{
	struct diag diag;

	begin(BOOT_TRIED, 'a');
	card_rig_write("run/chronus-boot/slot", "b\n", 2);
	card_rig_write("run/chronus-boot/trial", "", 0);
	CU_ASSERT_EQUAL(trial_keep(&paths, TRIAL_SLOT, &diag), 0);
	CU_ASSERT_TRUE(n_booted[1] > 0);
	end(2);
}

static void test_edit(void)
{
	static struct user_check check;
	struct diag diag;

	begin(BOOT_KEPT, 'a');
	ini_new = "[start]\npatch = patches/tone.ini\n[audio]\nblock_frames = 128\n";
	CU_ASSERT_EQUAL(user_file_put(&paths, "chronus.ini", ini_new, strlen(ini_new), false,
				&check, &diag),
		0);
	CU_ASSERT_EQUAL(n_booted[1], 0);
	end(5);
}

/* A slot.txt that somebody has written by hand is no sector: the file is replaced as a whole. */
static void test_slot_by_hand(void)
{
	struct diag diag;

	begin(BOOT_TRIED, 'a');
	is_watching = false;
	card_rig_write("boot/firmware/slot.txt", "os_prefix=a/\n", 13);
	disk_load(&durable);
	takes_any_size = true;
	is_watching = true;
	CU_ASSERT_EQUAL(trial_try_slot(&paths, 'b', &diag), 0);
	CU_ASSERT_TRUE(n_booted[1] > 0);
	takes_any_size = false;
	end(4);
}

int main(void)
{
	static const struct suite_test tests[] = {{"an update", test_update},
		{"an update before the reboot of the one before", test_update_before_the_reboot},
		{"one that is refused", test_refused}, {"a card that lies", test_lying_card},
		{"a trial that is kept", test_keep}, {"a user's file", test_edit},
		{"a slot.txt written by hand", test_slot_by_hand}};

	if (!card_rig_can()) {
		puts("zstd, mtools, dosfstools, signify-openbsd or dpkg is missing");
		return 77;
	}
	return suite_run("update_cuts", tests, sizeof(tests) / sizeof(tests[0]));
}
