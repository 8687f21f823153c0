/* led.c - the board's own LED says how far the start got. See init.h. */
#include "init.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATTERN_BYTES = 512, FLASH_MS = 200, PAUSE_MS = 1200 };

static bool put(const char *folder, const char *led, const char *file, const char *text)
{
	char path[300];
	size_t n = strlen(text);

	snprintf(path, sizeof(path), "%s/%s/%s", folder, led, file);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool is_put = write(fd, text, n) == (ssize_t)n;
	close(fd);
	return is_put;
}

/* Brightness and milliseconds in turn; each brightness twice, or the kernel fades between them. */
static void write_pattern(char pattern[PATTERN_BYTES], int n_flashes)
{
	size_t n = 0;

	for (int i = 0; i < n_flashes && n + 64 < PATTERN_BYTES; i++)
		n += (size_t)snprintf(pattern + n, PATTERN_BYTES - n, "1 %d 1 0 0 %d 0 0 ",
			FLASH_MS, i == n_flashes - 1 ? PAUSE_MS : FLASH_MS);
	snprintf(pattern + n - 1, PATTERN_BYTES - n + 1, "\n");
}

/* A 400 has no ACT, but a PWR that can be switched. */
void led_show(const char *folder, int n_flashes)
{
	static const char *const leds[] = {"ACT", "PWR"};
	char pattern[PATTERN_BYTES] = "";

	for (size_t i = 0; i < sizeof(leds) / sizeof(leds[0]); i++) {
		if (n_flashes == LED_IS_WELL) {
			if (put(folder, leds[i], "trigger",
				    i == 0 ? "heartbeat\n" : "default-on\n"))
				return;
			continue;
		}
		write_pattern(pattern, n_flashes);
		if (put(folder, leds[i], "trigger", "pattern\n")) {
			put(folder, leds[i], "pattern", pattern);
			return;
		}
	}
}
