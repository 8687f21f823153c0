/* fuzz_socket.c - a client of the control socket: any bytes, in pieces of a size that the first
 * byte says. Each line is executed or refused as the lines of the whole are, in order, with one
 * reply; an action that is read from one is the same when it is written and read again. */
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/patch_read.h"
#include "control/action.h"
#include "control/control_client.h"
#include "control/file_name.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/action_same.h"

static const char ini[] = "[knob cutoff]\npins = 17 27\ncontrols = svf1.cutoff_hz\n"
			  "[knob bank]\npins = 5 6\ncontrols = patch\n[button go]\npin = 26\n";
static const char patch_text[] =
	"[patch]\nname = Live\n[osc1]\ntype = osc\n[env1]\ntype = adsr\nin = osc1\n[svf1]\n"
	"type = svf\nin = env1\n[keys1]\ntype = keys\n[seq1]\ntype = seq\n[out]\nin = svf1\n";

static struct settings settings;
static struct action_names names;

/* The lines still to come, of the whole. */
static const uint8_t *next;
static size_t n_left;
static int n_replies;

static void prepare(void)
{
	struct patch *patch;
	struct diag diag;

	MUST(settings_read_text(ini, sizeof(ini) - 1, "i", &settings, &diag) == 0);
	MUST(patch_read_text(patch_text, sizeof(patch_text) - 1, "p", &patch, &diag) == 0);
	names = (struct action_names){&settings, patch, patch};
}

/* ---- an action and its text */

static void write_and_read(const struct action *action)
{
	char text[ACTION_TEXT_BYTES], cut[ACTION_TEXT_BYTES], name[FILE_NAME_BYTES];
	struct action back;
	struct diag diag;

	action_text(&settings, action, text);
	MUST(strlen(text) < ACTION_TEXT_BYTES && !strpbrk(text, "\r\n"));
	if (strcmp(text, "load") == 0) {
		MUST(file_name_write(action->load.path, NULL, name) < 0);
		return;
	}
	memcpy(cut, text, sizeof(cut));
	MUST(action_read(&names, cut, &back, &diag) == 0);
	MUST(action_same(*action, back));
}

static void read_action(const char *line)
{
	struct action action;
	struct diag diag = {""};
	char *cut = text_of((const uint8_t *)line, strlen(line));
	int err = action_read(&names, cut, &action, &diag);

	MUST(err >= 0 || (diag.text[0] && !strchr(diag.text, '\n')));
	if (err == 0)
		write_and_read(&action);
	free(cut);
}

/* ---- lines */

/* The next line of the whole, which has its end. */
static const uint8_t *take_line(size_t *n_line)
{
	const uint8_t *line = next, *end = memchr(next, '\n', n_left);

	MUST(end);
	*n_line = (size_t)(end - line);
	next = end + 1;
	n_left -= *n_line + 1;
	return line;
}

static int execute(void *ctx, const char *line, char *reply, size_t reply_bytes)
{
	const uint8_t *want;
	size_t n_want;

	(void)ctx;
	for (;;) { /* those that are refused are not seen here */
		want = take_line(&n_want);
		n_replies++;
		if (n_want > CONTROL_LINE_BYTES)
			continue;
		if (n_want && want[n_want - 1] == '\r')
			n_want--;
		if (!memchr(want, '\0', n_want))
			break;
	}
	MUST(strlen(line) == n_want && memcmp(line, want, n_want) == 0);
	read_action(line);
	if (strcmp(line, "commit") == 0)
		return CONTROL_LATER;
	snprintf(reply, reply_bytes, "%s", line);
	return 0;
}

/* Counts the lines of replies. */
static int take_replies(int fd)
{
	char text[4096];
	ssize_t got;
	int n = 0;

	while ((got = recv(fd, text, sizeof(text), MSG_DONTWAIT)) > 0)
		for (ssize_t i = 0; i < got; i++)
			n += text[i] == '\n';
	return n;
}

static int serve(struct client *client, int fd)
{
	int n;

	client_serve(client, 0, execute, NULL);
	n = take_replies(fd);
	if (client->is_waiting && client->fd >= 0) {
		client->is_waiting = false;
		client_reply(client, "ok later");
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	static struct client client;
	size_t n_piece = n_bytes ? 1 + data[0] * 8u : 0;
	int fds[2], n = 0, n_want = 0;

	if (!names.live)
		prepare();
	if (n_bytes < 2)
		return 0;
	next = ++data;
	n_left = --n_bytes;
	n_replies = 0;
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
	memset(&client, 0x5a, sizeof(client)); /* as the one before has left it */
	client.fd = fds[0];
	client.is_skipping = client.has_ended = client.is_waiting = client.has_asked = false;
	client.n_in = client.n_out = 0;
	for (size_t at = 0; at < n_bytes; at += n_piece) {
		size_t n_now = n_bytes - at < n_piece ? n_bytes - at : n_piece;

		MUST(send(fds[1], data + at, n_now, MSG_NOSIGNAL) == (ssize_t)n_now);
		n += serve(&client, fds[1]);
	}
	shutdown(fds[1], SHUT_WR);
	for (int i = 0; i < 5000 && client.fd >= 0; i++)
		n += serve(&client, fds[1]);
	MUST(client.fd < 0);
	for (size_t i = 0; i < n_bytes; i++)
		n_want += data[i] == '\n';
	MUST(n == n_want && n_replies <= n_want);
	close(fds[1]);
	return 0;
}
