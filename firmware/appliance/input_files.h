/* input_files.h - settings, patch and script, read at the start; an appliance's errors become
 * warnings. run->settings is written here only.
 * Threads: [init] */
#ifndef APPLIANCE_INPUT_FILES_H
#define APPLIANCE_INPUT_FILES_H

#include <stdbool.h>

#include "control/script.h"

struct run;

struct run_input {
	struct script script;
	bool lacks_settings; /* neither the file nor a copy of it: these are the defaults */
};

int run_input_open(struct run *run, struct diag *diag);
void run_settings_reset(struct run *run); /* to the defaults: the file's could not be played */
void run_input_close(struct run *run);

#endif
