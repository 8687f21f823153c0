/* stats.c - `chronus stats`: what the running program counts.
 * Tested by: e2e/test_stats */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/core_speed.h"
#include "base/json.h"
#include "base/runtime_dir.h"
#include "base/std_files.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/stats_page.h"
#include "cli/watch.h"

int stats_code(const struct stats_look *look)
{
	static const int codes[] = {[STATS_GOOD] = CLI_OK,
		[STATS_NOT_PLAYING] = CLI_NOT_PLAYING,
		[STATS_DEGRADED] = CLI_DEGRADED};

	return codes[stats_health(look)];
}

static const char *const thread_names[STATS_THREADS] = {
	[WRITER_WORKER_A] = "worker A",
	[WRITER_WORKER_B] = "worker B",
	[WRITER_PRODUCER] = "producer",
};

/* ---- for people */
static void print_head(const struct stats_look *look, const char *eol)
{
	int up_s = (int)look->uptime_s;

	printf("chronus %d on %s: %d Hz, blocks of %d frames (%.0f us), %d periods, lead %d%s",
		look->pid, look->texts.sink[0] ? look->texts.sink : "(no sink)",
		look->audio.rate_hz, look->audio.block_frames, look->block_us, look->audio.periods,
		look->audio.lead_blocks, eol);
	if (look->is_away)
		printf("THE DEVICE IS AWAY, for %.1f s: nothing is heard, the block clock stands%s",
			look->away_s, eol);
	printf("latency %d frames, %.2f ms: lead and periods, and 0.5 ms%s",
		stats_latency_frames(look), stats_latency_ms(look), eol);
	printf("up %d:%02d:%02d, patch \"%s\"%s", up_s / 3600, up_s / 60 % 60, up_s % 60,
		look->texts.patch, eol);
	printf("slot %c is heard; A %s, B %s; mirror: ", 'A' + look->live,
		slot_state_name(look->states[0]), slot_state_name(look->states[1]));
	if (look->has_mirror)
		printf("yes, for %.1f s%s%s", look->mirror_since_s, eol, eol);
	else
		printf("no%s%s", eol, eol);
}

static void print_clock(const struct stats_look *look, const char *eol)
{
	if (look->core.core_mhz <= 0)
		return;
	printf("core clock   %10d MHz", look->core.core_mhz);
	if (look->core.board_mhz > 0)
		printf(" of %d%s", look->core.board_mhz,
			core_speed_is_low(look->core.core_mhz, look->core.board_mhz)
				? ": TOO SLOW (`chronus doctor` says why)"
				: "");
	printf("%s", eol);
}

static void print_threads(const struct stats_look *look, const char *eol)
{
	for (int i = 0; i < STATS_THREADS; i++) {
		char core[24] = "any core", policy[24] = "ordinary";

		if (!look->threads[i].tid)
			continue;
		if (look->threads[i].cpu >= 0)
			snprintf(core, sizeof(core), "core %d", look->threads[i].cpu);
		if (look->threads[i].priority > 0)
			snprintf(policy, sizeof(policy), "FIFO %d", look->threads[i].priority);
		printf("%-12s %s, %s; since it started: page faults %" PRIu64 " (%" PRIu64
		       " from disk), put aside %" PRIu64 " times%s",
			thread_names[i], core, policy,
			look->threads[i].minor_faults + look->threads[i].major_faults,
			look->threads[i].major_faults, look->threads[i].preempted, eol);
	}
}

static void print_lines(const char *before, const char *lines, const char *eol)
{
	for (const char *line = lines; *line; line += line[0] == '\n') {
		int n = (int)strcspn(line, "\n");

		printf("%s%.*s%s", before, n, line, eol);
		line += n;
	}
}

static void print_look(const struct stats_look *look, const char *eol)
{
	print_head(look, eol);
	printf("%-12s %12s %12s%s", "", "total", "last 10 s", eol);
	for (int i = 0; i < n_stats_shown; i++) {
		enum stat_id stat = stats_shown[i];

		printf("%-12s %12" PRIu64 " %12" PRIu64 "%s", stat_name(stat), look->totals[stat],
			look->window[stat], eol);
	}
	printf("%s", eol);
	printf("period       %10.1f us (%.1f us asked for); window %.1f s; bursts up to %d%s",
		look->period_us, look->block_us, look->window_s, look->ahead.burst_max_blocks, eol);
	printf("ready ahead  %10d blocks now, %.2f mean, %d at least%s", look->ahead.occ_blocks,
		look->ahead.occ_mean_blocks, look->ahead.occ_min_blocks, eol);
	for (int i = 0; i < N_SLOTS; i++)
		printf("worker %c     %10.1f %% of a block mean, %.1f %% worst; a block took %.0f us, "
		       "%.0f in 99 of 100, %.0f at most%s",
			'A' + i, look->loads[i].mean_percent, look->loads[i].worst_percent,
			look->loads[i].p50_us, look->loads[i].p99_us, look->loads[i].max_us, eol);
	print_clock(look, eol);
	print_threads(look, eol);
	print_lines("wrong: ", look->texts.warnings, eol);
	print_lines("degraded: ", look->texts.degraded, eol);
	if (look->texts.hint[0])
		printf("hint: %s%s", look->texts.hint, eol);
	if (look->texts.refused_why[0])
		printf("last refusal: %s%s", look->texts.refused_why, eol);
}

/* ---- as JSON */
static void json_threads(const struct stats_look *look, struct json *json)
{
	static const char *const keys[STATS_THREADS] = {
		[WRITER_WORKER_A] = "worker_a",
		[WRITER_WORKER_B] = "worker_b",
		[WRITER_PRODUCER] = "producer",
	};

	json_object(json, "threads");
	for (int i = 0; i < STATS_THREADS; i++) {
		json_object(json, keys[i]);
		json_int(json, "tid", look->threads[i].tid);
		json_int(json, "cpu", look->threads[i].cpu);
		json_int(json, "priority", look->threads[i].priority);
		json_int(json, "minor_faults_count", (int64_t)look->threads[i].minor_faults);
		json_int(json, "major_faults_count", (int64_t)look->threads[i].major_faults);
		json_int(json, "preempted_count", (int64_t)look->threads[i].preempted);
		json_end(json);
	}
	json_end(json);
}

static void json_lines(const char *name, const char *lines, struct json *json)
{
	static char text[STATS_DEGRADED_BYTES + STATS_WARNINGS_BYTES];
	char *rest = text, *line;

	snprintf(text, sizeof(text), "%s", lines);
	json_array(json, name);
	while ((line = strsep(&rest, "\n")))
		if (line[0])
			json_string(json, NULL, line);
	json_end(json);
}

static void json_look(const struct stats_look *look, FILE *file)
{
	static const char *const slot_keys[N_SLOTS] = {"a", "b"};
	struct json json;

	json_begin(&json, file);
	json_object(&json, NULL);
	json_int(&json, "pid", look->pid);
	json_string(&json, "sink", look->texts.sink);
	json_bool(&json, "is_away", look->is_away);
	json_double(&json, "away_s", look->away_s);
	json_int(&json, "rate_hz", look->audio.rate_hz);
	json_int(&json, "block_frames", look->audio.block_frames);
	json_int(&json, "lead_blocks", look->audio.lead_blocks);
	json_int(&json, "periods", look->audio.periods);
	json_int(&json, "latency_frames", stats_latency_frames(look));
	json_double(&json, "latency_ms", stats_latency_ms(look));
	json_double(&json, "uptime_s", look->uptime_s);
	json_string(&json, "patch", look->texts.patch);
	json_string(&json, "live_slot", slot_keys[look->live]);
	json_bool(&json, "has_mirror", look->has_mirror);
	json_double(&json, "mirror_since_s", look->mirror_since_s);
	json_int(&json, "piece_max_bytes", (int64_t)look->piece_max_bytes);
	json_object(&json, "slots");
	for (int i = 0; i < N_SLOTS; i++) {
		json_object(&json, slot_keys[i]);
		json_string(&json, "state", slot_state_name(look->states[i]));
		json_double(&json, "load_mean_percent", look->loads[i].mean_percent);
		json_double(&json, "load_worst_percent", look->loads[i].worst_percent);
		json_double(&json, "block_us_p50", look->loads[i].p50_us);
		json_double(&json, "block_us_p99", look->loads[i].p99_us);
		json_double(&json, "block_us_max", look->loads[i].max_us);
		json_end(&json);
	}
	json_end(&json);
	json_object(&json, "total_count");
	for (int i = 0; i < n_stats_shown; i++)
		json_int(&json, stat_name(stats_shown[i]), (int64_t)look->totals[stats_shown[i]]);
	json_end(&json);
	json_object(&json, "window_count");
	for (int i = 0; i < n_stats_shown; i++)
		json_int(&json, stat_name(stats_shown[i]), (int64_t)look->window[stats_shown[i]]);
	json_end(&json);
	json_double(&json, "window_s", look->window_s);
	json_double(&json, "block_us", look->block_us);
	json_double(&json, "period_us", look->period_us);
	json_int(&json, "core_mhz", look->core.core_mhz);
	json_int(&json, "board_mhz", look->core.board_mhz);
	json_int(&json, "occ_blocks", look->ahead.occ_blocks);
	json_double(&json, "occ_mean_blocks", look->ahead.occ_mean_blocks);
	json_int(&json, "occ_min_blocks", look->ahead.occ_min_blocks);
	json_int(&json, "burst_max_blocks", look->ahead.burst_max_blocks);
	json_threads(look, &json);
	json_lines("trouble", look->texts.warnings, &json);
	json_lines("degraded", look->texts.degraded, &json);
	json_string(&json, "hint", look->texts.hint[0] ? look->texts.hint : NULL);
	json_string(
		&json, "last_refusal", look->texts.refused_why[0] ? look->texts.refused_why : NULL);
	json_end(&json);
}

enum form { AS_TEXT, AS_JSON, AS_PROMETHEUS };

/* Maps the page anew each time: a program that was started again has a new one. */
static int show(const char *path, enum form form, const char *eol)
{
	const struct stats_page *page;
	static struct stats_look look;
	struct diag diag;

	if (stats_map_read(path, &page, &diag) < 0) {
		fprintf(stderr, "chronus stats: %s\n", diag.text);
		return CLI_FAILED;
	}
	stats_look(page, clock_now_ns(), &look);
	munmap((void *)page, sizeof(*page));
	if (!runtime_is_alive(look.pid)) {
		fprintf(stderr,
			"chronus stats: the chronus that wrote %s (pid %d) is gone without a "
			"goodbye; start it again\n",
			path, look.pid);
		return CLI_FAILED;
	}
	if (form == AS_JSON)
		json_look(&look, stdout);
	else if (form == AS_PROMETHEUS)
		stats_prometheus(&look, stdout);
	else
		print_look(&look, eol);
	return form == AS_TEXT ? stats_code(&look) : CLI_OK;
}

/* Goes on while the page can be read, whatever it says. */
static int watch(const char *path, enum form form)
{
	bool has_terminal = isatty(STDOUT_FILENO) && form == AS_TEXT;
	int64_t next_ns = clock_now_ns();
	int code = CLI_OK;

	watch_begin();
	if (has_terminal)
		printf("\033[2J");
	while (!watch_has_ended() && code != CLI_FAILED) {
		if (has_terminal)
			printf("\033[H");
		code = show(path, form, has_terminal ? "\033[K\n" : "\n");
		if (has_terminal)
			printf("\033[J"); /* what was there below is gone */
		else if (form == AS_TEXT)
			printf("\n");
		if (std_files_flush() < 0)
			return CLI_FAILED;
		next_ns += NS_PER_S;
		while (!watch_has_ended() && code != CLI_FAILED && clock_now_ns() < next_ns)
			usleep(20000); /* ended by a signal at once */
	}
	return code;
}

int cli_stats(int argc, char **argv)
{
	bool as_json = false, as_prometheus = false, wants_watch = false;
	enum form form;
	const struct option_row rows[] = {
		{.name = "json", .kind = OPTION_FLAG, .out = &as_json, .help = "as JSON"},
		{.name = "prometheus",
			.kind = OPTION_FLAG,
			.out = &as_prometheus,
			.help = "in Prometheus' text format, for its textfile collector"},
		{.name = "watch",
			.kind = OPTION_FLAG,
			.out = &wants_watch,
			.help = "again every second, until Ctrl-C"},
	};
	int n_args = options_read(rows, ARRAY_LEN(rows), argc, argv);
	char path[512];

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args > 0)
		return options_refuse(argv[0], "takes no argument, but '%.40s' was given", argv[1]);
	if (as_json && as_prometheus)
		return options_refuse(argv[0], "--json or --prometheus, not both");
	form = as_json ? AS_JSON : as_prometheus ? AS_PROMETHEUS : AS_TEXT;
	if (runtime_path_find(path, sizeof(path), "stats") < 0) {
		fprintf(stderr, "chronus stats: the runtime folder's name is too long\n");
		return CLI_FAILED;
	}
	return wants_watch ? watch(path, form) : show(path, form, "\n");
}
