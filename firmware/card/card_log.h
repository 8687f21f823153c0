/* card_log.h - what happened to the card, for whoever asks later: /data/update/log.
 * Threads: [init] */
#ifndef CARD_CARD_LOG_H
#define CARD_CARD_LOG_H

#include "base/util.h"
#include "card/paths.h"

enum { CARD_LOG_MAX_BYTES = 64 * 1024 };

/* A line with the time (may be wrong on a Pi without network) and the seconds since the boot; also
 * on stderr, where the journal takes it. Where it cannot be kept it is only that. */
void card_log(const struct paths *paths, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
