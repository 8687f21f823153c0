/* test_order.c - sources come before what they feed; only a delay may close a cycle. */
#include "patch/order.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fake_emit(void *state, const struct module_io *io)
{
	(void)state;
	(void)io;
}

/* clang-format off */
static const struct param_desc params[] = {
	{.key = "time", .label = "Time", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f, .def = 0.5f,
		.curve = CURVE_LINEAR, .smooth_ms = 5.0f},
};
/* clang-format on */
static const struct port_desc ports[] = {
	{.key = "in", .label = "In", .kind = PORT_AUDIO},
	{.key = "out", .label = "Out", .kind = PORT_AUDIO},
};
static const struct module_desc box = {
	.key = "box",
	.params = params,
	.n_params = 1,
	.ins = ports,
	.n_ins = 1,
	.outs = ports + 1,
	.n_outs = 1,
};
static const struct module_desc echo = {
	.key = "echo",
	.params = params,
	.n_params = 1,
	.ins = ports,
	.n_ins = 1,
	.outs = ports + 1,
	.n_outs = 1,
	.emit = fake_emit,
	.absorb = fake_emit,
};

static struct patch *patch;
static int order[PATCH_MAX_MODULES];
static bool in_cycle[PATCH_MAX_MODULES];
static struct diag diag;

/* "a b" are boxes, "D" and other capitals are delays. */
static void modules_make(const char *ids)
{
	patch = patch_new();
	for (; *ids; ids++) {
		char id[2] = {*ids, 0};

		if (*ids != ' ')
			patch_add_module(patch, id, *ids < 'a' ? &echo : &box);
	}
}

static int idx_of(char id)
{
	char text[2] = {id, 0};

	return patch_find(patch, text);
}

/* "abc" plugs b and c into a's port; with as_mod into its parameter. */
static void plug(const char *text, bool as_mod)
{
	struct patch_module *module = &patch->modules[idx_of(text[0])];

	for (text++; *text; text++) {
		struct patch_term term = {.module = (int16_t)idx_of(*text), .gain = 1.0f};

		patch_add_term(patch, as_mod ? module->mods : module->ins, term);
	}
}

/* The order as text, delays that are in a cycle followed by '*'; or the reason it is refused. */
static const char *ordered(void)
{
	static char text[2 * PATCH_MAX_MODULES + 1];
	char *at = text;

	memset(&diag, 0, sizeof(diag));
	if (patch_order(patch, order, in_cycle, &diag) < 0) {
		patch_free(patch);
		return diag.text;
	}
	CU_ASSERT_EQUAL(order[0], PATCH_CLOCK);
	for (int i = 1; i < patch->n_modules; i++) {
		*at++ = patch->modules[order[i]].id[0];
		if (in_cycle[order[i]])
			*at++ = '*';
	}
	*at = '\0';
	patch_free(patch);
	return text;
}

static void test_free_modules_keep_file_order(void)
{
	modules_make("a b c d");
	CU_ASSERT_STRING_EQUAL(ordered(), "abcd");
	modules_make("");
	CU_ASSERT_STRING_EQUAL(ordered(), "");
}

static void test_sources_come_first(void)
{
	modules_make("a b c d");
	plug("ab", false);
	plug("bd", true);
	CU_ASSERT_STRING_EQUAL(ordered(), "cdba");
	modules_make("a b c d");
	plug("ad", false);
	CU_ASSERT_STRING_EQUAL(ordered(), "bcda");
}

static void test_cycles_are_named(void)
{
	modules_make("a b c d");
	plug("da", false);
	plug("cb", false);
	plug("bc", false);
	plug("ac", false);
	CU_ASSERT_STRING_EQUAL(ordered(), "cycle without a delay: b -> c -> b");
	modules_make("x a b c");
	plug("ba", false);
	plug("cb", false);
	plug("ac", true);
	CU_ASSERT_STRING_EQUAL(ordered(), "cycle without a delay: a -> b -> c -> a");
	modules_make("a");
	plug("aa", false);
	CU_ASSERT_STRING_EQUAL(ordered(), "cycle without a delay: a -> a");
}

static void test_a_refusal_changes_nothing(void)
{
	modules_make("a b");
	plug("bb", false);
	memset(order, 0x55, sizeof(order));
	memset(in_cycle, 0, sizeof(in_cycle));
	CU_ASSERT_EQUAL(patch_order(patch, order, in_cycle, &diag), -ELOOP);
	CU_ASSERT_EQUAL(order[0], 0x55555555);
	CU_ASSERT_EQUAL(patch_cycle_find(patch, order), 1);
	CU_ASSERT_EQUAL(order[0], 2);
	patch_free(patch);
}

static void test_a_delay_breaks_a_cycle(void)
{
	modules_make("a b D");
	plug("aD", false);
	plug("ba", false);
	plug("Db", false);
	CU_ASSERT_STRING_EQUAL(ordered(), "D*ab");
	modules_make("D");
	plug("DD", false);
	CU_ASSERT_STRING_EQUAL(ordered(), "D*");
}

static void test_a_delay_outside_is_ordinary(void)
{
	modules_make("D a b");
	plug("Da", false);
	plug("bD", false);
	CU_ASSERT_STRING_EQUAL(ordered(), "aDb");
	modules_make("E a b D"); /* E follows a cycle but is not in it */
	plug("aD", false);
	plug("Da", false);
	plug("Ea", false);
	CU_ASSERT_STRING_EQUAL(ordered(), "bD*aE");
}

static void test_a_modulator_outside_the_cycle_comes_before_it(void)
{
	modules_make("D a m");
	plug("aD", false);
	plug("Da", false);
	plug("Dm", true);
	CU_ASSERT_STRING_EQUAL(ordered(), "mD*a");
}

static void test_a_delay_does_not_excuse_a_second_cycle(void)
{
	modules_make("a b D");
	plug("aDb", false);
	plug("Da", false);
	plug("ba", false);
	CU_ASSERT_STRING_EQUAL(ordered(), "cycle without a delay: a -> b -> a");
}

static void test_long_cycle_is_one_short_line(void)
{
	char id[PATCH_ID_BYTES];
	int cycle[PATCH_MAX_MODULES];

	patch = patch_new();
	for (int i = 1; i < PATCH_MAX_MODULES; i++) {
		struct patch_term term = {.module = (int16_t)(i % (PATCH_MAX_MODULES - 1) + 1)};

		snprintf(id, sizeof(id), "m_with_a_long_name_%d", i);
		patch_add_module(patch, id, &box);
		patch_add_term(patch, &patch->modules[i].ins[0], term);
	}
	CU_ASSERT_EQUAL(patch_order(patch, order, in_cycle, &diag), -ELOOP);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "name_313 -> ... -> m_with_a_long_name_1"));
	CU_ASSERT_EQUAL(patch_cycle_find(patch, cycle), PATCH_MAX_MODULES - 1);
	patch_free(patch);
}

/* Random graphs: the order is one, it is the same twice, and every source comes first. */
static void test_random_graphs(void)
{
	unsigned seed = 7;
	int at[PATCH_MAX_MODULES];
	int n_ordered = 0;

	for (int round = 0; round < 500; round++) {
		modules_make("a b C d e F g h i j");
		for (int k = 0; k < 12; k++) {
			struct patch_module *module;
			struct patch_term term = {.gain = 1.0f};

			seed = seed * 1664525u + 1013904223u;
			module = &patch->modules[1 + (seed >> 16) % 10];
			term.module = (int16_t)(1 + (seed >> 24) % 10);
			if (!module->ins[0].n_terms)
				patch_add_term(patch, &module->ins[0], term);
		}
		if (patch_order(patch, order, in_cycle, &diag) == 0) {
			n_ordered++;
			for (int i = 0; i <= 10; i++)
				at[order[i]] = i;
			for (int i = 1; i <= 10; i++) {
				struct patch_sum sum = patch->modules[i].ins[0];

				if (sum.n_terms && !in_cycle[i])
					CU_ASSERT_TRUE(at[patch->terms[sum.first].module] < at[i]);
			}
		}
		patch_free(patch);
	}
	CU_ASSERT_TRUE(n_ordered > 20 && n_ordered < 480);
}

int main(void)
{
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("order", NULL, NULL);
	CU_add_test(suite, "free modules keep file order", test_free_modules_keep_file_order);
	CU_add_test(suite, "sources come first", test_sources_come_first);
	CU_add_test(suite, "cycles are named", test_cycles_are_named);
	CU_add_test(suite, "a refusal changes nothing", test_a_refusal_changes_nothing);
	CU_add_test(suite, "a delay breaks a cycle", test_a_delay_breaks_a_cycle);
	CU_add_test(suite, "a delay outside is ordinary", test_a_delay_outside_is_ordinary);
	CU_add_test(suite, "a modulator outside comes before",
		test_a_modulator_outside_the_cycle_comes_before_it);
	CU_add_test(
		suite, "no excuse for a second cycle", test_a_delay_does_not_excuse_a_second_cycle);
	CU_add_test(suite, "a long cycle is one short line", test_long_cycle_is_one_short_line);
	CU_add_test(suite, "random graphs", test_random_graphs);
	CU_basic_run_tests();
	return CU_get_number_of_failures() != 0;
}
