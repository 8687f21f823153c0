/* test_state_file.c - two files in turn: whatever is done to one, the other is the state. */
#include "control/state_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/state_writer.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static struct state_found found;

static const char *path_of(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", spawn_folder(), name);
	return path;
}

static void begin(void)
{
	remove(path_of("state.0"));
	remove(path_of("state.1"));
}

static void keep(uint64_t generation, const char *text)
{
	CU_ASSERT_EQUAL(state_file_write(spawn_folder(), generation, text, strlen(text)), 0);
}

static void expect(uint64_t generation, const char *text, int n_damaged)
{
	CU_ASSERT_EQUAL_FATAL(state_file_read(spawn_folder(), &found), 0);
	CU_ASSERT_EQUAL(found.generation, generation);
	CU_ASSERT_STRING_EQUAL(found.text, text);
	CU_ASSERT_EQUAL(found.n_damaged, n_damaged);
	free(found.text);
}

static void test_the_newest(void)
{
	begin();
	CU_ASSERT_EQUAL(state_file_read(spawn_folder(), &found), -ENOENT);
	CU_ASSERT_TRUE(found.has_folder);
	keep(1, "one\n");
	expect(1, "one\n", 0);
	keep(2, "two\n");
	expect(2, "two\n", 0);
	keep(3, "three\n");
	expect(3, "three\n", 0);
	CU_ASSERT_EQUAL(state_file_read("/nowhere/at/all", &found), -ENOENT);
	CU_ASSERT_FALSE(found.has_folder);
}

/* Every byte of the newest file is spoilt, and it is cut at every length: then it is the one before. */
static void test_damage(void)
{
	char whole[400], spoilt[400];
	FILE *file;
	size_t n;

	begin();
	keep(1, "the one before\n");
	keep(2, "live patches/pulse.ini\nvalue filter1.cutoff_hz 700\n");
	file = fopen(path_of("state.0"), "r");
	n = fread(whole, 1, sizeof(whole), file);
	fclose(file);
	for (size_t i = 0; i < 2 * n; i++) {
		size_t n_spoilt = i < n ? n : i - n;

		memcpy(spoilt, whole, n);
		if (i < n)
			spoilt[i] ^= 0x11;
		file = fopen(path_of("state.0"), "w");
		fwrite(spoilt, 1, n_spoilt, file);
		fclose(file);
		expect(1, "the one before\n", 1);
	}
	file = fopen(path_of("state.1"), "w");
	fclose(file);
	CU_ASSERT_EQUAL(state_file_read(spawn_folder(), &found), -EBADMSG);
	CU_ASSERT_PTR_NULL(found.text);
	CU_ASSERT_EQUAL(found.n_damaged, 2);
	keep(1, "afresh\n");
	expect(1, "afresh\n", 1);
}

/* A write that was broken off leaves its file beside: nobody reads that. */
static void test_broken_off(void)
{
	begin();
	keep(1, "one\n");
	spawn_file(".state.0.new", "chronus-state 1 generation 2 bytes");
	expect(1, "one\n", 0);
	keep(2, "two\n");
	expect(2, "two\n", 0);
	CU_ASSERT_NOT_EQUAL(access(path_of(".state.0.new"), F_OK), 0);
}

static struct state_done wait_for(struct state_writer *writer)
{
	struct state_done done;

	while (!state_writer_take(writer, &done))
		usleep(1000);
	return done;
}

/* The thread does what state_file does, one order at a time, and copies only what has changed. */
static void test_writer(void)
{
	struct state_writer *writer;
	struct state_done done;
	struct diag diag;

	begin();
	CU_ASSERT_EQUAL_FATAL(state_writer_open(&writer, spawn_folder(), -1, &diag), 0);
	CU_ASSERT_TRUE(state_writer_is_idle(writer));
	CU_ASSERT_FALSE(state_writer_take(writer, &done));
	state_writer_follow(writer, 6);
	state_writer_order(writer, STATE_WRITE, NULL, strdup("seven\n"), 6);
	done = wait_for(writer);
	CU_ASSERT_EQUAL(done.err, 0);
	CU_ASSERT_TRUE(state_writer_is_idle(writer));
	state_writer_order(writer, STATE_LOOK, NULL, NULL, 0);
	done = wait_for(writer);
	CU_ASSERT_EQUAL(done.err, 0);
	CU_ASSERT_EQUAL(done.found.generation, 7);
	CU_ASSERT_STRING_EQUAL(done.found.text, "seven\n");
	free(done.found.text);
	for (int i = 0; i < 2; i++) {
		state_writer_order(writer, STATE_COPY, "copy", strdup("abc"), 3);
		CU_ASSERT_EQUAL(wait_for(writer).err, 0);
		CU_ASSERT_EQUAL(access(path_of("copy"), F_OK), 0);
	}
	state_writer_order(writer, STATE_COPY, "copy", strdup("abcd"), 4);
	state_writer_close(writer); /* waits for it */
	CU_ASSERT_EQUAL(access(path_of("copy"), F_OK), 0);
	CU_ASSERT_EQUAL_FATAL(state_writer_open(&writer, "/nowhere/at/all", -1, &diag), 0);
	state_writer_order(writer, STATE_WRITE, NULL, strdup("x"), 1);
	CU_ASSERT_EQUAL(wait_for(writer).err, -ENOENT);
	state_writer_close(writer);
}

SUITE_MAIN("state_file", {"the newest", test_the_newest}, {"damage", test_damage},
	{"broken off", test_broken_off}, {"the writer", test_writer})
