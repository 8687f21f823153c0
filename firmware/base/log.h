/* log.h - lines for people, on stderr (systemd's journal keeps them on the appliance).
 *
 * Threads: [init] [desk] [housekeeping]. Never from a real-time thread: those count,
 *          and the desk tells. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/util.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };

void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
/* "FORMAT: reason (errno)"; err is a negative errno and is returned. */
int log_err(int err, const char *format, ...) PRINTF_LIKE(2, 3);
/* While a terminal shows a live screen, lines go through this instead of stderr. NULL: stderr. */
void log_set_writer(void (*writer)(const char *line));

#endif
