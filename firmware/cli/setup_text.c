#include "cli/setup_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- cmdline.txt: one line of words */
static const char *const words[] = {"isolcpus=3", "nohz_full=3", "rcu_nocbs=3", "irqaffinity=0-2",
	"cpufreq.default_governor=performance"};

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += n)
		if ((at == text || isspace((unsigned char)at[-1])) &&
			(!at[n] || isspace((unsigned char)at[n])))
			return true;
	return false;
}

/* The word that gives the same key another value, in diag. */
static int check_key(const char *text, const char *word, struct diag *diag)
{
	size_t n_key = (size_t)(strchr(word, '=') - word) + 1;

	if (has_word(text, word))
		return 0;
	for (const char *at = text; *at; at++) {
		bool is_begin = at == text || isspace((unsigned char)at[-1]);

		if (is_begin && strncmp(at, word, n_key) == 0)
			return diag_set(diag, -EEXIST,
				"cmdline.txt has %.*s already, and %s is wanted: change it by hand",
				(int)strcspn(at, " \t\r\n"), at, word);
	}
	return 0;
}

static int check_cmdline(const char *text, struct diag *diag)
{
	size_t n = strcspn(text, "\r\n");

	if (text[n + strspn(text + n, " \t\r\n")])
		return diag_set(diag, -EINVAL, "cmdline.txt has more than one line");
	if (strncmp(text, "root=", 5) != 0 && !strstr(text, " root="))
		return diag_set(diag, -EINVAL, "cmdline.txt has no root=: not Raspberry Pi OS's");
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' && !isspace((unsigned char)*at))
			return diag_set(diag, -EINVAL, "cmdline.txt is not text");
	return 0;
}

/* The words of text that are wanted, each after a blank, then a newline. */
static char *join(const char *text, bool (*is_wanted)(const char *word, const void *ctx),
	const void *ctx, const char *const *more, int n_more)
{
	char *copy = strdup(text), *rest = copy, *word, *out = NULL;
	size_t n_bytes;
	FILE *to = open_memstream(&out, &n_bytes);
	const char *blank = "";

	while (to && copy && (word = strsep(&rest, " \t\r\n")))
		if (*word && is_wanted(word, ctx)) {
			fprintf(to, "%s%s", blank, word);
			blank = " ";
		}
	for (int i = 0; to && i < n_more; i++)
		if (!has_word(text, more[i]))
			fprintf(to, " %s", more[i]);
	free(copy);
	if (!to)
		return NULL;
	fprintf(to, "\n");
	return fclose(to) == 0 ? out : NULL;
}

static bool is_any(const char *word, const void *ctx)
{
	(void)word;
	(void)ctx;
	return true;
}

/* Not one that we have added to the text before. */
static bool is_theirs(const char *word, const void *before)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(word, words[i]) == 0)
			return has_word(before, word);
	return true;
}

int setup_cmdline_apply(const char *text, char **out, struct diag *diag)
{
	int err = check_cmdline(text, diag);
	bool is_done = true;

	for (size_t i = 0; i < ARRAY_LEN(words) && !err; i++) {
		err = check_key(text, words[i], diag);
		is_done = is_done && has_word(text, words[i]);
	}
	if (err < 0)
		return err;
	*out = is_done ? strdup(text) : join(text, is_any, NULL, words, ARRAY_LEN(words));
	return *out ? 0 : diag_set(diag, -ENOMEM, "out of memory");
}

int setup_cmdline_undo(const char *text, const char *before, char **out, struct diag *diag)
{
	int err = check_cmdline(text, diag);

	if (err < 0)
		return err;
	*out = join(text, is_theirs, before, NULL, 0);
	return *out ? 0 : diag_set(diag, -ENOMEM, "out of memory");
}

/* ---- config.txt: lines */
static const char begin_mark[] = "# chronus setup: begin", end_mark[] = "# chronus setup: end";
static const char off_mark[] = "#chronus setup# ";

/* Overlays that bring a sound card of their own. */
static const char *const card_overlays[] = {"hifiberry-", "iqaudio-", "allo-", "justboom-",
	"audioinjector", "i2s-", "googlevoicehat", "pisound", "wm8960", "adau", "dionaudio", "rra-",
	"merus", "max98357a", "fe-pi", "superaudioboard"};

static bool begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static bool is_card(const char *line)
{
	if (!begins(line, "dtoverlay="))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(card_overlays); i++)
		if (begins(line + strlen("dtoverlay="), card_overlays[i]))
			return true;
	return false;
}

struct editor {
	FILE *to;
	const char *dac; /* NULL: none */
	bool is_inside, has_block, is_undo, has_kernel;
};

/* One line, without its end. */
static int edit_line(
	struct editor *editor, int number, const char *line, const char *end, struct diag *diag)
{
	if (strcmp(line, begin_mark) == 0) {
		if (editor->is_inside || editor->has_block)
			return diag_set(diag, -EINVAL,
				"config.txt:%d: our own block begins twice: put it right by hand",
				number);
		editor->is_inside = editor->has_block = true;
		return 0;
	}
	if (strcmp(line, end_mark) == 0 && !editor->is_inside)
		return diag_set(diag, -EINVAL,
			"config.txt:%d: our own block ends without a beginning", number);
	if (editor->is_inside) {
		editor->is_inside = strcmp(line, end_mark) != 0;
		return 0;
	}
	if (begins(line, "include"))
		return diag_set(diag, -EINVAL,
			"config.txt:%d: `%s`: settings in other files are not understood (a card of "
			"Chronus's own needs no setup)",
			number, line);
	if (!editor->is_undo && editor->dac && is_card(line))
		return diag_set(diag, -EEXIST,
			"config.txt:%d: `%s` brings a sound card already: take it out, or say "
			"--dac none",
			number, line);
	editor->has_kernel = editor->has_kernel || begins(line, "kernel=");
	if (begins(line, off_mark))
		line += strlen(off_mark);
	if (!editor->is_undo && editor->dac && begins(line, "dtparam=audio=on"))
		fprintf(editor->to, "%s", off_mark);
	fprintf(editor->to, "%s%s", line, end);
	return 0;
}

/* raspi-config sets the governor anew at each boot; a clock that is fixed does not mind. A kernel
 * that the owner has named stays. */
static void write_block(const struct editor *editor, const struct setup_config *wanted)
{
	fprintf(editor->to, "%s\n[all]\nforce_turbo=1\n", begin_mark);
	if (wanted->has_rt_kernel && !editor->has_kernel)
		fprintf(editor->to, "kernel=%s\n", SETUP_RT_KERNEL);
	if (wanted->dac)
		fprintf(editor->to, "dtparam=audio=off\ndtoverlay=%s\n", wanted->dac);
	fprintf(editor->to, "%s\n", end_mark);
}

/* wanted NULL: undo */
static int edit_config(
	const char *text, const struct setup_config *wanted, char **out, struct diag *diag)
{
	char *copy = strdup(text), *rest = copy, *line, *result = NULL;
	size_t n_bytes = 0;
	struct editor editor = {.to = open_memstream(&result, &n_bytes),
		.dac = wanted ? wanted->dac : NULL,
		.is_undo = !wanted};
	int err = copy && editor.to ? 0 : diag_set(diag, -ENOMEM, "out of memory"), number = 0;

	while (!err && (line = strsep(&rest, "\n"))) {
		size_t n = strlen(line);
		bool has_cr = n && line[n - 1] == '\r';

		if (!rest && !n)
			break; /* behind the last newline */
		if (has_cr)
			line[n - 1] = '\0';
		err = edit_line(&editor, ++number, line, has_cr ? "\r\n" : "\n", diag);
	}
	free(copy);
	if (!err && editor.is_inside)
		err = diag_set(diag, -EINVAL, "config.txt: our own block has no end");
	if (!err && wanted)
		write_block(&editor, wanted);
	if (editor.to && fclose(editor.to) != 0 && !err)
		err = diag_set(diag, -ENOMEM, "out of memory");
	if (err < 0) {
		free(result);
		return err;
	}
	*out = result;
	return 0;
}

int setup_config_apply(
	const char *text, const struct setup_config *wanted, char **out, struct diag *diag)
{
	return edit_config(text, wanted, out, diag);
}

int setup_config_undo(const char *text, char **out, struct diag *diag)
{
	return edit_config(text, NULL, out, diag);
}
