/* Tested by: unit/config/test_settings */
#include "config/knob_words.h"

#include <string.h>

#define TARGET_ROW(NAME, name, target_word, target_purpose, staged, has_def) \
	[TARGET_##NAME] = {.word = target_word,                              \
		.purpose = target_purpose,                                   \
		.is_always_staged = staged,                                  \
		.has_default = has_def},

#define PRESS_ROW(NAME, name, press_text, press_takes) \
	[PRESS_##NAME] = {.words = press_text, .takes = PRESS_TAKES_##press_takes},

const struct press_word press_words[N_PRESSES] = {
	BUTTON_PRESSES(PRESS_ROW) PUSH_PRESSES(PRESS_ROW)};

const char *const press_keys[N_PRESS_KEYS] = {
	[PRESS_SHORT] = "press", [PRESS_LONG] = "long_press", [PRESS_DOUBLE] = "double_press"};

const struct knob_target knob_targets[N_TARGETS] = {KNOB_TARGETS(TARGET_ROW)};

enum settings_target knob_target_find(const char *controls)
{
	for (int t = 0; t < N_TARGETS; t++)
		if (knob_targets[t].word[0] && strcmp(knob_targets[t].word, controls) == 0)
			return (enum settings_target)t;
	return TARGET_PARAM;
}
