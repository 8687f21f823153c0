/* The commands that change a card, from the outside: edit, update, start. The card is a folder. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/card_rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct paths paths;
static struct spawned said;

static const char systemctl[] = "#!/bin/sh\necho \"$@\" >>$(dirname $0)/../../told\n";

/* What systemd was told since the last call. */
static const char *told(void)
{
	static char text[300];
	char path[300];
	size_t n = 0;
	char *bytes = card_rig_read("told", &n);

	snprintf(text, sizeof(text), "%s", bytes ? bytes : "");
	free(bytes);
	snprintf(path, sizeof(path), "%s/told", getenv("CHRONUS_ROOT"));
	unlink(path);
	return text;
}

static void begin(void)
{
	char root[300];

	card_rig_new(&paths);
	snprintf(root, sizeof(root), "%.*s", (int)(strlen(paths.data) - strlen("/data")),
		paths.data);
	setenv("CHRONUS_ROOT", root, 1);
	unsetenv("VISUAL");
	snprintf(root + strlen(root), sizeof(root) - strlen(root), "/usr/bin/systemctl");
	card_rig_write("usr/bin/systemctl", systemctl, strlen(systemctl));
	chmod(root, 0755);
}

static bool holds(const char *path, const char *text)
{
	size_t n = 0;
	char *bytes = card_rig_read(path, &n);
	bool is = bytes && strstr(bytes, text) != NULL;

	if (!is)
		printf("\n  %s has no '%s' but: %.300s", path, text, bytes ? bytes : "(no file)");
	free(bytes);
	return is;
}

static bool says(int status, const char *text)
{
	bool is = said.status == status && strstr(said.text, text);

	if (!is)
		printf("\n  status %d, not %d with '%s': %.400s", said.status, status, text,
			said.text);
	return is;
}

static void test_edit_from_a_file(void)
{
	static const char good[] = "[osc1]\ntype = osc\nshape = saw\n[out]\nin = osc1\n";
	static const char bad[] =
		"[osc1]\ntype = osc\nshape = saw\nlevel = loud\n[out]\nin = osc1\n";

	begin();
	spawn_chronus(&said, "edit --from %s tone", spawn_file("good.ini", good));
	CU_ASSERT_TRUE(says(0, "patches/tone.ini replaced"));
	CU_ASSERT_TRUE(holds("boot/firmware/patches/tone.ini", "saw"));
	spawn_chronus(&said, "edit --from %s tone", spawn_file("bad.ini", bad));
	CU_ASSERT_TRUE(says(2, "tone.ini:4: [osc1] level"));
	CU_ASSERT_TRUE(holds("boot/firmware/patches/tone.ini", good));
	spawn_chronus(&said, "edit --from %s new-one", spawn_file("good.ini", good));
	CU_ASSERT_TRUE(says(0, "patches/new-one.ini replaced"));
	spawn_chronus(&said, "edit --from %s slot.txt", spawn_file("good.ini", good));
	CU_ASSERT_TRUE(says(2, "not a file to edit"));
	spawn_chronus(&said, "edit --from /nowhere tone");
	CU_ASSERT_TRUE(says(1, "/nowhere"));
	spawn_chronus(&said, "edit --from - tone"); /* stdin is empty here */
	CU_ASSERT_TRUE(says(2, "nothing was sent"));
	spawn_chronus(&said, "edit --from %s chronus.ini",
		spawn_file("knob.ini",
			"[start]\npatch = patches/tone.ini\n[knob k]\ncontrols = x.y\n"));
	CU_ASSERT_TRUE(says(0, "warning: [knob k] controls x.y"));
	CU_ASSERT_TRUE(holds("data/update/log", "chronus.ini replaced"));
}

/* The answer says so, and a commit hears it at once: the file is not looked at a little later. */
static void test_edit_of_what_plays(void)
{
	static const char again[] = "[osc1]\ntype = osc\nshape = square\n[out]\nin = osc1\n";
	char log[300], settings[700];
	pid_t pid;

	begin();
	spawn_chronus(&said, "edit --from %s tone",
		spawn_file("good.ini", "[osc1]\ntype = osc\n[out]\nin = osc1\n"));
	CU_ASSERT_PTR_NULL(strstr(said.text, "staged"));
	snprintf(log, sizeof(log), "%s/log", spawn_folder());
	snprintf(settings, sizeof(settings),
		"[audio]\ndevice = simulated\n[start]\npatch = %s/patches/tone.ini\n", paths.card);
	pid = spawn_start(log, "run --config %s", spawn_file("run.ini", settings));
	spawn_until(&said, "send list", "tone.ini: playing");
	spawn_chronus(&said, "edit --from %s tone", spawn_file("again.ini", again));
	CU_ASSERT_TRUE(says(0, "; staged; commit to hear it"));
	spawn_chronus(&said, "send commit list show");
	CU_ASSERT_TRUE(says(0, "tone.ini: playing\n"));
	CU_ASSERT_TRUE(says(0, "shape = square\n"));
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

/* An editor is a program that is given the file's name. */
static void edit_by(const char *script, const char *arguments)
{
	const char *path = spawn_file("editor", script);

	chmod(path, 0755);
	setenv("EDITOR", path, 1);
	spawn_chronus(&said, "edit %s", arguments);
}

static void test_edit_by_hand(void)
{
	begin();
	edit_by("#!/bin/sh\nsed -i s/osc1/osc2/ $1\n", "tone");
	CU_ASSERT_TRUE(says(0, "patches/tone.ini replaced"));
	CU_ASSERT_TRUE(
		holds("boot/firmware/patches/tone.ini", "[osc2]\ntype = osc\n[out]\nin = osc2"));
	edit_by("#!/bin/sh\ntrue\n", "tone");
	CU_ASSERT_TRUE(says(0, "unchanged"));
	edit_by("#!/bin/sh\nsed -i s/osc2/osc3/ $1\necho nonsense >>$1\n", "tone");
	CU_ASSERT_TRUE(says(2, "tone.ini:5"));
	CU_ASSERT_TRUE(says(2, "what you wrote is in /tmp/"));
	CU_ASSERT_TRUE(holds("boot/firmware/patches/tone.ini", "osc2"));
	edit_by("#!/bin/sh\nrm -f $1\nexit 3\n", "tone");
	CU_ASSERT_TRUE(says(1, "ended with an error"));
	edit_by("#!/bin/sh\ncat >$1 <<.\n[audio]\nblock_frames = 128\n.\n", "");
	CU_ASSERT_TRUE(says(0, "chronus.ini replaced"));
	CU_ASSERT_TRUE(holds("boot/firmware/chronus.ini", "block_frames = 128"));
	CU_ASSERT_STRING_EQUAL(told(), "");
	edit_by("#!/bin/sh\necho '; more' >>$1\n", "--restart");
	CU_ASSERT_TRUE(says(0, "the instrument starts anew"));
	CU_ASSERT_STRING_EQUAL(told(), "--no-block restart chronus.service\n");
	setenv("EDITOR", "/nowhere/editor -x", 1);
	spawn_chronus(&said, "edit tone");
	CU_ASSERT_TRUE(says(1, "/nowhere/editor"));
}

static void test_inbox(void)
{
	static const char good[] = "[osc1]\ntype = osc\nshape = saw\n[out]\nin = osc1\n";
	char path[600], folder[400];
	FILE *half;

	begin();
	snprintf(folder, sizeof(folder), "%s/inbox", getenv("CHRONUS_ROOT"));
	card_rig_write("inbox/tone.ini", good, strlen(good));
	card_rig_write("inbox/chronus.ini", "[audio]\nx = 1\n", 14);
	card_rig_write("inbox/virus.exe", "x", 1);
	snprintf(path, sizeof(path), "%s/half.ini", folder);
	half = fopen(path, "w"); /* as scp, which is not through yet */
	CU_ASSERT_PTR_NOT_NULL_FATAL(half);
	fputs("[out]\n", half);
	fflush(half);
	for (int i = 0; i < 2; i++) /* the folder's change by the first brings a second call */
		spawn_chronus(&said, "edit --inbox %s", folder);
	CU_ASSERT_TRUE(holds("boot/firmware/patches/tone.ini", good));
	CU_ASSERT_TRUE(holds("inbox/chronus.ini.wrong.txt", "chronus.ini:2"));
	CU_ASSERT_TRUE(holds("inbox/virus.exe.wrong.txt", "not a file to edit"));
	CU_ASSERT_TRUE(holds("boot/firmware/chronus.ini", "patches/tone.ini"));
	CU_ASSERT_FALSE(paths_has(folder, "tone.ini"));
	CU_ASSERT_FALSE(paths_has(paths.card, "patches/half.ini"));
	fputs(good, half);
	fclose(half);
	card_rig_write("inbox/chronus.ini", "[audio]\n", 8);
	spawn_chronus(&said, "edit --inbox %s", folder);
	CU_ASSERT_FALSE(paths_has(paths.card, "patches/half.ini")); /* [out] twice */
	CU_ASSERT_TRUE(paths_has(folder, "half.ini.wrong"));
	CU_ASSERT_FALSE(paths_has(folder, "chronus.ini.wrong.txt"));
	CU_ASSERT_TRUE(holds("boot/firmware/chronus.ini", "[audio]"));
}

static void test_update(void)
{
	begin();
	spawn_chronus(&said, "update %s", card_rig_image(CARD_STRANGE_KEY));
	CU_ASSERT_TRUE(says(1, "the signature is not of"));
	CU_ASSERT_TRUE(holds("boot/firmware/slot.txt", "os_prefix=a/"));
	spawn_chronus(&said, "update /nowhere.img.zst");
	CU_ASSERT_TRUE(says(1, "/nowhere.img.zst"));
	spawn_chronus(&said, "update %s", card_rig_image(CARD_EARLIER));
	CU_ASSERT_TRUE(says(1, "version 0.9.12 is older than 1.0, which is installed"));
	CU_ASSERT_TRUE(holds("boot/firmware/slot.txt", "os_prefix=a/"));
	spawn_chronus(&said, "update --older %s", card_rig_image(CARD_EARLIER));
	CU_ASSERT_TRUE(says(0, "version 0.9.12 is tried after this reboot"));
	CU_ASSERT_STRING_EQUAL(told(), "--no-block reboot\n");
	begin();
	spawn_chronus(&said, "update --unsigned --older %s", card_rig_image(CARD_EARLIER));
	CU_ASSERT_TRUE(says(0, "version 0.9.12 is tried after this reboot"));
	begin();
	spawn_chronus(&said, "update %s", card_rig_image(CARD_STRANGE_KEY));
	spawn_chronus(&said, "update %s", card_rig_image(CARD_GOOD));
	CU_ASSERT_TRUE(says(0, "version 2.0 is tried after this reboot"));
	CU_ASSERT_TRUE(strstr(told(), "--no-block reboot\n") != NULL);
	CU_ASSERT_TRUE(holds("boot/firmware/slot.txt", "os_prefix=b/\n# try"));
	spawn_chronus(&said, "update --status");
	CU_ASSERT_TRUE(says(0, "slot a: 1.0, runs\nslot b: 2.0\nnext boot: slot b, to try it"));
	CU_ASSERT_TRUE(says(0, "update refused: the signature is not of"));
	CU_ASSERT_TRUE(says(0, "update to version 2.0 written and proven"));
}

/* Raspberry Pi OS with the package: no slots, the files are in /etc/chronus. */
static void test_elsewhere(void)
{
	static const char good[] = "[osc1]\ntype = osc\nshape = saw\n[out]\nin = osc1\n";
	char path[600];

	begin();
	snprintf(path, sizeof(path), "%s/slot.txt", paths.card);
	unlink(path);
	card_rig_write("etc/chronus/patches/tone.ini", "x", 1);
	spawn_chronus(&said, "edit --from %s tone", spawn_file("good.ini", good));
	CU_ASSERT_TRUE(says(0, "patches/tone.ini replaced"));
	CU_ASSERT_TRUE(holds("etc/chronus/patches/tone.ini", good));
	spawn_chronus(&said, "edit --from %s hostname", spawn_file("name", "studio\n"));
	CU_ASSERT_TRUE(says(2, "hostname: this system has files of its own"));
	CU_ASSERT_FALSE(paths_has(paths.data, "update/log"));
	spawn_chronus(&said, "update %s", card_rig_image(CARD_GOOD));
	CU_ASSERT_TRUE(says(1, "`sudo apt install ./FILE.deb` updates it here"));
	spawn_chronus(&said, "update --status");
	CU_ASSERT_TRUE(says(0, "from this system's packages"));
}

static void put_program(const char *script)
{
	char path[600];

	card_rig_write("data/app/9.9/usr/bin/chronus", script, strlen(script));
	card_rig_write("data/app/9.9/system", CHRONUS_VERSION, strlen(CHRONUS_VERSION));
	snprintf(path, sizeof(path), "%s/app/9.9/usr/bin/chronus", paths.data);
	chmod(path, 0755);
	card_rig_write("run/chronus-card/trial", "9.9", 3);
}

static void boot_on_trial(void)
{
	begin();
	card_rig_write("data/update/try", "slot b, version 2.0\n\n", 21);
	card_rig_write("run/chronus-boot/slot", "b\n", 2);
	card_rig_write("run/chronus-boot/trial", "", 0);
}

static void test_silence_is_not_kept(void)
{
	boot_on_trial();
	spawn_chronus(&said, "update --keep --sound-s 0.3 --within-s 0.6");
	CU_ASSERT_STRING_EQUAL(told(), "--no-block reboot\n");
	CU_ASSERT_TRUE(holds("boot/firmware/slot.txt", "os_prefix=a/\n# kept"));
	CU_ASSERT_TRUE(
		holds("data/update/log", "has not sounded for 0 s within 1 s (nothing plays)"));
	/* the next boot is the old system's, and tells it once */
	begin();
	card_rig_write("data/update/try", "slot b, version 2.0\n\n", 21);
	spawn_chronus(&said, "update --keep");
	CU_ASSERT_TRUE(says(0, "slot b, version 2.0 was tried and did not last"));
	spawn_chronus(&said, "update --keep");
	CU_ASSERT_TRUE(says(0, ""));
	CU_ASSERT_STRING_EQUAL(said.text, "");
}

static void test_a_silent_program_is_not_kept(void)
{
	begin();
	put_program("#!/bin/sh\n");
	card_rig_write("data/update/try", "program, version 9.9\n\n", 22);
	spawn_chronus(&said, "update --keep --sound-s 0.3 --within-s 0.6");
	CU_ASSERT_STRING_EQUAL(told(), "--no-block restart chronus.service\n");
	CU_ASSERT_TRUE(holds("data/update/log", "program, version 9.9 has not sounded"));
	CU_ASSERT_FALSE(paths_has(paths.run, "trial"));
	CU_ASSERT_FALSE(paths_has(paths.data, "app/current"));
}

static void test_sound_is_kept(void)
{
	char log[300];
	pid_t pid;

	boot_on_trial();
	snprintf(log, sizeof(log), "%s/log", spawn_folder());
	pid = spawn_start(log, "run --config %s",
		spawn_file("run.ini",
			"[audio]\ndevice = simulated\nblock_frames = 256\nperiods = 4\n"
			"[engine]\nlead_blocks = 4\n"));
	/* a machine that is busy has gaps: then it is told so, and asked again */
	for (int tries = 0; tries < 20; tries++) {
		spawn_chronus(&said, "update --keep --sound-s 0.5 --within-s 30");
		if (strstr(said.text, "kept"))
			break;
		boot_on_trial();
	}
	CU_ASSERT_TRUE(says(0, "has sounded for"));
	CU_ASSERT_TRUE(holds("boot/firmware/slot.txt", "os_prefix=b/\n# kept"));
	CU_ASSERT_STRING_EQUAL(told(), "");
	CU_ASSERT_EQUAL(spawn_wait(pid, SIGTERM), 0);
}

static void test_launch(void)
{
	char path[600];

	begin();
	spawn_chronus(&said, "launch --seconds 0.1 --config %s",
		spawn_file("run.ini", "[audio]\ndevice = simulated\n"));
	CU_ASSERT_TRUE(says(0, "playing"));
	put_program("#!/bin/sh\necho \"new: $*\"\n");
	spawn_chronus(&said, "launch --seconds 0.1");
	CU_ASSERT_TRUE(says(0, "new: run --seconds 0.1"));
	spawn_chronus(&said, "launch --nonsense"); /* its start is used up: our own answers */
	CU_ASSERT_TRUE(says(2, "unknown option --nonsense"));
	/* one that cannot even be started is passed over */
	begin();
	put_program("#!/nowhere/sh\n");
	spawn_chronus(&said, "launch --nonsense");
	CU_ASSERT_TRUE(says(2, "does not start"));
	CU_ASSERT_TRUE(says(2, "unknown option --nonsense"));
	snprintf(path, sizeof(path), "%s/trial-started", paths.sound);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
}

int main(void)
{
	static const struct suite_test tests[] = {{"edit from a file", test_edit_from_a_file},
		{"edit of what plays", test_edit_of_what_plays},
		{"edit by hand", test_edit_by_hand}, {"an inbox for scp", test_inbox},
		{"update", test_update}, {"elsewhere", test_elsewhere},
		{"silence is not kept", test_silence_is_not_kept},
		{"a silent program is not kept", test_a_silent_program_is_not_kept},
		{"sound is kept", test_sound_is_kept}, {"launch", test_launch}};

	if (!card_rig_can()) {
		puts("zstd, mtools, dosfstools, signify-openbsd or dpkg is missing");
		return 77;
	}
	return suite_run("card", tests, ARRAY_LEN(tests));
}
