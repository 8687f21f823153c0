/* watch.h - commands that go on until Ctrl-C. Threads: [init] */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include <stdbool.h>

/* From here on SIGINT and SIGTERM end the watching, not the program. */
void watch_begin(void);
bool watch_has_ended(void);

#endif
