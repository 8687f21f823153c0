/* test_patch_read.c - what a good patch file becomes; bad ones are in test_malformed.c. */
#include "config/patch_read.h"
#include "modules/registry.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct patch *patch;
static struct diag diag;

static int read_text(const char *text)
{
	patch = NULL;
	memset(&diag, 0, sizeof(diag));
	return patch_read_text(text, strlen(text), "p.ini", &patch, &diag);
}

/* The terms of a sum as "0.5*osc1.out -3". */
static const char *sum_text(struct patch_sum sum)
{
	static char text[400];
	size_t n = 0;

	text[0] = '\0';
	for (int i = 0; i < sum.n_terms; i++) {
		struct patch_term term = patch->terms[sum.first + i];

		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s%g", n ? " " : "", (double)term.gain);
		if (term.module >= 0) {
			const struct patch_module *module = &patch->modules[term.module];

			n += (size_t)snprintf(text + n, sizeof(text) - n, "*%s.%s", module->id,
				module->desc->outs[term.out].key);
		}
	}
	return text;
}

static struct patch_module *module_of(const char *id)
{
	int idx = patch_find(patch, id);

	CU_ASSERT_TRUE_FATAL(idx >= 0);
	return &patch->modules[idx];
}

static const char *in_text(const char *id, const char *key)
{
	struct patch_module *module = module_of(id);

	return sum_text(module->ins[module_in_find(module->desc, key)]);
}

static const char *mod_text(const char *id, const char *key)
{
	struct patch_module *module = module_of(id);

	return sum_text(module->mods[module_param_find(module->desc, key)]);
}

static float value_of(const char *id, const char *key)
{
	struct patch_module *module = module_of(id);

	return module->values[module_param_find(module->desc, key)];
}

static const char *choice_of(const char *id, const char *key)
{
	struct patch_module *module = module_of(id);
	int param = module_param_find(module->desc, key);

	return module->desc->params[param].choices[(int)module->values[param]];
}

static const char example[] = "[out]\n"
			      "left = echo\n"
			      "right = env1 * 0.5 + echo\n"
			      "[patch]\n"
			      "name = Two caf\xc3\xa9s #2 ; not the third\n"
			      "voices = 8\n"
			      "tempo_bpm = 90.5\n"
			      "[env1]\n"
			      "type = adsr\n"
			      "attack_ms = 3\n"
			      "sustain = 1\n"
			      "in = osc1 * 0.5 + 0.25 * osc2.out - -2*3\n"
			      "[echo]\n"
			      "type = delay\n"
			      "in = -env1 + echo*0.5\n"
			      "[osc1]\n"
			      "type = osc\n"
			      "shape = saw\n"
			      "pitch = 57\n"
			      "freq_hz.mod=osc2*2e1-3\n"
			      "[osc2]\n"
			      "type = osc\n";

static void test_an_example(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text(example), 0);
	CU_ASSERT_STRING_EQUAL(patch->name, "Two caf\xc3\xa9s #2");
	CU_ASSERT_STRING_EQUAL(patch->path, "p.ini");
	CU_ASSERT_EQUAL(patch->n_voices, 8);
	CU_ASSERT_EQUAL(patch->modules[PATCH_CLOCK].values[PATCH_CLOCK_TEMPO_BPM], 90.5f);
	CU_ASSERT_EQUAL(patch->n_modules, 6);
	CU_ASSERT_STRING_EQUAL(patch->modules[1].id, "out");
	CU_ASSERT_EQUAL(module_of("echo")->line, 13);
	CU_ASSERT_EQUAL(value_of("env1", "attack_ms"), 3.0f);
	CU_ASSERT_EQUAL(value_of("env1", "release_ms"), 200.0f);
	CU_ASSERT_STRING_EQUAL(module_of("osc1")->desc->key, "osc");
	CU_ASSERT_STRING_EQUAL(choice_of("osc1", "shape"), "saw");
	CU_ASSERT_STRING_EQUAL(in_text("out", "left"), "1*echo.out");
	CU_ASSERT_STRING_EQUAL(in_text("out", "right"), "0.5*env1.out 1*echo.out");
	CU_ASSERT_STRING_EQUAL(in_text("env1", "in"), "0.5*osc1.out 0.25*osc2.out 6");
	CU_ASSERT_STRING_EQUAL(in_text("env1", "gate"), "");
	CU_ASSERT_STRING_EQUAL(in_text("echo", "in"), "-1*env1.out 0.5*echo.out");
	CU_ASSERT_STRING_EQUAL(in_text("osc1", "pitch"), "57");
	CU_ASSERT_STRING_EQUAL(mod_text("osc1", "freq_hz"), "20*osc2.out -3");
	patch_free(patch);
}

static void test_silence(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text("; nothing\n"), 0);
	CU_ASSERT_EQUAL(patch->n_modules, 2);
	CU_ASSERT_STRING_EQUAL(patch->modules[1].id, "out");
	CU_ASSERT_EQUAL(patch->n_voices, 1);
	CU_ASSERT_EQUAL(patch->modules[PATCH_CLOCK].values[PATCH_CLOCK_TEMPO_BPM], 120.0f);
	patch_free(patch);
	CU_ASSERT_EQUAL_FATAL(read_text("[out]"), 0);
	CU_ASSERT_EQUAL(patch->n_modules, 2);
	CU_ASSERT_EQUAL(patch->n_terms, 0);
	patch_free(patch);
}

static void test_sums(void)
{
	static const struct {
		const char *text, *terms;
	} good[] = {
		{"a", "1*a.out"},
		{"  a  ", "1*a.out"},
		{"a.out", "1*a.out"},
		{"-a", "-1*a.out"},
		{"a-a", "1*a.out -1*a.out"},
		{"2*a*3", "6*a.out"},
		{"-2 * -a", "2*a.out"},
		{"a * - 2", "-2*a.out"},
		{"+a + +1", "1*a.out 1"},
		{".5*a", "0.5*a.out"},
		{"1e2", "100"},
		{"2*3*4", "24"},
		{"a + 1e-3 - 1e3", "1*a.out 0.001 -1000"},
		{"0*a", "0*a.out"},
		{"a / 4", "0.25*a.out"},
		{"(a)", "1*a.out"},
		{"(a + 0.5 * a.out) * 0.5", "0.5*a.out 0.25*a.out"},
		{"2 - (a - (1 + 2) * a)", "2 -1*a.out 3*a.out"},
		{"(1 + 2) * a * (3 - 1)", "6*a.out"},
		{"-(440 + 3) * 2 / 4", "-220 -1.5"},
		{"((((((((a))))))))", "1*a.out"},
	};
	char text[200];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		snprintf(text, sizeof(text), "[a]\ntype = osc\n[out]\nleft = %s\n", good[i].text);
		CU_ASSERT_EQUAL_FATAL(read_text(text), 0);
		CU_ASSERT_STRING_EQUAL(in_text("out", "left"), good[i].terms);
		patch_free(patch);
	}
}

/* A module of that name goes before the note. */
static void test_notes(void)
{
	static const struct {
		const char *text, *terms;
	} good[] = {
		{"c#4", "61"},
		{"C4", "60"},
		{"Bb-1", "10"},
		{"s + a4", "1*s.out 69"},
		{"b-1", "11"},
		{"e2 - c4", "1*e2.gate -60"},
		{"(c4 + 0.5) + 12", "60 0.5 12"},
	};
	char text[300];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		snprintf(text, sizeof(text),
			"[s]\ntype = scale\nin = f#3\n[e2]\ntype = clock\n[osc1]\ntype = osc\n"
			"pitch = %s\n[out]\n[keys1]\ntype = keys\nlow = c2\nhigh = c2 + 24\n",
			good[i].text);
		if (read_text(text) < 0)
			printf("\n%s", diag.text);
		CU_ASSERT_PTR_NOT_NULL_FATAL(patch);
		CU_ASSERT_STRING_EQUAL(in_text("osc1", "pitch"), good[i].terms);
		CU_ASSERT_STRING_EQUAL(in_text("s", "in"), "54");
		CU_ASSERT_EQUAL(value_of("keys1", "low"), 36.0f);
		CU_ASSERT_EQUAL(value_of("keys1", "high"), 60.0f);
		patch_free(patch);
	}
}

static void test_constants(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text("[patch]\ntempo_bpm = 60 * 2\nvoices = 2 * 4\n[osc1]\n"
					"type = osc\nfreq_hz = (440 + 3) * 2\nlevel = 1/4\n"
					"fine_cents = -(2+1) / 2\n[scale1]\ntype = scale\n"
					"offset = a3 - 12\n[out]\n"),
		0);
	CU_ASSERT_EQUAL(patch->n_voices, 8);
	CU_ASSERT_EQUAL(patch->modules[PATCH_CLOCK].values[PATCH_CLOCK_TEMPO_BPM], 120.0f);
	CU_ASSERT_EQUAL(value_of("osc1", "freq_hz"), 886.0f);
	CU_ASSERT_EQUAL(value_of("osc1", "level"), 0.25f);
	CU_ASSERT_EQUAL(value_of("osc1", "fine_cents"), -1.5f);
	CU_ASSERT_EQUAL(value_of("scale1", "offset"), 45.0f);
	patch_free(patch);
}

static void test_errors_have_their_code(void)
{
	CU_ASSERT_EQUAL(read_text("[a]\ntype = osc\nfreq_hz.mod = a\n[out]\n"), -ELOOP);
	CU_ASSERT_EQUAL(read_text("[a]\ntype = osc\nfreq_hz = 1e9\n[out]\n"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("[a]\ntype = osc\nlevel = x\n[out]\n"), -EINVAL);
	CU_ASSERT_EQUAL(read_text("[a]\ntype = osc\nlevle = 1\n[out]\n"), -ENOENT);
	CU_ASSERT_PTR_NULL(patch);
	CU_ASSERT_EQUAL(patch_read("/nonexistent", &patch, &diag), -ENOENT);
	CU_ASSERT_PTR_NULL(patch);
}

/* The whole range of each parameter there is, as text and back. */
static void test_values(void)
{
	char text[64];
	float value;

	for (int i = 0; i < n_modules; i++) {
		for (int k = 0; k < modules[i]->n_params; k++) {
			const struct param_desc *param = &modules[i]->params[k];
			bool is_choice = param->curve == CURVE_CHOICE;

			for (int end = 0; end < 2; end++) {
				float wanted = end ? param->max : param->min;

				snprintf(text, sizeof(text), "%.9g", (double)wanted);
				value = -1e9f;
				CU_ASSERT_EQUAL(
					param_value_read(param,
						is_choice ? param->choices[(int)wanted] : text,
						&value, &diag),
					0);
				CU_ASSERT_EQUAL(value, wanted);
			}
			value = 7.0f;
			snprintf(text, sizeof(text), "%g", (double)param->max * 1.01 + 1.0);
			CU_ASSERT_EQUAL(param_value_read(param, text, &value, &diag),
				is_choice ? -EINVAL : -ERANGE);
			CU_ASSERT_EQUAL(param_value_read(param, "1e300", &value, &diag),
				is_choice ? -EINVAL : -ERANGE);
			CU_ASSERT_EQUAL(param_value_read(param, "", &value, &diag), -EINVAL);
			CU_ASSERT_EQUAL(param_value_read(param, "nan", &value, &diag), -EINVAL);
			CU_ASSERT_EQUAL(value, 7.0f);
		}
	}
}

/* Lengths of notes are written in one way, with a slash, and read in the old one too. */
static void test_lengths(void)
{
	int n_lengths = 0;

	for (int i = 0; i < n_modules; i++) {
		for (int k = 0; k < modules[i]->n_params; k++) {
			const struct param_desc *param = &modules[i]->params[k];

			for (int c = 0; param->choices && c <= (int)param->max; c++) {
				const char *name = param->choices[c], *slash = strchr(name, '/');
				char old[32];
				float value = -1.0f;

				if (name[0] < '0' || name[0] > '9' || strlen(name) < 3)
					continue;
				n_lengths++;
				CU_ASSERT_PTR_NOT_NULL_FATAL(slash);
				snprintf(old, sizeof(old), "%.*s_%s", (int)(slash - name), name,
					slash + 1);
				CU_ASSERT_EQUAL(param_value_read(param, old, &value, &diag), 0);
				CU_ASSERT_EQUAL(value, (float)c);
			}
		}
	}
	CU_ASSERT_TRUE(n_lengths > 4 * 14);
	CU_ASSERT_EQUAL_FATAL(
		read_text(
			"[l]\ntype = lfo\ndivision = 1_8t\n[m]\ntype = lfo\ndivision = 1/8t\n[out]\n"),
		0);
	CU_ASSERT_STRING_EQUAL(choice_of("l", "division"), "1/8t");
	CU_ASSERT_EQUAL(value_of("l", "division"), value_of("m", "division"));
	patch_free(patch);
}

static void test_gates(void)
{
	bool is_on = true;

	CU_ASSERT_TRUE(gate_value_read("off", &is_on, &diag) == 0 && !is_on);
	CU_ASSERT_TRUE(gate_value_read("on", &is_on, &diag) == 0 && is_on);
	CU_ASSERT_TRUE(gate_value_read("low", &is_on, &diag) == 0 && !is_on);
	CU_ASSERT_TRUE(gate_value_read("1", &is_on, &diag) == 0 && is_on);
	CU_ASSERT_TRUE(gate_value_read("false", &is_on, &diag) == 0 && !is_on);
	CU_ASSERT_EQUAL(gate_value_read("0.5", &is_on, &diag), -EINVAL);
	CU_ASSERT_EQUAL(gate_value_read("", &is_on, &diag), -EINVAL);
	CU_ASSERT_FALSE(is_on);
	CU_ASSERT_PTR_NOT_NULL(strstr(diag.text, "allowed: on off yes no"));
}

int main(void)
{
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("patch_read", NULL, NULL);
	CU_add_test(suite, "an example", test_an_example);
	CU_add_test(suite, "silence", test_silence);
	CU_add_test(suite, "sums", test_sums);
	CU_add_test(suite, "notes", test_notes);
	CU_add_test(suite, "constants", test_constants);
	CU_add_test(suite, "errors have their code", test_errors_have_their_code);
	CU_add_test(suite, "values", test_values);
	CU_add_test(suite, "lengths", test_lengths);
	CU_add_test(suite, "gates", test_gates);
	CU_basic_run_tests();
	return CU_get_number_of_failures() != 0;
}
