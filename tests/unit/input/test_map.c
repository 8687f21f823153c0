/* Events to actions: every control that the settings have, and no other; and the example of
 * firmware/input/README.md as it stands there. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "input/map.h"
#include "tests/support/spawn.h"
#include "tests/support/suite.h"

static char foot_path[300];
#define FOOT_PIPE(settings) ((void)(settings), foot_path)
#include "tests/unit/input/example_source.c"

static const struct settings settings = {.n_knobs = 3, .n_buttons = 2};

static struct action mapped(int control, enum input_kind kind, float value)
{
	const struct input_event event = {
		.control = (uint16_t)control, .kind = (uint8_t)kind, .value = value};
	struct action action;

	if (!input_map(&settings, &event, &action))
		action.kind = N_ACTION_KINDS;
	return action;
}

static void test_every_control(void)
{
	struct action action;

	for (int i = 0; i < 3; i++) {
		action = mapped(INPUT_KNOBS + i, INPUT_TURN, -7.0f);
		CU_ASSERT_TRUE(action.kind == ACTION_TURN && action.turn.knob == i &&
			       action.turn.detents == -7);
		action = mapped(INPUT_PUSHES + i, INPUT_PRESS, 0.0f);
		CU_ASSERT_TRUE(action.kind == ACTION_PRESS && action.press.is_push &&
			       action.press.way == PRESS_SHORT && action.press.control == i);
	}
	for (int i = 0; i < 2; i++) {
		action = mapped(INPUT_BUTTONS + i, INPUT_LONG_PRESS, 0.0f);
		CU_ASSERT_TRUE(action.kind == ACTION_PRESS && !action.press.is_push &&
			       action.press.way == PRESS_LONG && action.press.control == i);
	}
	CU_ASSERT_EQUAL(mapped(INPUT_BUTTONS, INPUT_DOUBLE_PRESS, 0.0f).press.way, PRESS_DOUBLE);
	CU_ASSERT_EQUAL(mapped(INPUT_BUTTONS, INPUT_DOWN, 0.0f).press.way, PRESS_DOWN);
	CU_ASSERT_EQUAL(mapped(INPUT_PUSHES, INPUT_UP, 0.0f).press.way, PRESS_UP);
	CU_ASSERT_EQUAL(mapped(INPUT_COMMIT, INPUT_PRESS, 0.0f).kind, ACTION_COMMIT);
	action = mapped(INPUT_COMMIT, INPUT_LONG_PRESS, 0.0f);
	CU_ASSERT_TRUE(action.kind == ACTION_UNDO && action.hint.blind_blocks == -1);
	action = mapped(INPUT_ALL_GATES, INPUT_DOWN, 0.0f);
	CU_ASSERT_TRUE(action.kind == ACTION_GATE && action.gate.is_on && !action.gate.module.desc);
	action = mapped(INPUT_ALL_GATES, INPUT_UP, 0.0f);
	CU_ASSERT_TRUE(action.kind == ACTION_GATE && !action.gate.is_on);
	CU_ASSERT_EQUAL(mapped(INPUT_QUIT, INPUT_PRESS, 0.0f).kind, ACTION_QUIT);
}

static void test_no_other(void)
{
	static const int none[][2] = {
		{INPUT_KNOBS + 3, INPUT_TURN},
		{INPUT_KNOBS, INPUT_PRESS},
		{INPUT_PUSHES + 3, INPUT_PRESS},
		{INPUT_PUSHES, INPUT_TURN},
		{INPUT_BUTTONS + 2, INPUT_PRESS},
		{INPUT_BUTTONS, INPUT_TURN},
		{INPUT_ALL_GATES, INPUT_PRESS},
		{INPUT_QUIT, INPUT_UP},
		{INPUT_N_CONTROLS, INPUT_PRESS},
		{UINT16_MAX, INPUT_TURN},
	};

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		CU_ASSERT_EQUAL(
			mapped(none[i][0], (enum input_kind)none[i][1], 1.0f).kind, N_ACTION_KINDS);
}

static void test_example(void)
{
	const struct input_row row = {"foot switch", "the foot switch", .open = foot_open};
	struct input_source *source;
	struct input_event events[4];
	struct action action;
	struct diag diag = {""};
	int hand;

	snprintf(foot_path, sizeof(foot_path), "%s", spawn_file("foot", ""));
	CU_ASSERT_EQUAL_FATAL(unlink(foot_path), 0);
	CU_ASSERT_TRUE(row.open(&source, &settings, &diag) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "no pipe"));
	CU_ASSERT_EQUAL_FATAL(mkfifo(foot_path, 0600), 0);
	CU_ASSERT_EQUAL_FATAL(row.open(&source, &settings, &diag), 0);
	CU_ASSERT_EQUAL(source->read(source, events, 4), 0); /* does not wait */
	hand = open(foot_path, O_WRONLY | O_CLOEXEC);
	CU_ASSERT_EQUAL(write(hand, "x", 1), 1);
	CU_ASSERT_EQUAL_FATAL(source->read(source, events, 4), 1);
	CU_ASSERT_TRUE(input_map(&settings, &events[0], &action));
	CU_ASSERT_EQUAL(action.kind, ACTION_COMMIT);
	close(hand);
	source->close(source);
}

static char *file_text(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *file = fopen(path, "re");

	CU_ASSERT_FATAL(text && file && fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

static void test_readme(void)
{
	char *code = file_text("tests/unit/input/example_source.c");
	char *readme = file_text("firmware/input/README.md");
	int n_lines = 0;

	for (const char *c = code; *c; c++)
		n_lines += *c == '\n';
	CU_ASSERT_PTR_NOT_NULL(strstr(readme, code));
	CU_ASSERT_TRUE(n_lines <= 40);
	free(code);
	free(readme);
}

SUITE_MAIN("map", {"every control has its action", test_every_control},
	{"no other control has one", test_no_other},
	{"the example of the README plays", test_example},
	{"the README shows the example, of 40 lines at most", test_readme})
