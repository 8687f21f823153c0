/* `run --log-events`, and `render --script` of what it wrote: alone, from elsewhere, after the files have
 * changed; and what is told where it cannot be. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"
#include "tests/support/wav_read.h"

static struct spawned run;
static char top[4096];

static const char config[] = "[audio]\ndevice = simulated\nrate_hz = 44100\nblock_frames = 256\n"
			     "periods = 4\n[engine]\nlead_blocks = 4\n[commit]\nfade_ms = 12.5\n"
			     "tail_ms = 30\n[simulate]\nwav = heard.wav\n%s";

static const char *patch(const char *name, int freq_hz)
{
	static char text[200];

	snprintf(text, sizeof(text),
		"[osc1]\ntype = osc\nshape = saw\nfreq_hz = %d\nlevel = 0.5\n[out]\nin = osc1\n",
		freq_hz);
	return spawn_file(name, text);
}

/* A machine too slow to play all blocks in time has played something else: once more. */
static void play_whole(const char *command)
{
	for (int tries = 0; tries < 30; tries++) {
		spawn_chronus(&run, "%s", command);
		if (run.status || (strstr(run.text, "none 0,") && strstr(run.text, "drop 0,") &&
					  strstr(run.text, "xrun 0,")))
			return;
	}
	CU_FAIL("the machine never played all blocks in time");
}

/* In the test's folder, with relative names; then from the root. */
static void play(const char *more, const char *script, const char *journal)
{
	char text[600], command[300];

	snprintf(text, sizeof(text), config, more);
	snprintf(command, sizeof(command),
		"run --config c.ini --script script.txt --seconds 1 --log-events %s", journal);
	spawn_file("c.ini", text);
	spawn_file("script.txt", script);
	CU_ASSERT_EQUAL_FATAL(chdir(spawn_folder()), 0);
	play_whole(command);
	CU_ASSERT_EQUAL_FATAL(chdir("/"), 0);
}

/* The rendering is the run up to where that began to fade out; returns its frames. */
static int compare(const char *rendered)
{
	struct wav_data heard, got;
	int n;

	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("heard.wav"), &heard), 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path(rendered), &got), 0);
	n = got.n_frames;
	CU_ASSERT_EQUAL(got.rate_hz, 44100);
	CU_ASSERT_TRUE(n >= 44100 && n <= heard.n_frames && n > heard.n_frames - 16 * 256);
	CU_ASSERT_EQUAL(memcmp(heard.frames, got.frames, (size_t)n * sizeof(v4f)), 0);
	wav_data_free(&heard);
	wav_data_free(&got);
	return n;
}

static void check_said(const char *want)
{
	if (!strstr(run.text, want))
		printf("\n  missing: %s\n  in: %s\n", want, run.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(run.text, want));
}

/* Names that a script's line could not hold as they are. */
static const char *const odd[] = {"a #1.ini", "\"q\\ .ini", "x\xff\xc3.ini", "c;d.ini"};
static const char odd_script[] = "0.1 load \"a #1.ini\"\n0.1 commit\n0.3 load \"\\\"q\\\\ .ini\"\n"
				 "0.3 commit\n0.5 load \"x\\xff\\xc3.ini\"\n0.5 commit\n"
				 "0.7 load c;d.ini\n0.7 commit\n0.8 set osc1.level 0.3\n";

/* Plays j/played.txt, and renders it. */
static void play_odd(void)
{
	mkdir(spawn_path("j"), 0755);
	patch("start.ini", 110);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		patch(odd[i], 150 + 70 * (int)i);
	play("[start]\npatch = start.ini\n", odd_script, "j/played.txt");
	CU_ASSERT_EQUAL(run.status, 0);
	check_said("commits 4, refused 0");
	spawn_chronus(&run, "render --script %s", spawn_path("j/played.txt"));
	CU_ASSERT_EQUAL(run.status, 0);
	check_said("commits 4, refused 0");
}

static void test_alone(void)
{
	play_odd();
	compare("j/played.wav");
	spawn_chronus(&run, "run --config %s --script %s --seconds 0.05", spawn_path("c.ini"),
		spawn_path("j/played.txt"));
	check_said("played.txt is a journal");
	CU_ASSERT_EQUAL(run.status, 0);
}

/* --rate, --block, --patch, --config, --seconds and --out, each by hand. */
static void test_options_win(void)
{
	struct wav_data one, other;

	play_odd();
	spawn_chronus(&run, "render --script %s --rate 48000 --block 64 --seconds 0.5 --out %s",
		spawn_path("j/played.txt"), spawn_path("other.wav"));
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("other.wav"), &other), 0);
	CU_ASSERT_EQUAL(other.rate_hz, 48000);
	CU_ASSERT_EQUAL(other.n_frames, 24000);
	wav_data_free(&other);
	spawn_chronus(&run, "render --script %s --patch %s --seconds 0.1 --out %s",
		spawn_path("j/played.txt"), patch("by-hand.ini", 3000), spawn_path("hand.wav"));
	CU_ASSERT_EQUAL(run.status, 0);
	spawn_chronus(&run,
		"render --patch %s --rate 44100 --block 256 --seconds 0.1 --script %s "
		"--out %s",
		spawn_path("by-hand.ini"), spawn_file("empty.txt", ""), spawn_path("other.wav"));
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("hand.wav"), &one), 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("other.wav"), &other), 0);
	CU_ASSERT_EQUAL(memcmp(one.frames, other.frames, 4000 * sizeof(v4f)), 0);
	wav_data_free(&one);
	wav_data_free(&other);
	spawn_chronus(&run, "render --script %s --seconds 2 --discard", spawn_path("j/played.txt"));
	check_said("rendered 2.00");
	spawn_file("fast.ini", "[commit]\nfade_ms = 1\n");
	spawn_chronus(&run, "render --script %s --config %s --out %s", spawn_path("j/played.txt"),
		spawn_path("fast.ini"), spawn_path("other.wav"));
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("other.wav"), &other), 0);
	CU_ASSERT_EQUAL_FATAL(wav_read(spawn_path("j/played.wav"), &one), 0);
	CU_ASSERT_EQUAL(other.n_frames, one.n_frames);
	CU_ASSERT_NOT_EQUAL(
		memcmp(one.frames, other.frames, (size_t)one.n_frames * sizeof(v4f)), 0);
	wav_data_free(&one);
	wav_data_free(&other);
}

static void test_edited_files(void)
{
	patch("start.ini", 110);
	patch("next.ini", 200);
	play("[start]\npatch = start.ini\n", "0.2 load next.ini\n0.2 commit\n", "edited.txt");
	CU_ASSERT_EQUAL(run.status, 0);
	patch("next.ini", 201);
	spawn_chronus(&run, "render --script %s", spawn_path("edited.txt"));
	CU_ASSERT_EQUAL(run.status, 2);
	check_said("edited.txt:13: ");
	check_said("next.ini: its content is another one");
	check_said("--log-events FOLDER");
	CU_ASSERT_NOT_EQUAL(access(spawn_path("edited.wav"), F_OK), 0);
	patch("next.ini", 200);
	patch("start.ini", 111);
	spawn_chronus(&run, "render --script %s", spawn_path("edited.txt"));
	CU_ASSERT_EQUAL(run.status, 2);
	check_said("edited.txt:12: ");
	check_said("start.ini: its content is another one");
	patch("start.ini", 110);
	spawn_chronus(&run, "render --script %s", spawn_path("edited.txt"));
	CU_ASSERT_EQUAL(run.status, 0);
	compare("edited.wav");
}

/* The folder has all that it needs, wherever it is. */
static void test_folder(void)
{
	char command[900];

	mkdir(spawn_path("kept"), 0755);
	spawn_file("kept/1-start.ini", "; somebody's own\n");
	patch("start.ini", 110);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		patch(odd[i], 150 + 70 * (int)i);
	play("[start]\npatch = start.ini\n", odd_script, "kept");
	CU_ASSERT_EQUAL(run.status, 0);
	patch("start.ini", 99);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		patch(odd[i], 99);
	snprintf(command, sizeof(command), "mkdir '%s' && mv '%s' '%s'", spawn_path("\" #x"),
		spawn_path("kept"), spawn_path("\" #x/moved"));
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	CU_ASSERT_EQUAL_FATAL(chdir(spawn_path("\" #x")), 0);
	spawn_chronus(&run, "render --script moved");
	CU_ASSERT_EQUAL_FATAL(chdir("/"), 0);
	CU_ASSERT_EQUAL(run.status, 0);
	compare("\" #x/moved/played.wav");
	CU_ASSERT_STRING_EQUAL(
		spawn_text(spawn_path("\" #x/moved/1-start.ini")), "; somebody's own\n");
}

/* No file has what was played: none, or one of chronus's own, which is kept beside the journal. */
static void test_patches_without_a_file(void)
{
	play("", "0.1 gate * on\n", "none.txt");
	CU_ASSERT_EQUAL(run.status, 0);
	spawn_chronus(&run, "render --script %s", spawn_path("none.txt"));
	CU_ASSERT_EQUAL(run.status, 0);
	compare("none.wav");
	spawn_chronus(&run, "run --appliance --config %s --seconds 1 --log-events %s",
		spawn_path("c.ini"), spawn_path("own.txt"));
	CU_ASSERT_EQUAL(run.status, 0);
	spawn_chronus(&run, "render --script %s", spawn_path("own.txt"));
	CU_ASSERT_EQUAL(run.status, 0);
	CU_ASSERT_EQUAL(access(spawn_path("own-1-built-in.ini"), F_OK), 0);
}

/* The program was killed: the end is not known. */
static void test_cut_off(void)
{
	char *end, *text;

	patch("start.ini", 110);
	play("[start]\npatch = start.ini\n", "0.5 set osc1.level 0.2\n", "cut.txt");
	text = strdup(spawn_text(spawn_path("cut.txt")));
	end = strstr(text, "quit");
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	while (end[-1] != '\n')
		end--;
	*end = '\0';
	spawn_file("cut.txt", text);
	free(text);
	spawn_chronus(&run, "render --script %s", spawn_path("cut.txt"));
	CU_ASSERT_EQUAL(run.status, 0);
	check_said("has no `quit` at its end");
	check_said("rendered 0.5");
	spawn_chronus(&run, "render --patch %s --script %s", spawn_path("start.ini"),
		spawn_path("script.txt"));
	CU_ASSERT_EQUAL(run.status, 2);
	check_said("nobody says how long");
}

static void test_cannot_be_written(void)
{
	struct rlimit old, limit;
	static char script[60 * 1000];
	size_t n = 0;

	patch("start.ini", 110);
	play("[start]\npatch = start.ini\n", "", "/dev/full");
	CU_ASSERT_EQUAL(run.status, 1);
	check_said("cannot write /dev/full: No space left on device");
	play("[start]\npatch = start.ini\n", "", "nowhere/played.txt");
	CU_ASSERT_EQUAL(run.status, 1);
	check_said("nowhere/played.txt: No such file or directory");
	/* a file that may not grow stands for a full disk */
	for (int i = 0; i < 1500; i++)
		n += (size_t)snprintf(script + n, sizeof(script) - n, "%.3f set osc1.level 0.%d\n",
			0.0001 * i, i % 5 + 1);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	spawn_file("script.txt", script);
	limit = (struct rlimit){30000, old.rlim_max};
	setrlimit(RLIMIT_FSIZE, &limit);
	spawn_chronus(&run, "run --config %s --script %s --seconds 1 --log-events %s",
		spawn_file("d.ini", "[audio]\ndevice = simulated\n[simulate]\nwav = /dev/null\n"
				    "[start]\npatch = start.ini\n"),
		spawn_path("script.txt"), spawn_path("full.txt"));
	setrlimit(RLIMIT_FSIZE, &old);
	CU_ASSERT_EQUAL(run.status, 1);
	check_said("full.txt: cannot be written: File too large; what happens from now on");
	check_said("blocks ");
}

static void take_state(char text[2000])
{
	int n = snprintf(text, 1000, "%s", spawn_text(spawn_path("state/state.0")));

	snprintf(text + n, 1000, "%s", spawn_text(spawn_path("state/state.1")));
}

/* The state is left as it is, and that is said. */
static void test_state_is_left(void)
{
	static char before[2000], after[2000];
	char more[500];

	mkdir(spawn_path("state"), 0755);
	patch("start.ini", 110);
	snprintf(more, sizeof(more), "[start]\npatch = start.ini\n[state]\nfolder = state\n");
	play(more, "0.2 set osc1.freq_hz 300\n", "/dev/null");
	check_said("--log-events: plays from the patch's file; what ");
	take_state(before);
	CU_ASSERT_STRING_EQUAL(before, "");
	CU_ASSERT_EQUAL_FATAL(chdir(spawn_folder()), 0);
	spawn_chronus(&run, "run --config c.ini --script script.txt --seconds 0.5");
	take_state(before);
	CU_ASSERT_PTR_NOT_NULL(strstr(before, "freq_hz 300"));
	play(more, "0.2 set osc1.freq_hz 400\n", "state.txt");
	CU_ASSERT_EQUAL(run.status, 0);
	check_said("--log-events: plays from the patch's file; what ");
	take_state(after);
	CU_ASSERT_STRING_EQUAL(after, before);
	spawn_chronus(&run, "render --script %s", spawn_path("state.txt"));
	compare("state.wav");
}

static void test_help_says_it(void)
{
	spawn_chronus(&run, "help run");
	check_said("Nothing is kept, or taken from before");
}

int main(void)
{
	static const struct suite_test tests[] = {{"alone", test_alone},
		{"options win", test_options_win}, {"edited files", test_edited_files},
		{"a folder", test_folder}, {"patches without a file", test_patches_without_a_file},
		{"cut off", test_cut_off}, {"cannot be written", test_cannot_be_written},
		{"the state is left", test_state_is_left}, {"help", test_help_says_it}};
	const char *program = getenv("CHRONUS") ? getenv("CHRONUS") : "build/release/chronus";

	if (!realpath(program, top)) {
		fprintf(stderr, "test_journal: no program; set CHRONUS\n");
		return 1;
	}
	setenv("CHRONUS", top, 1);
	return suite_run("journal", tests, (int)ARRAY_LEN(tests));
}
