/* serve.c - the privileged side. See serve.h. */
#include "card/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "card/card_log.h"
#include "card/seat.h"
#include "card/units.h"
#include "card/update.h"
#include "card/user_file.h"

enum { PATIENCE_MS = 30000 };

struct serve {
	const struct paths *paths;
	int in, out;
	struct seat seat;
};

static void answer(void *user, const char *format, ...) PRINTF_LIKE(2, 3);

static void answer(void *user, const char *format, ...)
{
	const struct serve *serve = user;
	char line[SERVE_LINE_BYTES];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	n = n < (int)sizeof(line) - 2 ? n : (int)sizeof(line) - 2;
	for (int i = 0; i < n; i++)
		if (line[i] == '\n')
			line[i] = ' ';
	line[n++] = '\n';
	if (write(serve->out, line, (size_t)n) < 0)
		return; /* nobody listens any more; what was asked is done all the same */
}

static int refuse(struct serve *serve, const struct diag *diag)
{
	answer(serve, "error: %s", diag->text);
	return 1;
}

static int refuse_slow(struct diag *diag)
{
	return diag_set(diag, -ECANCELED,
		"closed: all %d places are taken and this request has stood still longest; ask "
		"again",
		SEATS);
}

static int take_all(struct serve *serve, char *to, size_t n_bytes, struct diag *diag)
{
	for (size_t n = 0; n < n_bytes;) {
		ssize_t got = seat_read(&serve->seat, serve->in, to + n, n_bytes - n, PATIENCE_MS);

		if (got == -EINTR)
			continue;
		if (got == -ECANCELED)
			return refuse_slow(diag);
		if (got <= 0)
			return diag_set(diag, -ENODATA, "not all of it was sent");
		n += (size_t)got;
	}
	return 0;
}

static void tell_lines(struct serve *serve, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		answer(serve, "- %.*s", (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

/* keeps_old: for `save`, of patches alone. */
static int serve_edit(struct serve *serve, const char *said, size_t n_bytes, bool keeps_old)
{
	static struct user_check check;
	char name[USER_NAME_BYTES], *bytes = NULL;
	struct diag diag;
	int err = user_file_name(said, name, &diag);

	if (!err && keeps_old && strncmp(name, "patches/", strlen("patches/")) != 0)
		err = diag_set(&diag, -EINVAL, "%s: only patches are saved", name);
	if (!err && n_bytes > USER_FILE_MAX_BYTES)
		err = diag_set(
			&diag, -EFBIG, "%s: larger than %d KB", name, USER_FILE_MAX_BYTES / 1024);
	if (!err && !(bytes = malloc(n_bytes + 1)))
		err = diag_set(&diag, -ENOMEM, "out of memory");
	seat_set(&serve->seat, SEAT_RECEIVE);
	if (!err)
		err = take_all(serve, bytes, n_bytes, &diag);
	seat_set(&serve->seat, SEAT_WORK);
	if (!err)
		err = user_file_put(serve->paths, name, bytes, n_bytes, keeps_old, &check, &diag);
	free(bytes);
	if (err < 0)
		return refuse(serve, &diag);
	card_log(serve->paths, "%s replaced (%s)", name, check.summary);
	tell_lines(serve, check.warnings);
	answer(serve, "ok %s replaced (%s)", name, check.summary);
	return 0;
}

static void say(void *user, const char *line)
{
	answer(user, "- %s", line);
}

/* A reboot ends us, and the ssh session that waits for the answer: that has a second to travel. */
static int reboot_soon(struct serve *serve)
{
	struct diag diag;

	shutdown(serve->out, SHUT_WR);
	clock_sleep_until_ns(clock_now_ns() + NS_PER_S);
	if (units_tell(serve->paths, "reboot", NULL, &diag) == 0)
		return 0;
	card_log(serve->paths, "the reboot: %s", diag.text);
	return 1;
}

/* words: behind "update" */
static int serve_update(struct serve *serve, const char *words)
{
	static struct update update;
	struct diag diag;
	int err;

	update = (struct update){.paths = serve->paths,
		.is_unsigned = strstr(words, " unsigned") != NULL,
		.may_be_older = strstr(words, " older") != NULL,
		.progress = {say, serve},
		.seat = &serve->seat};
	err = update_do(&update, serve->in, &diag);
	if (!err && update.is_package) {
		err = units_tell(serve->paths, "restart", "chronus.service", &diag);
		if (!err)
			err = units_tell(serve->paths, "start", "chronus-keep.service", &diag);
	}
	if (err < 0)
		return refuse(serve, &diag);
	answer(serve, "ok version %s is tried %s; it is kept when it has sounded for a minute",
		update.version, update.is_package ? "now" : "after this reboot");
	return update.is_package ? 0 : reboot_soon(serve);
}

static int serve_unit(struct serve *serve, const char *verb, const char *unit, const char *done)
{
	struct diag diag;

	if (units_tell(serve->paths, verb, unit, &diag) < 0)
		return refuse(serve, &diag);
	answer(serve, "ok %s", done);
	return 0;
}

static int serve_line(struct serve *serve, const char *line)
{
	static const char *const updates[] = {
		"update", "update unsigned", "update older", "update unsigned older"};
	char name[SERVE_LINE_BYTES], end;
	size_t n_bytes;

	if (sscanf(line, "edit %99s %zu%c", name, &n_bytes, &end) == 2)
		return serve_edit(serve, name, n_bytes, false);
	if (sscanf(line, "save %99s %zu%c", name, &n_bytes, &end) == 2)
		return serve_edit(serve, name, n_bytes, true);
	for (size_t i = 0; i < ARRAY_LEN(updates); i++)
		if (strcmp(line, updates[i]) == 0)
			return serve_update(serve, line + strlen("update"));
	if (strcmp(line, "restart") == 0)
		return serve_unit(
			serve, "restart", "chronus.service", "the instrument starts anew");
	if (strcmp(line, "reboot") == 0) {
		answer(serve, "ok it reboots");
		return reboot_soon(serve);
	}
	answer(serve, "error: '%.60s' is no request; there are edit save update restart reboot",
		line);
	return 1;
}

int card_serve(const struct paths *paths, int in, int out)
{
	struct serve serve = {.paths = paths, .in = in, .out = out};
	char line[SERVE_LINE_BYTES];
	struct diag diag;
	ssize_t got = 0;
	size_t n = 0;

	signal(SIGPIPE, SIG_IGN);
	if (seat_take(&serve.seat, paths, &diag) < 0)
		return refuse(&serve, &diag);
	while (n < sizeof(line) - 1 &&
		(got = seat_read(&serve.seat, in, line + n, 1, PATIENCE_MS)) == 1 &&
		line[n] != '\n')
		n++;
	line[n] = '\0';
	if (got == -ECANCELED) {
		refuse_slow(&diag);
		return refuse(&serve, &diag);
	}
	seat_set(&serve.seat, SEAT_WORK);
	return serve_line(&serve, line);
}
