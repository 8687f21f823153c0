/* compile.h - between compile.c and connect.c only. Threads: [desk] */
#ifndef PATCH_COMPILE_H
#define PATCH_COMPILE_H

#include "patch/program.h"

/* Plugs in everything that the patch plugs into module m. 0 or -ENOMEM. */
int connect_module(const struct patch *patch, struct program *program, int m, struct arena *arena);

#endif
