/* Tested by: unit/engine/test_slot_life */
#include "base/arena.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define ARENA_ALIGN 64

static int map(struct arena *arena, size_t size_bytes, int flags)
{
	void *base = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (base == MAP_FAILED)
		return -ENOMEM;
	*arena = (struct arena){.base = base, .size_bytes = size_bytes};
	return 0;
}

int arena_open(struct arena *arena, size_t size_bytes)
{
	int err = map(arena, size_bytes, MAP_POPULATE);

	if (!err)
		memset(arena->base, 0, size_bytes);
	return err;
}

int arena_open_untouched(struct arena *arena, size_t size_bytes)
{
	return map(arena, size_bytes, 0);
}

void arena_close(struct arena *arena)
{
	if (arena->base)
		munmap(arena->base, arena->size_bytes);
	*arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
	arena->used_bytes = 0;
}

void *arena_take(struct arena *arena, size_t n_bytes)
{
	size_t start = arena->used_bytes;
	size_t end = start + (n_bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;

	arena->used_bytes = end;
	if (end > arena->size_bytes)
		return NULL;
	memset(arena->base + start, 0, end - start);
	return arena->base + start;
}
