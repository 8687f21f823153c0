/* service.c - `chronus run` as a service: ready, alive, at the end; and what it says of itself. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/atomic_file.h"
#include "base/log.h"
#include "base/runtime_dir.h"
#include "appliance/run.h"
#include "appliance/status_text.h"

enum { STATUS_MS = 1000, PAGE_MS = 2000 };
#define QUIET_PEAK 3e-5f /* -90 dB */

void run_service_open(struct run *run)
{
	int err = notify_open(&run->service.notify);

	if (err < 0)
		log_err(err, "systemd cannot be told that it plays ($NOTIFY_SOCKET)");
}

/* One line for `systemctl status`. Numbers that change all the time are `chronus stats`'s. */
static void describe(const struct run *run, char *text, size_t n_bytes)
{
	const struct stats_page *stats = run->stats;

	if (engine_is_away(run->engine))
		snprintf(text, n_bytes, "NO SOUND: %s", stats->texts.sink);
	else
		snprintf(text, n_bytes, "playing \"%s\" on %s", stats->texts.patch,
			stats->texts.sink);
}

static void tell_status(struct run *run)
{
	struct run_service *service = &run->service;
	char text[sizeof(service->status)];

	describe(run, text, sizeof(text));
	if (!service->alive.is_ready || strcmp(text, service->status) == 0)
		return;
	memcpy(service->status, text, sizeof(text));
	service->next_page_ns = 0;
	notify_tell(&service->notify, "STATUS=%s", text);
}

static void show_warnings(struct run *run)
{
	static char text[STATS_WARNINGS_BYTES];
	size_t n = 0;

	if (run->service.warnings_shown == run->warnings.version)
		return;
	run->service.warnings_shown = run->warnings.version;
	run->service.next_page_ns = 0;
	text[0] = '\0';
	for (int i = 0; i < run->warnings.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s: %s\n",
			run->warnings.at[i].name, run->warnings.at[i].text);
	stats_set_text(
		run->stats, run->stats->texts.warnings, sizeof(run->stats->texts.warnings), text);
}

/* A terminal's screen reads the peak for itself; then nothing is known of it here. */
static void listen(struct run *run, int64_t now_ns)
{
	uint32_t bits = run->surfaces.screen ? 0 : atomic_exchange(&run->stats->peak_bits, 0);
	float peak;

	memcpy(&peak, &bits, sizeof(peak));
	if (run->surfaces.screen || peak > QUIET_PEAK || !run->service.loud_ns)
		run->service.loud_ns = now_ns;
}

/* The page for people, whole at any time. In memory where it should be (/run): no disk is waited
 * for. */
static void write_page(struct run *run, int64_t now_ns)
{
	static struct stats_look look;
	static char text[STATUS_TEXT_BYTES];
	struct status_facts facts = {.look = &look,
		.settings = run->input.lacks_settings ? "" : run->settings.path,
		.state = run_state_words(run, now_ns),
		.quiet_s = (double)(now_ns - run->service.loud_ns) / NS_PER_S};
	char folder[300];
	size_t n;

	if (!run->folder.is_ours || now_ns < run->service.next_page_ns ||
		runtime_path(folder, sizeof(folder), "") < 0)
		return;
	run->service.next_page_ns = now_ns + PAGE_MS * NS_PER_MS;
	stats_look(run->stats, now_ns, &look);
	n = status_text(&facts, text, sizeof(text));
	if (atomic_file_replace(folder, STATUS_FILE, text, n, false) < 0)
		return; /* `chronus stats` has it all the same */
}

void run_service_tick(struct run *run, int64_t now_ns)
{
	struct run_service *service = &run->service;
	struct alive_look look = {
		.clock = engine_clock(run->engine),
		.rounds = engine_rounds(run->engine),
		.is_away = engine_is_away(run->engine),
	};

	if (alive_is_ready(&service->alive, &look, now_ns)) {
		service->next_status_ns = 0;
		notify_tell(&service->notify, "READY=1");
	}
	if (service->notify.watchdog_ns &&
		alive_is_fed(&service->alive, &look, now_ns, service->notify.watchdog_ns / 4))
		notify_tell(&service->notify, "WATCHDOG=1");
	show_warnings(run);
	if (now_ns < service->next_status_ns)
		return;
	service->next_status_ns = now_ns + STATUS_MS * NS_PER_MS;
	listen(run, now_ns);
	tell_status(run);
	write_page(run, now_ns);
}

void run_service_stop(struct run *run)
{
	notify_tell(&run->service.notify, "STOPPING=1");
}

/* It plays nothing at all: the page says why, for whoever looks for it. */
void run_service_fail(struct run *run, const char *why)
{
	char folder[300], text[600];
	int n = snprintf(text, sizeof(text), "NO SOUND: chronus could not start: %s\n", why);

	if (run->folder.is_ours && runtime_path(folder, sizeof(folder), "") == 0 &&
		atomic_file_replace(folder, STATUS_FILE, text, (size_t)n, false) < 0)
		return; /* the log has it */
}

void run_service_close(struct run *run)
{
	char path[300];

	notify_close(&run->service.notify);
	if (run->service.alive.is_ready && runtime_path(path, sizeof(path), STATUS_FILE) == 0)
		unlink(path);
}
