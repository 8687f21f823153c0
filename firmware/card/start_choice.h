/* start_choice.h - which program the instrument is started by: the one on trial, the one that was
 * kept, or the read-only system's own.
 * Threads: [init] */
#ifndef CARD_START_CHOICE_H
#define CARD_START_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card/paths.h"

enum { START_CHOICES = 2, START_QUICK_S = 30, START_MAX_QUICK = 3 };

/* The program of /data/app to start, which is counted as started; false: our own. */
bool start_choice(const struct paths *paths, int64_t now_ns, char *path, size_t n_bytes);
/* Starts it with these arguments (argv[0] is the command's name). Returns where that fails. */
void start_exec(const char *path, int argc, char **argv);

#endif
