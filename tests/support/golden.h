/* golden.h - renders GOLDEN_FRAMES of a module and compares lane 0 with tests/golden/<name>.f32 (48
 * kHz).
 *
 * Compared with a tolerance: processors and compilers round differently.
 * CHRONUS_GOLDEN_UPDATE=differs writes those anew that are not there or differ,
 * CHRONUS_GOLDEN_UPDATE=NAME that one, and says so. Where one differs, what was rendered is
 * written to build/golden_<name>.wav, to be heard. */
#ifndef SUPPORT_GOLDEN_H
#define SUPPORT_GOLDEN_H

#include "tests/support/module_bench.h"

enum { GOLDEN_FRAMES = 4800 };

/* Closes the bench. */
void golden_check(struct bench *bench, const char *name);
/* The same where frames before `from` were rendered already, into out[GOLDEN_FRAMES]. */
void golden_check_from(struct bench *bench, const char *name, v4f *out, int from);

#endif
