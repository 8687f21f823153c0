/* Commits nobody hears, by the hundred (CHRONUS_SOAK=1: by the ten thousand), over random
 * patches and edits. The steady signal before and after each commit is the measure: nothing
 * between may stand out. */
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "tests/support/judge.h"
#include "tests/support/module_bench.h"
#include "tests/support/rig.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

enum {
	BLOCK = 64,
	STEADY_BLOCKS = 150, /* 200 ms judged on either side */
	SETTLE_BLOCKS = 75,  /* the new patch's filters and resync */
	WINDOW = 480,        /* 10 ms */
};

static struct rig rig;

/* ---- random patches: a few of ten oscillators, each with a pitch of its own in every patch
 * (what plays on keeps its phase; what is new shares no pitch with what was), an envelope,
 * perhaps a filter. Band-limited ones are sines below 1 kHz. */

enum { N_OSCS = 10 };

static void add(char *text, size_t n_bytes, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text + strlen(text), n_bytes - strlen(text), format, args);
	va_end(args);
}

enum kind {
	SINES, /* below 1 kHz: band-limited */
	RICH,
	LOUD, /* rich, and far into the limiter of `out` */
};

static void random_patch(char *text, size_t n_bytes, unsigned *seed, enum kind kind)
{
	bool is_rich = kind != SINES;
	double gain = kind == LOUD ? 4.0 : 1.0;
	static const char *const shapes[] = {"saw", "square", "triangle"};
	int first = rand_r(seed) % N_OSCS, n = 1 + rand_r(seed) % 4;
	char sum[100] = "";

	text[0] = '\0';
	add(text, n_bytes, "[patch]\nname = Random\n");
	for (int i = 0; i < n; i++) {
		int osc = (first + i * 3) % N_OSCS;
		int freq_hz = is_rich ? 80 + 20 * osc : 200 + 80 * osc;

		add(text, n_bytes, "[osc%d]\ntype = osc\nshape = %s\nfreq_hz = %d\nlevel = %.2f\n",
			osc, is_rich ? shapes[osc % 3] : "sine", freq_hz,
			gain * (0.12 + 0.01 * (rand_r(seed) % 10)));
		add(sum, sizeof(sum), "%sosc%d", i ? " + " : "", osc);
	}
	add(text, n_bytes,
		"[env1]\ntype = adsr\nin = %s\nattack_ms = 2\ndecay_ms = 5\nsustain = %.2f\n", sum,
		0.6 + 0.04 * (rand_r(seed) % 10));
	if (rand_r(seed) % 2)
		add(text, n_bytes,
			"[filter1]\ntype = svf\nin = env1\ncutoff_hz = %d\n[out]\nin = filter1\n",
			800 + rand_r(seed) % 3000);
	else
		add(text, n_bytes, "[out]\nin = env1\n");
}

/* ---- the judge */

struct worst {
	double step, burst_db, loudness_db, peak;
	int n_silent;
};

/* rms over 10 ms that begin between two frames, one every `grid`: the least and the largest. Near
 * a beat's trough it moves by 1 dB in 1 ms, and a coarse grid may stand at the same places of
 * every beat: hence every 4th frame. */
static void loudness_range(int from, int to, int grid, double *lo, double *hi)
{
	static double sums[(STEADY_BLOCKS + 1) * BLOCK];
	int n = to - from + WINDOW;

	for (int i = 0; i < n; i++) {
		double x = (double)rig.frames[from + i][0];

		sums[i + 1] = sums[i] + x * x;
	}
	for (int i = from; i <= to; i += grid) {
		double rms = sqrt((sums[i - from + WINDOW] - sums[i - from]) / WINDOW);

		*lo = fmin(*lo, rms);
		*hi = fmax(*hi, rms);
	}
}

/* Above 8 kHz, to full scale: a 63-tap high-pass (windowed sinc) over the frames of the fade. */
static double burst_db(int from, int n)
{
	enum { TAPS = 63 };
	double peak = 0.0;

	for (int i = from; i < from + n; i++) {
		double y = 0.0;

		for (int k = -TAPS / 2; k <= TAPS / 2; k++) {
			double w = 0.42 + 0.5 * cos(2.0 * M_PI * k / (TAPS + 1)) +
				   0.08 * cos(4.0 * M_PI * k / (TAPS + 1));
			double h = k ? -sin(M_PI * k / 3.0) / (M_PI * k) : 1.0 - 1.0 / 3.0;

			y += w * h * (double)rig.frames[i - k][0];
		}
		peak = fmax(peak, fabs(y));
	}
	return judge_db(peak);
}

static int n_silent(int from, int n_blocks)
{
	int n = 0;

	for (int b = 0; b < n_blocks; b++)
		n += judge_rms(rig.frames + from + b * BLOCK, 0, BLOCK) < 0.001;
	return n;
}

static void judge_commit(struct worst *worst, enum kind kind)
{
	int slot = engine_live(rig.engine);
	int at = (int)engine_transition(rig.engine, slot).live_since * BLOCK;
	int before = at - STEADY_BLOCKS * BLOCK, after = at + SETTLE_BLOCKS * BLOCK;
	double step = fmax(judge_max_step(rig.frames + before, 0, STEADY_BLOCKS * BLOCK),
		judge_max_step(rig.frames + after, 0, STEADY_BLOCKS * BLOCK));
	double lo = 1e9, hi = 0.0, fade_lo = 1e9, fade_hi = 0.0, off;
	int fade = rig.engine->transition.rt.fade.n_frames,
	    start = at + rig.engine->transition.sides[slot].plan.offset;

	loudness_range(before, before + STEADY_BLOCKS * BLOCK - WINDOW, 4, &lo, &hi);
	loudness_range(after, after + STEADY_BLOCKS * BLOCK - WINDOW, 4, &lo, &hi);
	loudness_range(start - WINDOW + 4, start + fade - 4, 4, &fade_lo, &fade_hi);
	off = fmax(judge_db(fade_hi / hi), judge_db(lo / fade_lo));
	worst->loudness_db = fmax(worst->loudness_db, off);

	worst->peak = fmax(
		worst->peak, judge_peak(rig.frames + at - BLOCK, 0, (SETTLE_BLOCKS + 1) * BLOCK));
	worst->step = fmax(worst->step, judge_max_step(rig.frames + start - 1, 0, fade + 2) / step);
	/* two squares may cancel for a block by themselves; what does not, must not in the fade */
	if (!n_silent(before, STEADY_BLOCKS) && !n_silent(after, STEADY_BLOCKS))
		worst->n_silent += n_silent(at - 10 * BLOCK, 85 + fade / BLOCK);
	if (kind == SINES)
		worst->burst_db = fmax(worst->burst_db, burst_db(start - 40, fade + 80));
}

/* The engine has the musician's value to the bit, and holds the gate. */
static void check_values(float sustain)
{
	const struct slot *slot = &rig.engine->slots[engine_live(rig.engine)];
	int n_gates = 0;

	for (int m = 0; m < slot->program->n_instances; m++) {
		const struct instance *instance = &slot->program->instances[m];
		int p = module_param_find(instance->desc, "sustain");

		if (!instance->gate)
			continue;
		n_gates++;
		CU_ASSERT_EQUAL(instance->gate->is_on, 1);
		CU_ASSERT_EQUAL(instance->ramps[p].target, sustain);
	}
	CU_ASSERT_EQUAL(n_gates, 1);
	CU_ASSERT_STRING_EQUAL(desk_patch_name(rig.desk), "Random");
}

static float sustain_in(const char *text)
{
	return strtof(strstr(text, "sustain = ") + strlen("sustain = "), NULL);
}

/* One rig plays a few dozen commits; then a fresh one, so that the recording stays small. */
static void play_commits(int n_commits, unsigned *seed, enum kind kind,
	const struct rig_options *fades, struct worst *worst)
{
	struct rig_options options = *fades;
	static char text[2000];
	size_t heap = 0;
	float written = -1.0f, sustain; /* in the file; as it should be */
	int n_threads;

	random_patch(text, sizeof(text), seed, kind);
	sustain = sustain_in(text);
	options.max_blocks = 400 * (n_commits + 2);
	rig_open(&rig, text, &options);
	n_threads = folder_entries("/proc/self/task");
	rig_do(&rig, "gate env1 on");
	rig_run(&rig, 2 * STEADY_BLOCKS);
	for (int i = 0; i < n_commits; i++) {
		char command[300];

		if (rand_r(seed) % 3 == 0) {
			snprintf(command, sizeof(command), "set env1.sustain %.2f",
				0.6 + 0.01 * (rand_r(seed) % 40));
			sustain = strtof(strrchr(command, ' '), NULL);
			rig_do(&rig, command);
			rig_run(&rig, STEADY_BLOCKS + 40);
		}
		random_patch(text, sizeof(text), seed, kind);
		/* the same file: what was turned stays where the file's value does */
		if (sustain_in(text) != written)
			sustain = written = sustain_in(text);
		snprintf(command, sizeof(command), "load %s", spawn_file("random.ini", text));
		rig_do(&rig, command);
		rig_run(&rig, rand_r(seed) % 7);
		rig_do(&rig, "commit");
		rig_run(&rig, 20 + SETTLE_BLOCKS + STEADY_BLOCKS);
		CU_ASSERT_EQUAL_FATAL(rig_count(&rig, STAT_COMMITS), (uint64_t)i + 1);
		judge_commit(worst, kind);
		check_values(sustain);
		if (i == n_commits / 2)
			heap = mallinfo2().uordblks;
	}
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_NONE), 0);
	CU_ASSERT_EQUAL(rig_count(&rig, STAT_LATE), 0);
	CU_ASSERT_EQUAL(folder_entries("/proc/self/task"), n_threads);
	/* the undo history holds 32 patches; past those the heap does not grow */
	if (n_commits >= 80)
		CU_ASSERT_TRUE(mallinfo2().uordblks < heap + 64 * 1024);
	rig_close(&rig);
}

static int n_commits(void)
{
	return getenv("CHRONUS_SOAK") ? 10000 : SUITE_SANITIZED ? 100 : 500;
}

static void check_commits(enum kind kind)
{
	struct worst worst = {.burst_db = JUDGE_SILENCE_DB};
	unsigned seed = kind == RICH ? 3 : 4;

	for (int done = 0; done < n_commits() / 2; done += 125)
		play_commits(125, &seed, kind, &(struct rig_options){0}, &worst);
	CU_ASSERT_EQUAL(worst.n_silent, 0);
	CHECK_BELOW(worst.peak, 1.0 + 1e-6);
	CHECK_BELOW(worst.step, 1.02);
	CHECK_BELOW(worst.loudness_db, 0.5);
	if (kind == SINES)
		CHECK_BELOW(worst.burst_db, -90.0);
}

static void test_band_limited(void)
{
	check_commits(SINES);
}

static void test_rich(void)
{
	check_commits(RICH);
}

/* Two patches at the ceiling, however they are brought together: planned, by their correlation
 * alone, or with the old one ringing on. */
static void test_loud(void)
{
	static const struct rig_options fades[] = {
		{0}, {.fade_frames = 1000}, {.tail_frames = 4800}};

	for (int i = 0; i < (int)ARRAY_LEN(fades); i++) {
		struct worst worst = {0};
		unsigned seed = 5;

		for (int done = 0; done < n_commits() / 2; done += 125)
			play_commits(125, &seed, LOUD, &fades[i], &worst);
		CHECK_BELOW(worst.peak, 1.0 + 1e-6);
		CHECK_BELOW(-worst.peak, -0.95); /* they are loud */
		if (i == 0) {
			CU_ASSERT_EQUAL(worst.n_silent, 0);
			CHECK_BELOW(worst.step, 1.02);
			CHECK_BELOW(worst.loudness_db, 0.5);
		}
	}
}

/* ---- committing what plays */

static const char echo[] = "[osc1]\ntype = osc\nshape = saw\nfreq_hz = 140\nlevel = "
			   "0.4\n[env1]\ntype = adsr\nin = osc1\n"
			   "[delay1]\ntype = delay\nin = env1\nfeedback = 0.6\n[filter1]\ntype = "
			   "svf\nin = delay1\n[out]\nin = filter1\n";

static v4f *play_same(int n_blocks, bool is_committing, int *n_commits_made)
{
	unsigned hands = 3, fate = 9;
	v4f *frames = series_new(n_blocks * BLOCK);

	rig_open(&rig, echo, &(struct rig_options){.max_blocks = n_blocks + 20});
	rig_do(&rig, "gate env1 on");
	for (int i = 0; i < n_blocks; i++) {
		char command[60];

		if (rand_r(&hands) % 20 == 0) {
			snprintf(command, sizeof(command), "set filter1.cutoff_hz %d",
				300 + rand_r(&hands) % 3000);
			rig_do(&rig, command);
		}
		if (rand_r(&hands) % 60 == 0)
			rig_do(&rig, rand_r(&hands) % 2 ? "gate env1 on" : "gate env1 off");
		if (is_committing && rand_r(&fate) % 50 == 0)
			rig_do(&rig, "commit");
		rig_run(&rig, 1);
	}
	*n_commits_made = (int)rig_count(&rig, STAT_COMMITS);
	rig_stop(&rig);
	memcpy(frames, rig.frames, (size_t)n_blocks * BLOCK * sizeof(v4f));
	rig_close(&rig);
	return frames;
}

static void test_same_patch(void)
{
	int n_blocks = getenv("CHRONUS_SOAK") ? 130000
		       : SUITE_SANITIZED      ? 3000
					      : 9000,
	    n_none, n_made;
	v4f *want = play_same(n_blocks, false, &n_none), *got = play_same(n_blocks, true, &n_made);

	CU_ASSERT_EQUAL(n_none, 0);
	CU_ASSERT_TRUE(n_made >= n_blocks / 130);
	CHECK_BELOW(-judge_rms(want, 0, n_blocks * BLOCK), -0.01);
	CU_ASSERT_EQUAL(memcmp(want, got, (size_t)n_blocks * BLOCK * sizeof(v4f)), 0);
	free(want);
	free(got);
}

SUITE_MAIN("commits nobody hears", {"band-limited patches", test_band_limited},
	{"rich patches", test_rich}, {"loud patches", test_loud},
	{"committing what plays changes no bit", test_same_patch})
