/* Program changes: which patch is meant, bursts, bars, and notes that are held meanwhile. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static const char instrument[] =
	"[patch]\nname = %s\nvoices = 4\n[keys1]\ntype = keys\n[osc1]\ntype = osc\n"
	"pitch = keys1.pitch\nlevel = 0.%d\n[env1]\ntype = adsr\nin = osc1\ngate = keys1.gate\n"
	"sustain = 1\n[mix1]\ntype = mix\nin = env1\n[out]\nin = mix1 * 0.2\n";

static struct rig rig;
static char logged[600];

static void keep_line(const char *line)
{
	snprintf(logged, sizeof(logged), "%s", line);
}

static void write_patch(const char *file, const char *name, int level)
{
	char text[600];

	snprintf(text, sizeof(text), instrument, name, level);
	spawn_file(file, text);
}

/* patches/a b c, in them live/x y; b is what is heard first. */
static void open_with(const struct rig_options *options)
{
	char text[600];

	mkdir(spawn_path("patches"), 0700);
	mkdir(spawn_path("patches/live"), 0700);
	write_patch("patches/a.ini", "A", 1);
	write_patch("patches/b.ini", "B", 2);
	write_patch("patches/c.ini", "C", 3);
	write_patch("patches/live/x.ini", "X", 4);
	write_patch("patches/live/y.ini", "Y", 5);
	snprintf(text, sizeof(text), instrument, "B", 2);
	rig_open(&rig, text, options);
	snprintf(rig.settings.path, sizeof(rig.settings.path), "%s", spawn_path("chronus.ini"));
	log_set_writer(keep_line);
	logged[0] = '\0';
}

static void close_it(void)
{
	rig_close(&rig);
	log_set_writer(NULL);
	unlink(spawn_path("patches/setlist.txt"));
}

static void check(const char *hex, const char *name)
{
	char line[100];

	snprintf(line, sizeof(line), "midi %s", hex);
	CU_ASSERT_EQUAL(rig_do(&rig, line), 0);
	rig_run(&rig, 200);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), name);
}

static void test_by_name(void)
{
	open_with(&(struct rig_options){0});
	check("c0 00", "A");
	check("c5 02", "C"); /* any channel */
	check("c0 03", "C");
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "program 4"));
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "fewer patches"));
	check("b0 20 01 c0 01", "Y");
	check("b0 20 00 00 01 c0 00", "X"); /* by the other byte */
	check("c1 01", "B");                /* a bank is its channel's */
	check("b0 00 02 c0 00", "B");
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "bank 2"));
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 0);
	close_it();
}

static void test_by_list(void)
{
	open_with(&(struct rig_options){0});
	spawn_file("patches/setlist.txt", "# the evening\n\nc.ini\nnothing\na\n");
	check("c0 00", "C");
	check("c0 02", "A");
	check("c0 01", "A");
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "nothing"));
	check("c0 03", "A");
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "setlist.txt has fewer patches"));
	check("b0 20 01 c0 00", "X"); /* the bank has a list of its own, or none */
	spawn_file("patches/setlist.txt", "a/b\n");
	check("b0 20 00 c0 00", "X");
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "setlist.txt:1: "));
	close_it();
}

/* In one piece, one after the other, and while an earlier one waits for its bar: the last one wins,
 * and what was never heard leaves no step back. */
static void test_burst(void)
{
	open_with(&(struct rig_options){.quantize_beats = 4.0});
	check("c0 00 02 00 02 00", "B");
	for (int i = 0; i < 5; i++)
		check(i % 2 ? "c0 02" : "c0 00", "B"); /* the bar of 1500 blocks is not over */
	rig_do(&rig, "midi c0 00");
	rig_run(&rig, 3);
	rig_do(&rig, "midi c0 02");
	rig_run(&rig, 3);
	rig_do(&rig, "midi c0 00");
	rig_run_to_commits(&rig, 1, 3000);
	rig_run(&rig, 1600);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 1);
	CU_ASSERT_EQUAL(desk_n_undo(rig.desk), 1);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "A");
	CU_ASSERT_FALSE(desk_is_committing(rig.desk));
	close_it();
}

static void test_held(void)
{
	double peak = 0.0;

	open_with(&(struct rig_options){0});
	rig_do(&rig, "midi 90 3c 64");
	check("c0 02", "C");
	for (int i = rig.n_frames - 1000; i < rig.n_frames; i++)
		peak = fmax(peak, fabs((double)rig.frames[i][0]));
	CU_ASSERT_TRUE(peak > 0.02);
	close_it();
}

/* The journal has the load and the commit. */
static void test_journal(void)
{
	enum { BLOCKS = 900, BLOCK = 64 };
	static const char *const said[] = {
		"c0 00", "90 40 50", "c0 02 c0 00 c0 02", "b0 00 01 c0 00"};
	struct script script;
	struct diag diag;
	char path[400], text[600];
	v4f *frames;

	snprintf(path, sizeof(path), "%s", spawn_path("journal"));
	open_with(&(struct rig_options){0});
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, path, &diag), 0);
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		snprintf(text, sizeof(text), "midi %s", said[i]);
		CU_ASSERT_EQUAL(rig_do(&rig, text), 0);
		rig_run(&rig, BLOCKS / ARRAY_LEN(said));
	}
	rig_stop(&rig);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 3);
	frames = malloc(BLOCKS * BLOCK * sizeof(*frames));
	memcpy(frames, rig.frames, BLOCKS * BLOCK * sizeof(*frames));
	close_it();
	CU_ASSERT_EQUAL_FATAL(script_read(path, &script, &diag), 0);
	snprintf(text, sizeof(text), instrument, "B", 2);
	rig_open(&rig, text, &(struct rig_options){.is_render = true});
	rig_play(&rig, &script, BLOCKS);
	rig_stop(&rig);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 3);
	CU_ASSERT_EQUAL(memcmp(frames, rig.frames, BLOCKS * BLOCK * sizeof(*frames)), 0);
	rig_close(&rig);
	script_free(&script);
	free(frames);
}

SUITE_MAIN("midi_program", {"by name", test_by_name}, {"by list", test_by_list},
	{"burst", test_burst}, {"held", test_held}, {"journal", test_journal})
