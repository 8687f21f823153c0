/* patch_write.h - a patch's values as they are now, put into the text that it was read from. Comments,
 * order and layout stay; only lines of values that differ from the file's change. A value that has no line
 * gets one behind the last key of its section.
 * Threads: [desk] */
#ifndef CONFIG_PATCH_WRITE_H
#define CONFIG_PATCH_WRITE_H

#include <stddef.h>

#include "patch/patch.h"

/* 0 and *text (free it), or a negative errno and the reason: -ENOENT: it was not read from a text; -E2BIG: a
 * line would be longer than an ini may have. patch_read_text() of it gives the values bit for bit. */
int patch_write(const struct patch *patch, char **text, size_t *n_bytes, struct diag *diag);

#endif
