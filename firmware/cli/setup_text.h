/* setup_text.h - what `chronus setup` makes of cmdline.txt and config.txt of Raspberry Pi OS.
 *
 * Applying twice changes nothing more. What is not understood is refused, and nothing changes.
 * Threads: [init], pure.
 * Errors:  0 and *out (free it), or a negative errno and the reason. */
#ifndef CLI_SETUP_TEXT_H
#define CLI_SETUP_TEXT_H

#include <stdbool.h>

#include "base/diag.h"

/* The kernel's command line: core 3 is the producer's alone, interrupts stay on the others, and the
 * clock does not fall. */
int setup_cmdline_apply(const char *text, char **out, struct diag *diag);
/* Takes away what apply has added to before, which is the file as it was then. */
int setup_cmdline_undo(const char *text, const char *before, char **out, struct diag *diag);
/* The firmware's settings: full speed always; the real-time kernel where it is installed; the
 * overlay of a DAC, and then no audio of the board's own. */
#define SETUP_RT_KERNEL "kernel8_rt.img"
struct setup_config {
	const char *dac;    /* NULL: none is wanted */
	bool has_rt_kernel; /* SETUP_RT_KERNEL is beside config.txt */
};
int setup_config_apply(
	const char *text, const struct setup_config *wanted, char **out, struct diag *diag);
int setup_config_undo(const char *text, char **out, struct diag *diag);

#endif
