/* GPIO as a source: the settings become the box's wiring, its events those of every source. The
 * board is made for the test, in the place of board/gpio_board.c. */
#include "input/gpio.h"

#include <errno.h>
#include <string.h>

#include "tests/support/suite.h"

static struct board_config wired;
static int open_err, n_closed, shown;
static const struct board_event moved[] = {
	{BOARD_TURN, 1, -3, 11},
	{BOARD_PRESS, 1, 0, 12},
	{BOARD_LONG_PRESS, 0, 0, 13},
	{BOARD_PUSH, 0, 0, 14},
	{BOARD_LONG_PUSH, 1, 0, 15},
	{BOARD_DOUBLE_PRESS, 0, 0, 16},
	{BOARD_PUSH_DOWN, 1, 0, 17},
	{BOARD_PUSH_UP, 1, 0, 18},
};

static int board_fd(const struct board *board)
{
	(void)board;
	return 42;
}

static int board_read(struct board *board, struct board_event *events, int max)
{
	int n = int_min(max, (int)ARRAY_LEN(moved));

	(void)board;
	memcpy(events, moved, (size_t)n * sizeof(*events));
	return n;
}

static void board_close(struct board *board)
{
	(void)board;
	n_closed++;
}

static void board_show(struct board *board, const enum board_pattern lamps[BOARD_N_INDICATORS])
{
	(void)board;
	shown = (int)lamps[BOARD_FAULT];
}

static void board_count(const struct board *board, struct board_counts *counts)
{
	(void)board;
	*counts = (struct board_counts){.n_detents = 7};
}

int board_gpio_open(struct board **board, const struct board_config *config, struct diag *diag)
{
	static struct board fake = {board_fd, board_read, board_close, board_show, board_count};

	wired = *config;
	*board = &fake;
	return open_err ? diag_set(diag, open_err, "no chip") : 0;
}

static const struct settings box = {.gpio = {.chip = "gpiochip9", .bias = BIAS_PULL_DOWN},
	.n_knobs = 2,
	.knobs = {{.name = "cutoff",
			  .pin_a = 5,
			  .pin_b = 6,
			  .pin_push = 7,
			  .steps_per_detent = 4,
			  .acceleration = 8,
			  .bias = BIAS_NONE},
		{.name = "keys",
			.pin_a = SETTINGS_NO_PIN,
			.pin_b = SETTINGS_NO_PIN,
			.pin_push = SETTINGS_NO_PIN,
			.bias = BIAS_OF_GPIO}},
	.n_buttons = 1,
	.buttons = {{.name = "commit", .pin = 8, .bias = BIAS_PULL_UP}},
	.n_leds = 1,
	.leds = {{.name = "ok", .pin = 9, .shows = INDICATOR_STANDBY, .active_low = true}}};

static void test_wiring(void)
{
	struct input_source *source;
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(input_gpio_open(&source, &box, &diag), 0);
	CU_ASSERT_STRING_EQUAL(wired.chip, "gpiochip9");
	CU_ASSERT_EQUAL(wired.n_knobs, 2);
	CU_ASSERT_STRING_EQUAL(wired.knobs[0].name, "cutoff");
	CU_ASSERT_TRUE(wired.knobs[0].pin_a == 5 && wired.knobs[0].pin_b == 6);
	CU_ASSERT_TRUE(wired.knobs[0].pin_push == 7 && wired.knobs[0].steps_per_detent == 4);
	CU_ASSERT_TRUE(wired.knobs[0].acceleration == 8);
	CU_ASSERT_EQUAL(wired.knobs[0].bias, BOARD_NO_BIAS);
	CU_ASSERT_EQUAL(wired.knobs[1].bias, BOARD_PULL_DOWN); /* as [gpio] says */
	CU_ASSERT_TRUE(wired.n_buttons == 1 && wired.buttons[0].pin == 8);
	CU_ASSERT_EQUAL(wired.buttons[0].bias, BOARD_PULL_UP);
	CU_ASSERT_TRUE(wired.n_leds == 1 && wired.leds[0].pin == 9);
	CU_ASSERT_TRUE(wired.leds[0].shows == BOARD_STANDBY && wired.leds[0].is_active_low);
	source->close(source);
}

static void test_events(void)
{
	static const struct input_event wanted[] = {
		{0, INPUT_TURN, INPUT_KNOBS + 1, {-3.0f}, 11},
		{0, INPUT_PRESS, INPUT_BUTTONS + 1, {0.0f}, 12},
		{0, INPUT_LONG_PRESS, INPUT_BUTTONS, {0.0f}, 13},
		{0, INPUT_PRESS, INPUT_PUSHES, {0.0f}, 14},
		{0, INPUT_LONG_PRESS, INPUT_PUSHES + 1, {0.0f}, 15},
		{0, INPUT_DOUBLE_PRESS, INPUT_BUTTONS, {0.0f}, 16},
		{0, INPUT_DOWN, INPUT_PUSHES + 1, {0.0f}, 17},
		{0, INPUT_UP, INPUT_PUSHES + 1, {0.0f}, 18},
	};
	enum board_pattern lamps[BOARD_N_INDICATORS] = {[BOARD_FAULT] = BOARD_PATTERN_FAST};
	struct board_counts counts;
	struct input_source *source;
	struct input_event events[16];
	struct diag diag;

	CU_ASSERT_EQUAL_FATAL(input_gpio_open(&source, &box, &diag), 0);
	CU_ASSERT_EQUAL(source->read(source, events, 2), 2);
	CU_ASSERT_EQUAL_FATAL(source->read(source, events, 16), 8);
	for (int i = 0; i < 8; i++) {
		CU_ASSERT_EQUAL(events[i].kind, wanted[i].kind);
		CU_ASSERT_EQUAL(events[i].control, wanted[i].control);
		CU_ASSERT_EQUAL(events[i].value, wanted[i].value);
		CU_ASSERT_EQUAL(events[i].time_ns, wanted[i].time_ns);
	}
	CU_ASSERT_EQUAL(source->fd(source), 42);
	source->show(source, lamps);
	CU_ASSERT_EQUAL(shown, BOARD_PATTERN_FAST);
	source->count(source, &counts);
	CU_ASSERT_EQUAL(counts.n_detents, 7);
	n_closed = 0;
	source->close(source);
	CU_ASSERT_EQUAL(n_closed, 1);
}

static void test_unused(void)
{
	static struct settings settings;
	struct input_source *source;
	struct diag diag = {""};

	settings_default(&settings);
	CU_ASSERT_EQUAL(input_gpio_open(&source, &settings, &diag), INPUT_IS_UNUSED);
	open_err = -ENODEV;
	CU_ASSERT_EQUAL(input_gpio_open(&source, &box, &diag), -ENODEV);
	CU_ASSERT_STRING_EQUAL(diag.text, "no chip");
	open_err = 0;
}

SUITE_MAIN("gpio", {"the settings become the box's wiring", test_wiring},
	{"its events are those of every source", test_events},
	{"without pins there is no source", test_unused})
