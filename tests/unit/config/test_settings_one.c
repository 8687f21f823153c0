/* One setting by its name: what is written is read back, for each that a journal carries. */
#include <errno.h>
#include <string.h>

#include "config/settings_one.h"
#include "config/settings_table.h"
#include "tests/support/suite.h"

static const char text[] =
	"[audio]\nrate_hz = 44100\nblock_frames = 256\n[engine]\nlead_blocks = 7\n"
	"prime_blocks = 9\narena_mb = 3\nbudget_percent = 71\n[commit]\n"
	"fade_ms = 0.1\nquantize = bar\ntail_ms = 17\n";

static void test_round_trip(void)
{
	static struct settings from, to;
	struct diag diag;
	int n = 0;

	CU_ASSERT_EQUAL_FATAL(settings_read_text(text, strlen(text), "", &from, &diag), 0);
	settings_default(&to);
	for (int i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		char name[SETTING_NAME_BYTES], value[SETTING_TEXT_BYTES];

		if (!setting_is_of_sound(i))
			continue;
		setting_name(i, name);
		setting_text(&from, i, value);
		CU_ASSERT_EQUAL(setting_set(&to, name, value, &diag), 0);
		n++;
	}
	CU_ASSERT_TRUE(n >= 9);
	CU_ASSERT_EQUAL(memcmp(&from, &to, sizeof(to)), 0);
}

static void test_bad(void)
{
	static struct settings settings;
	struct diag diag;

	settings_default(&settings);
	CU_ASSERT_EQUAL(setting_set(&settings, "audio.device", "hw:0", &diag), -ENOENT);
	CU_ASSERT_EQUAL(setting_set(&settings, "commit", "1", &diag), -ENOENT);
	CU_ASSERT_EQUAL(setting_set(&settings, "audio.rate_hz", "0x1f40", &diag), -EINVAL);
	CU_ASSERT_EQUAL(setting_set(&settings, "audio.block_frames", "65", &diag), -EINVAL);
	CU_ASSERT_EQUAL(setting_set(&settings, "commit.fade_ms", "1e9", &diag), -ERANGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "commit.fade_ms: "));
}

SUITE_MAIN("one setting", {"round trip", test_round_trip}, {"bad", test_bad})
