#include "appliance/status_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { QUIET_S = 10 };

struct page {
	char *text;
	size_t n, n_bytes;
};

static void add(struct page *page, const char *format, ...) PRINTF_LIKE(2, 3);
static void add(struct page *page, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(page->text + page->n, page->n_bytes - page->n, format, args);
	va_end(args);
	if (n > 0)
		page->n += (size_t)n;
	if (page->n >= page->n_bytes)
		page->n = page->n_bytes - 1;
}

static void add_lines(struct page *page, const char *what, const char *lines)
{
	while (*lines) {
		int n = (int)strcspn(lines, "\n");

		if (n)
			add(page, "%-10s %.*s\n", what, n, lines);
		lines += n + (lines[n] == '\n');
	}
}

/* The one line that matters most. */
static void add_verdict(struct page *page, const struct status_facts *facts)
{
	const struct stats_look *look = facts->look;

	if (look->is_away)
		add(page,
			"NO SOUND: there is no sound device, for %.0f s now; it is looked for twice a "
			"second (`chronus devices` lists what there is)\n",
			look->away_s);
	else if (look->totals[STAT_BLOCKS] == 0)
		add(page, "NO SOUND: the device has taken nothing yet\n");
	else if (stats_health(look) == STATS_NOT_PLAYING)
		add(page, "NO SOUND: the device takes nothing\n");
	else if (facts->quiet_s >= QUIET_S)
		add(page,
			"SILENT: blocks are delivered, but the patch gives nothing to hear, for "
			"%.0f s now (a gate, a level, a knob?)\n",
			facts->quiet_s);
	else
		add(page, "playing%s\n", look->texts.warnings[0] ? ", but something is wrong" : "");
}

size_t status_text(const struct status_facts *facts, char *text, size_t n_bytes)
{
	const struct stats_look *look = facts->look;
	struct page page = {text, 0, n_bytes};
	int up_s = (int)look->uptime_s;

	add_verdict(&page, facts);
	add(&page, "%-10s %s\n", "patch", look->texts.patch);
	add(&page, "%-10s %s\n", "device", look->texts.sink);
	add(&page, "%-10s %s\n", "settings", facts->settings[0] ? facts->settings : "defaults");
	add(&page, "%-10s %s\n", "state", facts->state);
	add(&page, "%-10s %d:%02d:%02d; slot %c is heard, mirror: %s\n", "up", up_s / 3600,
		up_s / 60 % 60, up_s % 60, 'A' + look->live, look->has_mirror ? "yes" : "no");
	add(&page, "%-10s", "counted");
	for (int i = 0; i < n_stats_shown; i++)
		if (look->totals[stats_shown[i]] || stats_shown[i] <= STAT_XRUN)
			add(&page, " %s %" PRIu64, stat_name(stats_shown[i]),
				look->totals[stats_shown[i]]);
	add(&page, "\n");
	add(&page, "%-10s A %.1f %%, B %.1f %% of a block; worst %.1f %%, %.1f %%\n", "load",
		look->loads[0].mean_percent, look->loads[1].mean_percent,
		look->loads[0].worst_percent, look->loads[1].worst_percent);
	add_lines(&page, "wrong", look->texts.warnings);
	add_lines(&page, "degraded", look->texts.degraded);
	add_lines(&page, "hint", look->texts.hint);
	add_lines(&page, "refused", look->texts.refused_why);
	return page.n;
}
