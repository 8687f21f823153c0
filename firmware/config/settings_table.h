/* settings_table.h - the table of chronus.ini: every key, where it goes, what is allowed.
 * Threads: [any], constant. */
#ifndef CONFIG_SETTINGS_TABLE_H
#define CONFIG_SETTINGS_TABLE_H

#include <stddef.h>

#include "config/settings.h"

enum value_kind {
	VALUE_INT,      /* int, min..max */
	VALUE_INT_OR,   /* the same, or the word text_def, which is def */
	VALUE_INT_OF,   /* int, one of the numbers that choices spell */
	VALUE_DOUBLE,   /* double, min..max */
	VALUE_BOOL,     /* bool */
	VALUE_CHOICE,   /* an enum: the index into choices */
	VALUE_TEXT,     /* char[text_bytes], as written */
	VALUE_NAMES,    /* the same, one name or more, with one space between them */
	VALUE_PATH,     /* the same, joined with the ini's folder */
	VALUE_TARGET,   /* struct settings_turn[SETTINGS_MAX_TURNS]: by knob_turns.h */
	VALUE_CHANNELS, /* two ints, 1..max, the second 0 when only one is given */
	VALUE_CHIP,     /* char[text_bytes]: auto, a label, gpiochipN or a path */
	VALUE_PRESS,    /* struct press_action, by the words of choices */
	VALUE_PIN,      /* int, SETTINGS_NO_PIN by default */
	VALUE_PIN_PAIR, /* two ints, one after the other, the same */
};

/* offset is into struct settings; for [knob NAME], [button NAME] and [led NAME]
 * into theirs. */
struct setting_row {
	const char *section;
	const char *key;
	enum value_kind kind;
	size_t offset;
	double min, max, def;
	size_t text_bytes;
	const char *text_def;
	const char *const *choices; /* ends with NULL */
};

enum { SETTINGS_MAX_PIN = 53, SETTINGS_TABLE_ROWS = 64 };
extern const struct setting_row settings_table[SETTINGS_TABLE_ROWS];

#endif
