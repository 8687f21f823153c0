/* symbol.h - names of modules as numbers: equal names have equal numbers, in every patch.
 *
 * A name is written down once and kept until the program ends (about 40 bytes each), so a number
 * can outlive the patches that use it. symbol_add(NULL or "") and a lack of memory give SYMBOL_NONE.
 * Threads: [init] [desk], one at a time. */
#ifndef PATCH_SYMBOL_H
#define PATCH_SYMBOL_H

enum { SYMBOL_NONE = -1 };

/* The number of a name, which is new or known. */
int symbol_add(const char *name);
/* The number of a name, or SYMBOL_NONE where nobody has added it. */
int symbol_find(const char *name);
/* "" for SYMBOL_NONE. */
const char *symbol_name(int symbol);

#endif
