/* Tested by: unit/config/test_settings */
#include "config/knob_words.h"

#include <string.h>

#define TARGET_ROW(NAME, name, target_word, target_purpose, staged, has_def) \
	[TARGET_##NAME] = {.word = target_word,                              \
		.purpose = target_purpose,                                   \
		.is_always_staged = staged,                                  \
		.has_default = has_def},

const struct knob_target knob_targets[N_TARGETS] = {KNOB_TARGETS(TARGET_ROW)};

enum settings_target knob_target_find(const char *controls)
{
	for (int t = 0; t < N_TARGETS; t++)
		if (knob_targets[t].word[0] && strcmp(knob_targets[t].word, controls) == 0)
			return (enum settings_target)t;
	return TARGET_PARAM;
}
