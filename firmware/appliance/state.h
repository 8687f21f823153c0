/* state.h - the state kept for the next start: when it is read, and when it is written.
 * Threads: name_folder, begin, take_patch, want, close [init]; the rest [desk] */
#ifndef APPLIANCE_STATE_H
#define APPLIANCE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "control/state_writer.h"
#include "control/state_text.h"

struct run;

struct run_state {
	char folder[SETTINGS_PATH_BYTES]; /* empty: nothing is kept */
	struct state_writer *writer;      /* NULL: nothing is kept */
	enum {
		STATE_LOOKING, /* for the folder */
		STATE_TAKING,  /* the state is being committed */
		STATE_KEEPING,
	} phase;
	struct state found;
	bool has_state, has_other_start;
	bool has_taken;          /* the patch to begin with is the state's */
	bool is_held;            /* the folder is another process's */
	bool must_end;           /* to be started again, with the settings that it has */
	uint64_t ordered, saved; /* desk_n_changes() of what is, or was, written */
	int64_t ordered_ns, next_ns, written_ns, looking_ns;
};

void run_state_name_folder(struct run *run); /* when settings have been read */
/* When they are known. -EBUSY, by hand: another process has the folder. */
int run_state_begin(struct run *run, struct diag *diag);
/* Another start patch is named than the state was kept of: the state is a step back. */
void run_state_is_of_another_start(struct run *run);
struct patch *run_state_take_patch(struct run *run); /* the one to begin with, or NULL */
/* The one at path could not be opened, or patch not be played: at another start. */
void run_state_want(struct run *run, const char *path, const struct patch *patch);
void run_state_resume(struct run *run); /* when the desk is there */
void run_state_tick(struct run *run, int64_t now_ns);
void run_state_close(struct run *run, int64_t now_ns); /* while the desk is there */
const char *run_state_words(const struct run *run, int64_t now_ns);

#endif
