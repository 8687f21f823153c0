/* save.h - a patch on its way to its file: between the files of control/ only. Threads: [desk] */
#ifndef CONTROL_SAVE_H
#define CONTROL_SAVE_H

#include "control/action.h"
#include "control/answer.h"
#include "control/desk.h"

struct saving {
	bool is_allowed;
	bool is_under_way, is_taken;
	bool is_own;            /* the file of the patch that played when it was asked for, */
	uint64_t file;          /* and which that is */
	struct desk_save order; /* its text is kept until it is saved */
	uint64_t own_sum;       /* of what was written into an own file last */
};

int desk_save(
	struct desk *desk, const struct action *action, struct answer *answer, struct diag *diag);
void save_free(struct desk *desk);

#endif
