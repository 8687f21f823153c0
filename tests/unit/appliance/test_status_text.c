/* test_status_text.c - the first line says what it all comes to. */
#include "appliance/status_text.h"

#include <string.h>

#include "tests/support/suite.h"

static struct stats_look look;
static struct status_facts facts;
static char text[STATUS_TEXT_BYTES];

static void begin(void)
{
	memset(&look, 0, sizeof(look));
	look.totals[STAT_BLOCKS] = 5000;
	look.window[STAT_BLOCKS] = 750;
	look.window_s = 1.0;
	strcpy(look.texts.sink, "hw:CARD=a");
	strcpy(look.texts.patch, "Pulse");
	facts = (struct status_facts){&look, "/etc/x.ini", "/data/state", 0.0};
}

static void expect(const char *begins)
{
	CU_ASSERT_EQUAL(status_text(&facts, text, sizeof(text)), strlen(text));
	CU_ASSERT_EQUAL(strncmp(text, begins, strlen(begins)), 0);
}

static void test_verdicts(void)
{
	begin();
	expect("playing\n");
	facts.quiet_s = 11;
	expect("SILENT:");
	look.window[STAT_BLOCKS] = 0;
	expect("NO SOUND: the device takes nothing");
	look.totals[STAT_BLOCKS] = 0;
	expect("NO SOUND: the device has taken nothing yet");
	look.is_away = true;
	look.away_s = 3;
	expect("NO SOUND: there is no sound device, for 3 s");
}

static void test_what_is_wrong(void)
{
	begin();
	strcpy(look.texts.warnings, "settings: line 3\nstate: full\n");
	strcpy(look.texts.degraded, "2 cores\n");
	expect("playing, but something is wrong\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nwrong      settings: line 3\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nwrong      state: full\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ndegraded   2 cores\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "blocks 5000 none 0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "settings   /etc/x.ini\n"));
}

static void test_is_cut(void)
{
	char little[40];

	begin();
	CU_ASSERT_EQUAL(status_text(&facts, little, sizeof(little)), 39);
	CU_ASSERT_EQUAL(strlen(little), 39);
}

SUITE_MAIN("status_text", {"verdicts", test_verdicts}, {"what is wrong", test_what_is_wrong},
	{"it is cut", test_is_cut})
