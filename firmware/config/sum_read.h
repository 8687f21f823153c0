/* sum_read.h - "(osc1 + osc2.out) * 0.5 - 3" to terms of a patch. The grammar is in README.md.
 * Threads: [desk] [init] */
#ifndef CONFIG_SUM_READ_H
#define CONFIG_SUM_READ_H

#include "patch/patch.h"

/* Appends text's terms to *sum, which lies in patch and is empty. takes_notes: "c#4" is a number where no module is of
 * that name. 0, or -EINVAL, -ENOENT (no such module or output), -ERANGE (a number too large), -ENOSPC (too many terms)
 * or -ENOMEM, with the bare reason in diag; the patch is of no use then. */
int sum_read(struct patch *patch, struct patch_sum *sum, const char *text, bool takes_notes,
	struct diag *diag);

/* A sum without sources: "(440 + 3) * 2". 0, -EINVAL or -ERANGE, with the bare reason in diag. */
int constant_read(const char *text, bool takes_notes, double *out, struct diag *diag);

#endif
