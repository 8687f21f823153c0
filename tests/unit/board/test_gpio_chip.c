/* test_gpio_chip.c - a chip that comes and goes, may not be had, and loses edges. */
#include "tests/support/fake_gpio.h"

static void test_a_chip_that_comes_and_goes(void)
{
	begin();
	chip.is_there = false;
	open_board();
	CU_ASSERT_EQUAL(n_logged, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "there is no chip fake"));
	CU_ASSERT_FALSE(is_readable());
	CU_ASSERT_EQUAL(pass(5000), 0);
	CU_ASSERT_EQUAL(n_logged, 1);
	chip.is_there = true;
	for (int turn = 0; turn < 10; turn++) {
		n_logged = 0;
		pass(1000);
		CU_ASSERT_EQUAL(n_logged, 1);
		CU_ASSERT_EQUAL(pass(20), 0);
		detent(true);
		edge(A, false); /* half a detent, and a button held ... */
		edge(BUTTON, true);
		CU_ASSERT_EQUAL(pass(0), 1);
		chip.is_there = false;
		CU_ASSERT_EQUAL(pass(100), 0);
		CU_ASSERT_FALSE(is_readable());
		chip.n_opened = 0;
		for (int ms = 0; ms < 10000; ms += 10) /* ... mean nothing while it is away */
			CU_ASSERT_EQUAL(pass(10), 0);
		CU_ASSERT_TRUE(chip.n_opened >= 9 && chip.n_opened <= 10);
		CU_ASSERT_EQUAL(n_logged, 2);
		CU_ASSERT_EQUAL(counts().n_chip_losses, (uint64_t)turn + 1);
		chip.is_there = true;
		chip.are_high[A] = true;
		chip.are_high[BUTTON] = turn % 2; /* still held, every other time */
	}
	pass(1000);
	chip.are_high[A] = chip.are_high[B] = false; /* seen in the middle of a turn */
	pass(20);
	edge(A, true);
	edge(B, true); /* where it has rested before: half a detent */
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(A, false);
	edge(B, false);
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(A, true);
	edge(B, true);
	CU_ASSERT_EQUAL(pass(0), 1);
	chip.is_there = false;
	pass(0);
	chip.is_there = true;
	chip.are_high[BUTTON] = true;
	pass(1000);
	pass(20);
	edge(BUTTON, false); /* held since before: nothing */
	CU_ASSERT_EQUAL(pass(0), 0);
	CU_ASSERT_EQUAL(counts().n_detents, 11);
	board->close(board);
}

static void test_no_permission(void)
{
	struct diag diag;

	begin();
	chip.denied = -EACCES;
	open_board();
	for (int i = 0; i < 5; i++)
		pass(1000);
	CU_ASSERT_EQUAL(n_logged, 1);
	chip.denied = 0;
	pass(1000);
	CU_ASSERT_EQUAL(n_logged, 2);
	board->close(board);
	begin();
	chip.denied = -ENOSYS;
	CU_ASSERT_EQUAL(gpio_board_open(&board, &config, test_now, &diag), -ENOSYS);
	CU_ASSERT_EQUAL(n_logged, 0); /* the caller says it */
}

/* The kernel dropped edges: counted, levels looked at, and the next detent counts. */
static void test_losses(void)
{
	begin();
	open_board();
	pass(20);
	edge(A, false);
	edge(B, false);
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(A, true);
	edge(B, true);
	edge(BUTTON, true);
	edge(BUTTON, false);
	edge(PUSH, false);
	memmove(chip.edges, chip.edges + 4, sizeof(chip.edges[0]) * (size_t)--chip.n_edges);
	chip.n_edges -= 3; /* all but the last one are gone */
	CU_ASSERT_EQUAL(pass(0), 0);
	CU_ASSERT_EQUAL(pass(1), 0);
	CU_ASSERT_EQUAL(counts().n_illegal, 1); /* two steps: not told which way */
	edge(PUSH, true);
	CU_ASSERT_EQUAL(pass(0), 1);
	detent(false);
	detent(true);
	CU_ASSERT_EQUAL(pass(0), 2);
	CU_ASSERT_TRUE(events[0].detents == -1 && events[1].detents == 1);
	edge(BUTTON, true);
	CU_ASSERT_EQUAL(counts().n_lost, 2);
	pass(0);
	CU_ASSERT_EQUAL(counts().n_lost, 4); /* the button's two are known of with its next one */
	edge(PUSH, false);
	CU_ASSERT_EQUAL(pass(0), 0);
	edge(PUSH, true); /* dropped: seen by its level only */
	edge(A, false);
	chip.edges[0] = chip.edges[1];
	chip.n_edges = 1;
	CU_ASSERT_EQUAL(pass(0), 0);
	CU_ASSERT_EQUAL(pass(1), 1);
	CU_ASSERT_EQUAL(events[0].kind, BOARD_PUSH);
	board->close(board);
}

SUITE_MAIN("gpio_chip", {"a chip that comes and goes", test_a_chip_that_comes_and_goes},
	{"no permission, no libgpiod", test_no_permission}, {"edges lost", test_losses})
