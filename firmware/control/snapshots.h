/* snapshots.h - up to 8 sounds of each patch: what was turned in it when `snapshot N` was said. They are kept as patches
 * that were left are (left_patches.h), all of a file together, in lines of turned.h that say no `written`: a
 * snapshot's values hold whatever the file says by then.
 *
 *   snapshots 0123456789abcdef PATCH.ini
 *   snapshot 3
 *   value filter1.cutoff_hz 2013.5
 *
 * Threads: [desk]
 * Errors:  0 or a negative errno, and the reason. */
#ifndef CONTROL_SNAPSHOTS_H
#define CONTROL_SNAPSHOTS_H

#include "control/left_patches.h"

enum { SNAPSHOTS = 8 };

/* Snapshot number 1..SNAPSHOTS of the patch's file is patch. */
int snapshot_keep(
	struct left_patches *all, int number, const struct patch *patch, struct diag *diag);
bool snapshot_is_there(const struct left_patches *all, int number, const struct patch *patch);
/* A fresh reading of the file becomes the snapshot. */
int snapshot_apply(
	const struct left_patches *all, int number, struct patch *patch, struct diag *diag);
/* The file of before, which was read, is what saved was read from now: its snapshots sound as they did. */
void snapshots_note_saved(
	struct left_patches *all, const struct patch *before, const struct patch *saved);

#endif
