/* out.h - what the engine knows of the module `out`: what it leaves as it is.
 * Threads: [any]. */
#ifndef MODULES_OUT_H
#define MODULES_OUT_H

enum { OUT_LEVEL, OUT_N_PARAMS };
enum { OUT_IN, OUT_LEFT, OUT_RIGHT, OUT_N_INS };

/* Up to here its limiter changes no bit. */
#define OUT_KNEE 0.891f

#endif
