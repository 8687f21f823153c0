/* envelope.h - what stands in front of an update in a stream: its checksum, or its signature.
 *
 *     cat FILE.sig FILE | ssh chronus@chronus.local chronus update -
 *
 * FILE.sig is signify's, with the checksum in it: three lines. FILE.sha256 is sha256sum's one line;
 * it serves where no signature is wanted.
 * Threads: [any] */
#ifndef CARD_ENVELOPE_H
#define CARD_ENVELOPE_H

#include <stddef.h>

enum { ENVELOPE_MAX_BYTES = 2048, SHA256_TEXT_BYTES = 65 };

enum update_kind { UPDATE_UNKNOWN, UPDATE_IMAGE, UPDATE_PACKAGE };

struct envelope {
	char signature[ENVELOPE_MAX_BYTES]; /* the three lines; empty: there is none */
	char sha256[SHA256_TEXT_BYTES];     /* as said, not proven; empty: nothing is said */
	size_t n_bytes;                     /* where the update itself begins */
	enum update_kind kind;              /* what it begins as */
};

/* head: the first bytes of the stream (ENVELOPE_MAX_BYTES of them, or all there are). */
void envelope_read(const char *head, size_t n_bytes, struct envelope *envelope);

/* The checksum in a line of sha256sum ("HEX  NAME" or "SHA256 (NAME) = HEX"). 0 or -EINVAL. */
int sha256_line_read(const char *line, char *sha256);

#endif
