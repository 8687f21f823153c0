/* knob_words.h - the words of knobs and buttons: targets and presses, a row each.
 *
 * This table gives the word and its rules; control/controls.c and presses.c expand the same rows to the
 * functions that do it (`turn_param`, `press_commit` ...), so a row without its functions does not
 * compile.
 * Threads: [any], constant. */
#ifndef CONFIG_KNOB_WORDS_H
#define CONFIG_KNOB_WORDS_H

#include <stdbool.h>

/* X(ENUM, name, word after `controls =`, purpose, always staged, has a default).
 * TARGET_PARAM has no word of its own: knob_turns.h reads it. */
#define KNOB_TARGETS(X)                                       \
	X(PARAM, param, "", "turns a parameter", false, true) \
	X(PATCH, patch, "patch", "chooses a patch", true, false)

enum { PRESS_MAX_NUMBER = 8 }; /* of a snapshot */

/* X(ENUM, name, words after `press =`, `long_press =` and `double_press =`, what stands behind the first word) of
 * buttons and of knobs' pushes. */
#define BUTTON_PRESSES(X)                           \
	X(NONE, none, "none", NOTHING)              \
	X(COMMIT, commit, "commit", NOTHING)        \
	X(UNDO, undo, "undo", NOTHING)              \
	X(REVERT, revert, "revert", NOTHING)        \
	X(SAVE, save, "save", NOTHING)              \
	X(NEXT, next, "next", NOTHING)              \
	X(PREVIOUS, previous, "previous", NOTHING)  \
	X(TAP, tap, "tap", NOTHING)                 \
	X(PANIC, panic, "panic", NOTHING)           \
	X(GATE, gate, "gate MODULE", MODULE)        \
	X(NOTE, note, "note MODULE NOTE", NOTE)     \
	X(SNAPSHOT, snapshot, "snapshot N", NUMBER) \
	X(RECALL, recall, "recall N", NUMBER)

/* Of knobs' pushes alone: they act on the knob's own target. */
#define PUSH_PRESSES(X) X(DEFAULT, default, "default", NOTHING)

#define KNOB_TARGET_ENUM(NAME, ...) TARGET_##NAME,
enum settings_target { KNOB_TARGETS(KNOB_TARGET_ENUM) N_TARGETS };

#define PRESS_ENUM(NAME, ...) PRESS_##NAME,
enum settings_press { BUTTON_PRESSES(PRESS_ENUM) PUSH_PRESSES(PRESS_ENUM) N_PRESSES };

/* Ways to press a switch. Those before N_PRESS_KEYS have a key each in the settings; one whose press is
 * held (a gate, a note) is only moved down and up. */
enum press_way {
	PRESS_SHORT,
	PRESS_LONG,
	PRESS_DOUBLE,
	N_PRESS_KEYS,
	PRESS_DOWN = N_PRESS_KEYS,
	PRESS_UP,
	N_PRESS_WAYS
};

enum press_takes { PRESS_TAKES_NOTHING, PRESS_TAKES_MODULE, PRESS_TAKES_NOTE, PRESS_TAKES_NUMBER };

struct press_word {
	const char *words;
	enum press_takes takes;
};

extern const struct press_word press_words[N_PRESSES];
/* "press", "long_press", "double_press": the settings' keys */
extern const char *const press_keys[N_PRESS_KEYS];

static inline bool press_is_held(enum settings_press does)
{
	return does == PRESS_GATE || does == PRESS_NOTE;
}

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
