/* The user's files: their names, what is right in each, and that a wrong one changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "card/boot_slot.h"
#include "card/envelope.h"
#include "card/user_file.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

static struct paths paths;
static struct diag diag;

static void begin(void)
{
	const char *root = tree_new();

	tree_file("boot/firmware/slot.txt", "os_prefix=a/\n");
	tree_file("boot/firmware/chronus.ini", "[audio]\nrate_hz = 44100\n");
	tree_file("run/chronus-card/made", "");
	paths_find(&paths, root);
	CU_ASSERT_TRUE(paths.has_slots);
}

static void test_names(void)
{
	static const char *const rows[][2] = {
		{"chronus.ini", "chronus.ini"},
		{"/boot/firmware/chronus.ini", "chronus.ini"},
		{"acid", "patches/acid.ini"},
		{"acid.ini", "patches/acid.ini"},
		{"patches/acid.ini", "patches/acid.ini"},
		{"/etc/chronus/patches/My_2-bass.ini", "patches/My_2-bass.ini"},
		{"setlist.txt", "patches/setlist.txt"},
		{"patches/setlist.txt", "patches/setlist.txt"},
		{"wifi.conf", "wifi.conf"},
		{"hostname", "hostname"},
		{"authorized_keys", "authorized_keys"},
		{"update.pub", NULL},
		{"slot.txt", NULL},
		{"config.txt", NULL},
		{"a/cmdline.txt", NULL},
		{"../etc/passwd", NULL},
		{"patches/../chronus.ini", NULL},
		{"patches/", NULL},
		{"/etc/passwd", NULL},
		{".ini", NULL},
		{"acid.ini.new", NULL},
		{"acid.ini ", NULL},
		{"ac/id", NULL},
		{"", NULL},
		{"a123456789a123456789a123456789a123456789a", NULL},
	};
	char name[USER_NAME_BYTES];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int err = user_file_name(rows[i][0], name, &diag);

		if ((err < 0) != (rows[i][1] == NULL) || (!err && strcmp(name, rows[i][1]) != 0)) {
			printf("\n  %s -> %s", rows[i][0], err ? diag.text : name);
			CU_FAIL("a name");
		}
	}
}

#define KEY \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0635eKb8GP6NsMx54x7vSi4x+CTsn+HNl251QUFggg me@home"

static void test_contents(void)
{
	static const char *const rows[][3] = {
		/* name, text, reason (NULL: right) */
		{"chronus.ini", "", "nothing was sent"},
		{"chronus.ini", "; all defaults\n", "no [section] in it"},
		{"chronus.ini", "[audio]\n", NULL},
		{"patches/a.ini", " \r\n# to be written\n", "no [section] in it"},
		{"chronus.ini", "\xef\xbb\xbf[audio]\r\nrate_hz = 48000\r\n", NULL},
		{"chronus.ini", "[audio]\nrate_hz = 7\n", "chronus.ini:2"},
		{"chronus.ini", "[osc1]\ntype = osc\n[out]\nin = osc1\n", "this is a patch"},
		{"chronus.ini", "[start]\npatch = nowhere.ini\n", "nowhere.ini"},
		{"patches/a.ini", "[osc1]\ntype = osc\n[out]\nin = osc1\n", NULL},
		{"patches/a.ini", "[osc1]\ntype = osc\n[out]\nin = osc2\n", "a.ini:4"},
		{"patches/a.ini", "[audio]\nrate_hz = 48000\n", "these are settings"},
		{"patches/a.ini", "", "nothing was sent"},
		{"patches/setlist.txt", "acid\r\nchords.ini\r\n", NULL},
		{"patches/setlist.txt", "acid\nacid\n", "setlist.txt:2: acid.ini"},
		{"wifi.conf", "network={\n\tssid=\"x\"\n}\n", NULL},
		{"wifi.conf",
			"\xef\xbb\xbf"
			"country=CH\r\n  network={\r\n}\r\n",
			NULL},
		{"wifi.conf", "# off\r\n\n", NULL},
		{"wifi.conf", "ssid=x\npsk=y\n", "no `network={` in it"},
		{"wifi.conf", "a\nb\001\n", "wifi.conf:2: a control character"},
		{"wifi.conf", "network={\n\tssid=\"x\n}\n", "wifi.conf:2: the quote"},
		{"wifi.conf", "network={\n\tssid=\"x\"\n", "wifi.conf:1: the block"},
		{"wifi.conf", "network={\n\tpsk=\"short\"\n}\n", "wifi.conf:2: psk"},
		{"hostname", "synth-2\n", NULL},
		{"hostname", "synth\r\n", NULL},
		{"hostname", "\xef\xbb\xbfsynth\r\n", NULL},
		{"hostname", "\xef\xbb\xbf", "not a host name"},
		{"hostname", "two words\n", "not a host name"},
		{"hostname", "-a\n", "not a host name"},
		{"hostname", "\n", "not a host name"},
		{"hostname", "localhost\n", "'localhost' is reserved"},
		{"authorized_keys", KEY "\n", NULL},
		{"authorized_keys", "\xef\xbb\xbf" KEY "\r\n", NULL},
		{"authorized_keys", "# mine\r\n\r\n" KEY "\r\n", NULL},
		{"authorized_keys", "# no key\n", "nobody could log in"},
		{"authorized_keys", KEY "\nhello\n", "authorized_keys:2"},
		{"authorized_keys", KEY "\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0635eKb8GP",
			"authorized_keys:2: the key is cut"},
	};
	static struct user_check check;

	begin();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int err = user_file_check(
			&paths, rows[i][0], rows[i][1], strlen(rows[i][1]), &check, &diag);

		if ((err < 0) != (rows[i][2] != NULL) || (err && !strstr(diag.text, rows[i][2]))) {
			printf("\n  %s: %s -> %s", rows[i][0], rows[i][1],
				err ? diag.text : check.summary);
			CU_FAIL("a content");
		}
	}
	CU_ASSERT_TRUE(user_file_check(&paths, "wifi.conf", "a\0b", 3, &check, &diag) < 0);
}

static bool holds(const char *name, const char *wanted)
{
	char path[600];

	paths_join(path, sizeof(path), paths.card, "%s", name);
	return strcmp(spawn_text(path), wanted) == 0;
}

static void test_put(void)
{
	static const char patch[] = "[osc1]\ntype = osc\n[out]\nin = osc1\n";
	static const char good[] = "[start]\npatch = patches/a.ini\n", bad[] = "[audio]\nx = 1\n";
	static struct user_check check;

	begin();
	CU_ASSERT_TRUE(
		user_file_put(&paths, "chronus.ini", bad, strlen(bad), false, &check, &diag) < 0);
	CU_ASSERT_TRUE(holds("chronus.ini", "[audio]\nrate_hz = 44100\n"));
	CU_ASSERT_EQUAL(
		user_file_put(&paths, "patches/a.ini", patch, strlen(patch), false, &check, &diag),
		0);
	CU_ASSERT_TRUE(holds("patches/a.ini", patch)); /* the folder was made, too */
	CU_ASSERT_EQUAL(
		user_file_put(&paths, "chronus.ini", good, strlen(good), false, &check, &diag), 0);
	CU_ASSERT_TRUE(holds("chronus.ini", good));
	CU_ASSERT_FALSE(paths_has(paths.card, "chronus.ini.new"));
}

/* ---- two small formats */

static void test_boot_slot(void)
{
	char text[BOOT_SLOT_BYTES + 1], letter = '?';
	enum boot_mark mark;

	for (int m = 0; m < N_BOOT_MARKS; m++) {
		boot_slot_text(text, m % 2 ? 'a' : 'b', (enum boot_mark)m);
		CU_ASSERT_EQUAL(boot_slot_read(text, BOOT_SLOT_BYTES, &letter, &mark), 0);
		CU_ASSERT_EQUAL(letter, m % 2 ? 'a' : 'b');
		CU_ASSERT_EQUAL(mark, (enum boot_mark)m);
		CU_ASSERT_EQUAL(text[BOOT_SLOT_BYTES - 1], '\n');
		for (int i = 0, n = 0; i < BOOT_SLOT_BYTES; i++) { /* the firmware's lines */
			n = text[i] == '\n' ? 0 : n + 1;
			CU_ASSERT_TRUE(n < 80);
		}
	}
	CU_ASSERT_EQUAL(boot_slot_read("os_prefix=b/\r\n", 14, &letter, &mark), 0);
	CU_ASSERT_EQUAL(letter, 'b');
	CU_ASSERT_EQUAL(mark, BOOT_KEPT);
	CU_ASSERT_TRUE(boot_slot_read("os_prefix=c/\n", 13, &letter, &mark) < 0);
	CU_ASSERT_TRUE(boot_slot_read("", 0, &letter, &mark) < 0);
	CU_ASSERT_TRUE(boot_slot_read("\xff\xff\xff\xff", 4, &letter, &mark) < 0);
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_envelope(void)
{
	static const char *const sig = "untrusted comment: x\nRWabc\nSHA256 (f) = " HEX "\n";
	static struct envelope envelope;
	char text[1000];

	snprintf(text, sizeof(text), "%s!<arch>\nrest", sig);
	envelope_read(text, strlen(text), &envelope);
	CU_ASSERT_STRING_EQUAL(envelope.signature, sig);
	CU_ASSERT_STRING_EQUAL(envelope.sha256, HEX);
	CU_ASSERT_EQUAL(envelope.n_bytes, strlen(sig));
	CU_ASSERT_EQUAL(envelope.kind, UPDATE_PACKAGE);
	snprintf(text, sizeof(text), HEX "  f\n%s\x28\xb5\x2f\xfd", sig);
	envelope_read(text, strlen(text), &envelope);
	CU_ASSERT_STRING_EQUAL(envelope.signature, sig);
	CU_ASSERT_EQUAL(envelope.kind, UPDATE_IMAGE);
	snprintf(text, sizeof(text), HEX " *f\n\x28\xb5\x2f\xfd");
	envelope_read(text, strlen(text), &envelope);
	CU_ASSERT_STRING_EQUAL(envelope.signature, "");
	CU_ASSERT_STRING_EQUAL(envelope.sha256, HEX);
	CU_ASSERT_EQUAL(envelope.kind, UPDATE_IMAGE);
	/* each beginning of it is no update, and reads nothing behind its end */
	snprintf(text, sizeof(text), "%s!<arch>\n", sig);
	for (size_t n = 0; n < strlen(text); n++) {
		char *part = malloc(n ? n : 1);

		memcpy(part, text, n);
		envelope_read(part, n, &envelope);
		CU_ASSERT_EQUAL(envelope.kind, UPDATE_UNKNOWN);
		free(part);
	}
	envelope_read("hello\nworld\n", 12, &envelope);
	CU_ASSERT_EQUAL(envelope.n_bytes, 0);
}

SUITE_MAIN("user_file", {"names", test_names}, {"contents", test_contents},
	{"a wrong one changes nothing", test_put}, {"slot.txt", test_boot_slot},
	{"what stands in front of an update", test_envelope})
