/* test_patch.c - modules and cables are stored, copied and refused as patch.h says. */
#include "patch/patch.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct param_desc params[] = {
	{.key = "level", .label = "Level", .unit = UNIT_NORM, .min = 0.0f, .max = 1.0f,
		.def = 0.25f, .curve = CURVE_LINEAR, .smooth_ms = 5.0f},
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

static void test_new_has_defaults(void)
{
	struct patch *patch = patch_new();

	CU_ASSERT_PTR_NOT_NULL_FATAL(patch);
	CU_ASSERT_EQUAL(patch->n_voices, 1);
	CU_ASSERT_EQUAL(patch->n_modules, 1);
	CU_ASSERT_EQUAL(patch_find(patch, "patch"), PATCH_CLOCK);
	CU_ASSERT_EQUAL(patch->modules[PATCH_CLOCK].values[PATCH_CLOCK_TEMPO_BPM], 120.0f);
	CU_ASSERT_STRING_EQUAL(patch->name, "");
	patch_free(patch);
	patch_free(NULL);
}

static void test_modules_are_added_and_found(void)
{
	struct patch *patch = patch_new();

	CU_ASSERT_EQUAL(patch_add_module(patch, "a", &box), 1);
	CU_ASSERT_EQUAL(patch_add_module(patch, "b", &box), 2);
	CU_ASSERT_EQUAL(patch_add_module(patch, "a", &box), -EEXIST);
	CU_ASSERT_EQUAL(patch_add_module(patch, "patch", &box), -EEXIST);
	CU_ASSERT_EQUAL(patch_add_module(patch, "", &box), -EINVAL);
	CU_ASSERT_EQUAL(patch_add_module(patch, "a23456789012345678901234567890x", &box), 3);
	CU_ASSERT_EQUAL(patch_add_module(patch, "a23456789012345678901234567890xy", &box), -EINVAL);
	CU_ASSERT_EQUAL(patch->modules[2].values[0], 0.25f);
	CU_ASSERT_EQUAL(patch_find(patch, "b"), 2);
	CU_ASSERT_EQUAL(patch_find(patch, "c"), -ENOENT);
	patch_free(patch);
}

static void test_modules_are_limited(void)
{
	struct patch *patch = patch_new();
	char id[16];

	for (int i = 1; i < PATCH_MAX_MODULES; i++) {
		snprintf(id, sizeof(id), "m%d", i);
		CU_ASSERT_EQUAL(patch_add_module(patch, id, &box), i);
	}
	CU_ASSERT_EQUAL(patch_add_module(patch, "more", &box), -ENOSPC);
	CU_ASSERT_EQUAL(patch->n_modules, PATCH_MAX_MODULES);
	patch_free(patch);
}

static void test_terms_are_runs(void)
{
	struct patch *patch = patch_new();
	struct patch_term term = {.module = 0, .out = 0, .gain = 1.0f};
	struct patch_sum *a, *b;

	patch_add_module(patch, "a", &box);
	patch_add_module(patch, "b", &box);
	a = &patch->modules[1].ins[0];
	b = &patch->modules[2].mods[0];
	for (int i = 0; i < PATCH_MAX_TERMS; i++) {
		term.gain = (float)i;
		CU_ASSERT_EQUAL(patch_add_term(patch, a, term), 0);
	}
	CU_ASSERT_EQUAL(patch_add_term(patch, a, term), -ENOSPC);
	for (int i = 0; i < PATCH_MAX_TERMS - 1; i++)
		CU_ASSERT_EQUAL(patch_add_term(patch, b, term), 0);
	a->n_terms--; /* a has room again, but is not the last sum */
	CU_ASSERT_EQUAL(patch_add_term(patch, a, term), -EINVAL);
	CU_ASSERT_EQUAL(b->first, PATCH_MAX_TERMS);
	CU_ASSERT_EQUAL(patch->n_terms, 2 * PATCH_MAX_TERMS - 1);
	CU_ASSERT_EQUAL(patch->terms[7].gain, 7.0f);
	patch_free(patch);
}

static void test_copies_are_independent(void)
{
	struct patch *patch = patch_new();
	struct patch_term term = {.module = PATCH_CONSTANT, .gain = 2.0f};
	struct patch *copy;

	strcpy(patch->name, "one");
	patch_add_module(patch, "a", &box);
	for (int i = 0; i < 16; i++)
		patch_add_term(patch, &patch->modules[1].ins[0], term);
	patch_set_list(patch, &patch->modules[1], 0, (float[]){1, 2, 3}, 3);
	copy = patch_copy(patch);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	CU_ASSERT_EQUAL(patch_add_module(copy, "b", &box), -ENOSPC);
	CU_ASSERT_EQUAL(patch_add_term(copy, &copy->modules[1].mods[0], term), 0);
	CU_ASSERT_EQUAL(patch_set_list(copy, &copy->modules[1], 0, (float[]){7, 8}, 2), 0);
	copy->modules[1].values[0] = 0.5f;
	copy->terms[0].gain = 3.0f;
	strcpy(copy->name, "two");
	CU_ASSERT_EQUAL(patch->n_modules, 2);
	CU_ASSERT_EQUAL(patch->n_terms, 16);
	CU_ASSERT_EQUAL(patch->modules[1].values[0], 0.25f);
	CU_ASSERT_EQUAL(patch->modules[1].lists[0].n, 3);
	CU_ASSERT_EQUAL(patch->items[patch->modules[1].lists[0].first], 1.0f);
	CU_ASSERT_EQUAL(patch->terms[0].gain, 2.0f);
	CU_ASSERT_STRING_EQUAL(patch->name, "one");
	patch_free(patch);
	CU_ASSERT_EQUAL(copy->modules[1].ins[0].n_terms, 16);
	CU_ASSERT_EQUAL(copy->items[copy->modules[1].lists[0].first], 7.0f);
	patch_free(copy);
}

/* Written longer and shorter again and again: only what is in use is copied. */
static void test_lists_are_written(void)
{
	struct patch *patch = patch_new(), *copy;
	float items[LIST_MAX_ITEMS];

	for (int i = 0; i < LIST_MAX_ITEMS; i++)
		items[i] = (float)i;
	patch_add_module(patch, "a", &box);
	patch_add_module(patch, "b", &box);
	CU_ASSERT_EQUAL(patch_set_list(patch, &patch->modules[2], 1, items, 5), 0);
	for (int n = 1; n <= LIST_MAX_ITEMS; n++)
		CU_ASSERT_EQUAL(patch_set_list(patch, &patch->modules[1], 0, items, n), 0);
	CU_ASSERT_EQUAL(patch_set_list(patch, &patch->modules[1], 0, items + 9, 4), 0);
	copy = patch_copy(patch);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	patch_free(patch);
	CU_ASSERT_EQUAL(copy->n_items, 4 + 5);
	CU_ASSERT_EQUAL(copy->modules[1].lists[0].n, 4);
	CU_ASSERT_EQUAL(copy->items[copy->modules[1].lists[0].first + 3], 12.0f);
	CU_ASSERT_EQUAL(copy->modules[2].lists[1].n, 5);
	CU_ASSERT_EQUAL(copy->items[copy->modules[2].lists[1].first + 4], 4.0f);
	patch_free(copy);
}

int main(void)
{
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("patch", NULL, NULL);
	CU_add_test(suite, "new has defaults", test_new_has_defaults);
	CU_add_test(suite, "modules are added and found", test_modules_are_added_and_found);
	CU_add_test(suite, "modules are limited", test_modules_are_limited);
	CU_add_test(suite, "terms are runs", test_terms_are_runs);
	CU_add_test(suite, "copies are independent", test_copies_are_independent);
	CU_add_test(suite, "lists are written", test_lists_are_written);
	CU_basic_run_tests();
	return CU_get_number_of_failures() != 0;
}
