/* seat.h - how many requests the privileged side has at a time, and which one makes room.
 *
 * chronus-card.socket starts a process for each connection; it takes a seat (a lock on a file in
 * paths->run) and keeps it until it ends. Where all SEATS are taken it waits for one, at most
 * SEAT_WAIT_S. The request that has stood still longest goes: one that has not said what it wants within
 * SEAT_SILENT_S, or of which no SEAT_STEP_BYTES (its line counts as so many) came within
 * SEAT_RECEIVE_S. Never one that is being carried out. Who waits so long is refused only where all
 * seats have requests that make progress.
 * Threads: [init]
 * Errors:  0, or a negative errno with the reason. */
#ifndef CARD_SEAT_H
#define CARD_SEAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "card/paths.h"

enum {
	SEATS = 4,
	SEAT_SILENT_S = 2,
	SEAT_RECEIVE_S = 10,
	SEAT_WAIT_S = 15,
	SEAT_STEP_BYTES = 4096,
};

/* Each has a letter in the seat's file, for others to read. */
enum seat_state {
	SEAT_SILENT = 's',  /* its request is not there yet */
	SEAT_RECEIVE = 'r', /* what belongs to it comes in */
	SEAT_UPDATE = 'u',  /* the same, an update */
	SEAT_WORK = 'w',    /* it is being carried out */
};

struct seat {
	const struct paths *paths;
	int idx, fd; /* fd -1: none; where paths->run cannot be written to nobody needs one */
	enum seat_state state;
	int64_t since_ns; /* it stands still, as far as it is noted */
	size_t n_new;     /* bytes since then */
};

int seat_take(struct seat *seat, const struct paths *paths, struct diag *diag);
void seat_set(struct seat *seat, enum seat_state state);
/* Reads what is there, after waiting for it. 0: the end; -ETIMEDOUT: nothing came within
 * patience_ms; -ECANCELED: another needs the seat, the caller has to end. seat may be NULL. */
ssize_t seat_read(struct seat *seat, int fd, void *to, size_t n_bytes, int patience_ms);
/* Asks a request that stands still in this state to go. false: there is none. */
bool seat_send_away(const struct seat *seat, enum seat_state state);

#endif
