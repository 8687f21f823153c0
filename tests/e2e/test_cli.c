/* test_cli.c - the built program as a user meets it: output, exit codes, what errors say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/stats.h"
#include "tests/support/json_check.h"
#include "tests/support/suite.h"

static const char *program = "build/release/chronus";
static char folder[] = "/tmp/chronus-cli-XXXXXX";
static char out[200000], err[20000];

static void file_take(const char *path, char *text, size_t n_bytes)
{
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(text, 1, n_bytes - 1, file) : 0;

	text[n] = '\0';
	if (file)
		fclose(file);
	unlink(path);
}

/* Runs the program with arguments for the shell, in the test's folder, redirections among them; -1: it
 * died of a signal. */
static int chronus(const char *args)
{
	char command[1000], path[100];
	int status;

	snprintf(command, sizeof(command), "cd %s && >out 2>err </dev/null timeout 300 %s %s",
		folder, program, args);
	fflush(NULL);
	status = system(command);
	snprintf(path, sizeof(path), "%s/out", folder);
	file_take(path, out, sizeof(out));
	snprintf(path, sizeof(path), "%s/err", folder);
	file_take(path, err, sizeof(err));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void file_write(const char *name, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void test_help(void)
{
	static const char *const commands[] = {"check", "doctor", "modules", "stats", "send"};
	char args[40];

	CU_ASSERT_EQUAL(chronus("help"), 0);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		CU_ASSERT_TRUE(suite_has(out, commands[i]));
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		snprintf(args, sizeof(args), "help %s", commands[i]);
		CU_ASSERT_EQUAL(chronus(args), 0);
		CU_ASSERT_TRUE(suite_has(out, "usage: chronus "));
		CU_ASSERT_TRUE(suite_has(out, "--help"));
		CU_ASSERT_STRING_EQUAL(err, "");
	}
	CU_ASSERT_EQUAL(chronus("--help"), 0);
	CU_ASSERT_EQUAL(chronus("check --help"), 0);
	CU_ASSERT_TRUE(suite_has(out, "usage: chronus check"));
	CU_ASSERT_EQUAL(chronus("help --json"), 0);
	CU_ASSERT_PTR_NULL(json_fault(out));
	CU_ASSERT_TRUE(json_has(out, "name", "\"render\""));
	CU_ASSERT_TRUE(json_has(out, "allowed", "\"16 32 64 128 256\""));
	CU_ASSERT_TRUE(json_has(out, "key", "\"block_frames\""));
	CU_ASSERT_STRING_EQUAL(err, "");
	CU_ASSERT_EQUAL(chronus("--version"), 0);
	CU_ASSERT_STRING_EQUAL(out, "chronus " CHRONUS_VERSION "\n");
}

static void test_bad_usage(void)
{
	CU_ASSERT_EQUAL(chronus(""), 2);
	CU_ASSERT_TRUE(suite_has(err, "usage: chronus COMMAND"));
	CU_ASSERT_STRING_EQUAL(out, "");
	CU_ASSERT_EQUAL(chronus("statz"), 2);
	CU_ASSERT_TRUE(suite_has(err, "unknown command 'statz' (did you mean stats?)"));
	CU_ASSERT_EQUAL(chronus("help statz"), 2);
	CU_ASSERT_EQUAL(chronus("start --seconds 0.1"), 2);
	CU_ASSERT_TRUE(suite_has(err, "unknown command 'start'; `chronus run` plays"));
	CU_ASSERT_PTR_NULL(strstr(err, "playing"));
	CU_ASSERT_EQUAL(chronus("check"), 2);
	CU_ASSERT_TRUE(suite_has(err, "which files?"));
	CU_ASSERT_EQUAL(chronus("modules --jsn"), 2);
	CU_ASSERT_TRUE(suite_has(err, "did you mean --json?"));
	CU_ASSERT_EQUAL(chronus("modules nosuch"), 2);
	CU_ASSERT_TRUE(suite_has(err, "unknown module 'nosuch'"));
	CU_ASSERT_EQUAL(chronus("stats now"), 2);
	CU_ASSERT_EQUAL(chronus("send"), 2);
	CU_ASSERT_EQUAL(chronus("send 'a\nb'"), 2);
}

/* Whatever this machine is, it is told line by line, and the exit status follows. */
static void test_doctor(void)
{
	int status = chronus("doctor");

	CU_ASSERT_TRUE(suite_has(out, "ok    settings"));
	CU_ASSERT_TRUE(suite_has(out, "  cores "));
	CU_ASSERT_TRUE(suite_has(out, "  memory "));
	CU_ASSERT_EQUAL(status, strstr(out, " 0 failed\n") ? 0 : 1);
	CU_ASSERT_EQUAL(status != 0, strstr(out, "\nfail  ") != NULL);
	file_write("bad.ini", "[audio]\nrate_hz = many\n");
	CU_ASSERT_EQUAL(chronus("doctor --config bad.ini"), 1);
	CU_ASSERT_TRUE(suite_has(out, "fail  settings    bad.ini:2: [audio] rate_hz"));
	CU_ASSERT_EQUAL(chronus("doctor now"), 2);
	CU_ASSERT_EQUAL(chronus("doctor --report -"), 0); /* whatever it finds */
	CU_ASSERT_TRUE(suite_has(out, "== chronus doctor\n"));
	CU_ASSERT_TRUE(suite_has(out, " to warn of, "));
	CU_ASSERT_TRUE(suite_has(out, "== chronus stats --json\n"));
	CU_ASSERT_TRUE(suite_has(out, "is `chronus run` running?"));
	CU_ASSERT_TRUE(suite_has(out, "== /proc/version\nLinux version "));
	CU_ASSERT_EQUAL(chronus("doctor --report /nonexistent/report"), 1);
	CU_ASSERT_TRUE(suite_has(err, "/nonexistent/report: No such file"));
}

static void test_modules(void)
{
	CU_ASSERT_EQUAL(chronus("modules"), 0);
	CU_ASSERT_TRUE(suite_has(out, "osc "));
	CU_ASSERT_EQUAL(chronus("modules osc"), 0);
	CU_ASSERT_TRUE(suite_has(out, "freq_hz"));
	CU_ASSERT_TRUE(suite_has(out, "20000 Hz"));
	CU_ASSERT_TRUE(suite_has(out, "saw"));
	CU_ASSERT_EQUAL(chronus("modules --json"), 0);
	CU_ASSERT_PTR_NULL(json_fault(out));
	CU_ASSERT_EQUAL(out[0], '[');
	CU_ASSERT_TRUE(json_has(out, "key", "\"adsr\""));
	CU_ASSERT_EQUAL(chronus("modules svf --json"), 0);
	CU_ASSERT_PTR_NULL(json_fault(out));
	CU_ASSERT_EQUAL(out[0], '{');
}

static const char good_patch[] = "[patch]\nname = Two \"tones\"\nvoices = 2\n"
				 "[osc1]\ntype = osc\n[out]\nin = osc1\n";

static void test_check(void)
{
	file_write("good.ini", good_patch);
	file_write("one.ini", "[o]\ntype = osc\n[out]\nin = o\n");
	file_write("bad.ini", "[osc1]\ntype = osc\nfreq_hz = 99999\n[out]\nin = osc1\n");
	file_write("nothing.ini", "[hello]\nworld = 1\n");
	file_write("empty.ini", "");
	file_write("chronus.ini", "[audio]\nrate_hz = 44100\n[start]\npatch = good.ini\n"
				  "[knob a]\npins = 1 2\ncontrols = osc1.freq_hz\n"
				  "[knob b]\npins = 3 4\ncontrols = osc1.nosuch\n"
				  "[knob c]\npins = 5 6\ncontrols = osc9.freq_hz\n");
	file_write("lost.ini", "[start]\npatch = nosuch.ini\n");
	file_write("wrong.ini", "[audio]\nrate = 44100\n");

	CU_ASSERT_EQUAL(chronus("check good.ini one.ini empty.ini"), 0);
	CU_ASSERT_TRUE(
		suite_has(out, "good.ini: ok (patch \"Two \"tones\"\", 2 modules, 2 voices)\n"));
	CU_ASSERT_TRUE(suite_has(out, "one.ini: ok (patch \"one.ini\", 2 modules, 1 voice)\n"));
	CU_ASSERT_TRUE(
		suite_has(out, "empty.ini: ok (settings, 0 knobs, 0 buttons, no start patch)\n"));
	CU_ASSERT_TRUE(suite_has(err, "empty.ini: no [section] in it"));
	CU_ASSERT_PTR_NULL(strstr(err, "o.ini"));

	CU_ASSERT_EQUAL(chronus("check bad.ini good.ini nothing.ini"), 2); /* all are checked */
	CU_ASSERT_TRUE(suite_has(err, "bad.ini:3: [osc1] freq_hz: 99999 is out of range"));
	CU_ASSERT_TRUE(suite_has(err, "nothing.ini"));
	CU_ASSERT_TRUE(suite_has(out, "good.ini: ok"));

	file_write("odd.ini",
		"[env1]\ntype = adsr\nin = osc1\n[osc1]\ntype = osc\n[out]\nin = env1\n");
	CU_ASSERT_EQUAL(chronus("check odd.ini"), 0);
	CU_ASSERT_TRUE(suite_has(out, "odd.ini: ok"));
	CU_ASSERT_TRUE(suite_has(err, "odd.ini:1: warning: [env1] gate: nothing is plugged in: "
				      "silent until env1 is gated"));

	CU_ASSERT_EQUAL(chronus("check chronus.ini"), 0);
	CU_ASSERT_TRUE(
		suite_has(out, "chronus.ini: ok (settings, 3 knobs, 0 buttons, start patch"));
	CU_ASSERT_TRUE(suite_has(err, "chronus.ini:8: warning: [knob b]"));
	CU_ASSERT_TRUE(suite_has(err, "has no such parameter"));
	CU_ASSERT_TRUE(suite_has(err, "has no such module"));
	CU_ASSERT_PTR_NULL(strstr(err, "[knob a]"));

	CU_ASSERT_EQUAL(chronus("check lost.ini"), 2);
	CU_ASSERT_TRUE(suite_has(err, "nosuch.ini: No such file"));
	CU_ASSERT_EQUAL(chronus("check wrong.ini"), 2);
	CU_ASSERT_TRUE(suite_has(err, "wrong.ini:2: [audio] rate"));
	CU_ASSERT_EQUAL(chronus("check nosuch /tmp"), 2);
	CU_ASSERT_TRUE(suite_has(err, "nosuch: No such file"));
	CU_ASSERT_TRUE(suite_has(err, "/tmp: is a directory"));
}

/* Pins that config.txt gives to somebody else; the other pins, other chips and other config.txt are
 * right. */
static void test_check_pins(void)
{
	static const char controls[] = "[knob a]\npins = 14 5\ncontrols = patch\n"
				       "[button b]\npin = 15\n[led c]\npin = 19\nshows = fault\n"
				       "[button d]\npin = 8\n[led e]\npin = 13\nshows = standby\n";
	static const struct {
		const char *config, *warned;
	} rows[] = {
		{"enable_uart=1\n", "ab"},
		{" enable_uart=1\r\n#dtoverlay=chronus-adc\n", "ab"},
		{"enable_uart=1\nenable_uart=0\n", ""},
		{"#enable_uart=1\n", ""},
		{"dtoverlay=chronus-i2s-dac\ndtoverlay=chronus-adc,x=1\n", "cd"},
		{"dtoverlay=chronus-i2s-dac-2\n", ""},
	};
	char warned[8];

	file_write("pins.ini", controls);
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		int n = 0;

		file_write("config.txt", rows[row].config);
		CU_ASSERT_EQUAL(chronus("check pins.ini"), 0);
		for (char name = 'a'; name <= 'e'; name++) {
			char wanted[8];

			snprintf(wanted, sizeof(wanted), " %c] pin", name);
			if (strstr(err, wanted))
				warned[n++] = name;
		}
		warned[n] = '\0';
		CU_ASSERT_STRING_EQUAL(warned, rows[row].warned);
	}
	file_write("config.txt", "enable_uart=1\n");
	CU_ASSERT_EQUAL(chronus("check pins.ini"), 0);
	CU_ASSERT_TRUE(
		suite_has(err, "pins.ini:1: warning: [knob a] pin 14 belongs to the serial port"));
	file_write("pins.ini", "[gpio]\nchip = my-expander\n[button b]\npin = 15\n");
	CU_ASSERT_EQUAL(chronus("check pins.ini"), 0);
	CU_ASSERT_PTR_NULL(strstr(err, "belongs to"));
}

static void test_nothing_runs(void)
{
	CU_ASSERT_EQUAL(chronus("stats"), 1);
	CU_ASSERT_TRUE(suite_has(err, "is `chronus run` running?"));
	CU_ASSERT_STRING_EQUAL(out, "");
	CU_ASSERT_EQUAL(chronus("stats --watch"), 1);
	CU_ASSERT_EQUAL(chronus("send commit"), 1);
	CU_ASSERT_TRUE(suite_has(err, "nothing listens at "));
}

/* Nothing that was to be read is lost without a word: to a full disk, and to nobody. */
static void test_answers_arrive(void)
{
	static const char *const commands[] = {"help", "--help", "--version", "help run",
		"run --help", "check good.ini", "help --json", "modules", "modules --json",
		"modules osc", "devices", "devices --json", "doctor", "stats", "stats --json",
		"stats --watch"};
	static const struct {
		const char *stdout_is, *why;
	} rows[] = {
		{">/dev/full", "No space left on device"},
		{">&-", "it is closed"},
		{">&- <&-", "it is closed"},
	};
	struct stats_page *page = NULL;
	struct diag diag;
	char path[100], line[200];

	file_write("good.ini", good_patch);
	snprintf(path, sizeof(path), "%s/stats", folder);
	CU_ASSERT_EQUAL_FATAL(stats_open(&page, path, &diag), 0);
	for (size_t c = 0; c < ARRAY_LEN(commands); c++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			snprintf(line, sizeof(line), "%s %s", commands[c], rows[i].stdout_is);
			CU_ASSERT_TRUE(chronus(line) > 0);
			if (!suite_has(err, "chronus: stdout: ") || !suite_has(err, rows[i].why))
				printf("  command: %s\n", line);
			CU_ASSERT_PTR_NOT_NULL(strstr(err, rows[i].why));
		}
	stats_close(page, path);
	CU_ASSERT_EQUAL(chronus("status >/dev/full"), 1);
}

/* With stderr closed, the next file to be opened would be stderr: the WAV. */
static void test_closed_files(void)
{
	static const char render[] = "render --patch good.ini --seconds 0.1 --out";
	char line[200];

	file_write("good.ini", good_patch);
	snprintf(line, sizeof(line), "%s open.wav", render);
	CU_ASSERT_EQUAL(chronus(line), 0);
	snprintf(line, sizeof(line), "%s closed.wav >&- 2>&- <&-", render);
	CU_ASSERT_EQUAL(chronus(line), 0);
	snprintf(line, sizeof(line), "cmp %s/open.wav %s/closed.wav", folder, folder);
	CU_ASSERT_EQUAL(system(line), 0);
	snprintf(line, sizeof(line), "%s /dev/full", render);
	CU_ASSERT_EQUAL(chronus(line), 1);
	CU_ASSERT_TRUE(suite_has(err, "/dev/full: recording ended early: No space left on device"));
}

int main(void)
{
	static const struct suite_test tests[] = {
		{"help and version", test_help},
		{"bad usage", test_bad_usage},
		{"modules", test_modules},
		{"check", test_check},
		{"check of pins", test_check_pins},
		{"nothing runs", test_nothing_runs},
		{"doctor", test_doctor},
		{"answers arrive", test_answers_arrive},
		{"closed files", test_closed_files},
	};
	char command[100];
	int n_failed;

	if (getenv("CHRONUS"))
		program = getenv("CHRONUS");
	program = realpath(program, NULL);
	if (!program || !mkdtemp(folder)) {
		fprintf(stderr, "test_cli: no program; set CHRONUS\n");
		return 1;
	}
	setenv("CHRONUS_RUNTIME_DIR", folder, 1);
	n_failed = suite_run("cli", tests, (int)ARRAY_LEN(tests));
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) ? 1 : n_failed;
}
