/* replay.h - what a journal needs to be played again, beside its commands. After `journal 2`:
 *     setting SECTION.KEY VALUE        each that the samples depend on
 *     patch "NAME" sum HEX | none      the one that was played first, and its content's sum
 * A journal ends with `SECONDS quit` at the last block that was played whole.
 * Threads: [init] */
#ifndef CONTROL_REPLAY_H
#define CONTROL_REPLAY_H

#include "config/settings.h"
#include "control/script.h"
#include "patch/patch.h"

/* Those of a journal, over what is in *settings; a script has none. path stands for the script's file in
 * messages, here and below. 0, or a negative errno and the reason with file and line (some may be
 * set then). */
int replay_settings(const struct script *script, const char *path, struct settings *settings,
	struct diag *diag);
/* The first patch; -ENOENT: none is named. */
int replay_patch(
	const struct script *script, const char *path, struct patch **patch, struct diag *diag);
/* Whether each file that the commands name with a sum is as it was. 0, or as above. */
int replay_check(const struct script *script, const char *path, struct diag *diag);
/* Takes the `quit` at a journal's end out: it is played on beyond that. */
void replay_drop_end(struct script *script);
/* When the first `quit` comes; if none does, when the last line comes and *is_cut. */
double replay_seconds(const struct script *script, bool *is_cut);

#endif
