/* midi.c - `chronus midi`: the MIDI ports of the running program, and what arrives at them.
 * Tested by: e2e/test_midi */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/runtime_dir.h"
#include "base/std_files.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/watch.h"
#include "dsp/midi.h"
#include "input/midi_page.h"

enum { LOOK_US = 20000, TEXT_BYTES = 100 };

/* ---- ports */

static void list_ports(const struct midi_page *page)
{
	int n = 0;

	for (int i = 0; i < MIDI_PAGE_PORTS; i++) {
		const struct midi_page_port *port = &page->ports[i];

		if (!port->file[0])
			continue;
		printf("%-10s %-24s %s, %" PRIu64 " bytes, %" PRIu64 " that make no message\n",
			port->file, port->name, port->is_open ? "plays" : "gone", port->n_bytes,
			port->n_faults);
		n++;
	}
	if (n == 0)
		printf("no MIDI port: plug a keyboard in; `[midi] ports` of chronus.ini says which "
		       "ones play, `ls /dev/snd/midi*` which there are\n");
}

static void json_ports(const struct midi_page *page)
{
	struct json json;

	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_array(&json, "ports");
	for (int i = 0; i < MIDI_PAGE_PORTS; i++) {
		const struct midi_page_port *port = &page->ports[i];

		if (!port->file[0])
			continue;
		json_object(&json, NULL);
		json_string(&json, "file", port->file);
		json_string(&json, "name", port->name);
		json_bool(&json, "is_open", port->is_open);
		json_int(&json, "bytes_count", (int64_t)port->n_bytes);
		json_int(&json, "faults_count", (int64_t)port->n_faults);
		json_end(&json);
	}
	json_end(&json);
	json_end(&json);
}

/* ---- messages */

static void describe(const uint8_t bytes[3], char text[TEXT_BYTES])
{
	static const char *const notes[] = {
		"c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"};
	int a = bytes[1], b = bytes[2], kind = midi_kind(bytes[0]);
	int n = kind == MIDI_SYSTEM
			? 0
			: snprintf(text, TEXT_BYTES, "channel %d, ", midi_channel(bytes[0]) + 1);

	if (kind == MIDI_NOTE_ON && b)
		snprintf(text + n, TEXT_BYTES - (size_t)n, "note %d (%s%d) on, velocity %d", a,
			notes[a % 12], a / 12 - 1, b);
	else if (kind == MIDI_NOTE_ON || kind == MIDI_NOTE_OFF)
		snprintf(text + n, TEXT_BYTES - (size_t)n, "note %d (%s%d) off", a, notes[a % 12],
			a / 12 - 1);
	else if (kind == MIDI_KEY_PRESSURE)
		snprintf(text + n, TEXT_BYTES - (size_t)n, "pressure of note %d: %d", a, b);
	else if (kind == MIDI_CONTROLLER)
		snprintf(text + n, TEXT_BYTES - (size_t)n, "cc %d: %d", a, b);
	else if (kind == MIDI_PROGRAM)
		snprintf(text + n, TEXT_BYTES - (size_t)n, "program %d", a + 1);
	else if (kind == MIDI_CHANNEL_PRESSURE)
		snprintf(text + n, TEXT_BYTES - (size_t)n, "pressure: %d", a);
	else if (kind == MIDI_BEND)
		snprintf(text + n, TEXT_BYTES - (size_t)n, "bend: %d", (b << 7 | a) - 8192);
	else
		snprintf(text, TEXT_BYTES, "system");
}

static void show(const struct midi_page *page, const struct midi_page_message *at, int64_t begin_ns,
	bool as_json)
{
	const struct midi_page_port *port = &page->ports[at->port];
	const struct midi_message *message = &at->message;
	double seconds = (double)(at->time_ns - begin_ns) / NS_PER_S;
	char hex[12] = "", text[TEXT_BYTES];
	struct json json;

	for (int i = 0, n = 0; i < message->n; i++)
		n += snprintf(hex + n, sizeof(hex) - (size_t)n, "%s%02x", i ? " " : "",
			message->bytes[i]);
	describe(message->bytes, text);
	if (!as_json) {
		printf("%9.3f s  %-24s %-9s %s%s\n", seconds, port->name, hex, text,
			at->is_heard || midi_kind(message->bytes[0]) == MIDI_SYSTEM
				? ""
				: " (not heard: [midi] channel)");
		return;
	}
	json_begin(&json, stdout);
	json_object(&json, NULL);
	json_double(&json, "time_s", seconds);
	json_string(&json, "port", port->file);
	json_string(&json, "bytes", hex);
	json_string(&json, "text", text);
	json_bool(&json, "is_heard", at->is_heard);
	json_end(&json);
}

/* Those since the last look. */
static void show_new(const struct midi_page *page, uint64_t *n_seen, int64_t begin_ns, bool as_json)
{
	uint64_t n = atomic_load_explicit(&page->n_messages, memory_order_acquire);
	/* the oldest may be written over while they are read */
	uint64_t n_kept = MIDI_PAGE_MESSAGES / 2;

	if (n - *n_seen > n_kept) {
		fprintf(stderr, "chronus midi: %" PRIu64 " messages more than can be shown\n",
			n - *n_seen - n_kept);
		*n_seen = n - n_kept;
	}
	for (; *n_seen < n; ++*n_seen)
		show(page, &page->messages[*n_seen % MIDI_PAGE_MESSAGES], begin_ns, as_json);
}

static int watch(const struct midi_page *page, double seconds, bool as_json)
{
	uint64_t n_seen = atomic_load(&page->n_messages);
	int64_t begin_ns = clock_now_ns();

	watch_begin();
	while (!watch_has_ended() &&
		(seconds < 0.0 ||
			clock_now_ns() - begin_ns < (int64_t)(seconds * (double)NS_PER_S))) {
		if (std_files_flush() < 0)
			return CLI_FAILED;
		usleep(LOOK_US);
		show_new(page, &n_seen, begin_ns, as_json);
		if (!runtime_is_alive(page->pid)) {
			fprintf(stderr,
				"chronus midi: the chronus that was looked at (pid %d) has "
				"ended\n",
				page->pid);
			return CLI_FAILED;
		}
	}
	return CLI_OK;
}

int cli_midi(int argc, char **argv)
{
	bool as_json = false;
	double seconds = -1.0;
	const struct option_row rows[] = {
		{.name = "json",
			.kind = OPTION_FLAG,
			.out = &as_json,
			.help = "as JSON: the ports, then an object for each message"},
		{.name = "seconds",
			.kind = OPTION_DOUBLE,
			.out = &seconds,
			.value = "S",
			.help = "how long; 0: only the ports; without it until Ctrl-C",
			.min = 0,
			.max = 86400},
	};
	int n_args = options_read(rows, ARRAY_LEN(rows), argc, argv), code;
	const struct midi_page *page;
	struct diag diag;
	char path[512];

	if (n_args < 0)
		return options_exit_code(n_args);
	if (n_args > 0)
		return options_refuse(argv[0], "takes no argument, but '%.40s' was given", argv[1]);
	if (runtime_path_find(path, sizeof(path), MIDI_PAGE_FILE) < 0)
		return options_refuse(argv[0], "the runtime folder's name is too long");
	if (midi_page_read(path, &page, &diag) < 0) {
		fprintf(stderr, "chronus midi: %s\n", diag.text);
		return CLI_FAILED;
	}
	if (!runtime_is_alive(page->pid)) {
		fprintf(stderr,
			"chronus midi: the chronus that wrote %s (pid %d) is gone without "
			"a goodbye; start it again\n",
			path, page->pid);
		munmap((void *)(uintptr_t)page, sizeof(*page));
		return CLI_FAILED;
	}
	if (as_json)
		json_ports(page);
	else
		list_ports(page);
	code = watch(page, seconds, as_json);
	munmap((void *)(uintptr_t)page, sizeof(*page));
	return code;
}
