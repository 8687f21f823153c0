/* In lockstep no step of a slot's life depends on when a thread ran: scenes with commits and undos in
 * a row, played in thousands of orders of the producer's, the workers' and the desk's steps, with a
 * mirror and without one. All give the same samples and the same journal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/turns.h"

enum {
	N_ORDERS = SUITE_TIMES(2000),
	STRIDE = SUITE_SANITIZED ? 20 * 13 : 13,
	MAX_FRAMES = 30000,
	N_BEYOND = 1, /* blocks that are kept if a rig that renders plays on behind its end */
	SAID_BYTES = 4000
};

static const char tone[] = "[patch]\nname = Tone\n[osc1]\ntype = osc\nfreq_hz = 440\nlevel = 0.4\n"
			   "[out]\nin = osc1\n";
/* a memory that is taken over in 6 pieces */
static const char echo[] = "[patch]\nname = Echo\n[osc1]\ntype = osc\nshape = saw\nfreq_hz = 330\n"
			   "level = 0.3\n[reverb1]\ntype = reverb\nin = osc1\n"
			   "mix = 0.5\n[out]\nin = reverb1\n";
static const char other[] =
	"[patch]\nname = Other\n[osc2]\ntype = osc\nfreq_hz = 555\nlevel = 0.3\n"
	"[reverb1]\ntype = reverb\nin = osc2\nmix = 0.3\n[out]\nin = reverb1\n";

struct line {
	int block; /* after the line before it */
	const char *command;
};

struct scene {
	const char *name;
	struct rig_options options;
	int n_blocks;
	struct line lines[10];
};

/* The second commit comes in each state of the slot that was left. */
static const struct scene scenes[] = {
	{"queued behind a commit", {.is_render = true}, 130,
		{{10, "load @echo.ini"}, {0, "commit"}, {21, "commit"}, {0, "undo"}}},
	{"while the mirror takes over", {.is_render = true, .block_frames = 16}, 420,
		{{10, "load @echo.ini"}, {0, "commit"}, {76, "load @other.ini"}, {0, "commit"},
			{76, "undo"}, {70, "undo"}, {1, "set osc1.freq_hz 500"}}},
	{"with a lead, as a card has it", {.lead = 3}, 140,
		{{9, "load @other.ini"}, {0, "commit"}, {22, "undo"}, {1, "commit"},
			{25, "stage osc1.freq_hz 300"}, {0, "commit"}}},
	{"large blocks", {.is_render = true, .block_frames = 256}, 90,
		{{2, "load @echo.ini"}, {0, "commit"}, {3, "undo"}, {12, "undo"},
			{14, "load @other.ini"}, {1, "commit"}}},
	{"a tail makes way", {.is_render = true, .tail_frames = 9600}, 140,
		{{5, "load @echo.ini"}, {0, "commit"}, {24, "undo"}, {3, "commit"}}},
};

struct played {
	int n_frames;
	long n_steps;
	char journal[SAID_BYTES], replies[SAID_BYTES];
	v4f frames[MAX_FRAMES];
};

static struct rig rig;

static void read_journal(char *text)
{
	char path[300];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/journal.txt", spawn_folder());
	file = fopen(path, "re");
	n = file ? fread(text, 1, SAID_BYTES - 1, file) : 0;
	text[n] = '\0';
	if (file)
		fclose(file);
}

/* A command with @ for the folder of the patches. */
static void say(const char *command, char *said)
{
	const char *at = strchr(command, '@');
	char text[400], reply[DESK_REPLY_BYTES];

	snprintf(text, sizeof(text), "%.*s%s%s%s", at ? (int)(at - command) : 300, command,
		at ? spawn_folder() : "", at ? "/" : "", at ? at + 1 : "");
	desk_command(rig.desk, text, reply, sizeof(reply));
	snprintf(said + strlen(said), SAID_BYTES - strlen(said), "%s\n", reply);
}

static void play(const struct scene *scene, bool is_solo, const struct turns_order *order,
	struct played *played)
{
	struct rig_options options = scene->options;
	char path[300];
	struct diag diag;
	int n_left = scene->n_blocks;

	snprintf(path, sizeof(path), "%s/journal.txt", spawn_folder());
	played->replies[0] = '\0';
	options.is_solo = is_solo;
	options.begins_softly = true;
	options.arena_mb = 1;
	options.max_blocks = scene->n_blocks + (options.is_render ? N_BEYOND : 0);
	turns_begin(order);
	rig_open(&rig, tone, &options);
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, path, &diag), 0);
	for (const struct line *line = scene->lines; line->command; line++) {
		rig_run(&rig, line->block);
		say(line->command, played->replies);
		n_left -= line->block;
	}
	rig_run(&rig, n_left);
	played->n_steps = turns.n_steps;
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_REFUSED), 0);
	CU_ASSERT_FALSE(desk_is_committing(rig.desk));
	turns_be_fair();
	rig_stop(&rig);
	desk_poll(rig.desk);
	if (options.is_render)
		CU_ASSERT_EQUAL(rig.n_frames, scene->n_blocks * rig.options.block_frames);
	played->n_frames = int_min(rig.n_frames, MAX_FRAMES);
	memcpy(played->frames, rig.frames, sizeof(v4f) * (size_t)played->n_frames);
	rig_close(&rig);
	turns_end();
	read_journal(played->journal);
}

/* Where two differ, and in which order it was: to play it again. */
static bool is_same(const struct scene *scene, bool is_solo, const struct turns_order *order,
	const struct played *want, const struct played *got)
{
	bool is_good = got->n_frames == want->n_frames && !strcmp(got->journal, want->journal) &&
		       !strcmp(got->replies, want->replies) &&
		       !memcmp(got->frames, want->frames, sizeof(v4f) * (size_t)want->n_frames);
	int first = 0;

	if (is_good)
		return true;
	while (first < want->n_frames && !memcmp(got->frames + first, want->frames + first, 16))
		first++;
	printf("\n  %s%s: another run from frame %d on; seed %u, ranks %d %d %d %d, changes %d "
	       "%ld %d %ld %d %ld %d %ld %d\n"
	       "%s%s  instead of\n%s%s",
		scene->name, is_solo ? ", solo" : "", first, order->seed, order->ranks[0],
		order->ranks[1], order->ranks[2], order->ranks[3], order->n_changes,
		order->changes[0].step, order->changes[0].rank, order->changes[1].step,
		order->changes[1].rank, order->changes[2].step, order->changes[2].rank,
		order->changes[3].step, order->changes[3].rank, got->journal, got->replies,
		want->journal, want->replies);
	return false;
}

static void check(const struct scene *scene, bool is_solo, const struct turns_order *order)
{
	static struct played want, got;
	static const struct scene *wanted;

	if (wanted != scene)
		play(scene, false, &(struct turns_order){.ranks = {4, 3, 2, 1}}, &want);
	wanted = scene;
	play(scene, is_solo, order, &got);
	CU_ASSERT_TRUE_FATAL(is_same(scene, is_solo, order, &want, &got));
}

static void write_patches(void)
{
	spawn_file("echo.ini", echo);
	spawn_file("other.ini", other);
}

static void test_solo(void)
{
	write_patches();
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		check(&scenes[i], true, &(struct turns_order){.ranks = {4, 3, 2, 1}});
}

/* The four in any order of rank: 2, 4, 6 and 8. */
static void shuffle(struct turns_order *order, unsigned *seed)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		int j = (int)((unsigned)rand_r(seed) % (unsigned)(i + 1));

		order->ranks[i] = order->ranks[j];
		order->ranks[j] = 2 * (i + 1);
	}
}

/* Steps all over the scene, at each of which the one whose step it is falls behind one, two or all of
 * the others. */
static void test_each_step(void)
{
	static const struct scene *scene = &scenes[0];
	static struct played first;
	unsigned seed = 1;

	write_patches();
	play(scene, false, &(struct turns_order){.ranks = {4, 3, 2, 1}}, &first);
	for (long step = 0; step < first.n_steps; step += STRIDE)
		for (int rank = 1; rank < 7; rank += 2) {
			struct turns_order order = {.n_changes = 1, .changes = {{step, rank}}};

			shuffle(&order, &seed);
			check(scene, false, &order);
		}
}

static void test_any_order(void)
{
	unsigned seed = 1;

	write_patches();
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		for (int k = 0; k < N_ORDERS / (int)ARRAY_LEN(scenes); k++) {
			struct turns_order order = {.seed = k % 3 ? 0 : (unsigned)k + 1};
			long step = 0;

			shuffle(&order, &seed);
			for (int j = 0; j < TURNS_MAX && order.seed; j++)
				order.ranks[j] *= order.ranks[j];
			for (order.n_changes = 0; order.n_changes < 4; order.n_changes++) {
				step += (long)(rand_r(&seed) % 1500);
				order.changes[order.n_changes].step = step;
				order.changes[order.n_changes].rank =
					1 + 2 * (int)(rand_r(&seed) % 5);
			}
			check(&scenes[i], k % 5 == 0, &order);
		}
}

SUITE_MAIN("every order of the threads' steps", {"solo is as mirrored", test_solo},
	{"at each step one falls behind", test_each_step}, {"any order", test_any_order})
