#include "config/settings_one.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/settings_table.h"
#include "config/settings_value.h"

bool setting_is_of_sound(int i)
{
	const struct setting_row *row = &settings_table[i];

	return strcmp(row->section, "engine") == 0 || strcmp(row->section, "commit") == 0 ||
	       (strcmp(row->section, "audio") == 0 &&
		       (strcmp(row->key, "rate_hz") == 0 || strcmp(row->key, "block_frames") == 0));
}

void setting_name(int i, char name[SETTING_NAME_BYTES])
{
	snprintf(name, SETTING_NAME_BYTES, "%s.%s", settings_table[i].section,
		settings_table[i].key);
}

void setting_text(const struct settings *settings, int i, char text[SETTING_TEXT_BYTES])
{
	const struct setting_row *row = &settings_table[i];
	const char *at = (const char *)settings + row->offset;
	double number;
	bool flag;
	int n;

	if (row->kind == VALUE_DOUBLE) {
		memcpy(&number, at, sizeof(number));
		snprintf(text, SETTING_TEXT_BYTES, "%.17g", number);
		return;
	}
	if (row->kind == VALUE_BOOL) {
		memcpy(&flag, at, sizeof(flag));
		snprintf(text, SETTING_TEXT_BYTES, "%s", flag ? "yes" : "no");
		return;
	}
	memcpy(&n, at, sizeof(n));
	if (row->kind == VALUE_CHOICE)
		snprintf(text, SETTING_TEXT_BYTES, "%s", row->choices[n]);
	else
		snprintf(text, SETTING_TEXT_BYTES, "%d", n);
}

int setting_set(struct settings *settings, const char *name, const char *value, struct diag *diag)
{
	for (int i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		char known[SETTING_NAME_BYTES];
		struct diag why;
		int err;

		setting_name(i, known);
		if (!setting_is_of_sound(i) || strcmp(known, name) != 0)
			continue;
		err = setting_value_read(&settings_table[i], value, "", settings, &why);
		return err < 0 ? diag_set(diag, err, "%s: %s", name, why.text) : 0;
	}
	return diag_set(diag, -ENOENT, "%.60s: no such setting of a journal", name);
}
