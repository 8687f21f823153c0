/* fault.h - a worker that fails is caught, and can be made to fail on purpose.
 *
 * SIGSEGV, SIGFPE, SIGBUS and SIGILL raised in a worker end where fault_enter() was told to, on the
 * same thread, which gives up the program it was rendering and lives on. In any other thread they
 * do what they always did.
 * Threads: a tag at each function.
 * Source:  sigaction(2), sigaltstack(2), siglongjmp(3): the code that is left holds no
 *          lock and owns nothing but the slot. */
#ifndef ENGINE_FAULT_H
#define ENGINE_FAULT_H

#include <setjmp.h>

#include "base/util.h"

enum fault_kind {
	FAULT_NONE,
	FAULT_STALL, /* renders nothing for so many milliseconds (of block time) */
	FAULT_SEGV,
	FAULT_FPE,
	FAULT_BUS,
	FAULT_ILL,
	FAULT_NAN, /* the block holds a sample that is not a number */
	N_FAULT_KINDS
};
/* [any] */
const char *fault_name(enum fault_kind kind);

/* [init] */
void fault_handlers_install(void);
/* [worker] At its start: from here on signals raised by this thread come back at safe_place with
 * their number. */
void fault_enter(sigjmp_buf *safe_place);
/* [worker] Changes the place; NULL: signals of this thread are not caught. */
void fault_return_to(sigjmp_buf *safe_place);
/* [worker] Before the thread ends. */
void fault_leave(void);
/* [worker] Raises what the kind says; returns for the others. */
void fault_strike(enum fault_kind kind);

#endif
