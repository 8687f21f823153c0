#include "tests/support/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/spawn.h"

static char root[100];

const char *tree_new(void)
{
	char line[200];

	snprintf(root, sizeof(root), "%s/root", spawn_folder());
	snprintf(line, sizeof(line), "rm -rf %s", root);
	if (system(line) != 0 || mkdir(root, 0700) < 0)
		abort();
	return root;
}

/* ROOT/PATH, with its folders made. */
static const char *place(const char *path)
{
	static char whole[400];

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	for (char *c = whole + strlen(root) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(whole, 0700);
		*c = '/';
	}
	return whole;
}

void tree_file(const char *path, const char *text)
{
	FILE *file = fopen(place(path), "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

void tree_link(const char *path, const char *target)
{
	if (symlink(target, place(path)) < 0)
		abort();
}
