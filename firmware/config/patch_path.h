/* patch_path.h - which file a musician means by the name of a patch: "acid", "acid.ini",
 * "patches/acid", a path.
 * Threads: [init] [desk]: it looks at the disk. */
#ifndef CONFIG_PATCH_PATH_H
#define CONFIG_PATCH_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Beside which files it is looked for; NULL or "": none. */
struct patch_places {
	const char *now;      /* the patch that is staged or heard: among its neighbours */
	const char *start;    /* the start patch: the same */
	const char *settings; /* chronus.ini: in patches/ beside it, where `edit` finds them */
};

/* The first file there is: as it is said, then in those folders, each with and without ".ini". An absolute
 * path is not looked for elsewhere. false: there is none, and path is as it was said, cut at its size. */
bool patch_path_find(
	const char *said, const struct patch_places *places, char *path, size_t n_bytes);

#endif
