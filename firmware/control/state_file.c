#include "control/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fnv.h"
#include "base/atomic_file.h"
#include "control/state_text.h"

enum { HEAD_BYTES = 128, N_FILES = 2 };

/* The generation is part of what is summed. */
static uint64_t sum_of(uint64_t generation, const char *text, size_t n_bytes)
{
	return fnv_add(FNV_START ^ generation, text, n_bytes);
}

static void name_of(uint64_t generation, char name[16])
{
	snprintf(name, 16, "state.%u", (unsigned)(generation % N_FILES));
}

int state_file_write(const char *folder, uint64_t generation, const char *text, size_t n_bytes)
{
	char name[16], *whole = malloc(HEAD_BYTES + n_bytes);
	int n_head, err;

	if (!whole)
		return -ENOMEM;
	name_of(generation, name);
	n_head = snprintf(whole, HEAD_BYTES,
		"chronus-state 1 generation %" PRIu64 " bytes %zu sum %016" PRIx64 "\n", generation,
		n_bytes, sum_of(generation, text, n_bytes));
	memcpy(whole + n_head, text, n_bytes);
	err = atomic_file_replace(folder, name, whole, (size_t)n_head + n_bytes, true);
	free(whole);
	return err;
}

/* The whole file, with a zero behind it; or NULL. */
static char *load(const char *folder, const char *name, size_t *n_bytes)
{
	char path[400], *text = NULL;
	struct stat info;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size >= 0 &&
		info.st_size < STATE_MAX_BYTES + HEAD_BYTES)
		text = malloc((size_t)info.st_size + 1);
	if (text)
		n = read(fd, text, (size_t)info.st_size);
	close(fd);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	*n_bytes = (size_t)n;
	return text;
}

/* The body's beginning, or NULL: it is not whole. */
static char *body_of(char *text, size_t n_bytes, uint64_t *generation)
{
	char *body = memchr(text, '\n', n_bytes);
	uint64_t sum;
	size_t n_body;

	if (!body || sscanf(text, "chronus-state 1 generation %" SCNu64 " bytes %zu sum %" SCNx64,
			     generation, &n_body, &sum) != 3)
		return NULL;
	body++;
	if (n_body != n_bytes - (size_t)(body - text) || strlen(body) != n_body ||
		sum != sum_of(*generation, body, n_body))
		return NULL;
	return body;
}

static bool has_file(const char *folder, const char *name)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

int state_file_read(const char *folder, struct state_found *found)
{
	*found = (struct state_found){.has_folder = access(folder, R_OK | X_OK) == 0};
	for (unsigned i = 0; i < N_FILES; i++) {
		uint64_t generation = 0;
		size_t n_bytes = 0;
		char name[16], *text, *body;

		name_of(i, name);
		text = load(folder, name, &n_bytes);
		body = text ? body_of(text, n_bytes, &generation) : NULL;
		if (!body && (text || has_file(folder, name)))
			found->n_damaged++;
		if (body && (!found->text || generation > found->generation)) {
			free(found->text);
			found->text = strdup(body);
			found->generation = generation;
		}
		free(text);
	}
	if (found->text)
		return 0;
	return found->n_damaged ? -EBADMSG : -ENOENT;
}
