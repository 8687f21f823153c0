/* `chronus setup` on copies of Raspberry Pi OS's boot folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char cmdline[] = "console=serial0,115200 console=tty1 root=PARTUUID=1234-02 "
			      "rootfstype=ext4 fsck.repair=yes rootwait quiet\n";
static const char config[] = "# For more options\ndtparam=audio=on\ndtoverlay=vc4-kms-v3d\n"
			     "[cm4]\notg_mode=1\n[all]";
static const char wanted_words[] = "rootwait quiet isolcpus=3 nohz_full=3 rcu_nocbs=3 "
				   "irqaffinity=0-2 cpufreq.default_governor=performance\n";
static const char wanted_block[] = "[all]\n# chronus setup: begin\n[all]\nforce_turbo=1\n"
				   "dtparam=audio=off\n"
				   "dtoverlay=hifiberry-dac\n# chronus setup: end\n";
static struct spawned run;
static char folder[200];

static void put(const char *name, const char *text)
{
	char path[300];

	snprintf(path, sizeof(path), "boot/firmware/%s", name);
	spawn_file(path, text);
}

static const char *get(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return spawn_text(path);
}

static void begin(void)
{
	char line[500];

	snprintf(folder, sizeof(folder), "%s/boot/firmware", spawn_folder());
	snprintf(line, sizeof(line), "rm -rf %s && mkdir -p %s", folder, folder);
	CU_ASSERT_EQUAL_FATAL(system(line), 0);
	put("cmdline.txt", cmdline);
	put("config.txt", config);
}

static void setup(const char *options, int status)
{
	spawn_chronus(&run, "setup --root %s %s", spawn_folder(), options);
	if (run.status != status)
		printf("\n  setup %s: %d: %s\n", options, run.status, run.text);
	CU_ASSERT_EQUAL(run.status, status);
}

static void test_only_shows(void)
{
	begin();
	setup("", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "cmdline.txt: + isolcpus=3\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "config.txt: + dtoverlay=hifiberry-dac\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "config.txt: - dtparam=audio=on\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "nothing was changed"));
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt"), cmdline);
	CU_ASSERT_STRING_EQUAL(get("config.txt"), config);
	CU_ASSERT_EQUAL(folder_entries(folder), 4);
}

static void test_there_and_back(void)
{
	begin();
	setup("--apply", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(get("cmdline.txt"), wanted_words));
	CU_ASSERT_PTR_NOT_NULL(strstr(get("config.txt"), wanted_block));
	CU_ASSERT_PTR_NOT_NULL(strstr(get("config.txt"), "#chronus setup# dtparam=audio=on\n"));
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt.before-chronus"), cmdline);
	CU_ASSERT_STRING_EQUAL(get("config.txt.before-chronus"), config);
	setup("--apply", 0); /* twice is once */
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "is as it should be"));
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt.before-chronus"), cmdline);
	setup("--undo", 0);
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt"), cmdline);
	CU_ASSERT_STRING_EQUAL(
		get("config.txt"), config); /* without a newline at its end, as it was */
	CU_ASSERT_EQUAL(folder_entries(folder), 4);
}

/* Edited since: what is theirs stays, also what is as ours and was there before. */
static void test_edited_since(void)
{
	char text[600];

	begin();
	put("cmdline.txt", "root=/dev/sda2 isolcpus=3 quiet\n");
	setup("--apply", 0);
	snprintf(text, sizeof(text), "mine=1 %s", get("cmdline.txt"));
	put("cmdline.txt", text);
	snprintf(text, sizeof(text), "%s# mine\n", get("config.txt"));
	put("config.txt", text);
	setup("--undo", 0);
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt"), "mine=1 root=/dev/sda2 isolcpus=3 quiet\n");
	snprintf(text, sizeof(text), "%s\n# mine\n", config);
	CU_ASSERT_STRING_EQUAL(get("config.txt"), text);
}

static void test_other_dac(void)
{
	begin();
	setup("--apply --dac none", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(get("cmdline.txt"), "isolcpus=3"));
	CU_ASSERT_PTR_NOT_NULL(strstr(get("config.txt"), "\nforce_turbo=1\n"));
	CU_ASSERT_PTR_NULL(strstr(get("config.txt"), "hifiberry"));
	CU_ASSERT_PTR_NOT_NULL(strstr(get("config.txt"), "\ndtparam=audio=on\n"));
	setup("--apply --dac iqaudio-dac", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(get("config.txt"), "dtoverlay=iqaudio-dac\n"));
	setup("--apply", 0); /* the other one goes */
	CU_ASSERT_PTR_NULL(strstr(get("config.txt"), "iqaudio-dac"));
	setup("--apply --dac none", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(get("config.txt"), "\ndtparam=audio=on\n"));
	setup("--apply --dac a;reboot", 2);
	setup("--apply --undo", 2);
}

/* The real-time kernel is named once it is there; before that it is offered. */
static void test_rt_kernel(void)
{
	char path[300];

	begin();
	setup("--apply", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "apt install linux-image-rpi-v8-rt"));
	CU_ASSERT_PTR_NULL(strstr(get("config.txt"), "kernel="));
	put("kernel8_rt.img", "x");
	setup("--apply", 0);
	CU_ASSERT_PTR_NULL(strstr(run.text, "apt install"));
	CU_ASSERT_PTR_NOT_NULL(strstr(get("config.txt"), "force_turbo=1\nkernel=kernel8_rt.img\n"));
	setup("--apply", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, "is as it should be"));
	setup("--undo", 0);
	CU_ASSERT_STRING_EQUAL(get("config.txt"), config);
	put("config.txt", "kernel=mine.img\n");
	setup("--apply", 0);
	CU_ASSERT_PTR_NULL(strstr(get("config.txt"), "kernel8_rt"));
	snprintf(path, sizeof(path), "%s/kernel8_rt.img", folder);
	remove(path);
}

/* What is not understood is left alone: all of it, also where only one file is odd. */
static void refuse(const char *odd_cmdline, const char *odd_config, const char *why)
{
	begin();
	put("cmdline.txt", odd_cmdline);
	put("config.txt", odd_config);
	setup("--apply", 2);
	if (!strstr(run.text, why))
		printf("\n  expected %s: %s\n", why, run.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, why));
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt"), odd_cmdline);
	CU_ASSERT_STRING_EQUAL(get("config.txt"), odd_config);
	CU_ASSERT_EQUAL(folder_entries(folder), 4);
}

static void test_refuses(void)
{
	char text[300];

	refuse("quiet\n", config, "no root=");
	refuse("root=/dev/a quiet\nsplash\n", config, "more than one line");
	refuse("root=/dev/a isolcpus=1,2\n", config, "isolcpus=1,2 already");
	refuse(cmdline, "include slot.txt\n", "not understood");
	refuse(cmdline, "dtoverlay=hifiberry-dacplus\n", "a sound card already");
	refuse(cmdline, "# chronus setup: begin\n", "has no end");
	refuse(cmdline, "# chronus setup: end\n", "without a beginning");
	begin();
	snprintf(text, sizeof(text), "%s/config.txt", folder);
	remove(text);
	setup("--apply", 2);
	begin();
	setup("--undo", 2); /* nothing was applied */
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt"), cmdline);
}

/* CRLF, from a computer that writes so. */
static void test_crlf(void)
{
	begin();
	put("cmdline.txt", "root=/dev/a quiet\r\n");
	put("config.txt", "dtparam=audio=on\r\nmine=1\r\n");
	setup("--apply", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(get("cmdline.txt"), "root=/dev/a quiet isolcpus=3 "));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(get("config.txt"), "#chronus setup# dtparam=audio=on\r\nmine=1\r\n# "));
	setup("--undo", 0);
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt"), "root=/dev/a quiet\r\n");
	CU_ASSERT_STRING_EQUAL(get("config.txt"), "dtparam=audio=on\r\nmine=1\r\n");
}

/* The power went between the two files: the next --apply finishes, and the way back is whole. */
static void test_power_cut(void)
{
	begin();
	setup("--apply", 0);
	put("config.txt", config);
	put("config.txt.before-chronus", config);
	setup("--apply", 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(get("config.txt"), wanted_block));
	setup("--undo", 0);
	CU_ASSERT_STRING_EQUAL(get("cmdline.txt"), cmdline);
	CU_ASSERT_STRING_EQUAL(get("config.txt"), config);
}

SUITE_MAIN("setup", {"it only shows", test_only_shows}, {"there and back", test_there_and_back},
	{"edited since", test_edited_since}, {"other DACs", test_other_dac},
	{"a real-time kernel", test_rt_kernel}, {"it refuses", test_refuses}, {"CRLF", test_crlf},
	{"a power cut", test_power_cut})
