/* ssh_keys.h - is this text a file of authorized_keys that lets its owner in?
 *
 * Each line is a comment or a whole public key, of a type and size that sshd accepts; there is at
 * least one key. The structure is checked here; ssh-keygen, where it is installed, is asked as well.
 * Threads: [init]
 * Errors:  0, or -EINVAL and the reason, with the line. */
#ifndef CARD_SSH_KEYS_H
#define CARD_SSH_KEYS_H

#include <stddef.h>

#include "base/diag.h"

enum { SSH_KEYS_MAX_BYTES = 16 * 1024 };

int ssh_keys_check(const char *bytes, size_t n_bytes, const char *path, struct diag *diag);
/* Our part of it alone: is this line, without its end, a whole key? NULL, or the reason. */
const char *ssh_key_fault(const char *line, size_t n_bytes);

#endif
