/* fuzz.h - what every fuzzer here begins with. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

/* Holds for any input; libFuzzer keeps one for which it does not. */
#define MUST(x)                                                                         \
	do {                                                                            \
		if (!(x)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #x); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* A copy with an end, as long as the text, so that a byte read too many is seen; free() it. */
static inline char *text_of(const uint8_t *data, size_t n_bytes)
{
	char *text = malloc(n_bytes + 1);

	MUST(text);
	if (n_bytes)
		memcpy(text, data, n_bytes);
	text[n_bytes] = '\0';
	return text;
}

#endif
