/* midi_page.h - what arrives at the MIDI ports, in a file that others map: for `chronus midi`.
 *
 * The desk writes, whoever wants to reads, and nobody waits: a reader that is slow misses messages and
 * can tell how many.
 * Threads: midi_page_read [any]; the rest [desk]
 * Errors:  a negative errno and the reason in diag. */
#ifndef INPUT_MIDI_PAGE_H
#define INPUT_MIDI_PAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "control/midi_decoder.h"

#define MIDI_PAGE_MAGIC "chrmidi"
#define MIDI_PAGE_FILE  "midi" /* in the runtime folder */

enum { MIDI_PAGE_PORTS = 16, MIDI_PAGE_MESSAGES = 1024, MIDI_PORT_NAME_BYTES = 64 };

struct midi_page_port {
	char file[MIDI_PORT_NAME_BYTES]; /* midiC1D0; "": none was ever here */
	char name[MIDI_PORT_NAME_BYTES]; /* of its maker, or the card's; else as file */
	bool is_open;
	uint64_t n_bytes, n_faults;
};

struct midi_page_message {
	int64_t time_ns; /* CLOCK_MONOTONIC */
	int port;
	bool is_heard; /* false: of a channel that [midi] leaves out, or of the system's */
	struct midi_message message;
};

struct midi_page {
	char magic[8];
	uint32_t page_bytes;
	int32_t pid;
	struct midi_page_port ports[MIDI_PAGE_PORTS];
	_Atomic uint64_t n_messages; /* so far: message i is at i modulo their number */
	struct midi_page_message messages[MIDI_PAGE_MESSAGES];
};

int midi_page_open(struct midi_page **page, const char *path, struct diag *diag);
void midi_page_close(struct midi_page *page, const char *path);
/* NULL: nobody looks. Clock and active sensing are passed over. */
void midi_page_put(struct midi_page *page, const struct midi_page_message *message);
/* Somebody else's, to be unmapped by munmap(page, sizeof(*page)). */
int midi_page_read(const char *path, const struct midi_page **page, struct diag *diag);

#endif
