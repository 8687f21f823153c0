/* appliance.h - the running instrument: settings, patch, sound card, inputs, sockets and state,
 * from its start to its end.
 * Threads: [init] appliance_play, which becomes [desk] */
#ifndef APPLIANCE_APPLIANCE_H
#define APPLIANCE_APPLIANCE_H

#include <stdbool.h>

/* The strings stay the caller's. */
struct appliance_options {
	const char *config_path, *script_path, *journal_path; /* NULL: none */
	const char *patch_said; /* on the command line; NULL: the settings' one */
	bool allows_faults;
	bool is_appliance; /* it plays, whatever its files are */
	double seconds;    /* 0: until told to stop */
};

enum appliance_end {
	APPLIANCE_DONE,
	APPLIANCE_FAILED, /* no sound, or a part of what was asked for is lost; said in the log */
	APPLIANCE_BAD_INPUT, /* settings, patch or script; said in the log */
};

/* Plays until the time is over or somebody wants out. */
enum appliance_end appliance_play(const struct appliance_options *options);

#endif
