/* patch_read.h - patches/NAME.ini to struct patch.
 * Threads: [init] [desk] */
#ifndef CONFIG_PATCH_READ_H
#define CONFIG_PATCH_READ_H

#include "patch/patch.h"

/* 0 and *out (free with patch_free), or a negative errno with the reason in *diag (file, line,
 * section, key, what is allowed); *out is untouched then. Cycles are found here (patch_order). A patch
 * without a name gets its file's. */
int patch_read(const char *path, struct patch **out, struct diag *diag);

/* The same, and a file without a section, which is silence to patch_read, is refused: -ENODATA. */
int patch_read_filled(const char *path, struct patch **out, struct diag *diag);

/* patch->file of such a file; where no file is there (a built-in patch, a test's) of the path as it is
 * said. */
uint64_t patch_file_of(const char *path);

/* Same, from memory; name stands for the file in messages. For tests and fuzzing. */
int patch_read_text(
	const char *text, size_t n_bytes, const char *name, struct patch **out, struct diag *diag);

/* A parameter's value from text, as `set` and the ini take it: a finite number inside the range, or
 * a choice by name. 0, or -EINVAL/-ERANGE and the bare reason (the caller names module and key). */
int param_value_read(
	const struct param_desc *param, const char *text, float *out, struct diag *diag);
/* on yes true 1 high, off no false 0 low. 0, or -EINVAL and the bare reason. */
int gate_value_read(const char *text, bool *out, struct diag *diag);

#endif
