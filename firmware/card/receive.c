/* receive.c - an update comes in and is proven to be what its maker made. See update.h.
 *
 * It is kept as a file first: nothing is written to the other slot before the whole of it is known
 * to be good. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "card/child.h"
#include "card/envelope.h"
#include "card/safe_file.h"
#include "card/seat.h"
#include "card/update.h"

enum { PATIENCE_MS = 60000, CHUNK_BYTES = 64 * 1024 };

/* Up to n bytes; fewer only at the end of the stream. */
static ssize_t read_up_to(struct seat *seat, int fd, char *to, size_t n_bytes)
{
	size_t n = 0;

	while (n < n_bytes) {
		ssize_t got = seat_read(seat, fd, to + n, n_bytes - n, PATIENCE_MS);

		if (got == -EINTR)
			continue;
		if (got < 0)
			return got;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

static int keep_stream(
	struct update *update, int fd, int to, struct envelope *envelope, char *chunk)
{
	ssize_t n = read_up_to(update->seat, fd, chunk, ENVELOPE_MAX_BYTES);
	uint64_t n_all = 0, said = 0;
	int err = n < 0 ? (int)n : 0;

	if (!err) {
		envelope_read(chunk, (size_t)n, envelope);
		n -= (ssize_t)envelope->n_bytes;
		memmove(chunk, chunk + envelope->n_bytes, (size_t)n);
	}
	while (!err && n > 0) {
		n_all += (uint64_t)n;
		err = n_all > (uint64_t)UPDATE_MAX_MB << 20
			      ? -EFBIG
			      : atomic_file_write(to, chunk, (size_t)n);
		if (n_all - said >= 8 << 20) {
			said = n_all;
			progress_say(&update->progress, "received %d MB", (int)(n_all >> 20));
		}
		if (!err)
			n = read_up_to(update->seat, fd, chunk, CHUNK_BYTES);
		if (n < 0)
			err = (int)n;
	}
	return err;
}

int update_receive(struct update *update, int fd, struct envelope *envelope, struct diag *diag)
{
	int to = open(update->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), err;
	char *chunk = malloc(CHUNK_BYTES);

	err = to < 0 ? -errno : !chunk ? -ENOMEM : 0;
	if (!err)
		err = keep_stream(update, fd, to, envelope, chunk);
	free(chunk);
	if (to >= 0)
		close(to);
	if (err == -EFBIG)
		return diag_set(diag, err, "the update is larger than %d MB", UPDATE_MAX_MB);
	if (err == -ECANCELED)
		return diag_set(diag, err,
			"the update stood still for %d s, and others wait: send it again",
			SEAT_RECEIVE_S);
	if (err == -ENOSPC)
		return diag_set(diag, err, "no room for the update on %s", update->paths->data);
	if (err < 0)
		return diag_set(diag, err, "receiving the update: %s", strerror(-err));
	if (envelope->kind == UPDATE_UNKNOWN)
		return diag_set(diag, -EINVAL,
			"this is neither a .img.zst nor a .deb (nor one behind its .sig or "
			".sha256)");
	return 0;
}

/* The maker's key has signed this: the checksum. */
static int check_signature(
	struct update *update, const struct envelope *envelope, char *sha256, struct diag *diag)
{
	char key[PATHS_BYTES + 32], signature[PATHS_BYTES + 64], message[PATHS_BYTES + 64];
	char line[512];
	const char *const argv[] = {"signify-openbsd", "-V", "-q", "-e", "-p", key, "-x", signature,
		"-m", message, NULL};
	struct diag why;
	int err;

	snprintf(key, sizeof(key), "%s/update.pub", update->paths->card);
	snprintf(signature, sizeof(signature), "%s/sig", update->work);
	snprintf(message, sizeof(message), "%s/message", update->work);
	if (access(key, R_OK) < 0)
		return diag_set(diag, -ENOKEY,
			"%s: not there: put your maker's key on the card, or update --unsigned",
			key);
	err = safe_replace(
		update->work, "sig", envelope->signature, strlen(envelope->signature), 0600, diag);
	if (err < 0)
		return err;
	if (child_run(argv, NULL, 0, &why) < 0)
		return diag_set(
			diag, -EKEYREJECTED, "the signature is not of %s (%.200s)", key, why.text);
	if (small_read(update->work, "message", line, sizeof(line)) <= 0 ||
		sha256_line_read(line, sha256) < 0)
		return diag_set(diag, -EKEYREJECTED, "the signature has no checksum in it");
	return 0;
}

int update_verify(struct update *update, const struct envelope *envelope, struct diag *diag)
{
	const char *const argv[] = {"sha256sum", update->file, NULL};
	char wanted[SHA256_TEXT_BYTES], found[SHA256_TEXT_BYTES], line[PATHS_BYTES + 200];
	int err = 0;

	if (update->is_unsigned && !envelope->sha256[0])
		return diag_set(diag, -EINVAL, "no checksum: send FILE.sha256 in front of FILE");
	if (!update->is_unsigned && !envelope->signature[0])
		return diag_set(diag, -EKEYREJECTED,
			"not signed: send FILE.sig in front of FILE, or update --unsigned");
	memcpy(wanted, envelope->sha256, sizeof(wanted));
	if (!update->is_unsigned)
		err = check_signature(update, envelope, wanted, diag);
	if (!err)
		err = child_run(argv, line, sizeof(line), diag);
	if (err < 0)
		return err;
	if (sha256_line_read(line, found) < 0 || strcmp(found, wanted) != 0)
		return diag_set(
			diag, -EBADMSG, "the checksum is wrong: the file is damaged or not whole");
	progress_say(&update->progress, "checksum right%s",
		update->is_unsigned ? ", signature not looked at" : ", signature right");
	return 0;
}
