/* screen.c - the live screen of `chronus run`. See screen.h.
 *
 * Everything goes out in one write, so that the block does not flicker: cursor up to its first row,
 * each row cleared to its end, then the rest of the screen. A line that scrolls is printed in the
 * block's place, and the block again below it. */
#include "appliance/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "input/terminal.h"

enum { OUT_BYTES = 16384, MIN_COLUMNS = 40, HEAD_ROWS = 5, MAX_COLUMNS = 250 };
#define METER_FLOOR_DB (-60.0)
#define HOLD_NS        (1500 * NS_PER_MS)

struct screen {
	int fd;
	int n_rows; /* of the block as it stands on the terminal */
	int columns, rows;
	double hold; /* the loudest peak lately */
	int64_t hold_until_ns;
	char last[160]; /* the last reply or log line */
	size_t n_out;
	char out[OUT_BYTES];
};

static struct screen *the_screen; /* writer: [init] */

static void out_put(struct screen *screen, const char *format, ...) PRINTF_LIKE(2, 3);
static void out_put(struct screen *screen, const char *format, ...)
{
	size_t room = sizeof(screen->out) - screen->n_out;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(screen->out + screen->n_out, room, format, args);
	va_end(args);
	if (n > 0)
		screen->n_out += (size_t)n < room ? (size_t)n : room - 1;
}

/* Sends what waits. false: the terminal (a stopped ssh) has not taken all of it; nothing more is
 * drawn until it has, because the desk must go on. */
static bool out_flush(struct screen *screen)
{
	size_t sent = 0;

	while (sent < screen->n_out) {
		ssize_t n = write(screen->fd, screen->out + sent, screen->n_out - sent);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		sent += (size_t)n;
	}
	screen->n_out -= sent;
	memmove(screen->out, screen->out + sent, screen->n_out);
	return screen->n_out == 0;
}

/* How many bytes of text fill max_columns; bytes that go on a UTF-8 character fill none. */
static int cut_bytes(const char *text, int max_columns)
{
	int n = 0, columns = 0;

	for (; text[n]; n++) {
		columns += ((unsigned char)text[n] & 0xc0) != 0x80;
		if (columns > max_columns)
			break;
	}
	return n;
}

/* One line of the block, cut at the terminal's width (the last column stays free: no wrapping). */
static void row_put(struct screen *screen, const char *format, ...) PRINTF_LIKE(2, 3);
static void row_put(struct screen *screen, const char *format, ...)
{
	char line[4 * MAX_COLUMNS];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (char *c = line; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?'; /* a patch's name moves no cursor */
	}
	out_put(screen, "%.*s\033[K\r\n", cut_bytes(line, screen->columns - 1), line);
	screen->n_rows++;
}

static void block_leave(struct screen *screen)
{
	if (screen->n_rows > 0)
		out_put(screen, "\033[%dA", screen->n_rows);
	out_put(screen, "\r");
	screen->n_rows = 0;
}

/* A line where the block was; the block is drawn again at once by the next screen_draw. */
static void line_above(struct screen *screen, const char *line)
{
	snprintf(screen->last, sizeof(screen->last), "%.*s", cut_bytes(line, 120), line);
	if (!out_flush(screen))
		return;
	block_leave(screen);
	out_put(screen, "%.*s\033[K\r\n\033[J", cut_bytes(line, 600), line);
	out_flush(screen);
}

static void log_to_screen(const char *line)
{
	if (the_screen)
		line_above(the_screen, line);
}

void screen_say(struct screen *screen, const char *line)
{
	line_above(screen, line);
}

int screen_open(struct screen **out, int fd)
{
	struct screen *screen;
	char path[32];

	if (!isatty(fd))
		return -ENOTTY;
	screen = calloc(1, sizeof(*screen));
	if (!screen)
		return -ENOMEM;
	/* a description of our own: O_NONBLOCK on the shell's would be everybody's */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	screen->fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (screen->fd < 0) {
		int err = -errno;

		free(screen);
		return err;
	}
	the_screen = screen;
	log_set_writer(log_to_screen);
	*out = screen;
	return 0;
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	log_set_writer(NULL);
	the_screen = NULL;
	out_flush(screen);
	close(screen->fd);
	free(screen);
}

static double level_db(double peak)
{
	return peak > 1e-6 ? 20 * log10(peak) : -120.0;
}

static int level_cell(double db, int n_cells)
{
	double norm = double_clamp(1 - db / METER_FLOOR_DB, 0, 1);

	return (int)lrint(norm * n_cells);
}

void screen_meter_text(char *out, size_t n_bytes, double peak, double hold, int n_cells)
{
	double db = level_db(peak), hold_db = level_db(hold);
	int n_on = level_cell(db, n_cells), at_hold = level_cell(hold_db, n_cells) - 1;
	char cells[MAX_COLUMNS + 1];

	n_cells = int_min(n_cells, MAX_COLUMNS);
	for (int i = 0; i < n_cells; i++)
		cells[i] = i == at_hold ? '|' : i < n_on ? '#' : '-';
	cells[n_cells] = '\0';
	if (hold_db <= -119.9)
		snprintf(out, n_bytes, "[%s]  silent", cells);
	else
		snprintf(out, n_bytes, "[%s] %5.1f dB%s", cells, hold_db,
			hold >= 1.0 ? " CLIP" : "");
}

static void size_read(struct screen *screen)
{
	struct winsize size;

	screen->columns = 80;
	screen->rows = 24;
	if (ioctl(screen->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		screen->columns = size.ws_col;
		screen->rows = size.ws_row;
	}
	screen->columns = int_max(MIN_COLUMNS, int_min(screen->columns, MAX_COLUMNS));
}

static double peak_take(struct screen *screen, struct stats_page *stats)
{
	uint32_t bits = atomic_exchange_explicit(&stats->peak_bits, 0, memory_order_relaxed);
	int64_t now_ns = clock_now_ns();
	float peak;

	memcpy(&peak, &bits, sizeof(peak));
	if ((double)peak >= screen->hold || now_ns >= screen->hold_until_ns) {
		screen->hold = (double)peak;
		screen->hold_until_ns = now_ns + HOLD_NS;
	}
	return (double)peak;
}

static void head_draw(struct screen *screen, const struct desk *desk, struct stats_page *stats)
{
	const char *staged = desk_staged_patch(desk);
	double peak = peak_take(screen, stats);
	int n_staged = desk_n_staged(desk), n_undo = desk_n_undo(desk);
	char meter[MAX_COLUMNS + 32];

	screen_meter_text(
		meter, sizeof(meter), peak, screen->hold, int_min(48, screen->columns - 22));
	row_put(screen, "%s", meter);
	row_put(screen, "%s%s%s  staged: %d%s  undo: %d  slot %c", desk_patch_name(desk),
		staged ? " -> " : "", staged ? staged : "", n_staged,
		staged || n_staged ? " (Enter commits)" : "", n_undo,
		atomic_load(&stats->live) ? 'B' : 'A');
	row_put(screen, "blocks %llu  none %llu  drop %llu  xrun %llu  failovers %llu",
		(unsigned long long)stats_total(stats, STAT_BLOCKS),
		(unsigned long long)stats_total(stats, STAT_NONE),
		(unsigned long long)stats_total(stats, STAT_DROP),
		(unsigned long long)stats_total(stats, STAT_XRUN),
		(unsigned long long)stats_total(stats, STAT_FAILOVERS));
}

static void knob_draw(struct screen *screen, const struct desk *desk, int knob)
{
	struct desk_knob_view view;
	char up = terminal_key_up(knob), down = terminal_key_down(knob);
	char bar[11], target[80];
	int at;

	desk_view_knob(desk, knob, &view);
	snprintf(target, sizeof(target), "%s", view.target);
	if (view.n_targets > 1)
		snprintf(target, sizeof(target), "%s +%d", view.target, view.n_targets - 1);
	at = (int)lrint(double_clamp(view.norm, 0, 1) * 9);
	for (int i = 0; i < 10; i++)
		bar[i] = !view.is_there ? ' ' : i == at ? 'o' : '-';
	bar[10] = '\0';
	row_put(screen, " %c/%c %-10s %s %-20s %s%s%s", up ? up : ' ', down ? down : ' ', view.name,
		bar, target, view.is_there ? view.value : "(not in this patch)",
		view.has_staged       ? " -> "
		: view.is_staged_knob ? "  (staged)"
				      : "",
		view.has_staged ? view.staged : "");
}

void screen_draw(struct screen *screen, const struct desk *desk, struct stats_page *stats)
{
	int n_knobs = desk_n_knobs(desk), n_fit;

	if (!out_flush(screen))
		return;
	size_read(screen);
	block_leave(screen);
	n_fit = int_max(0, screen->rows - 1 - HEAD_ROWS);
	if (n_knobs > n_fit)
		n_fit = int_max(0, n_fit - 1); /* a line says how many are left out */
	head_draw(screen, desk, stats);
	for (int i = 0; i < int_min(n_knobs, n_fit); i++)
		knob_draw(screen, desk, i);
	if (n_knobs > n_fit)
		row_put(screen, " ... %d more knobs", n_knobs - n_fit);
	row_put(screen, "Enter commit  z undo  space gate  shift: 8 detents  Esc quit");
	row_put(screen, "%s", screen->last);
	out_put(screen, "\033[J");
	out_flush(screen);
}
