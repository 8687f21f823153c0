#include "control/state_rest.h"

#include <stdlib.h>
#include <string.h>

static void drop(struct state_rest *rest, int i)
{
	free(rest->leftovers[i].text);
	rest->n--;
	memmove(rest->leftovers + i, rest->leftovers + i + 1,
		(size_t)(rest->n - i) * sizeof(*rest->leftovers));
}

static size_t n_bytes_of(const struct state_rest *rest)
{
	size_t sum = 0;

	for (int i = 0; i < rest->n; i++)
		sum += strlen(rest->leftovers[i].text);
	return sum;
}

static bool has_room(const struct state_rest *rest, size_t n_bytes)
{
	return rest->n < REST_MAX_LEFTOVERS && n_bytes_of(rest) + n_bytes <= REST_MAX_BYTES;
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
	if (copy && !rest->leftovers)
		rest->leftovers = calloc(REST_MAX_LEFTOVERS, sizeof(*rest->leftovers));
	if (!copy || !rest->leftovers) {
		free(copy);
		return;
	}
	while (!has_room(rest, n_bytes))
		drop(rest, 0);
	rest->leftovers[rest->n++] = (struct leftover){of, is_block, at, copy};
}

void rest_free(struct state_rest *rest)
{
	while (rest->n > 0)
		drop(rest, rest->n - 1);
	free(rest->leftovers);
	rest->leftovers = NULL;
}

void rest_put(const struct state_rest *rest, FILE *to, enum rest_of of, bool is_block, int at)
{
	static const char *const heads[] = {
		[REST_UNDO] = "undo ", [REST_LIVE] = "live ", [REST_LOADED] = "loaded "};

	for (int i = 0; i < rest->n; i++) {
		const struct leftover *item = &rest->leftovers[i];

		if (item->of == of && item->is_block == is_block &&
			(of != REST_UNDO || item->at == at))
			fprintf(to, "%s%s", is_block ? heads[of] : "", item->text);
	}
}

bool rest_has_block(const struct state_rest *rest, enum rest_of of)
{
	for (int i = 0; i < rest->n; i++)
		if (rest->leftovers[i].of == of && rest->leftovers[i].is_block)
			return true;
	return false;
}

void rest_unstaged(struct state_rest *rest)
{
	for (int i = rest->n - 1; i >= 0; i--)
		if (rest->leftovers[i].of == REST_LOADED || rest->leftovers[i].of == REST_STAGED)
			drop(rest, i);
}

void rest_forget(struct state_rest *rest, int n)
{
	for (int i = rest->n - 1; i >= 0; i--) {
		struct leftover *item = &rest->leftovers[i];

		if (item->of != REST_UNDO)
			continue;
		item->at -= n;
		if (item->at < 0)
			drop(rest, i);
	}
}

void rest_committed(struct state_rest *rest, int n_undo, bool has_loaded, bool is_same_file)
{
	int n = rest->n;

	for (int i = 0; i < n; i++) {
		struct leftover *item = &rest->leftovers[i];

		if (item->of == REST_LIVE) {
			item->of = REST_UNDO;
			item->at = n_undo;
			if (is_same_file && !item->is_block && has_room(rest, strlen(item->text)))
				rest_add(rest, REST_LIVE, false, 0, item->text, strlen(item->text));
		} else if (item->of == REST_LOADED && !item->is_block && has_loaded) {
			item->of = REST_LIVE;
		}
	}
	rest_unstaged(rest);
}

void rest_undone(struct state_rest *rest, int n_undo)
{
	for (int i = rest->n - 1; i >= 0; i--) {
		struct leftover *item = &rest->leftovers[i];
		bool is_newer = item->of == REST_UNDO && item->at > n_undo;

		if (item->of == REST_LIVE || is_newer)
			drop(rest, i);
	}
	for (int i = 0; i < rest->n; i++)
		if (rest->leftovers[i].of == REST_UNDO && !rest->leftovers[i].is_block &&
			rest->leftovers[i].at == n_undo)
			rest->leftovers[i].of = REST_LIVE;
}

void rest_to_steps(struct state_rest *rest, int n_undo)
{
	for (int i = 0; i < rest->n; i++) {
		if (rest->leftovers[i].of == REST_LIVE) {
			rest->leftovers[i].of = REST_UNDO;
			rest->leftovers[i].at = n_undo;
		}
	}
	rest_unstaged(rest);
}
