/* boot_slot.c - the sector of slot.txt. See boot_slot.h.
 * Tested by: unit/card/test_update */
#include "card/boot_slot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const marks[N_BOOT_MARKS] = {
	[BOOT_KEPT] = "kept",
	[BOOT_TRY] = "try",
	[BOOT_TRIED] = "tried",
	[BOOT_FALLBACK] = "fallback",
};

void boot_slot_text(char *text, char letter, enum boot_mark mark)
{
	char head[64];
	int n = snprintf(head, sizeof(head), "os_prefix=%c/\n# %s\n", letter, marks[mark]);

	/* the firmware reads short lines only: a newline every 64 bytes */
	for (int i = 0; i < BOOT_SLOT_BYTES; i++)
		text[i] = i % 64 == 63 ? '\n' : '#';
	memcpy(text, head, (size_t)n);
}

int boot_slot_read(const char *text, size_t n_bytes, char *letter, enum boot_mark *mark)
{
	static const char key[] = "os_prefix=";
	char head[64], word[16] = "";
	size_t n = n_bytes < sizeof(head) - 1 ? n_bytes : sizeof(head) - 1;

	memcpy(head, text, n);
	head[n] = '\0';
	if (strncmp(head, key, strlen(key)) != 0)
		return -EINVAL;
	if ((head[10] != 'a' && head[10] != 'b') || head[11] != '/')
		return -EINVAL;
	*letter = head[10];
	*mark = BOOT_KEPT;
	sscanf(head + 12, " # %15[a-z]", word);
	for (int m = 0; m < N_BOOT_MARKS; m++)
		if (strcmp(word, marks[m]) == 0)
			*mark = (enum boot_mark)m;
	return 0;
}
