/* symbol.c - a hash table of places in an array of names; both double when they are full. */
#include "patch/symbol.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv.h"

enum { FIRST_ROOM = 64 }; /* a power of two */

static struct {
	int n, room;
	char **names; /* room of them */
	int *cells;   /* 2 * room: symbol + 1; 0: free */
} table;

/* The cell of a name, known or new; there is always a free one. */
static int *cell_of(int *cells, int room, const char *name)
{
	unsigned mask = 2 * (unsigned)room - 1;
	unsigned at = (unsigned)fnv_add(FNV_START, name, strlen(name)) & mask;

	while (cells[at] && strcmp(table.names[cells[at] - 1], name) != 0)
		at = (at + 1) & mask;
	return &cells[at];
}

/* false: out of memory, and nothing has changed. */
static bool grow(void)
{
	int room = table.room ? 2 * table.room : FIRST_ROOM;
	int *cells = calloc(2 * (size_t)room, sizeof(*cells));
	char **names = cells ? realloc(table.names, (size_t)room * sizeof(*names)) : NULL;

	if (!names) {
		free(cells);
		return false;
	}
	table.names = names;
	for (int i = 0; i < table.n; i++)
		*cell_of(cells, room, names[i]) = i + 1;
	free(table.cells);
	table.cells = cells;
	table.room = room;
	return true;
}

int symbol_find(const char *name)
{
	return table.room && name && *name ? *cell_of(table.cells, table.room, name) - 1
					   : SYMBOL_NONE;
}

int symbol_add(const char *name)
{
	int known = symbol_find(name);
	char *copy;

	if (known >= 0 || !name || !*name || (table.n == table.room && !grow()) ||
		!(copy = strdup(name)))
		return known;
	table.names[table.n] = copy;
	*cell_of(table.cells, table.room, name) = table.n + 1;
	return table.n++;
}

const char *symbol_name(int symbol)
{
	return symbol >= 0 && symbol < table.n ? table.names[symbol] : "";
}
