/* knob_words.h - the words of knobs and buttons: targets and presses, a row each.
 *
 * This table gives the word and its rules; control/bindings.c expands the same rows to the
 * functions that do it (`param_turn`, `press_commit` ...), so a row without its functions does not
 * compile.
 * Threads: [any], constant. */
#ifndef CONFIG_KNOB_WORDS_H
#define CONFIG_KNOB_WORDS_H

#include <stdbool.h>

/* X(ENUM, name, word after `controls =`, purpose, always staged, has a default).
 * TARGET_PARAM has no word of its own: MODULE.PARAM. */
#define KNOB_TARGETS(X)                                       \
	X(PARAM, param, "", "turns a parameter", false, true) \
	X(PATCH, patch, "patch", "chooses a patch", true, false)

/* X(ENUM, name, word after `press =` and `long_press =`) of buttons and of knobs' pushes. */
#define BUTTON_PRESSES(X)           \
	X(NONE, none, "none")       \
	X(COMMIT, commit, "commit") \
	X(UNDO, undo, "undo")

/* Of knobs' pushes alone: they act on the knob's own target. */
#define PUSH_PRESSES(X) X(DEFAULT, default, "default")

#define KNOB_TARGET_ENUM(NAME, ...) TARGET_##NAME,
enum settings_target { KNOB_TARGETS(KNOB_TARGET_ENUM) N_TARGETS };

#define PRESS_ENUM(NAME, ...) PRESS_##NAME,
enum settings_press { BUTTON_PRESSES(PRESS_ENUM) PUSH_PRESSES(PRESS_ENUM) N_PRESSES };

struct knob_target {
	const char *word;    /* "": none, MODULE.PARAM stands in its place */
	const char *purpose; /* as in "a knob that turns a parameter" */
	bool is_always_staged;
	bool has_default; /* `press = default` is possible */
};

extern const struct knob_target knob_targets[N_TARGETS];
/* TARGET_PARAM where controls is no target's word. */
enum settings_target knob_target_find(const char *controls);

#endif
