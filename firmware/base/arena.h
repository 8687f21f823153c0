/* arena.h - one block of memory, made at start, handed out front to back, emptied as a whole.
 *
 * Every page is written to when it is opened, so that no real-time thread meets a page fault.
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
void arena_close(struct arena *arena);
void arena_reset(struct arena *arena);
/* Zeroed, 64-byte aligned; NULL when it does not fit (used_bytes still grows, so that the caller
 * can say how much would have been needed). */
void *arena_take(struct arena *arena, size_t n_bytes);

#endif
