/* update.c - `chronus update FILE`: sends an update to the privileged side; `--status` tells of the
 * last ones; `--keep` (the unit chronus-keep.service) judges the one that is tried. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "card/client.h"
#include "card/card_log.h"
#include "card/safe_file.h"
#include "card/boot_slot.h"
#include "card/slot_folder.h"
#include "card/trial.h"
#include "card/units.h"
#include "card/update.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/sound_now.h"

enum { CHUNK_BYTES = 64 * 1024, STATUS_LINES = 12 };

static void say(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

static int fail(const struct diag *diag)
{
	fprintf(stderr, "chronus update: %s\n", diag->text);
	return CLI_FAILED;
}

/* ---- sending */

static int send_fd(struct client *client, int fd, const char *path, struct diag *diag)
{
	static char chunk[CHUNK_BYTES];
	ssize_t n;
	int err = 0;

	while (!err && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		err = n < 0 ? diag_set(diag, -errno, "%s: %s", path, strerror(errno))
			    : client_send(client, chunk, (size_t)n, diag);
	}
	return err;
}

static int send_file(struct client *client, const char *path, bool must_be_there, struct diag *diag)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0 && !must_be_there && errno == ENOENT)
		return 0;
	if (fd < 0)
		return diag_set(diag, -errno, "%s: %s", path, strerror(errno));
	err = send_fd(client, fd, path, diag);
	close(fd);
	return err;
}

/* Sends the file's neighbour in front of it: its signature, or its checksum. */
static int send_update(
	const struct paths *paths, const char *path, bool is_unsigned, bool may_be_older)
{
	char request[40], beside[600], answer[500];
	struct diag diag, why;
	struct client client;
	int err;

	snprintf(request, sizeof(request), "update%s%s\n", is_unsigned ? " unsigned" : "",
		may_be_older ? " older" : "");
	snprintf(beside, sizeof(beside), "%.500s.%s", path, is_unsigned ? "sha256" : "sig");
	if (update_is_ours(paths, &diag) < 0)
		return fail(&diag);
	if (strcmp(path, "-") != 0 && access(path, R_OK) < 0)
		return fail((diag_set(&diag, -errno, "%s: %s", path, strerror(errno)), &diag));
	if (client_open(&client, paths, &diag) < 0)
		return fail(&diag);
	err = client_send(&client, request, strlen(request), &diag);
	if (!err && strcmp(path, "-") != 0)
		err = send_file(&client, beside, false, &diag);
	if (!err)
		err = send_file(&client, path, true, &diag);
	/* where it stopped listening, its answer says more than our broken pipe */
	if (client_answer(&client, say, answer, sizeof(answer), &why) < 0)
		return fail(err && err != -EPIPE && err != -ECONNRESET ? &diag : &why);
	printf("%s\n", answer);
	return CLI_OK;
}

/* ---- judging */

static int go_back(const struct paths *paths, enum trial_kind kind)
{
	struct diag diag;
	int err;

	trial_forget(paths);
	err = kind == TRIAL_SLOT ? units_tell(paths, "reboot", NULL, &diag)
				 : units_tell(paths, "restart", "chronus.service", &diag);
	if (!err)
		return CLI_OK;
	fail(&diag); /* the unit's FailureAction reboots */
	return CLI_FAILED;
}

static enum sound_verdict judge(
	const struct paths *paths, enum trial_kind kind, struct sound_watch *watch)
{
	enum sound_verdict verdict;
	struct sound_look look;

	watch->needs_device = trial_needs_device(paths);
	sound_watch_begin(watch, clock_now_ns());
	do {
		if (kind == TRIAL_PROGRAM && !paths_has(paths->run, "trial"))
			return SOUND_SILENT;
		sound_now(&look);
		verdict = sound_watch_look(watch, &look, clock_now_ns());
		if (verdict == SOUND_WAIT)
			clock_sleep_until_ns(clock_now_ns() + NS_PER_S / 4);
	} while (verdict == SOUND_WAIT);
	return verdict;
}

static int keep(const struct paths *paths, double sound_s, double patience_s)
{
	struct sound_watch watch = {
		.sound_ns = (int64_t)(sound_s * 1e9), .patience_ns = (int64_t)(patience_s * 1e9)};
	char what[200];
	enum trial_kind kind = trial_find(paths, what, sizeof(what));
	struct diag diag;

	if (kind == TRIAL_NONE)
		return CLI_OK;
	if (kind == TRIAL_ENDED) {
		card_log(paths, "%s was tried and did not last: what was before plays%s", what,
			paths_has(paths->boot, "fallback") ? " (its root could not be mounted)"
							   : "");
		trial_forget(paths);
		return CLI_OK;
	}
	card_log(paths, "%s is being tried", what);
	if (judge(paths, kind, &watch) == SOUND_KEPT) {
		if (trial_keep(paths, kind, &diag) < 0) {
			card_log(paths, "%s has sounded, but could not be kept: %s", what,
				diag.text);
			return go_back(paths, kind);
		}
		card_log(paths, "%s has sounded for %.0f s: kept", what, sound_s);
		return CLI_OK;
	}
	card_log(paths, "%s has not sounded for %.0f s within %.0f s (%s): back to what was before",
		what, sound_s, patience_s, watch.fault);
	return go_back(paths, kind);
}

/* ---- telling */

static void tell_slot(const struct paths *paths, char letter, char running)
{
	char folder[PATHS_BYTES + 8], version[64];

	snprintf(folder, sizeof(folder), "%s/%c", paths->card, letter);
	if (slot_folder_release(folder, "version", version, sizeof(version)) < 0)
		strcpy(version, "empty");
	printf("slot %c: %s%s\n", letter, version, letter == running ? ", runs" : "");
}

static void tell_log(const struct paths *paths)
{
	char *text = malloc(2 * CARD_LOG_MAX_BYTES), *at;
	int n = 0;

	if (!text || small_read(paths->data, "update/log", text, 2 * CARD_LOG_MAX_BYTES) <= 0) {
		free(text);
		return;
	}
	for (at = text + strlen(text) - 1; at > text; at--)
		if (at[-1] == '\n' && ++n == STATUS_LINES)
			break;
	fputs(at, stdout);
	free(text);
}

static int tell_status(const struct paths *paths)
{
	char text[BOOT_SLOT_BYTES + 1], running[8] = "", what[200], program[128] = "";
	char path[PATHS_BYTES + 16];
	enum boot_mark mark;
	char named;
	ssize_t n;

	if (!paths->has_slots) {
		printf("chronus %s, from this system's packages (`apt install ./FILE.deb` updates "
		       "it)\n",
			CHRONUS_VERSION);
		return CLI_OK;
	}
	small_read(paths->boot, "slot", running, sizeof(running));
	tell_slot(paths, 'a', running[0]);
	tell_slot(paths, 'b', running[0]);
	n = small_read(paths->card, "slot.txt", text, sizeof(text));
	if (n > 0 && boot_slot_read(text, (size_t)n, &named, &mark) == 0)
		printf("next boot: slot %c%s\n", named, mark == BOOT_TRY ? ", to try it" : "");
	snprintf(path, sizeof(path), "%s/app/current", paths->data);
	if (readlink(path, program, sizeof(program) - 1) > 0)
		printf("program: version %s, beside the slot's own\n", program);
	switch (trial_find(paths, what, sizeof(what))) {
	case TRIAL_SLOT:
	case TRIAL_PROGRAM:
		printf("%s is being tried\n", what);
		break;
	case TRIAL_NONE:
	case TRIAL_ENDED:
		break;
	}
	tell_log(paths);
	return CLI_OK;
}

int cli_update(int argc, char **argv)
{
	bool is_unsigned = false, may_be_older = false, keeps = false, tells = false;
	double sound_s = 60, patience_s = 300;
	const struct option_row rows[] = {
		{"unsigned", OPTION_FLAG, &is_unsigned, NULL,
			"the checksum is enough, no signature is asked for", 0, 0, NULL},
		{"older", OPTION_FLAG, &may_be_older, NULL,
			"take a version older than what is installed, too", 0, 0, NULL},
		{"status", OPTION_FLAG, &tells, NULL,
			"the slots, and what became of the last updates", 0, 0, NULL},
		{"keep", OPTION_FLAG, &keeps, NULL,
			"judge what is tried (for chronus-keep.service)", 0, 0, NULL},
		{"sound-s", OPTION_DOUBLE, &sound_s, "S", "with --keep: so long it must sound", 0.1,
			3600, NULL},
		{"within-s", OPTION_DOUBLE, &patience_s, "S", "with --keep: in no more than this",
			0.1, 7200, NULL},
	};
	int n = options_read(rows, ARRAY_LEN(rows), argc, argv);
	static struct paths paths;

	if (n < 0)
		return options_exit_code(n);
	if (n != (keeps || tells ? 0 : 1))
		return options_refuse(argv[0], "one FILE.img.zst or FILE.deb, or - for stdin");
	paths_find(&paths, paths_root());
	trial_look = sound_now;
	if (keeps)
		return keep(&paths, sound_s, patience_s);
	return tells ? tell_status(&paths)
		     : send_update(&paths, argv[1], is_unsigned, may_be_older);
}
