/* param_text.h - a parameter's range for people.
 * Threads: [any] */
#ifndef CONFIG_PARAM_TEXT_H
#define CONFIG_PARAM_TEXT_H

#include "dsp/module.h"

/* "20..20000 Hz" */
void param_range_text(const struct param_desc *param, char *out, size_t n_bytes);

#endif
