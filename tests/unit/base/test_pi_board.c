/* test_pi_board.c - each board by the name that its firmware gives it. */
#include "base/pi_board.h"

#include <stddef.h>

#include "base/util.h"
#include "tests/support/suite.h"

static void test_boards(void)
{
	static const struct {
		const char *model;
		int mhz, periods;
	} rows[] = {
		{"Raspberry Pi 3 Model B Rev 1.2", 1200, 3},
		{"Raspberry Pi 3 Model B Plus Rev 1.3", 1400, 3},
		{"Raspberry Pi 3 Model A Plus Rev 1.0", 1400, 3},
		{"Raspberry Pi Zero 2 W Rev 1.0", 1000, 3},
		{"Raspberry Pi Compute Module 3 Plus Rev 1.0", 1200, 3},
		{"Raspberry Pi 4 Model B Rev 1.1", 1500, 2},
		{"Raspberry Pi 400 Rev 1.0", 1800, 2},
		{"Raspberry Pi Compute Module 4 Rev 1.1", 1500, 2},
		{"Raspberry Pi 5 Model B Rev 1.0", 2400, 2},
		{"Raspberry Pi Model B Rev 2", 0, 2},
		{"linux,dummy-virt", 0, 2},
		{"", 0, 2},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct pi_board *board = pi_board_find(rows[i].model);

		CU_ASSERT_EQUAL(board ? board->full_mhz : 0, rows[i].mhz);
		CU_ASSERT_EQUAL(pi_board_periods(rows[i].model), rows[i].periods);
	}
}

SUITE_MAIN("Pi boards", {"boards", test_boards})
