/* built_in.h - a patch that is always there, for a run without one, and an appliance whose files are broken.
 * Threads: [init] */
#ifndef APPLIANCE_BUILT_IN_H
#define APPLIANCE_BUILT_IN_H

#include <stdbool.h>

extern const char built_in_patch[];
#define BUILT_IN_PATH "patches/built-in.ini" /* as its file is called, which is not there */

/* The path is that name, in any folder, and no file stands there. */
bool built_in_is(const char *path);

#endif
