/* envelope.c - signature and checksum in front of an update. See envelope.h.
 * Tested by: unit/card/test_update */
#include "card/envelope.h"

#include <errno.h>
#include <string.h>

static size_t hex_length(const char *text)
{
	return strspn(text, "0123456789abcdef");
}

int sha256_line_read(const char *line, char *sha256)
{
	const char *at = line, *equals;

	if (strncmp(line, "SHA256 (", strlen("SHA256 (")) == 0) {
		equals = strstr(line, ") = ");
		at = equals ? equals + strlen(") = ") : "";
	}
	if (hex_length(at) != SHA256_TEXT_BYTES - 1)
		return -EINVAL;
	memcpy(sha256, at, SHA256_TEXT_BYTES - 1);
	sha256[SHA256_TEXT_BYTES - 1] = '\0';
	return 0;
}

/* The line at *at into line, and *at behind it. Its length with its end, or 0: no text line. */
static size_t line_take(const char *head, size_t n_bytes, size_t at, char *line, size_t n_room)
{
	const char *end = at < n_bytes ? memchr(head + at, '\n', n_bytes - at) : NULL;
	size_t n = end ? (size_t)(end - head) - at : n_room;

	if (n >= n_room || memchr(head + at, '\0', n))
		return 0;
	memcpy(line, head + at, n);
	line[n] = '\0';
	return n + 1;
}

static enum update_kind kind_of(const char *at, size_t n_bytes)
{
	if (n_bytes >= 4 && memcmp(at, "\x28\xb5\x2f\xfd", 4) == 0) /* zstd */
		return UPDATE_IMAGE;
	if (n_bytes >= 8 && memcmp(at, "!<arch>\n", 8) == 0) /* ar, as every .deb */
		return UPDATE_PACKAGE;
	return UPDATE_UNKNOWN;
}

void envelope_read(const char *head, size_t n_bytes, struct envelope *envelope)
{
	static const char comment[] = "untrusted comment: ";
	char line[512];
	size_t at = 0, n;

	memset(envelope, 0, sizeof(*envelope));
	n = line_take(head, n_bytes, 0, line, sizeof(line));
	if (n && sha256_line_read(line, envelope->sha256) == 0) {
		at = n;
		n = line_take(head, n_bytes, at, line, sizeof(line));
	}
	if (n && strncmp(line, comment, strlen(comment)) == 0) {
		size_t first = at, n_key;

		n_key = line_take(head, n_bytes, at + n, line, sizeof(line));
		n = n_key ? n + n_key : 0;
		n_key = n ? line_take(head, n_bytes, at + n, line, sizeof(line)) : 0;
		if (n_key && sha256_line_read(line, envelope->sha256) == 0) {
			at += n + n_key;
			memcpy(envelope->signature, head + first, at - first);
		}
	}
	envelope->n_bytes = at;
	envelope->kind = kind_of(head + at, n_bytes - at);
}
