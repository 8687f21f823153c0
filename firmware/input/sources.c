/* sources.c - the table of sources.
 * Tested by: e2e/test_run */
#include "input/gpio.h"
#include "input/midi.h"
#include "input/source.h"
#include "input/terminal.h"

const struct input_row input_rows[] = {
	{.name = "GPIO", .without = "knobs, buttons and LEDs", .open = input_gpio_open},
	{.name = "MIDI", .without = "MIDI keyboards", .open = input_midi_open},
	{.name = "keys",
		.without = "the terminal's keys",
		.is_optional = true,
		.has_screen = true,
		.open = input_terminal_open},
};

const int n_input_rows = (int)ARRAY_LEN(input_rows);

_Static_assert(ARRAY_LEN(input_rows) <= INPUT_MAX_SOURCES, "all sources can be open");
