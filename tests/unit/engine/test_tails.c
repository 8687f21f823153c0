/* Spillover: what rings on plays nothing new, ends softly, and a run's journal gives its samples. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/internal.h"
#include "tests/support/judge.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

enum { BLOCK = 64, RATE_HZ = 48000, TAIL_MS = 1000, TAIL = RATE_HZ / 1000 * TAIL_MS };

static const char silent[] = "[patch]\nname = Silent\n[osc99]\ntype = osc\nlevel = 0\n[out]\nin = "
			     "osc99\n";
static struct rig rig;

static void load(const char *text)
{
	char command[300];

	snprintf(command, sizeof(command), "load %s", spawn_file("next.ini", text));
	CU_ASSERT_EQUAL(rig_do(&rig, command), 0);
}

/* Commits and plays on up to the block in which it is heard. */
static void commit(void)
{
	uint64_t n = rig_count(&rig, STAT_COMMITS);

	rig_do(&rig, "commit");
	rig_run_to_commits(&rig, n + 1, 1000);
	CU_ASSERT_EQUAL_FATAL(rig_count(&rig, STAT_COMMITS), n + 1);
}

static const struct slot *heard_slot(void)
{
	return &rig.engine->slots[engine_live(rig.engine)];
}

/* ---- every shipped patch rings out */

/* Gates that are open in the program, at its inputs and at the outputs of what plays by itself. */
static int n_open(const struct program *program)
{
	int n = 0;

	for (int m = 0; m < program->n_instances; m++) {
		const struct instance *instance = &program->instances[m];

		for (int g = 0; g < instance->n_parts; g++) {
			const struct part *part = &instance->parts[g];

			n += instance->gate &&
			     lanes_any(part->ins[instance->gate_plug.in].at[0] != 0.0f);
			for (int o = 0; o < instance->desc->n_outs; o++)
				n += instance->desc->outs[o].kind == PORT_GATE &&
				     lanes_any(part->outs[o][program->block_frames - 1] != 0.0f);
		}
	}
	return n;
}

static void ring_out(const char *path, int lead)
{
	static char text[20000];
	size_t n_bytes = sizeof(text) - 1;
	FILE *file = fopen(path, "re");
	int before, at, end, n_were_open = 0;
	double own_step;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	n_bytes = fread(text, 1, n_bytes, file);
	text[n_bytes] = '\0';
	fclose(file);
	rig_open(&rig, text, &(struct rig_options){.tail_frames = TAIL, .lead = lead});
	if (!strstr(text, "type = seq") && !strstr(text, "type = euclid") &&
		!strstr(text, "type = clock"))
		rig_do(&rig, "gate * on");
	rig_do(&rig, "note * 57 on");
	for (int i = 0; i < 2000; i++) {
		rig_run(&rig, 1);
		n_were_open += n_open(heard_slot()->program) > 0;
	}
	CU_ASSERT_TRUE(n_were_open > 0 || strstr(path, "drone") || strstr(path, "sea"));
	load(silent);
	commit();
	at = (int)atomic_load(&side_of(heard_slot())->live_since) * BLOCK;
	for (int i = 0; i < TAIL / BLOCK - lead - 2; i++) {
		const struct slot *old = &rig.engine->slots[1 - engine_live(rig.engine)];

		CU_ASSERT_EQUAL(slot_state(old), SLOT_RETIRING);
		CU_ASSERT_EQUAL(n_open(old->program), 0);
		rig_run(&rig, 1);
	}
	rig_run(&rig, 40 + lead);
	rig_stop(&rig);
	end = at + TAIL;
	before = at - RATE_HZ;
	own_step = judge_max_step(rig.frames + before, 0, RATE_HZ);
	CU_ASSERT_TRUE(judge_peak(rig.frames + before, 0, RATE_HZ) > 0.01);
	/* a release bends a note more than it did itself, but it is no click */
	CU_ASSERT_TRUE(judge_max_step(rig.frames + at - 1, 0, TAIL) < 1.5 * own_step + 0.01);
	CHECK_BELOW(judge_db(judge_peak(rig.frames + end - 240, 0, 240)), -90.0);
	CU_ASSERT_EQUAL(judge_peak(rig.frames + end, 0, 20 * BLOCK), 0.0);
	rig_close(&rig);
}

static void test_shipped_patches(void)
{
	const char *folder = "config/patches";
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir))) {
		char path[300];

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (strstr(path, ".ini") && n++ >= 0)
			ring_out(path, n % 2 ? 2 : 16);
	}
	closedir(dir);
	CU_ASSERT_TRUE(n >= 15);
}

/* One that the next commit cuts in full sound ends softly too. */
static void test_cut_is_soft(void)
{
	static const char tone[] =
		"[osc1]\ntype = osc\nfreq_hz = 300\nlevel = 0.8\n[out]\nin = osc1\n";
	static const char quiet[] = "[noise9]\ntype = noise\nlevel = 0\n[out]\nin = noise9\n";
	int at;

	rig_open(&rig, tone, &(struct rig_options){.tail_frames = 10 * RATE_HZ});
	rig_run(&rig, 100);
	load(silent);
	commit();
	rig_run(&rig, 40);
	load(quiet);
	commit();
	at = (int)atomic_load(&side_of(heard_slot())->live_since) * BLOCK;
	rig_stop(&rig);
	CU_ASSERT_EQUAL(judge_peak(rig.frames + at - 3 * BLOCK, 0, 2 * BLOCK), 0.0);
	CHECK_BELOW(judge_burst_db(rig.frames + at - 60 * BLOCK, 0, 60 * BLOCK), -80.0);
	rig_close(&rig);
}

/* ---- the journal */

static const char pluck[] =
	"[patch]\nname = Plucked\ntempo_bpm = 120\n[osc1]\ntype = osc\nshape = saw\nfreq_hz = 300\n"
	"level = 0.3\n[seq1]\ntype = seq\n[env2]\ntype = adsr\nin = osc1\ngate = seq1\nsustain = "
	"0.7\nrelease_ms = 300\n[env1]\ntype = adsr\nin = osc1\nsustain = 1\nrelease_ms = "
	"400\n[delay1]\ntype = eq\nin = env1 + env2\n[out]\nin = delay1\n";
static const char bell[] =
	"[patch]\nname = Bell\ntempo_bpm = 90\n[osc1]\ntype = osc\nfreq_hz = 880\nlevel = 0.4\n"
	"[env9]\ntype = adsr\nin = osc1\nsustain = 0.5\nrelease_ms = 700\n[out]\nin = env9\n";

/* Around the frame that the workers are told to render next: at once, or in blocks to come. */
static void happen_soon(unsigned *seed)
{
	uint64_t block = engine_clock(rig.engine) + (uint64_t)rig.options.lead;
	int64_t frame = (int64_t)block * BLOCK + rand_r(seed) % (4 * BLOCK) - BLOCK;

	desk_set_time(rig.desk, frame * NS_PER_S / RATE_HZ);
}

/* Also commands that come too late for their module: they are refused, or struck. */
static void hands(unsigned *seed, int n_blocks)
{
	static const char *const commands[] = {"gate env1 on", "gate env1 off", "gate env9 on",
		"gate env9 off", "set osc1.freq_hz 250", "set osc1.freq_hz 333",
		"set delay1.low_db 3", "set env9.sustain 0.8", "set patch.tempo_bpm 133",
		"set env1.sustain 0.4"};

	for (int i = 0; i < n_blocks; i++) {
		char reply[DESK_REPLY_BYTES];

		happen_soon(seed);
		if (rand_r(seed) % 3 == 0)
			desk_command(rig.desk, commands[rand_r(seed) % (int)ARRAY_LEN(commands)],
				reply, sizeof(reply));
		rig_run(&rig, 1);
	}
}

static void play_and_compare(unsigned seed, const struct rig_options *played)
{
	struct rig_options with_softness = *played, *options = &with_softness;
	static struct spawned run;
	char journal[200], wav[200], config[300], text[200];
	char patch[200];
	struct wav_data got;
	struct diag diag;
	int n, n_same = 0;

	snprintf(patch, sizeof(patch), "%s", spawn_file("first.ini", pluck));
	snprintf(journal, sizeof(journal), "%s/journal.txt", spawn_folder());
	snprintf(wav, sizeof(wav), "%s/journal.wav", spawn_folder());
	snprintf(text, sizeof(text), "[commit]\ntail_ms = %d\nfade_ms = %d\nquantize = %s\n",
		options->tail_frames / 48, options->fade_frames / 48,
		options->quantize_beats > 0.0 ? "beat" : "off");
	snprintf(config, sizeof(config), "%s", spawn_file("tails.ini", text));
	options->begins_softly = true; /* as a script is rendered */
	options->is_timed = true;
	rig_open(&rig, pluck, options);
	CU_ASSERT_EQUAL_FATAL(desk_keep_journal(rig.desk, journal, &diag), 0);
	for (int i = 0; i < 8; i++) {
		char command[300];

		hands(&seed, 30 + rand_r(&seed) % 60);
		snprintf(command, sizeof(command), "load %s",
			spawn_file(i % 2 ? "pluck.ini" : "bell.ini", i % 2 ? pluck : bell));
		rig_do(&rig, command);
		rig_do(&rig, "commit");
		for (int k = 0; k < 2000 && rig_count(&rig, STAT_COMMITS) < (uint64_t)i + 1; k++)
			hands(&seed, 1);
	}
	hands(&seed, 900);
	n = (int)engine_clock(rig.engine);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_COMMITS), 8);
	rig_stop(&rig);
	desk_poll(rig.desk);
	spawn_chronus(&run, "render --patch %s --config %s --script %s --seconds %.6f --out %s",
		patch, config, journal, (n - 0.5) * BLOCK / RATE_HZ, wav);
	if (run.status)
		printf("%s", run.text);
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(wav, &got), 0);
	CU_ASSERT_EQUAL(got.n_frames, n * BLOCK);
	CHECK_BELOW(-judge_rms(got.frames, 0, got.n_frames), -0.001);
	while (n_same < n * BLOCK &&
		memcmp(&got.frames[n_same], &rig.frames[n_same], sizeof(v4f)) == 0)
		n_same++;
	if (n_same < n * BLOCK)
		printf("seed %u, lead %d: other samples from block %d of %d on\n", seed,
			options->lead, n_same / BLOCK, n);
	CU_ASSERT_EQUAL(n_same, n * BLOCK);
	wav_data_free(&got);
	rig_close(&rig);
}

static void test_journal(void)
{
	static const struct rig_options options[] = {
		{.lead = 1, .tail_frames = 48000, .fade_frames = 240},
		{.lead = 16, .tail_frames = 48000, .fade_frames = 240},
		{.lead = 8, .burst = 8, .tail_frames = 48000, .fade_frames = 240},
		{.lead = 16, .tail_frames = 480, .fade_frames = 960},
		{.lead = 4, .tail_frames = 24000, .fade_frames = 240, .quantize_beats = 1.0},
		{.lead = 16, .fade_frames = 1920}, /* no tail: as long a fade */
	};

	for (unsigned seed = 1; seed <= (SUITE_SANITIZED ? 1 : 2); seed++)
		for (size_t i = 0; i < ARRAY_LEN(options); i++)
			play_and_compare(seed, &options[i]);
}

SUITE_MAIN("tails", {"every shipped patch rings out", test_shipped_patches},
	{"a cut is soft", test_cut_is_soft}, {"the journal gives the very samples", test_journal})
