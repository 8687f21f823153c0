/* button.c - short, long and double presses, and holding. See button.h.
 * Tested by: unit/board/test_button */
#include "board/button.h"

#define LONG_NS   (BUTTON_LONG_MS * (int64_t)1000000)
#define DOUBLE_NS (BUTTON_DOUBLE_MS * (int64_t)1000000)

int64_t button_deadline_ns(const struct button *button)
{
	if (button->is_waiting)
		return button->up_ns + DOUBLE_NS;
	return button->is_down && !button->is_reported && !button->is_hold
		       ? button->down_ns + LONG_NS
		       : 0;
}

enum button_says button_tick(struct button *button, int64_t now_ns)
{
	int64_t deadline_ns = button_deadline_ns(button);

	if (deadline_ns == 0 || now_ns < deadline_ns)
		return BUTTON_NOTHING;
	if (button->is_waiting) {
		button->is_waiting = false;
		return BUTTON_SHORT;
	}
	button->is_reported = true;
	return BUTTON_LONG;
}

static enum button_says go_down(struct button *button, int64_t now_ns)
{
	bool is_second = button->is_waiting;

	button->is_down = true;
	button->down_ns = now_ns;
	button->is_waiting = false;
	button->is_reported = is_second;
	if (button->is_hold)
		return BUTTON_DOWN;
	return is_second ? BUTTON_DOUBLE : BUTTON_NOTHING;
}

static enum button_says go_up(struct button *button, int64_t now_ns)
{
	button->is_down = false;
	button->up_ns = now_ns;
	if (button->is_reported)
		return BUTTON_NOTHING;
	if (button->is_hold)
		return BUTTON_UP;
	if (now_ns - button->down_ns >= LONG_NS)
		return BUTTON_LONG;
	button->is_waiting = button->has_double;
	return button->has_double ? BUTTON_NOTHING : BUTTON_SHORT;
}

enum button_says button_edge(struct button *button, bool is_down, int64_t now_ns)
{
	if (is_down == button->is_down) /* an edge between was missed: the later one counts */
		return BUTTON_NOTHING;
	return is_down ? go_down(button, now_ns) : go_up(button, now_ns);
}

bool button_begin(struct button *button, bool is_down)
{
	bool is_held = button->is_hold && button->is_down && !button->is_reported;

	if (is_held)
		return !is_down;
	button->is_waiting = false;
	button->is_down = button->is_reported = is_down;
	return false;
}
