/* button.c - short and long presses. See button.h.
 * Tested by: unit/board/test_quadrature */
#include "board/button.h"

#define LONG_NS (BUTTON_LONG_MS * (int64_t)1000000)

int64_t button_deadline_ns(const struct button *button)
{
	return button->is_down && !button->is_reported ? button->down_ns + LONG_NS : 0;
}

enum button_says button_tick(struct button *button, int64_t now_ns)
{
	int64_t deadline_ns = button_deadline_ns(button);

	if (deadline_ns == 0 || now_ns < deadline_ns)
		return BUTTON_NOTHING;
	button->is_reported = true;
	return BUTTON_LONG;
}

enum button_says button_edge(struct button *button, bool is_down, int64_t now_ns)
{
	bool was_down = button->is_down, was_reported = button->is_reported;
	int64_t held_ns = now_ns - button->down_ns;

	if (is_down == was_down) /* an edge between was missed: the later one counts */
		return BUTTON_NOTHING;
	*button = (struct button){.is_down = is_down, .down_ns = now_ns};
	if (is_down || was_reported)
		return BUTTON_NOTHING;
	return held_ns >= LONG_NS ? BUTTON_LONG : BUTTON_SHORT;
}
