/* check_text.h - is this text a right patch, or right settings? What `chronus check` and everything
 * that replaces a user's file ask.
 *
 * The content says which kind a file is: settings if its first section that belongs to one kind
 * alone is a section of chronus.ini ([audio], [knob NAME] ...); a patch if that section is
 * [patch] or [out] or has a `type`. A file in which nothing says so is read as a patch (a patch
 * needs an [out], and the error says so), but an empty one is settings: all defaults, with a
 * warning.
 * Threads: [init] [desk] */
#ifndef CONFIG_CHECK_TEXT_H
#define CONFIG_CHECK_TEXT_H

#include <stddef.h>

#include "base/diag.h"

enum check_kind { CHECK_PATCH, CHECK_SETTINGS };

struct check {
	enum check_kind kind;
	char summary[200];   /* "patch "Acid", 5 modules, 1 voice" */
	char warnings[3000]; /* lines, each with its end: no faults, but worth a look */
};

/* path stands for the text in messages, and what it refers to is looked for beside path. 0 and
 * *check, or a negative errno and the reason (file, line, what is allowed). */
int check_text(
	const char *text, size_t n_bytes, const char *path, struct check *check, struct diag *diag);
/* The same for a file of an appliance, which must be of one kind: another is refused, and so is one
 * without a section (-ENODATA). */
int check_text_as(enum check_kind kind, const char *text, size_t n_bytes, const char *path,
	struct check *check, struct diag *diag);

#endif
