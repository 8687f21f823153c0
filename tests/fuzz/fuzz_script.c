/* fuzz_script.c - scripts and journals: any bytes. Times never go back; what was read, written and
 * read again is the same; a journal's head of settings, patches and sums does no harm. The first
 * eight bytes are a block, too: its time in a journal is read back as that block. */
#include <errno.h>

#include "control/replay.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/ini_good.h"

static const char path[] = "/tmp/no such folder/fuzz.txt";

struct bytes {
	const uint8_t *at;
	size_t n;
};

static ssize_t give(void *from, char *to, size_t n_bytes)
{
	struct bytes *bytes = from;
	size_t n = n_bytes < bytes->n ? n_bytes : bytes->n;

	if (n)
		memcpy(to, bytes->at, n);
	bytes->at += n;
	bytes->n -= n;
	return (ssize_t)n;
}

static int read_bytes(const void *data, size_t n_bytes, const char *name, struct script *script,
	struct diag *diag)
{
	struct bytes bytes = {data, n_bytes};
	FILE *file = fopencookie(&bytes, "r", (cookie_io_functions_t){.read = give});
	int err;

	MUST(file);
	err = script_read_file(file, name, script, diag);
	fclose(file);
	return err;
}

static void look_at(const struct script *script)
{
	double last = 0.0;
	int line = 0;

	MUST(script->is_journal || !script->n_head);
	for (int i = 0; i < script->n_head + script->n_lines; i++) {
		const struct script_line *at =
			i < script->n_head ? &script->head[i] : &script->lines[i - script->n_head];

		MUST(at->seconds >= last && at->seconds <= 1e9 && at->line > line);
		MUST(at->command[0] && !strchr(at->command, '\n'));
		last = at->seconds;
		line = at->line;
	}
}

/* The caller's. */
static char *written(const struct script *script, size_t *n_bytes)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, n_bytes);

	MUST(to);
	if (script->is_journal)
		fprintf(to, "journal 2\n");
	for (int i = 0; i < script->n_head; i++)
		fprintf(to, "%s\n", script->head[i].command);
	for (int i = 0; i < script->n_lines; i++)
		fprintf(to, "%.17g %s\n", script->lines[i].seconds, script->lines[i].command);
	fclose(to);
	return text;
}

/* No folder stands before the name here, so commands stay as they are. */
static void write_and_read(const uint8_t *data, size_t n_bytes)
{
	struct script script, again;
	struct diag diag;
	size_t n, n_again;
	char *text, *text_again;

	MUST(read_bytes(data, n_bytes, "fuzz.txt", &script, &diag) == 0);
	text = written(&script, &n);
	/* the line may be longer than it was: a time of 17 digits */
	if (read_bytes(text, n, "fuzz.txt", &again, &diag) < 0) {
		MUST(strstr(diag.text, "longer than"));
	} else {
		text_again = written(&again, &n_again);
		MUST(n == n_again && memcmp(text, text_again, n) == 0);
		free(text_again);
		script_free(&again);
	}
	free(text);
	script_free(&script);
}

static void replay(struct script *script)
{
	static struct settings settings;
	struct patch *patch = NULL;
	struct diag diag = {""};
	bool is_cut;
	double seconds;

	settings_default(&settings);
	if (replay_settings(script, path, &settings, &diag) < 0)
		MUST(reason_is_good(&diag, path));
	MUST(settings_are_good(&settings));
	if (replay_patch(script, path, &patch, &diag) == 0)
		MUST(patch_is_good(patch));
	else
		MUST(!patch && reason_is_good(&diag, path));
	patch_free(patch);
	if (replay_check(script, path, &diag) < 0)
		MUST(reason_is_good(&diag, path));
	seconds = replay_seconds(script, &is_cut);
	MUST(seconds >= 0.0 && seconds <= 1e9);
	replay_drop_end(script);
	look_at(script);
}

static void time_and_back(const uint8_t *data)
{
	static const int rates[] = {44100, 48000, 88200, 96000, 176400, 192000};
	int rate_hz = rates[data[6] % 6];
	struct script script;
	struct diag diag;
	char line[100];
	uint64_t frame = 0;
	int n;

	memcpy(&frame, data, 6);
	n = snprintf(line, sizeof(line), "%.6f quit\n", script_seconds(frame, rate_hz));
	if (read_bytes(line, (size_t)n, "time.txt", &script, &diag) < 0) {
		MUST(strstr(diag.text, "too late"));
		return;
	}
	MUST(script_block(script.lines[0].seconds, rate_hz, 1) == frame);
	script_free(&script);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct script script, before;
	struct diag diag = {""};

	if (n_bytes >= 8)
		time_and_back(data);
	memset(&script, 0x5a, sizeof(script));
	memset(&before, 0x5a, sizeof(before));
	if (read_bytes(data, n_bytes, path, &script, &diag) < 0) {
		MUST(reason_is_good(&diag, path));
		MUST(memcmp(&script, &before, sizeof(script)) == 0);
		return 0;
	}
	look_at(&script);
	replay(&script);
	script_free(&script);
	write_and_read(data, n_bytes);
	return 0;
}
