/* serve.h - the privileged side: one request on a connection, carried out, answered.
 *
 * Request, one line: "edit NAME BYTES" and the bytes; "save", the same of a patch, and what was
 * there is kept as NAME~; "update", with "unsigned" and "older" behind
 * it where the owner says so, and the file up to the end of what is sent; "restart"; "reboot". Answers are lines: "- ..." while it works, then
 * one that begins "ok" or "error:". Names are from user_file.h only.
 * Threads: [init] */
#ifndef CARD_SERVE_H
#define CARD_SERVE_H

#include "card/paths.h"

enum { SERVE_LINE_BYTES = 1000 };

/* in and out may be one socket. The process's exit code: 0 done, 1 refused. */
int card_serve(const struct paths *paths, int in, int out);

#endif
