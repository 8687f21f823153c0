/* host_name.h - is this text the name of a machine? One label of letters, digits and hyphens, and
 * none that means something else in a network.
 * Threads: [init]
 * Errors:  0, or -EINVAL and the reason. */
#ifndef CARD_HOST_NAME_H
#define CARD_HOST_NAME_H

#include <stddef.h>

#include "base/diag.h"

enum { HOST_NAME_MAX_BYTES = 63 };

int host_name_check(const char *bytes, size_t n_bytes, const char *path, struct diag *diag);

#endif
