/* gpio_lines.c - GPIO lines by libgpiod 2: the one file that knows it. See gpio_lines.h.
 * Source: libgpiod 2.2, gpiod.h.
 * Tested by: virtual_pi/test_hands.py */
#include "board/gpio_lines.h"

#include <dirent.h>
#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's queue holds 16 edges a line unless asked for more; 1024 is its limit. */
enum { KERNEL_EDGES = 1024, EDGES_AT_ONCE = 64 };

struct gpio_chip {
	struct gpiod_chip *chip;
	char label[64]; /* cut: for comparing and for people */
	char name[128];
};

struct gpio_lines {
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *buffer;
	int n;
};

/* ---- the chip */

void gpio_chip_close(struct gpio_chip *chip)
{
	gpiod_chip_close(chip->chip);
	free(chip);
}

const char *gpio_chip_name(const struct gpio_chip *chip)
{
	return chip->name;
}

static int path_open(struct gpio_chip **out, const char *path)
{
	struct gpio_chip *chip = calloc(1, sizeof(*chip));
	struct gpiod_chip_info *info = NULL;
	int err;

	if (!chip)
		return -ENOMEM;
	chip->chip = gpiod_chip_open(path);
	if (chip->chip)
		info = gpiod_chip_get_info(chip->chip);
	if (!info) {
		err = -errno;
		if (chip->chip)
			gpiod_chip_close(chip->chip);
		free(chip);
		return err;
	}
	snprintf(chip->label, sizeof(chip->label), "%s", gpiod_chip_info_get_label(info));
	snprintf(chip->name, sizeof(chip->name), "%.31s [%.63s]", gpiod_chip_info_get_name(info),
		chip->label);
	gpiod_chip_info_free(info);
	*out = chip;
	return 0;
}

static bool is_wanted(const char *label, const char *wanted)
{
	static const char *const headers[] = {"pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835"};

	if (strcmp(wanted, "auto") != 0)
		return strcmp(label, wanted) == 0;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (strcmp(label, headers[i]) == 0)
			return true;
	return false;
}

static int is_chip_file(const struct dirent *entry)
{
	return strncmp(entry->d_name, "gpiochip", 8) == 0;
}

/* The first chip of all, by number, that has the label. *denied: one could not be looked at. */
static int label_open(struct gpio_chip **out, const char *wanted, bool *denied)
{
	struct dirent **files;
	int n = scandir("/dev", &files, is_chip_file, versionsort), err = -ENODEV;

	for (int i = 0; i < n; i++) {
		struct gpio_chip *chip;
		char path[300];

		snprintf(path, sizeof(path), "/dev/%s", files[i]->d_name);
		free(files[i]);
		if (err == 0)
			continue; /* found; only the names are to be freed */
		switch (path_open(&chip, path)) {
		case 0:
			if (is_wanted(chip->label, wanted)) {
				*out = chip;
				err = 0;
			} else {
				gpio_chip_close(chip);
			}
			break;
		case -EACCES:
			*denied = true;
			break;
		default:
			break;
		}
	}
	if (n >= 0)
		free(files);
	return err;
}

int gpio_chip_open(struct gpio_chip **chip, const char *wanted, struct diag *diag)
{
	bool denied = false;
	char path[BOARD_CHIP_BYTES + 8];
	int err;

	if (!wanted[0])
		wanted = "auto";
	if (wanted[0] == '/' || strncmp(wanted, "gpiochip", 8) == 0) {
		snprintf(path, sizeof(path), "%s%s", wanted[0] == '/' ? "" : "/dev/", wanted);
		err = path_open(chip, path);
		return err < 0 ? diag_set(diag, err, "chip %s: %s%s", path, strerror(-err),
					 err == -EACCES ? " (be in the group gpio)" : "")
			       : 0;
	}
	err = label_open(chip, wanted, &denied);
	if (err < 0 && denied)
		return diag_set(diag, -EACCES,
			"the chips at /dev/gpiochip* may not be opened (be in the group gpio)");
	if (err < 0 && strcmp(wanted, "auto") == 0)
		return diag_set(diag, err,
			"there is no chip pinctrl-rp1, pinctrl-bcm2711 or pinctrl-bcm2835 (set "
			"[gpio] chip for another; gpiodetect lists them)");
	if (err < 0)
		return diag_set(diag, err, "there is no chip %s (gpiodetect lists them)", wanted);
	return 0;
}

int gpio_chip_probe(struct gpio_chip *chip, const struct gpio_wish *wish, struct diag *diag)
{
	struct gpiod_line_info *info = gpiod_chip_get_line_info(chip->chip, wish->pin);
	struct gpio_lines *lines;
	int err = 0;

	if (!info && errno == EINVAL)
		return diag_set(diag, -EINVAL, "%s has no line %u", chip->name, wish->pin);
	if (info && gpiod_line_info_is_used(info)) {
		const char *user = gpiod_line_info_get_consumer(info);

		err = diag_set(diag, -EBUSY, "line %u of %s is used by '%s'", wish->pin, chip->name,
			user ? user : "?");
	}
	if (info)
		gpiod_line_info_free(info);
	if (err < 0)
		return err;
	err = gpio_lines_request(&lines, chip, wish, 1);
	if (err < 0)
		return diag_set(
			diag, err, "line %u of %s: %s", wish->pin, chip->name, strerror(-err));
	gpio_lines_release(lines);
	return 0;
}

/* ---- the lines */

static int wish_add(struct gpiod_line_config *config, struct gpiod_line_settings *settings,
	const struct gpio_wish *wish)
{
	static const enum gpiod_line_bias biases[] = {
		[BOARD_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
		[BOARD_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
		[BOARD_NO_BIAS] = GPIOD_LINE_BIAS_DISABLED,
	};
	int err;

	gpiod_line_settings_reset(settings);
	if (wish->is_output) {
		err = gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
		gpiod_line_settings_set_output_value(settings,
			wish->is_high ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
	} else {
		err = gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
		gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
		gpiod_line_settings_set_bias(settings, biases[wish->bias]);
		gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC);
		gpiod_line_settings_set_debounce_period_us(
			settings, (unsigned long)wish->debounce_us);
	}
	if (err == 0)
		err = gpiod_line_config_add_line_settings(config, &wish->pin, 1, settings);
	return err < 0 ? -errno : 0;
}

int gpio_lines_request(
	struct gpio_lines **out, struct gpio_chip *chip, const struct gpio_wish *wishes, int n)
{
	struct gpio_lines *lines = calloc(1, sizeof(*lines));
	struct gpiod_request_config *request = gpiod_request_config_new();
	struct gpiod_line_config *config = gpiod_line_config_new();
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	int err = lines && request && config && settings ? 0 : -ENOMEM;

	for (int i = 0; i < n && err == 0; i++)
		err = wish_add(config, settings, &wishes[i]);
	if (err == 0) {
		lines->buffer = gpiod_edge_event_buffer_new(EDGES_AT_ONCE);
		err = lines->buffer ? 0 : -errno;
	}
	if (err == 0) {
		lines->n = n;
		gpiod_request_config_set_consumer(request, "chronus");
		gpiod_request_config_set_event_buffer_size(request, KERNEL_EDGES);
		lines->request = gpiod_chip_request_lines(chip->chip, request, config);
		err = lines->request ? 0 : -errno;
	}
	if (settings)
		gpiod_line_settings_free(settings);
	if (config)
		gpiod_line_config_free(config);
	if (request)
		gpiod_request_config_free(request);
	if (err == 0)
		*out = lines;
	else if (lines)
		gpio_lines_release(lines);
	return err;
}

void gpio_lines_release(struct gpio_lines *lines)
{
	if (lines->buffer)
		gpiod_edge_event_buffer_free(lines->buffer);
	if (lines->request)
		gpiod_line_request_release(lines->request);
	free(lines);
}

int gpio_lines_fd(const struct gpio_lines *lines)
{
	return gpiod_line_request_get_fd(lines->request);
}

static void edge_push(struct edges *edges, struct gpiod_edge_event *event)
{
	struct edge edge = {
		.pin = gpiod_edge_event_get_line_offset(event),
		.is_high = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE,
		.at_ns = (int64_t)gpiod_edge_event_get_timestamp_ns(event),
		.seq = (uint32_t)gpiod_edge_event_get_global_seqno(event),
		.line_seq = (uint32_t)gpiod_edge_event_get_line_seqno(event),
	};

	edges_push(edges, &edge);
}

int gpio_lines_read(struct gpio_lines *lines, struct edges *edges)
{
	int room = edges_room(edges) < EDGES_AT_ONCE ? edges_room(edges) : EDGES_AT_ONCE;
	int n = room > 0 ? gpiod_line_request_wait_edge_events(lines->request, 0) : 0;

	if (n > 0)
		n = gpiod_line_request_read_edge_events(
			lines->request, lines->buffer, (size_t)room);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	for (int i = 0; i < n; i++)
		edge_push(
			edges, gpiod_edge_event_buffer_get_event(lines->buffer, (unsigned long)i));
	return n;
}

int gpio_lines_get(struct gpio_lines *lines, bool *are_high)
{
	enum gpiod_line_value values[GPIO_MAX_LINES];

	if (gpiod_line_request_get_values(lines->request, values) < 0)
		return -errno;
	for (int i = 0; i < lines->n; i++)
		are_high[i] = values[i] == GPIOD_LINE_VALUE_ACTIVE;
	return 0;
}

int gpio_lines_set(struct gpio_lines *lines, const bool *are_high)
{
	enum gpiod_line_value values[GPIO_MAX_LINES];

	for (int i = 0; i < lines->n; i++)
		values[i] = are_high[i] ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
	return gpiod_line_request_set_values(lines->request, values) < 0 ? -errno : 0;
}
