/* settings_one.h - one setting by its name, "commit.fade_ms": the keys that stand once in chronus.ini.
 *
 * Threads: [init] [desk] */
#ifndef CONFIG_SETTINGS_ONE_H
#define CONFIG_SETTINGS_ONE_H

#include "config/settings.h"

enum { SETTING_NAME_BYTES = 64, SETTING_TEXT_BYTES = 320 };

/* Whether the samples of a rendering depend on it. */
bool setting_is_of_sound(int row);
/* Of row 0..SETTINGS_TABLE_ROWS - 1 of the table: its name, and its value as the ini takes it. Only of
 * numbers, choices and yes or no (setting_is_of_sound). */
void setting_name(int row, char name[SETTING_NAME_BYTES]);
void setting_text(const struct settings *settings, int row, char text[SETTING_TEXT_BYTES]);
/* 0, or a negative errno and the reason; *settings is untouched then. */
int setting_set(struct settings *settings, const char *name, const char *value, struct diag *diag);

#endif
