/* settings_value.h - one value of chronus.ini, by its row of the table.
 * Threads: [desk] [init] */
#ifndef CONFIG_SETTINGS_VALUE_H
#define CONFIG_SETTINGS_VALUE_H

#include "config/settings_table.h"

/* Reads text into base + row->offset; folder is for VALUE_PATH ("" or ending with '/'). Returns 0,
 * or -EINVAL or -ERANGE with the bare reason in diag. */
int setting_value_read(const struct setting_row *row, const char *text, const char *folder,
	void *base, struct diag *diag);
void setting_value_default(const struct setting_row *row, void *base);

#endif
