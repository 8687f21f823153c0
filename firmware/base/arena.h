/* arena.h - one block of memory, made at start, handed out front to back, emptied as a whole.
 *
 * Every page is written to by arena_open(), so that no real-time thread meets a page fault.
 * Threads: open/close [init]; take/reset: whoever owns the arena (a slot's state says who). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena {
	unsigned char *base;
	size_t size_bytes;
	size_t used_bytes;
};

int arena_open(struct arena *arena, size_t size_bytes); /* 0 or -ENOMEM */
/* The same for where no time is real: a page is met when it is used. */
int arena_open_untouched(struct arena *arena, size_t size_bytes);
void arena_close(struct arena *arena);
void arena_reset(struct arena *arena);
/* Zeroed, 64-byte aligned; NULL when it does not fit (used_bytes still grows, so that the caller
 * can say how much would have been needed). */
void *arena_take(struct arena *arena, size_t n_bytes);

#endif
