/* fuzz_settings.c - chronus.ini: any bytes. Refused with a reason and nothing changed, or
 * everything inside its range; each setting of a journal's head, written as text, is read back as
 * it is. */
#include "config/settings_one.h"
#include "config/settings_table.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/ini_good.h"

static void write_and_read(const struct settings *settings)
{
	static struct settings again;
	struct diag diag;

	settings_default(&again);
	for (int i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		char name[SETTING_NAME_BYTES], text[SETTING_TEXT_BYTES], back[SETTING_TEXT_BYTES];

		if (!setting_is_of_sound(i))
			continue;
		setting_name(i, name);
		setting_text(settings, i, text);
		MUST(setting_set(&again, name, text, &diag) == 0);
		setting_text(&again, i, back);
		MUST(strcmp(text, back) == 0);
	}
	MUST(memcmp(&again.engine, &settings->engine, sizeof(again.engine)) == 0);
	MUST(memcmp(&again.commit, &settings->commit, sizeof(again.commit)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
	static struct settings settings, before;
	struct diag diag = {""};

	memset(&settings, 0x5a, sizeof(settings));
	memset(&before, 0x5a, sizeof(before));
	if (settings_read_text((const char *)data, n_bytes, "fuzz.ini", &settings, &diag) < 0) {
		MUST(reason_is_good(&diag, "fuzz.ini"));
		MUST(memcmp(&settings, &before, sizeof(settings)) == 0);
		return 0;
	}
	MUST(settings_are_good(&settings));
	write_and_read(&settings);
	return 0;
}
