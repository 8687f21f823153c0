/* Random patches and scripts by the hundred (tests/soak/random_cases says which): the generator, the
 * properties and the shrinker are Python; this program is their player. `--serve` plays jobs in this
 * very process, so that a case costs no start of a program: renderings by the code of `chronus
 * render`, runs (a lead, a desk that polls when it can, a journal) on a simulated card in virtual
 * time. Without it, it starts the cases with itself as the player. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "config/patch_read.h"
#include "control/script.h"
#include "control/state_text.h"
#include "engine/time_base.h"
#include "tests/support/rig.h"
#include "tests/support/suite.h"

enum { MAX_WORDS = 64, LINE_BYTES = 8192, RATE_HZ = 48000, TEXT_BYTES = 256 * 1024 };

struct job {
	const char *patch, *script, *journal, *out, *state_in;
	double seconds, tail_ms, fade_ms, quantize_beats;
	int block, lead, burst, arena_mb, seed;
};

static struct rig rig;

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "player: %s: %s\n", what, strerror(errno));
	exit(3);
}

static size_t read_whole(const char *path, char *text)
{
	FILE *file = fopen(path, "re");
	size_t n;

	must(file != NULL, path);
	n = fread(text, 1, TEXT_BYTES - 1, file);
	text[n] = '\0';
	fclose(file);
	return n;
}

static void write_whole(const char *path, const void *bytes, size_t n)
{
	FILE *file = fopen(path, "we");

	must(file && fwrite(bytes, 1, n, file) == n && fclose(file) == 0, path);
}

/* ---- a run in virtual time */

static void take_word(struct job *job, char *word)
{
	const struct {
		const char *name;
		const char **text; /* one of these */
		double *number;
		int *whole;
	} settings[] = {
		{"patch", &job->patch, NULL, NULL},
		{"script", &job->script, NULL, NULL},
		{"journal", &job->journal, NULL, NULL},
		{"out", &job->out, NULL, NULL},
		{"state", &job->state_in, NULL, NULL},
		{"seconds", NULL, &job->seconds, NULL},
		{"tail_ms", NULL, &job->tail_ms, NULL},
		{"fade_ms", NULL, &job->fade_ms, NULL},
		{"quantize_beats", NULL, &job->quantize_beats, NULL},
		{"block", NULL, NULL, &job->block},
		{"lead", NULL, NULL, &job->lead},
		{"burst", NULL, NULL, &job->burst},
		{"arena_mb", NULL, NULL, &job->arena_mb},
		{"seed", NULL, NULL, &job->seed},
	};
	char *value = strchr(word, '=');
	size_t i = 0;

	must(value != NULL, word);
	*value++ = '\0';
	while (i < ARRAY_LEN(settings) && strcmp(settings[i].name, word) != 0)
		i++;
	must(i < ARRAY_LEN(settings), word);
	if (settings[i].text)
		*settings[i].text = value;
	else if (settings[i].number)
		*settings[i].number = strtod(value, NULL);
	else
		*settings[i].whole = atoi(value);
}

/* Plays n more blocks, the desk looking away meanwhile. */
static void pass(int n_blocks)
{
	uint64_t until = atomic_load(&rig.until) + (uint64_t)n_blocks;
	unsigned seen = atomic_load(&rig.moved.rings);

	rig_allow(&rig, n_blocks);
	while (atomic_load(&rig.idle_at) < until)
		seen = doorbell_wait_for(&rig.moved, seen, NS_PER_MS);
}

/* The desk looks every ms while something is under way, every 20 ms else; and sometimes late. */
static int blocks_to_next_look(const struct job *job, unsigned *chance)
{
	int busy_blocks = int_max(1, RATE_HZ / 1000 / job->block);
	int idle_blocks = int_max(1, RATE_HZ / 50 / job->block);
	bool is_late = rand_r(chance) % 8 == 0;

	if (!desk_is_busy(rig.desk) || is_late)
		return 1 + rand_r(chance) % idle_blocks;
	return busy_blocks;
}

static void keep_state(const char *path)
{
	size_t n = 0;
	char *text = state_write(rig.desk, "", &n);

	write_whole(path, text ? text : "", text ? n : 0);
	free(text);
}

/* A file is saved while it plays: as `run` does it, the patch is loaded. */
static void save_over(char *words, char *reply)
{
	static char text[TEXT_BYTES];
	char *to = strchr(words, ' '), line[1000];
	size_t n;

	must(to != NULL, words);
	*to++ = '\0';
	n = read_whole(words, text);
	write_whole(to, text, n);
	snprintf(line, sizeof(line), "load %s", to);
	desk_command(rig.desk, line, reply, DESK_REPLY_BYTES);
}

static void obey(const char *command)
{
	static char copy[2000];
	char reply[DESK_REPLY_BYTES] = "ok";

	snprintf(copy, sizeof(copy), "%s", command);
	if (strncmp(copy, "save-state ", 11) == 0) {
		keep_state(copy + 11);
		if (desk_is_committing(rig.desk))
			snprintf(reply, sizeof(reply), "ok, beside a commit");
	} else if (strncmp(copy, "save-over ", 10) == 0)
		save_over(copy + 10, reply);
	else
		desk_command(rig.desk, command, reply, sizeof(reply));
	fprintf(stderr, "%8.4f s  %s: %s\n",
		(double)engine_clock(rig.engine) * rig.options.block_frames / RATE_HZ, command,
		reply);
}

static int open_patch(
	void *ctx, const char *path, bool is_live, struct patch **patch, struct diag *diag)
{
	(void)ctx;
	(void)is_live;
	return patch_read(path, patch, diag);
}

static void read_state(const char *path, struct state *state)
{
	static char text[TEXT_BYTES];
	const struct state_opener opener = {open_patch, NULL};

	read_whole(path, text);
	state_read(text, &opener, state);
	must(state->live != NULL && state->n_misfits == 0, path);
}

static void open_run(const struct job *job)
{
	struct rig_options options = {
		.burst = job->burst,
		.lead = job->lead,
		.block_frames = job->block,
		.begins_softly = true,
		.is_timed = true,
		.fade_frames =
			job->fade_ms > 0.0 ? (int)(job->fade_ms * RATE_HZ / 1000.0 + 0.5) : -1,
		.tail_frames = (int)(job->tail_ms * RATE_HZ / 1000.0 + 0.5),
		.quantize_beats = job->quantize_beats,
		.arena_mb = job->arena_mb,
		.max_blocks = (int)(job->seconds * RATE_HZ / job->block) + 64,
	};
	struct state state = {0};
	struct diag diag;

	if (job->state_in)
		read_state(job->state_in, &state);
	else
		must(patch_read(job->patch, &state.live, &diag) == 0, job->patch);
	options.patch = state.live;
	rig_open(&rig, NULL, &options);
	if (job->state_in)
		desk_resume(rig.desk, &state);
	state_free(&state);
	if (job->journal)
		must(desk_keep_journal(rig.desk, job->journal, &diag) == 0, job->journal);
}

static double latency_s(const struct job *job)
{
	return (double)(job->lead * job->block + time_base_slack_frames(RATE_HZ)) / RATE_HZ;
}

static int play(const struct job *job)
{
	unsigned chance = (unsigned)job->seed;
	int n_blocks = (int)(job->seconds * RATE_HZ / job->block), next = 0, at = 0;
	struct script script = {0};
	struct diag diag;

	if (job->script && script_read(job->script, &script, &diag) < 0) {
		fprintf(stderr, "player: %s\n", diag.text);
		exit(3);
	}
	while (at < n_blocks) {
		int n;

		while (next < script.n_lines &&
			script.lines[next].seconds * RATE_HZ <= (double)at * job->block) {
			desk_set_time(rig.desk,
				script_time_ns(script.lines[next].seconds + latency_s(job)));
			obey(script.lines[next++].command);
		}
		desk_poll(rig.desk);
		n = int_min(blocks_to_next_look(job, &chance), n_blocks - at);
		pass(n);
		at += n;
	}
	script_free(&script);
	return at;
}

static void write_frames(const struct job *job, int n_blocks)
{
	int n = n_blocks * job->block;
	float *stereo = malloc(sizeof(float) * 2 * (size_t)n);

	must(stereo != NULL && n <= rig.n_frames, "frames");
	for (int i = 0; i < n; i++) {
		stereo[2 * i] = rig.frames[i][0];
		stereo[2 * i + 1] = rig.frames[i][1];
	}
	write_whole(job->out, stereo, sizeof(float) * 2 * (size_t)n);
	free(stereo);
}

static void run(FILE *answers, int n_words, char **words)
{
	static const enum stat_id told[] = {STAT_NONE, STAT_LATE, STAT_XRUN, STAT_COMMITS,
		STAT_REFUSED, STAT_FAILOVERS, STAT_REANCHORS, STAT_MISMATCH, STAT_FAULTS};
	struct job job = {
		.block = 64, .lead = 2, .burst = 1, .seconds = 1.0, .fade_ms = 5.0, .seed = 1};
	int n_blocks;

	for (int i = 1; i < n_words; i++)
		take_word(&job, words[i]);
	open_run(&job);
	n_blocks = play(&job);
	fprintf(answers, "ok blocks %d", n_blocks);
	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		fprintf(answers, " %s %llu", stat_name(told[i]),
			(unsigned long long)rig_count(&rig, told[i]));
	fprintf(answers, "\n");
	rig_stop(&rig);
	write_frames(&job, n_blocks);
	rig_close(&rig);
}

/* ---- jobs */

/* What the job says on stderr is kept by itself, from the file's beginning. */
static void empty_log(void)
{
	fflush(stderr);
	if (ftruncate(STDERR_FILENO, 0) < 0 || lseek(STDERR_FILENO, 0, SEEK_SET) < 0)
		return; /* a terminal: by hand */
}

static void serve(FILE *answers)
{
	static char line[LINE_BYTES];

	while (fgets(line, sizeof(line), stdin)) {
		char *words[MAX_WORDS], *rest = line;
		int n = 0;

		line[strcspn(line, "\n")] = '\0';
		while (n < MAX_WORDS - 1 && (words[n] = strsep(&rest, "\t")))
			n++;
		words[n] = NULL;
		empty_log();
		if (strcmp(words[0], "render") == 0)
			fprintf(answers, "exit %d\n", cli_render(n, words));
		else if (strcmp(words[0], "run") == 0)
			run(answers, n, words);
		else
			must(0, words[0]);
		fflush(answers);
	}
}

int main(int argc, char **argv)
{
	static char self[500];
	char *words[MAX_WORDS] = {
		"python3", "-B", "tests/soak/random_cases/main.py", "--player", self};
	int n = 5;

	if (argc == 2 && strcmp(argv[1], "--serve") == 0) {
		serve(stdout);
		return 0;
	}
	if (SUITE_SANITIZED && !getenv("CHRONUS_SOAK"))
		setenv("CHRONUS_CASES", "7", false); /* of each property, not 35 */
	must(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0, "/proc/self/exe");
	for (int i = 1; i < argc && n < MAX_WORDS - 1; i++)
		words[n++] = argv[i];
	execvp(words[0], words);
	printf("skipped: python3 is missing: sh cross/deps.sh test installs it\n");
	return 77;
}
