/* test_gpio_board.c - knobs, buttons and LEDs on a chip that is a fake. */
#include "tests/support/fake_gpio.h"

static void test_turns_and_presses(void)
{
	begin();
	open_board();
	CU_ASSERT_EQUAL(chip.wishes[A].debounce_us, 0);
	CU_ASSERT_EQUAL(chip.wishes[BUTTON].debounce_us, 5000);
	CU_ASSERT_EQUAL(chip.wishes[BUTTON].bias, BOARD_PULL_DOWN);
	detent(true); /* before the pull-ups are up: nothing */
	CU_ASSERT_EQUAL(pass(0), 0);
	CU_ASSERT_EQUAL(pass(20), 0);
	CU_ASSERT_FALSE(is_readable());
	detent(true);
	detent(false);
	detent(true);
	CU_ASSERT_TRUE(is_readable());
	CU_ASSERT_EQUAL(pass(0), 3);
	CU_ASSERT_TRUE(events[0].kind == BOARD_TURN && events[0].detents == 1);
	CU_ASSERT_EQUAL(events[1].detents, -1);
	CU_ASSERT_FALSE(is_readable());
	edge(BUTTON, true);
	edge(PUSH, false);
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(PUSH, true);
	CU_ASSERT_EQUAL(pass(0), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_PUSH);
	CU_ASSERT_EQUAL(pass(500), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_LONG_PRESS);
	CU_ASSERT_EQUAL(counts().n_detents, 3);
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "gpiochip9 [fake]"));
	board->close(board);
	CU_ASSERT_FALSE(chip.are_ours[A]);
}

/* More events than are asked for at once: the descriptor says so until all are told. */
static void test_few_at_a_time(void)
{
	int n = 0;

	begin();
	open_board();
	pass(20);
	for (int i = 0; i < 100; i++)
		detent(true);
	while (is_readable()) {
		int got = board->read(board, events, 3);

		CU_ASSERT_FATAL(got >= 0 && got <= 3 && n <= 100);
		n += got;
	}
	CU_ASSERT_EQUAL(n, 100);
	board->close(board);
}

static void test_lines_in_use(void)
{
	begin();
	chip.users[B] = "spi0 CS1";
	chip.users[LED_ON] = "ACT";
	open_board();
	CU_ASSERT_PTR_NOT_NULL(
		strstr(logged, "line 27 of x is used by 'spi0 CS1'; playing without knob cutoff"));
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "'ACT'; playing without led on"));
	CU_ASSERT_EQUAL(n_logged, 3);
	CU_ASSERT_TRUE(!chip.are_ours[A] && chip.are_ours[PUSH] && chip.are_ours[LED_STAGED]);
	pass(20);
	detent(true);
	edge(PUSH, false);
	edge(PUSH, true);
	CU_ASSERT_EQUAL(pass(0), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_PUSH);
	edge(BUTTON, true);
	edge(BUTTON, false);
	CU_ASSERT_EQUAL(pass(0), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_PRESS);
	board->close(board);

	begin(); /* none can be had: looked for again, said once */
	for (int pin = 0; pin < N_PINS; pin++)
		chip.users[pin] = "all";
	open_board();
	n_logged = 0;
	for (int i = 0; i < 5; i++)
		pass(1000);
	CU_ASSERT_EQUAL(n_logged, 0);
	memset(chip.users, 0, sizeof(chip.users));
	pass(1000);
	CU_ASSERT_TRUE(chip.are_ours[A] && chip.are_ours[LED_ON]);
	board->close(board);
}

static void show(enum board_pattern running, enum board_pattern staged)
{
	board->show(board,
		(enum board_pattern[]){running, staged, BOARD_PATTERN_OFF, BOARD_PATTERN_OFF});
}

static void test_leds(void)
{
	int n_changes = 0;

	begin();
	now_ns -= now_ns % NS_PER_S;
	open_board();
	CU_ASSERT_TRUE(!chip.are_high[LED_ON] && chip.are_high[LED_STAGED]); /* both dark */
	show(BOARD_PATTERN_STEADY, BOARD_PATTERN_OFF);
	CU_ASSERT_TRUE(chip.are_high[LED_ON] && chip.are_high[LED_STAGED]);
	show(BOARD_PATTERN_STEADY, BOARD_PATTERN_STEADY);
	CU_ASSERT_FALSE(chip.are_high[LED_STAGED]);
	show(BOARD_PATTERN_SLOW, BOARD_PATTERN_FAST);
	for (int ms = 0; ms < 2000; ms += 25) {
		bool was_high = chip.are_high[LED_STAGED];

		pass(25);
		n_changes += was_high != chip.are_high[LED_STAGED];
		CU_ASSERT_EQUAL(chip.are_high[LED_ON], now_ns % NS_PER_S < 500 * NS_PER_MS);
	}
	CU_ASSERT_EQUAL(n_changes, 16); /* four times a second, on and off */
	chip.is_there = false;
	show(BOARD_PATTERN_OFF, BOARD_PATTERN_STEADY); /* noticed here, too */
	CU_ASSERT_EQUAL(counts().n_chip_losses, 1);
	chip.is_there = true;
	pass(1000);
	CU_ASSERT_TRUE(!chip.are_high[LED_ON] && !chip.are_high[LED_STAGED]); /* at once */
	board->close(board);
	CU_ASSERT_TRUE(chip.are_high[LED_STAGED]); /* dark at the end */
}

SUITE_MAIN("gpio_board", {"turns and presses", test_turns_and_presses},
	{"few at a time", test_few_at_a_time}, {"lines in use", test_lines_in_use},
	{"LEDs", test_leds})
