/* param_text.h - a parameter's range for people.
 * Threads: [any] */
#ifndef CONFIG_PARAM_TEXT_H
#define CONFIG_PARAM_TEXT_H

#include "dsp/module.h"

enum { PARAM_TEXT_BYTES = 80, PARAM_AS_READ = 0, PARAM_FOR_EYES = 4 };

/* A choice's name, or plain decimals, never an exponent: 12345. n_digits: PARAM_AS_READ: as few as read back
 * to the same value; else so many that tell something. */
void param_value_text(
	const struct param_desc *param, float value, int n_digits, char text[PARAM_TEXT_BYTES]);
/* "Hz", or "" where there is none to be said. */
const char *param_unit_text(const struct param_desc *param);
/* "20..20000 Hz" */
void param_range_text(const struct param_desc *param, char *out, size_t n_bytes);

#endif
