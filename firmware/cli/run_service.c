/* run_service.c - `chronus run` as a service: ready, alive, at the end; and what it says of itself. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/run.h"

enum { STATUS_MS = 1000 };

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
		snprintf(text, n_bytes, "NO SOUND: %s", stats->sink);
	else
		snprintf(text, n_bytes, "playing \"%s\" on %s", stats->patch, stats->sink);
}

static void tell_status(struct run *run, int64_t now_ns)
{
	struct run_service *service = &run->service;
	char text[sizeof(service->status)];

	if (!service->alive.is_ready || now_ns < service->next_status_ns)
		return;
	service->next_status_ns = now_ns + STATUS_MS * NS_PER_MS;
	describe(run, text, sizeof(text));
	if (strcmp(text, service->status) == 0)
		return;
	memcpy(service->status, text, sizeof(text));
	notify_tell(&service->notify, "STATUS=%s", text);
}

void run_service_tick(struct run *run, int64_t now_ns)
{
	struct run_service *service = &run->service;
	struct alive_look look = {
		.clock = atomic_load_explicit(&run->engine->clock, memory_order_relaxed),
		.rounds = atomic_load_explicit(&run->engine->rounds, memory_order_relaxed),
		.is_away = engine_is_away(run->engine),
	};

	if (alive_is_ready(&service->alive, &look, now_ns)) {
		service->next_status_ns = 0;
		notify_tell(&service->notify, "READY=1");
	}
	if (service->notify.watchdog_ns &&
		alive_is_fed(&service->alive, &look, now_ns, service->notify.watchdog_ns / 4))
		notify_tell(&service->notify, "WATCHDOG=1");
	tell_status(run, now_ns);
}

void run_service_stop(struct run *run)
{
	notify_tell(&run->service.notify, "STOPPING=1");
}

void run_service_close(struct run *run)
{
	notify_close(&run->service.notify);
}
