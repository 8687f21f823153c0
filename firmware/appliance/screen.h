/* screen.h - what `chronus run` shows on a terminal: one block of lines, redrawn in place.
 *
 * Log lines and replies scroll above the block. Works from 40 columns on, at any height of at least
 * 8 lines: knobs that do not fit are left out.
 * Threads: open, close [init]; draw, say [desk]. Only one screen at a time. */
#ifndef APPLIANCE_SCREEN_H
#define APPLIANCE_SCREEN_H

#include "control/desk.h"

struct screen;

/* Takes over the log's lines. 0 or a negative errno (-ENOTTY: fd is no terminal). */
int screen_open(struct screen **screen, int fd);
/* Leaves the block where it is, below the last line; NULL is allowed. */
void screen_close(struct screen *screen);

/* Some 15 times a second. Exchanges stats->peak_bits with 0, so nobody else may read it. */
void screen_draw(struct screen *screen, const struct desk *desk, struct stats_page *stats);

/* A line above the block: a command's reply. */
void screen_say(struct screen *screen, const char *line);

/* ---- pure; for tests */
/* "[######----|---] -12.3 dB": n_cells cells from -60 to 0 dBFS, the hold as '|'. */
void screen_meter_text(char *out, size_t n_bytes, double peak, double hold, int n_cells);

#endif
