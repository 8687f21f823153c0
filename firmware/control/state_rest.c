#include "control/state_rest.h"

#include <stdlib.h>
#include <string.h>

static void drop(struct state_rest *rest, int i)
{
	free(rest->parts[i].text);
	rest->n--;
	memmove(rest->parts + i, rest->parts + i + 1, (size_t)(rest->n - i) * sizeof(*rest->parts));
}

static size_t n_bytes_of(const struct state_rest *rest)
{
	size_t sum = 0;

	for (int i = 0; i < rest->n; i++)
		sum += strlen(rest->parts[i].text);
	return sum;
}

static bool has_room(const struct state_rest *rest, size_t n_bytes)
{
	return rest->n < REST_MAX_PARTS && n_bytes_of(rest) + n_bytes <= REST_MAX_BYTES;
}

void rest_add(struct state_rest *rest, enum rest_of of, bool is_block, int at, const char *text,
	size_t n_bytes)
{
	/* the last line of a text may be without its end */
	const char *end = n_bytes && text[n_bytes - 1] == '\n' ? "" : "\n";
	char *copy = n_bytes + strlen(end) <= REST_MAX_BYTES ? malloc(n_bytes + 2) : NULL;

	if (copy) {
		memcpy(copy, text, n_bytes);
		strcpy(copy + n_bytes, end);
		n_bytes += strlen(end);
	}
	if (copy && !rest->parts)
		rest->parts = calloc(REST_MAX_PARTS, sizeof(*rest->parts));
	if (!copy || !rest->parts) {
		free(copy);
		return;
	}
	while (!has_room(rest, n_bytes))
		drop(rest, 0);
	rest->parts[rest->n++] = (struct rest_part){of, is_block, at, copy};
}

void rest_free(struct state_rest *rest)
{
	while (rest->n > 0)
		drop(rest, rest->n - 1);
	free(rest->parts);
	rest->parts = NULL;
}

void rest_put(const struct state_rest *rest, FILE *to, enum rest_of of, bool is_block, int at)
{
	static const char *const heads[] = {
		[REST_UNDO] = "undo ", [REST_LIVE] = "live ", [REST_LOADED] = "loaded "};

	for (int i = 0; i < rest->n; i++) {
		const struct rest_part *part = &rest->parts[i];

		if (part->of == of && part->is_block == is_block &&
			(of != REST_UNDO || part->at == at))
			fprintf(to, "%s%s", is_block ? heads[of] : "", part->text);
	}
}

bool rest_has_block(const struct state_rest *rest, enum rest_of of)
{
	for (int i = 0; i < rest->n; i++)
		if (rest->parts[i].of == of && rest->parts[i].is_block)
			return true;
	return false;
}

void rest_unstaged(struct state_rest *rest)
{
	for (int i = rest->n - 1; i >= 0; i--)
		if (rest->parts[i].of == REST_LOADED || rest->parts[i].of == REST_STAGED)
			drop(rest, i);
}

void rest_forget(struct state_rest *rest, int n)
{
	for (int i = rest->n - 1; i >= 0; i--) {
		struct rest_part *part = &rest->parts[i];

		if (part->of != REST_UNDO)
			continue;
		part->at -= n;
		if (part->at < 0)
			drop(rest, i);
	}
}

void rest_committed(struct state_rest *rest, int n_undo, bool has_loaded, bool is_same_file)
{
	int n = rest->n;

	for (int i = 0; i < n; i++) {
		struct rest_part *part = &rest->parts[i];

		if (part->of == REST_LIVE) {
			part->of = REST_UNDO;
			part->at = n_undo;
			if (is_same_file && !part->is_block && has_room(rest, strlen(part->text)))
				rest_add(rest, REST_LIVE, false, 0, part->text, strlen(part->text));
		} else if (part->of == REST_LOADED && !part->is_block && has_loaded) {
			part->of = REST_LIVE;
		}
	}
	rest_unstaged(rest);
}

void rest_undone(struct state_rest *rest, int n_undo)
{
	for (int i = rest->n - 1; i >= 0; i--) {
		struct rest_part *part = &rest->parts[i];
		bool is_newer = part->of == REST_UNDO && part->at > n_undo;

		if (part->of == REST_LIVE || is_newer)
			drop(rest, i);
	}
	for (int i = 0; i < rest->n; i++)
		if (rest->parts[i].of == REST_UNDO && !rest->parts[i].is_block &&
			rest->parts[i].at == n_undo)
			rest->parts[i].of = REST_LIVE;
}

void rest_to_steps(struct state_rest *rest, int n_undo)
{
	for (int i = 0; i < rest->n; i++) {
		if (rest->parts[i].of == REST_LIVE) {
			rest->parts[i].of = REST_UNDO;
			rest->parts[i].at = n_undo;
		}
	}
	rest_unstaged(rest);
}
