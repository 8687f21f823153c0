/* A run is its journal rendered, however late its threads were: random commands, half of them in
 * bunches, on a card that never runs dry, while workers, producer and desk go on whenever a seed
 * says so. The rendering, in lockstep, has the very samples. CHRONUS_SOAK=1: thousands of seeds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/turns.h"

enum { N_SEEDS = SUITE_TIMES(400), N_SOAK_SEEDS = 3000, RATE_HZ = 48000, MAX_FRAMES = 40000 };

static const char tone[] = "[patch]\nname = Tone\n[osc1]\ntype = osc\nfreq_hz = 440\nlevel = 0.4\n"
			   "[env1]\ntype = adsr\nin = osc1\nsustain = 0.6\nrelease_ms = "
			   "50\n[out]\nin = env1 + osc1 * 0.2\n";
static const char echo[] =
	"[patch]\nname = Echo\ntempo_bpm = 300\n[osc1]\ntype = osc\nshape = saw\nfreq_hz = 330\n"
	"level = 0.3\n[reverb1]\ntype = reverb\nin = osc1\nmix = 0.5\n[out]\nin = reverb1\n";
/* its gates make the first blocks silent, and sound begins in the middle of things */
static const char steps[] = "[patch]\nname = Steps\ntempo_bpm = 170\n[seq1]\ntype = seq\npattern = "
			    ".x.X\nnotes = 50 60\n"
			    "[osc2]\ntype = osc\npitch = seq1.pitch\nlevel = 0.3\n[env1]\ntype = "
			    "adsr\ngate = seq1.gate\n"
			    "in = osc2\nattack_ms = 1\nrelease_ms = 20\n[reverb1]\ntype = "
			    "reverb\nin = env1\nmix = 0.3\n"
			    "[out]\nin = reverb1\n";

static struct rig rig;
static unsigned dice;

static int throw(int n)
{
	return (int)((unsigned)rand_r(&dice) % (unsigned)n);
}

/* ---- a card that waits: a block of what is heard, and of what is fading under it, is there
 * whenever one is played */

static int burst;

static bool is_there(uint64_t n, bool is_first)
{
	const struct slot *live = &rig.engine->slots[engine_live(rig.engine)],
			  *other = &rig.engine->slots[1 - live->index];

	enum slot_state state = slot_state(other);
	bool needs_both = state == SLOT_RETIRING || (state == SLOT_READY && !is_first);

	return block_ring_take(&live->ring, n) && (!needs_both || block_ring_take(&other->ring, n));
}

static int patient_wait(struct sink *sink)
{
	(void)sink;
	for (;;) {
		uint64_t n = engine_clock(rig.engine);
		int n_fit = 0;

		while (n_fit < burst && is_there(n + (uint64_t)n_fit, n_fit == 0))
			n_fit++;
		if (n_fit || atomic_load(&rig.engine->must_stop))
			return n_fit ? n_fit : 1;
		clock_sleep_until_ns(0);
	}
}

static int patient_write(struct sink *sink, const float *stereo)
{
	(void)sink;
	(void)stereo;
	return 0;
}

static int patient_recover(struct sink *sink, int err)
{
	(void)sink;
	return err;
}

static const struct sink_ops patient_ops = {patient_wait, patient_write, patient_recover};
static struct sink patient_card = {.ops = &patient_ops, .is_running = true};

/* ---- hands */

static void say(void)
{
	static const char *const files[] = {"tone.ini", "echo.ini", "steps.ini"};
	static const char *const targets[] = {"osc1.freq_hz", "osc2.freq_hz", "osc1.level",
		"env1.sustain", "reverb1.mix", "patch.tempo_bpm"};
	static const double most[] = {2000.0, 2000.0, 0.5, 1.0, 1.0, 300.0};
	char command[300], reply[DESK_REPLY_BYTES];
	int t = throw(ARRAY_LEN(targets));
	double value = most[t] * (0.2 + 0.8 * throw(1000) / 1000.0);

	switch (throw(10)) {
	case 0:
	case 1:
		snprintf(command, sizeof(command), "load %s/%s", spawn_folder(), files[throw(3)]);
		break;
	case 2:
	case 3:
		snprintf(command, sizeof(command), "commit");
		break;
	case 4:
	case 5:
		snprintf(command, sizeof(command), "undo");
		break;
	case 6:
		snprintf(command, sizeof(command), "stage %s %g", targets[t], value);
		break;
	case 7:
		snprintf(command, sizeof(command), "gate env1 %s", throw(2) ? "on" : "off");
		break;
	default:
		snprintf(command, sizeof(command), "set %s %g", targets[t], value);
		break;
	}
	desk_command(rig.desk, command, reply, sizeof(reply)); /* some are refused */
}

static void journal_path(char *path, size_t n_bytes)
{
	snprintf(path, n_bytes, "%s/journal.txt", spawn_folder());
}

struct played {
	int n_frames;
	bool has_jumped; /* a worker has left out blocks: counted, and not promised to repeat */
	struct rig_options options;
	v4f frames[MAX_FRAMES];
};

static void keep(struct played *played, int n_frames)
{
	played->n_frames = int_min(n_frames, MAX_FRAMES);
	memcpy(played->frames, rig.frames, sizeof(v4f) * (size_t)played->n_frames);
}

static void run(unsigned seed, struct played *played)
{
	static const int blocks[] = {16, 64, 64, 256};
	struct turns_order order = {.seed = seed};
	struct diag diag;
	char path[300];
	int n_blocks, n_frames;

	dice = seed * 7919 + 1;
	for (int i = 0; i < TURNS_MAX; i++)
		order.ranks[i] = 1 + throw(8) * throw(8);
	played->options = (struct rig_options){.is_run = true,
		.begins_softly = true,
		.arena_mb = 1,
		.card = &patient_card,
		.block_frames = blocks[throw(4)],
		.lead = 1 + throw(6),
		.quantize_beats = throw(4) ? 0.0 : 1.0,
		.tail_frames = throw(4) ? 0 : 4800};
	burst = throw(3) ? 1 : 1 + throw(played->options.lead);
	n_blocks = MAX_FRAMES / played->options.block_frames;
	journal_path(path, sizeof(path));
	turns_begin(&order);
	rig_open(&rig, tone, &played->options);
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, path, &diag), 0);
	rig_allow(&rig, n_blocks);
	while ((int)engine_clock(rig.engine) < n_blocks - 40) {
		for (int n = throw(12) * throw(12); n > 0; n--)
			clock_sleep_until_ns(0);
		desk_poll(rig.desk);
		while (throw(8) == 0)
			say();
	}
	desk_end_journal(rig.desk);
	n_frames = (int)engine_clock(rig.engine) * played->options.block_frames;
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	played->has_jumped = rig_count(&rig, STAT_REANCHORS) > 0;
	turns_be_fair();
	rig_stop(&rig);
	desk_poll(rig.desk);
	CU_ASSERT_EQUAL(desk_close_journal(rig.desk), 0);
	keep(played, n_frames);
	rig_close(&rig);
	turns_end();
}

static void render(unsigned seed, struct played *played)
{
	int n_refused;
	struct script script;
	struct diag diag;
	char path[300];

	journal_path(path, sizeof(path));
	if (script_read(path, &script, &diag) < 0) {
		printf("%s\n", diag.text);
		CU_FAIL_FATAL("the journal cannot be read");
	}
	turns_begin(&(struct turns_order){.ranks = {4, 3, 2, 1}});
	played->options.card = NULL;
	played->options.is_run = false;
	played->options.is_render = true;
	rig_open(&rig, tone, &played->options);
	/* and one block more: those of 256 frames do not end where MAX_FRAMES does */
	n_refused = rig_play(&rig, &script, MAX_FRAMES / played->options.block_frames + 1);
	CU_ASSERT_TRUE(n_refused == 0 || played->has_jumped);
	if (n_refused && !played->has_jumped)
		printf("\n  seed %u: %d lines are refused\n", seed, n_refused);
	turns_be_fair();
	rig_stop(&rig);
	keep(played, rig.n_frames);
	rig_close(&rig);
	turns_end();
	script_free(&script);
}

static void show(unsigned seed, const struct rig_options *options, int first)
{
	char path[300], line[400];
	FILE *journal;

	printf("\n  seed %u: block %d, lead %d, burst %d, quantize %g, tail %d: from frame %d on "
	       "(block "
	       "%d)\n",
		seed, options->block_frames, options->lead, burst, options->quantize_beats,
		options->tail_frames, first, first / options->block_frames);
	journal_path(path, sizeof(path));
	journal = fopen(path, "re");
	while (journal && fgets(line, sizeof(line), journal))
		printf("  %s", line);
	if (journal)
		fclose(journal);
}

static void test_any_run(void)
{
	static struct played was, is;
	const char *one = getenv("CHRONUS_TEST_SEED");
	unsigned first = one ? (unsigned)atoi(one) : 1;
	unsigned last = one ? first : getenv("CHRONUS_SOAK") ? N_SOAK_SEEDS : N_SEEDS;
	unsigned n_same = 0, n_jumped = 0;

	spawn_file("tone.ini", tone);
	spawn_file("echo.ini", echo);
	spawn_file("steps.ini", steps);
	for (unsigned seed = first; seed <= last; seed++) {
		int i = 0;

		run(seed, &was);
		is.options = was.options;
		is.has_jumped = was.has_jumped;
		render(seed, &is);
		CU_ASSERT_TRUE(is.n_frames >= was.n_frames);
		while (i < was.n_frames && i < is.n_frames &&
			memcmp(was.frames + i, is.frames + i, sizeof(v4f)) == 0)
			i++;
		n_same += i == was.n_frames;
		n_jumped += was.has_jumped;
		if (i < was.n_frames && !was.has_jumped)
			show(seed, &was.options, i);
		CU_ASSERT_TRUE(i == was.n_frames || was.has_jumped);
	}
	CU_ASSERT_TRUE(n_jumped * 20 <= last);
	printf(" %u of %u runs, %u with jumps ", n_same, last - first + 1, n_jumped);
}

SUITE_MAIN("a run, however late its threads", {"is its journal rendered", test_any_run})
