/* test_settings.c - chronus.ini to struct settings: defaults, every key, nothing half-applied. */
#include "config/settings.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/settings_table.h"

static struct settings settings;
static struct diag diag;

static int read_text(const char *text)
{
	memset(&settings, 0x5a, sizeof(settings));
	diag.text[0] = '\0';
	return settings_read_text(text, strlen(text), "conf/chronus.ini", &settings, &diag);
}

static void test_defaults(void)
{
	static struct settings defaults;

	settings_default(&defaults);
	CU_ASSERT_EQUAL_FATAL(read_text(""), 0);
	CU_ASSERT_STRING_EQUAL(settings.path, "conf/chronus.ini");
	CU_ASSERT_STRING_EQUAL(settings.audio.device, "auto");
	CU_ASSERT_EQUAL(settings.audio.rate_hz, 48000);
	CU_ASSERT_EQUAL(settings.audio.block_frames, 64);
	CU_ASSERT_EQUAL(settings.audio.periods, SETTINGS_PERIODS_AUTO);
	CU_ASSERT_EQUAL(settings.audio.channel_left, 1);
	CU_ASSERT_EQUAL(settings.audio.channel_right, 2);
	CU_ASSERT_TRUE(settings.audio.keep_awake);
	CU_ASSERT_EQUAL(settings.simulate.vanish_ms, 0);
	CU_ASSERT_EQUAL(settings.engine.lead_blocks, 2);
	CU_ASSERT_EQUAL(settings.engine.prime_blocks, 8);
	CU_ASSERT_EQUAL(settings.engine.arena_mb, 8);
	CU_ASSERT_EQUAL(settings.commit.fade_ms, 5.0);
	CU_ASSERT_EQUAL(settings.rt.producer_cpu, 3);
	CU_ASSERT_EQUAL(settings.rt.worker_a_cpu, 1);
	CU_ASSERT_EQUAL(settings.rt.worker_b_cpu, 2);
	CU_ASSERT_EQUAL(settings.rt.desk_cpu, 0);
	CU_ASSERT_EQUAL(settings.rt.producer_priority, 80);
	CU_ASSERT_EQUAL(settings.rt.worker_priority, 70);
	CU_ASSERT_TRUE(settings.rt.lock_memory);
	CU_ASSERT_EQUAL(settings.rt.irq_cpu, SETTINGS_NO_CPU);
	CU_ASSERT_STRING_EQUAL(settings.start.patch, "");
	CU_ASSERT_STRING_EQUAL(settings.simulate.wav, "");
	CU_ASSERT_EQUAL(settings.simulate.burst_periods, 1);
	CU_ASSERT_EQUAL(settings.simulate.jitter_us, 0);
	CU_ASSERT_EQUAL(settings.simulate.stall_every_ms, 0);
	CU_ASSERT_EQUAL(settings.simulate.stall_ms, 0);
	CU_ASSERT_EQUAL(settings.simulate.drift_ppm, 0.0);
	CU_ASSERT_STRING_EQUAL(settings.gpio.chip, "auto");
	CU_ASSERT_EQUAL(settings.gpio.bias, BIAS_PULL_UP);
	CU_ASSERT_EQUAL(settings.n_knobs + settings.n_buttons + settings.n_leds, 0);
	memcpy(defaults.path, settings.path, sizeof(defaults.path));
	CU_ASSERT_EQUAL(memcmp(&defaults, &settings, sizeof(settings)), 0);
}

static void test_an_example(void)
{
	CU_ASSERT_EQUAL_FATAL(
		settings_read("tests/malformed/settings_ok_example.ini", &settings, &diag), 0);
	CU_ASSERT_STRING_EQUAL(settings.audio.device, "hw:CARD=sndrpihifiberry hw:CARD=Device");
	CU_ASSERT_EQUAL(settings.audio.rate_hz, 96000);
	CU_ASSERT_EQUAL(settings.audio.block_frames, 128);
	CU_ASSERT_EQUAL(settings.commit.fade_ms, 7.5);
	CU_ASSERT_EQUAL(settings.rt.producer_cpu, -1);
	CU_ASSERT_FALSE(settings.rt.lock_memory);
	CU_ASSERT_STRING_EQUAL(settings.start.patch, "tests/malformed/patches/acid.ini");
	CU_ASSERT_EQUAL(settings.simulate.drift_ppm, -50.5);
	CU_ASSERT_EQUAL(settings.n_knobs, 3);
	CU_ASSERT_STRING_EQUAL(settings.knobs[0].name, "cutoff");
	CU_ASSERT_STRING_EQUAL(settings.knobs[0].controls[0].target, "filter1.cutoff_hz");
	CU_ASSERT_EQUAL(settings.knobs[0].pin_a, 17);
	CU_ASSERT_EQUAL(settings.knobs[0].pin_b, 27);
	CU_ASSERT_EQUAL(settings.knobs[0].pin_push, 22);
	CU_ASSERT_EQUAL(settings.knobs[0].steps_per_detent, 2);
	CU_ASSERT_EQUAL(settings.knobs[0].range_detents, 64);
	CU_ASSERT_TRUE(settings.knobs[0].reversed);
	CU_ASSERT_EQUAL(settings.knobs[0].when, WHEN_LIVE);
	CU_ASSERT_EQUAL(settings.knobs[0].presses[PRESS_SHORT].does, PRESS_COMMIT);
	CU_ASSERT_EQUAL(settings.knobs[0].presses[PRESS_LONG].does, PRESS_UNDO);
	CU_ASSERT_EQUAL(settings.knobs[0].line, 25);
	CU_ASSERT_STRING_EQUAL(settings.knobs[1].controls[0].target, "patch");
	CU_ASSERT_EQUAL(settings.knobs[1].when, WHEN_STAGED);
	CU_ASSERT_EQUAL(settings.knobs[1].pin_a, SETTINGS_NO_PIN);
	CU_ASSERT_EQUAL(settings.knobs[1].pin_b, SETTINGS_NO_PIN);
	CU_ASSERT_EQUAL(settings.knobs[1].pin_push, SETTINGS_NO_PIN);
	CU_ASSERT_EQUAL(settings.n_buttons, 1);
	CU_ASSERT_STRING_EQUAL(settings.buttons[0].name, "commit-1");
	CU_ASSERT_EQUAL(settings.buttons[0].pin, 26);
	CU_ASSERT_EQUAL(settings.buttons[0].presses[PRESS_SHORT].does, PRESS_COMMIT);
	CU_ASSERT_EQUAL(settings.buttons[0].presses[PRESS_LONG].does, PRESS_NONE);
	CU_ASSERT_EQUAL(settings.buttons[0].bias, BIAS_NONE);
	CU_ASSERT_STRING_EQUAL(settings.gpio.chip, "gpiochip2");
	CU_ASSERT_EQUAL(settings.gpio.bias, BIAS_PULL_DOWN);
	CU_ASSERT_EQUAL(settings.knobs[0].bias, BIAS_OF_GPIO);
	CU_ASSERT_EQUAL(settings.knobs[0].acceleration, 0);
	CU_ASSERT_EQUAL(settings.knobs[2].bias, BIAS_PULL_UP);
	CU_ASSERT_EQUAL(settings.knobs[2].acceleration, 8);
	CU_ASSERT_EQUAL(settings.knobs[2].presses[PRESS_SHORT].does, PRESS_DEFAULT);
	CU_ASSERT_EQUAL(settings.n_leds, 1);
	CU_ASSERT_STRING_EQUAL(settings.leds[0].name, "commit-1");
	CU_ASSERT_EQUAL(settings.leds[0].pin, 12);
	CU_ASSERT_EQUAL(settings.leds[0].shows, INDICATOR_STAGED);
	CU_ASSERT_TRUE(settings.leds[0].active_low);
}

/* Each number's bounds, from the table itself: taken at them, refused beyond. */
static void test_bounds(void)
{
	char text[200];

	for (size_t i = 0; i < SETTINGS_TABLE_ROWS; i++) {
		const struct setting_row *row = &settings_table[i];
		bool is_knob = strcmp(row->section, "knob") == 0;
		const double tried[] = {row->min, row->max, row->min - 1, row->max + 1};

		if (row->kind != VALUE_INT && row->kind != VALUE_INT_OR &&
			row->kind != VALUE_DOUBLE)
			continue;
		CU_ASSERT_TRUE(row->min < row->max);
		if (row->kind != VALUE_INT_OR)
			CU_ASSERT_TRUE(row->def >= row->min && row->def <= row->max);
		for (int k = 0; k < 4; k++) {
			snprintf(text, sizeof(text), "[%s%s]\n%s%s = %.10g\n", row->section,
				is_knob ? " a" : "", is_knob ? "controls = a.b\n" : "", row->key,
				tried[k]);
			CU_ASSERT_EQUAL(read_text(text), k < 2 ? 0 : -ERANGE);
		}
	}
}

static void test_booleans(void)
{
	static const char *const words[] = {
		"no", "yes", "off", "on", "false", "true", "0", "1", "low", "high"};
	char text[64];

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		snprintf(text, sizeof(text), "[rt]\nlock_memory = %s\n", words[i]);
		CU_ASSERT_EQUAL(read_text(text), 0);
		CU_ASSERT_EQUAL(settings.rt.lock_memory, i % 2 == 1);
	}
}

static void test_a_core_or_none(void)
{
	CU_ASSERT_EQUAL(read_text("[rt]\nirq_cpu = 2\n"), 0);
	CU_ASSERT_EQUAL(settings.rt.irq_cpu, 2);
	CU_ASSERT_EQUAL(read_text("[rt]\nirq_cpu = none\n"), 0);
	CU_ASSERT_EQUAL(settings.rt.irq_cpu, SETTINGS_NO_CPU);
	CU_ASSERT_EQUAL(read_text("[rt]\nirq_cpu = no\n"), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "allowed: 0..255 or none"));
}

/* Names with blanks or commas between them; a comma inside a name stays. */
static void test_devices(void)
{
	static const char *const lists[][2] = {
		{"auto", "auto"},
		{"hw:CARD=a hw:CARD=b", "hw:CARD=a hw:CARD=b"},
		{"hw:CARD=a,  hw:CARD=b,DEV=1 ,\tauto,", "hw:CARD=a hw:CARD=b,DEV=1 auto"},
		{"hw:0,1, hw:2,0", "hw:0,1 hw:2,0"},
	};
	char text[200];

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		snprintf(text, sizeof(text), "[audio]\ndevice = %s\n", lists[i][0]);
		CU_ASSERT_EQUAL(read_text(text), 0);
		CU_ASSERT_STRING_EQUAL(settings.audio.device, lists[i][1]);
	}
	CU_ASSERT_EQUAL(read_text("[audio]\ndevice = , ,\n"), -EINVAL);
}

static void test_channels(void)
{
	static const char *const bad[] = {
		"0 1", "1 65", "3 3", "1 2 3", "1,2", "-1 2", "left", "1.5", "001 2"};
	char text[80];

	CU_ASSERT_EQUAL(read_text("[audio]\nchannels = 3 4\n"), 0);
	CU_ASSERT_EQUAL(settings.audio.channel_left, 3);
	CU_ASSERT_EQUAL(settings.audio.channel_right, 4);
	CU_ASSERT_EQUAL(read_text("[audio]\nchannels = 64\n"), 0);
	CU_ASSERT_EQUAL(settings.audio.channel_left, 64);
	CU_ASSERT_EQUAL(settings.audio.channel_right, 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(text, sizeof(text), "[audio]\nchannels = %s\n", bad[i]);
		CU_ASSERT_EQUAL(read_text(text), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "allowed: two"));
	}
}

static void test_patch_path(void)
{
	char path[SETTINGS_PATH_BYTES + 10];

	CU_ASSERT_EQUAL(read_text("[start]\npatch = a.ini"), 0);
	CU_ASSERT_STRING_EQUAL(settings.start.patch, "conf/a.ini");
	CU_ASSERT_EQUAL(read_text("[start]\npatch = /a.ini"), 0);
	CU_ASSERT_STRING_EQUAL(settings.start.patch, "/a.ini");
	CU_ASSERT_EQUAL(read_text("[start]\npatch ="), 0);
	CU_ASSERT_STRING_EQUAL(settings.start.patch, "");
	memset(path, 'x', sizeof(path));
	memcpy(path + SETTINGS_PATH_BYTES - 3, "/c", 3);
	CU_ASSERT_EQUAL(
		settings_read_text("[start]\npatch = a.ini", 21, path, &settings, &diag), -ERANGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "too long; allowed: 255 characters with the"));
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	CU_ASSERT_EQUAL(settings_read_text("", 0, path, &settings, &diag), -ENAMETOOLONG);
}

static void test_all_controls(void)
{
	static char text[8000];
	size_t n = 0;

	for (int i = 0; i < SETTINGS_MAX_KNOBS; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "[knob k%d]\ncontrols = a.b\n", i);
	for (int i = 0; i < SETTINGS_MAX_BUTTONS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "[button b%d]\npin = %d\n", i, i);
	for (int i = 0; i < SETTINGS_MAX_LEDS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"[led b%d]\npin = %d\nshows = fault\n", i, SETTINGS_MAX_BUTTONS + i);
	CU_ASSERT_EQUAL(read_text(text), 0);
	CU_ASSERT_EQUAL(settings.n_leds, SETTINGS_MAX_LEDS);
	CU_ASSERT_EQUAL(settings.n_knobs, SETTINGS_MAX_KNOBS);
	CU_ASSERT_EQUAL(settings.n_buttons, SETTINGS_MAX_BUTTONS);
	CU_ASSERT_EQUAL(settings.buttons[15].pin, 15);
}

static void test_refusals_change_nothing(void)
{
	static struct settings before;

	memset(&before, 0x5a, sizeof(before));
	CU_ASSERT_EQUAL(read_text("[audio]\nrate_hz = 44100\nperiods = 99\n"), -ERANGE);
	CU_ASSERT_EQUAL(memcmp(&settings, &before, sizeof(settings)), 0);
	CU_ASSERT_EQUAL(settings_read("/nonexistent", &settings, &diag), -ENOENT);
	CU_ASSERT_EQUAL(memcmp(&settings, &before, sizeof(settings)), 0);
}

int main(void)
{
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("settings", NULL, NULL);
	CU_add_test(suite, "defaults", test_defaults);
	CU_add_test(suite, "an example", test_an_example);
	CU_add_test(suite, "bounds", test_bounds);
	CU_add_test(suite, "booleans", test_booleans);
	CU_add_test(suite, "a core or none", test_a_core_or_none);
	CU_add_test(suite, "devices", test_devices);
	CU_add_test(suite, "channels", test_channels);
	CU_add_test(suite, "patch path", test_patch_path);
	CU_add_test(suite, "all controls", test_all_controls);
	CU_add_test(suite, "refusals change nothing", test_refusals_change_nothing);
	CU_basic_run_tests();
	return CU_get_number_of_failures() != 0;
}
