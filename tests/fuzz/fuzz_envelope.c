/* fuzz_envelope.c - the head of an update's stream: any bytes, of any length. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "card/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	struct envelope envelope;
	size_t n = n_bytes < ENVELOPE_MAX_BYTES ? n_bytes : ENVELOPE_MAX_BYTES;
	size_t n_sum;

	envelope_read((const char *)data, n, &envelope);
	n_sum = strnlen(envelope.sha256, SHA256_TEXT_BYTES);
	if (envelope.n_bytes > n || (n_sum != 0 && n_sum != SHA256_TEXT_BYTES - 1) ||
		!memchr(envelope.signature, '\0', ENVELOPE_MAX_BYTES) ||
		(envelope.signature[0] && !n_sum))
		abort();
	return 0;
}
