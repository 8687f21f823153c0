/* test_screen.c - the live screen on a pseudo terminal, with a desk made for the test. */
#include "appliance/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/support/suite.h"

static int n_knobs = 2;
static const char *staged;
static const char *patch_name = "Acid line";

/* ---- the desk, as far as a screen looks at it */
int desk_n_knobs(const struct desk *desk)
{
	(void)desk;
	return n_knobs;
}

void desk_view_knob(const struct desk *desk, int knob, struct desk_knob_view *view)
{
	(void)desk;
	*view = (struct desk_knob_view){
		.name = "cutoff",
		.target = "filter1.cutoff_hz",
		.is_there = knob != 1,
		.has_staged = knob == 0 && staged,
		.value = "700 Hz",
		.staged = "900 Hz",
		.norm = 0.5,
		.n_targets = knob == 0 ? 3 : 1,
	};
}

void desk_view_knob_target(
	const struct desk *desk, int knob, int which, struct desk_knob_view *view)
{
	(void)which;
	desk_view_knob(desk, knob, view);
}

const char *desk_patch_name(const struct desk *desk)
{
	(void)desk;
	return patch_name;
}

const char *desk_staged_patch(const struct desk *desk)
{
	(void)desk;
	return staged;
}

int desk_n_staged(const struct desk *desk)
{
	(void)desk;
	return staged ? 1 : 0;
}

int desk_n_undo(const struct desk *desk)
{
	(void)desk;
	return 3;
}

/* ---- the terminal */
static int master, terminal, marker; /* marker: the terminal again, never waited for */

static void size_set(int columns, int rows)
{
	struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};

	ioctl(terminal, TIOCSWINSZ, &size);
}

/* All that was written to the terminal so far. What is written crosses the pseudo terminal when the
 * kernel finds time, so a mark goes after it and is waited for. */
static const char *shown(void)
{
	static const char mark = '\037';
	static char text[100000];
	struct pollfd fd = {.fd = master, .events = POLLIN};
	bool is_marked = false;
	size_t n = 0;

	for (;;) {
		ssize_t got;

		if (!is_marked)
			is_marked = write(marker, &mark, 1) == 1; /* when the terminal has room */
		if (poll(&fd, 1, is_marked ? 10000 : 10) <= 0 && is_marked)
			break; /* it never comes: what there is must do */
		got = read(master, text + n, sizeof(text) - 1 - n);
		n += got > 0 ? (size_t)got : 0;
		if (n > 0 && text[n - 1] == mark)
			break;
		if (n > sizeof(text) / 2) { /* long ago */
			memmove(text, text + n / 2, n - n / 2);
			n -= n / 2;
		}
	}
	text[n > 0 ? n - 1 : 0] = '\0';
	return text;
}

static int count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

/* The widest row, without escape codes; one column a byte is enough here. */
static int widest(const char *text)
{
	int widest = 0, columns = 0;

	for (; *text; text++) {
		if (*text == '\033')
			text += strcspn(text, "AJK");
		else if (*text == '\n')
			columns = 0;
		else if (*text != '\r' && ++columns > widest)
			widest = columns;
	}
	return widest;
}

static void peak_set(struct stats_page *page, float peak)
{
	uint32_t bits;

	memcpy(&bits, &peak, sizeof(bits));
	atomic_store(&page->peak_bits, bits);
}

static void test_block(void)
{
	static struct stats_page page;
	struct screen *screen = NULL;
	const char *text;

	size_set(80, 24);
	CU_ASSERT_EQUAL_FATAL(screen_open(&screen, terminal), 0);
	peak_set(&page, 0.5f);
	stats_add(&page, WRITER_PRODUCER, STAT_XRUN, 7);
	screen_draw(screen, NULL, &page);
	CU_ASSERT_EQUAL(atomic_load(&page.peak_bits), 0);
	text = shown();
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "-6.0 dB"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Acid line"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "xrun 7"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "q/a cutoff"));
	CU_ASSERT_EQUAL(count(text, "filter1.cutoff_hz +2 "), 1); /* of three that it turns */
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "700 Hz"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "(not in this patch)"));
	CU_ASSERT_PTR_NULL(strstr(text, "900 Hz"));
	CU_ASSERT_EQUAL(count(text, "\r\n"), 7);

	staged = "Bell";
	screen_draw(screen, NULL, &page);
	text = shown();
	CU_ASSERT_PTR_EQUAL(strstr(text, "\033[7A"), text); /* in place */
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "-> Bell"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "-> 900 Hz"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "-6.0 dB")); /* held */

	log_line(LOG_LEVEL_WARNING, "mind the gap");
	screen_say(screen, "ok committed");
	screen_draw(screen, NULL, &page);
	text = shown();
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "warning: mind the gap"));
	CU_ASSERT_EQUAL(count(text, "ok committed"), 2); /* above, and as the last row */
	CU_ASSERT_EQUAL(count(text, "\033[7A"), 1);
	staged = NULL;
	screen_close(screen);
}

static void test_small_and_hostile(void)
{
	static struct stats_page page;
	struct screen *screen = NULL;
	const char *text;

	n_knobs = 32;
	patch_name = "a\033[2Jb";
	CU_ASSERT_EQUAL_FATAL(screen_open(&screen, terminal), 0);
	size_set(80, 24);
	screen_draw(screen, NULL, &page);
	text = shown();
	CU_ASSERT_EQUAL(count(text, "\r\n"), 23);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " ... 15 more knobs"));
	CU_ASSERT_PTR_NULL(strstr(text, "\033[2J"));
	CU_ASSERT_TRUE(widest(text) <= 79);
	size_set(40, 8);
	screen_draw(screen, NULL, &page);
	text = shown();
	CU_ASSERT_EQUAL(count(text, "\r\n"), 7);
	CU_ASSERT_TRUE(widest(text) <= 39);
	size_set(0, 0); /* unknown: 80x24 */
	screen_draw(screen, NULL, &page);
	CU_ASSERT_EQUAL(count(shown(), "\r\n"), 23);
	screen_close(screen);
	n_knobs = 2;
	patch_name = "Acid line";
}

/* Nobody reads the terminal: the desk goes on. */
static void test_stopped_terminal(void)
{
	static struct stats_page page;
	struct screen *screen = NULL;

	size_set(80, 24);
	CU_ASSERT_EQUAL_FATAL(screen_open(&screen, terminal), 0);
	alarm(10);
	for (int i = 0; i < 1000; i++)
		screen_draw(screen, NULL, &page);
	alarm(0);
	shown();
	screen_draw(screen, NULL, &page);
	CU_ASSERT_PTR_NOT_NULL(strstr(shown(), "Acid line"));
	screen_close(screen);
}

static void test_meter(void)
{
	char text[80];

	screen_meter_text(text, sizeof(text), 0, 0, 10);
	CU_ASSERT_STRING_EQUAL(text, "[----------]  silent");
	screen_meter_text(text, sizeof(text), 1, 1, 10);
	CU_ASSERT_STRING_EQUAL(text, "[#########|]   0.0 dB CLIP");
	screen_meter_text(text, sizeof(text), 0.001, 0.1, 10);
	CU_ASSERT_STRING_EQUAL(text, "[------|---] -20.0 dB");
	screen_meter_text(text, sizeof(text), 0.1, 0.5, 10);
	CU_ASSERT_STRING_EQUAL(text, "[#######-|-]  -6.0 dB");
}

int main(void)
{
	static const struct suite_test tests[] = {
		{"the block", test_block},
		{"small terminals, hostile names", test_small_and_hostile},
		{"a stopped terminal", test_stopped_terminal},
		{"the meter", test_meter},
	};
	struct screen *none;

	if (screen_open(&none, -1) != -ENOTTY)
		return 1;
	if (openpty(&master, &terminal, NULL, NULL, NULL) < 0)
		return 1;
	fcntl(master, F_SETFL, O_NONBLOCK);
	marker = open(ttyname(terminal), O_WRONLY | O_NONBLOCK | O_NOCTTY);
	return suite_run("screen", tests, (int)ARRAY_LEN(tests));
}
