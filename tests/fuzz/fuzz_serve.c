/* fuzz_serve.c - a request to the privileged side: any bytes. Seat, user files, units and updates
 * are stand-ins, so nothing is changed; they look at what they are given. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "card/card_log.h"
#include "card/seat.h"
#include "card/serve.h"
#include "card/units.h"
#include "card/update.h"
#include "card/user_file.h"

static const uint8_t *rest;
static size_t n_rest;

int seat_take(struct seat *seat, const struct paths *paths, struct diag *diag)
{
	(void)diag;
	seat->paths = paths;
	return 0;
}

void seat_set(struct seat *seat, enum seat_state state)
{
	seat->state = state;
}

ssize_t seat_read(struct seat *seat, int fd, void *to, size_t n_bytes, int patience_ms)
{
	size_t n = n_bytes < n_rest ? n_bytes : n_rest;

	(void)seat;
	(void)fd;
	(void)patience_ms;
	memcpy(to, rest, n);
	rest += n;
	n_rest -= n;
	return (ssize_t)n;
}

int user_file_name(const char *said, char *name, struct diag *diag)
{
	size_t n = strlen(said);

	if (n >= USER_NAME_BYTES)
		return diag_set(diag, -EINVAL, "too long");
	memcpy(name, said, n + 1);
	return 0;
}

int user_file_put(const struct paths *paths, const char *name, const char *bytes, size_t n_bytes,
	bool keeps_old, struct user_check *check, struct diag *diag)
{
	size_t n = n_bytes < sizeof(check->warnings) - 1 ? n_bytes : sizeof(check->warnings) - 1;

	(void)paths;
	(void)keeps_old;
	if (n_bytes > USER_FILE_MAX_BYTES)
		abort();
	memcpy(check->warnings, bytes, n);
	check->warnings[n] = '\0';
	strcpy(check->summary, "a file");
	return strcmp(name, "bad") == 0 ? diag_set(diag, -EINVAL, "%s", check->warnings) : 0;
}

int units_tell(const struct paths *paths, const char *verb, const char *unit, struct diag *diag)
{
	(void)paths;
	(void)unit;
	(void)diag;
	if (strcmp(verb, "restart") != 0 && strcmp(verb, "reboot") != 0 &&
		strcmp(verb, "start") != 0)
		abort();
	return 0;
}

int update_do(struct update *update, int fd, struct diag *diag)
{
	(void)fd;
	(void)diag;
	update->progress.say(update->progress.user, "received");
	strcpy(update->version, "1.2.3");
	update->is_package = n_rest & 1;
	return 0;
}

void card_log(const struct paths *paths, const char *format, ...)
{
	(void)paths;
	(void)format;
}

int64_t clock_now_ns(void)
{
	return 0;
}

void clock_sleep_until_ns(int64_t deadline_ns)
{
	(void)deadline_ns;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	static struct paths paths;
	static int out = -1;

	if (out < 0)
		out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	rest = data;
	n_rest = n_bytes;
	if ((unsigned)card_serve(&paths, -1, out) > 1)
		abort();
	return 0;
}
