/* Quantized commits begin at the heard patch's own beat, foreseen from its clock; another tempo begins
 * there too; and a journal of that, played again, gives the same samples. In virtual time. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/script.h"
#include "engine/lookahead.h"
#include "engine/internal.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/test_modules.h"

TEST_REGISTRY(&mixer_module, &delay_module, &adsr_module, &osc_module);

enum { BLOCK = 64, RATE_HZ = 48000, LEAD = 2 };

static struct rig rig;

#define SEQ "[seq1]\ntype = t_seq\npattern = xXx.\nnotes = 10 20 30 40\n"
static const char slow[] = "[patch]\nname = Slow\n" SEQ "[out]\nin = seq1 * 0.01\n";
static const char fast[] =
	"[patch]\nname = Fast\ntempo_bpm = 150\n" SEQ "[out]\nin = seq1 * 0.012\n";

static void load(const char *name, const char *text)
{
	char command[300];

	snprintf(command, sizeof(command), "load %s", spawn_file(name, text));
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
}

static const struct block *block_of(int slot, uint64_t n)
{
	const struct block *block = block_ring_take(&rig.engine->slots[slot].ring, n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(block);
	return block;
}

static double beat_of(int slot, uint64_t n)
{
	return block_of(slot, n)->transport.beat;
}

/* The last commit began to be heard with the first block at a beat of the old one's clock, or up to
 * 6.7 ms later; its tempo began with that block, and until there the two were in time. */
static void check_on_beat(double unit_beats, double bpm)
{
	int live = engine_live(rig.engine);
	const struct slot *slot = &rig.engine->slots[live];
	uint64_t tempo = atomic_load(&side_of(slot)->tempo_block),
		 since = atomic_load(&side_of(slot)->live_since);
	double old = block_of(live, tempo - 1)->transport.beats_per_frame;
	double begin = beat_of(live, tempo);
	double beat = floor(begin / unit_beats + 1e-6) * unit_beats;

	CU_ASSERT_TRUE(begin - beat < BLOCK * old);
	CU_ASSERT_TRUE(since >= tempo && since <= tempo + RATE_HZ / 150 / BLOCK);
	CU_ASSERT_DOUBLE_EQUAL(
		block_of(live, tempo)->transport.beats_per_frame, bpm / 60.0 / RATE_HZ, 1e-12);
	CU_ASSERT_NOT_EQUAL(old, block_of(live, tempo)->transport.beats_per_frame);
	for (uint64_t n = tempo - 8; n <= tempo; n++)
		CU_ASSERT_DOUBLE_EQUAL(beat_of(live, n), beat_of(1 - live, n), 1e-12);
}

static void wait_for_commit(uint64_t n_commits)
{
	rig_run_to_commits(&rig, n_commits, 4000);
	CU_ASSERT_EQUAL_FATAL(rig_count(&rig, STAT_COMMITS), n_commits);
	rig_run(&rig, 6);
}

/* Also where the tempo moved before, and where blocks and beats do not meet. */
static void check_quantized(double unit_beats)
{
	rig_open(&rig, slow, &(struct rig_options){.quantize_beats = unit_beats});
	for (int i = 0; i < 6; i++) {
		rig_run(&rig, 37 + 11 * i);
		rig_do(&rig, i % 3 == 1 ? "set patch.tempo_bpm 117.3" : "set patch.tempo_bpm 133");
		rig_run(&rig, 20);
		load(i % 2 ? "slow.ini" : "fast.ini", i % 2 ? slow : fast);
		rig_do(&rig, "stage patch.tempo_bpm 187.5");
		rig_do(&rig, "commit");
		wait_for_commit((uint64_t)i + 1);
		check_on_beat(unit_beats, 187.5);
		CU_ASSERT_EQUAL(rig_count(&rig, STAT_BLIND), 0);
		rig_run(&rig, 60);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_close(&rig);
}

static void test_follow_the_clock(void)
{
	check_quantized(1.0);
	check_quantized(4.0);
}

/* The tempo is turned all the time, also in the last blocks before the beat: what is stamped but not
 * rendered yet counts, what waits for the lookahead does not. Also where the two
 * sound the same, and nothing waits for a lookahead. */
static void test_tempo_moves_before_the_beat(void)
{
	unsigned seed = 3;

	rig_open(&rig, slow, &(struct rig_options){.quantize_beats = 1.0, .max_blocks = 60000});
	for (int i = 0; i < 24; i++) {
		int live;
		uint64_t first;
		double begin, len;

		rig_run(&rig, 40 + i);
		load(i % 2 ? "slow.ini" : "fast.ini", i % 2 ? slow : fast);
		rig_do(&rig, "commit");
		while (rig_count(&rig, STAT_COMMITS) == (uint64_t)i) {
			char command[60];

			snprintf(command, sizeof(command), "set patch.tempo_bpm %d",
				20 + rand_r(&seed) % 380);
			rig_do(&rig, command);
			rig_run(&rig, 1 + (int)(rand_r(&seed) % 3));
		}
		live = engine_live(rig.engine);
		first = atomic_load(&rig.engine->transition.sides[live].first_start);
		begin = beat_of(1 - live, first);
		len = begin - beat_of(1 - live, first - 1);
		CU_ASSERT_TRUE(begin - floor(begin + 1e-6) < len);
		CU_ASSERT_TRUE(engine_transition(rig.engine, live).live_since >= first);
		rig_run(&rig, 60);
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_MISMATCH), 0);
	rig_close(&rig);
}

/* Two that sound the same until the tempo moves are not the same: their fade is chosen ahead. */
static void test_tempo_alone_is_heard(void)
{
	rig_open(&rig, slow, &(struct rig_options){0});
	rig_run(&rig, 30);
	rig_do(&rig, "commit");
	wait_for_commit(1);
	CU_ASSERT_EQUAL(
		atomic_load(&rig.engine->transition.sides[engine_live(rig.engine)].lookahead_end),
		LOOKAHEAD_SAME);
	rig_run(&rig, 60);
	rig_do(&rig, "stage patch.tempo_bpm 150");
	rig_do(&rig, "commit");
	wait_for_commit(2);
	CU_ASSERT_TRUE(
		atomic_load(&rig.engine->transition.sides[engine_live(rig.engine)].lookahead_end) <
		LOOKAHEAD_SAME);
	rig_close(&rig);
}

/* ---- the journal */

struct take {
	struct rig_options options;
	const char *commit;  /* the first of two commits, to another tempo */
	int stall_at, stall; /* blocks before ready_block, ms; 0: none */
	const char *wanted;  /* in the journal */
};

/* The standby sleeps, from a block that the commit under way is known by. */
static void stall_when_due(const struct take *take)
{
	const struct slot *standby = &rig.engine->slots[1 - engine_live(rig.engine)];
	char command[60];

	if (!take->stall_at || slot_state(standby) != SLOT_PRIMING ||
		engine_clock(rig.engine) + LEAD !=
			atomic_load(&standby->ready_block) - (uint64_t)take->stall_at)
		return;
	snprintf(command, sizeof(command), "fault standby stall %d", take->stall);
	rig_do(&rig, command);
}

static int play(const struct take *take, const char *journal)
{
	const char *const commands[] = {take->commit, "set patch.tempo_bpm 90",
		"stage seq1.notes 11 c#3 77.5", "stage patch.tempo_bpm 111", "commit", "undo"};
	struct diag diag;
	int n;

	rig_open(&rig, slow, &take->options);
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, journal, &diag), 0);
	load("fast.ini", fast);
	/* each commit has passed its beat and its tail, which the next one would cut short */
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		rig_run(&rig, 56);
		rig_do(&rig, commands[i]);
		for (int k = 0; k < (i == 0 || i == 4 ? 600 : 8); k++) {
			stall_when_due(take);
			rig_run(&rig, 1);
		}
	}
	rig_run(&rig, 1100);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 3);
	n = (int)engine_clock(rig.engine);
	rig_stop(&rig);
	return n;
}

static void replay(const char *journal, const struct rig_options *options, const char *wanted)
{
	char line[300], all[2000] = "";
	FILE *file = fopen(journal, "re");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	rig_open(&rig, slow, options);
	for (int at = 0; fgets(line, sizeof(line), file);) {
		char *command;
		int block = (int)script_block(strtod(line, &command), RATE_HZ, BLOCK) - LEAD;

		strncat(all, line, sizeof(all) - strlen(all) - 1);
		if (!isdigit((unsigned char)line[0]) || strstr(command, "quit"))
			continue; /* the rendering's, as the end is */
		if (block > at)
			rig_run(&rig, block - at);
		at = block > at ? block : at;
		CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
	}
	fclose(file);
	if (!strstr(all, wanted))
		printf("the journal has no \"%s\":\n%s", wanted, all);
	CU_ASSERT_PTR_NOT_NULL(strstr(all, wanted));
	rig_run(&rig, 1300);
	rig_stop(&rig);
}

static void check_journal(const struct take *take)
{
	const struct rig_options plain = {.quantize_beats = take->options.quantize_beats,
		.tail_frames = take->options.tail_frames};
	char journal[200];
	v4f *first;
	int n, n_same = 0;

	snprintf(journal, sizeof(journal), "%s/journal", spawn_folder());
	n = play(take, journal) * BLOCK;
	first = malloc((size_t)n * sizeof(*first));
	memcpy(first, rig.frames, (size_t)n * sizeof(*first));
	rig_close(&rig);
	replay(journal, &plain, take->wanted);
	while (n_same < n && memcmp(&first[n_same], &rig.frames[n_same], sizeof(*first)) == 0)
		n_same++;
	CU_ASSERT_EQUAL(n_same, n);
	free(first);
	rig_close(&rig);
}

static void test_journal(void)
{
	static const struct take takes[] = {
		{{0}, "commit", 0, 0, " commit\n"},
		{{.quantize_beats = 1.0}, "commit", 0, 0, " commit\n"},
		{{0}, "commit late 3", 0, 0, " commit late 3\n"},
		{{0}, "commit blind 4", 0, 0, " commit blind 4\n"},
		{{0}, "commit blind 5 tempo 2", 0, 0, " commit blind 5 tempo 2\n"},
		/* the standby sleeps while it should render ahead */
		{{0}, "commit", 4, 5, " commit late "},
		{{.quantize_beats = 1.0}, "commit", 6, 5, " commit"},
		/* the producer sees the priming too late: the tempo begins where it still can */
		{{.burst = 8, .lead = 8}, "commit", 0, 0, " commit blind "},
		/* nothing is planned */
		{{.tail_frames = 4800}, "commit", 0, 0, " commit\n"},
		{{.tail_frames = 4800, .quantize_beats = 1.0}, "commit", 0, 0, " commit\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(takes); i++)
		check_journal(&takes[i]);
}

SUITE_MAIN("beats", {"quantized commits follow the clock", test_follow_the_clock},
	{"the tempo moves before the beat", test_tempo_moves_before_the_beat},
	{"a tempo alone is heard", test_tempo_alone_is_heard}, {"the journal", test_journal})
