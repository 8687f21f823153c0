/* patch_folder.h - the patches that the patch knob goes through and `list` tells of. Threads: [desk] */
#ifndef CONTROL_PATCH_FOLDER_H
#define CONTROL_PATCH_FOLDER_H

#include <dirent.h>
#include <stdbool.h>

#include "base/diag.h"

struct desk;

struct patch_folder {
	char path[256];
	int n;
	char **names; /* "acid.ini"; as the setlist has them, those that are not in it behind */
	int n_listed; /* of the setlist; where there is none all of them */
	bool has_setlist;
	struct diag wrong; /* why the setlist cannot be used; empty: it can, or there is none */
};
/* A name that a patch may have, for scandir(). */
int patch_folder_is_patch(const struct dirent *entry);
/* Beside the patch that is staged, or heard. 0 or a negative errno and the reason. */
int patch_folder_open(const struct desk *desk, struct patch_folder *folder, struct diag *diag);
void patch_folder_close(struct patch_folder *folder);

#endif
