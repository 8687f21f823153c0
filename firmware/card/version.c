/* version.c - which version is later. See version.h. */
#include "card/version.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The next character up to end; '\0' there. */
static char at_or_end(const char *at, const char *end)
{
	return at < end ? *at : '\0';
}

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

/* ~ before the end (and before a number), letters before all others. */
static int rank(char c)
{
	if (c == '\0' || is_digit(c))
		return 0;
	if (c == '~')
		return -1;
	return isalpha((unsigned char)c) ? c : c + 256;
}

static size_t number_length(const char **at, const char *end)
{
	const char *begin;

	while (at_or_end(*at, end) == '0')
		++*at;
	for (begin = *at; is_digit(at_or_end(begin, end)); begin++)
		;
	return (size_t)(begin - *at);
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

/* By turns: what is no number, character by character; then a number. */
static int part_compare(const char *a, const char *a_end, const char *b, const char *b_end)
{
	while (a < a_end || b < b_end) {
		size_t n_a, n_b;
		int order = 0;

		while (!order && ((a < a_end && !is_digit(*a)) || (b < b_end && !is_digit(*b)))) {
			order = rank(at_or_end(a, a_end)) - rank(at_or_end(b, b_end));
			a += a < a_end && !is_digit(*a);
			b += b < b_end && !is_digit(*b);
		}
		if (order)
			return sign(order);
		n_a = number_length(&a, a_end);
		n_b = number_length(&b, b_end);
		order = n_a == n_b ? memcmp(a, b, n_a) : n_a < n_b ? -1 : 1;
		if (order)
			return sign(order);
		a += n_a;
		b += n_b;
	}
	return 0;
}

int version_compare(const char *a, const char *b)
{
	const char *a_end = a + strlen(a), *b_end = b + strlen(b);
	const char *a_hyphen = strrchr(a, '-'), *b_hyphen = strrchr(b, '-');
	int order = part_compare(a, a_hyphen ? a_hyphen : a_end, b, b_hyphen ? b_hyphen : b_end);

	if (order)
		return order;
	return part_compare(
		a_hyphen ? a_hyphen + 1 : a_end, a_end, b_hyphen ? b_hyphen + 1 : b_end, b_end);
}
