/* hostname: what a machine may be called. */
#include <stdio.h>
#include <string.h>

#include "card/host_name.h"
#include "tests/support/suite.h"

static void test_names(void)
{
	static const char *const rows[][2] = {
		/* text, reason (NULL: right) */
		{"synth-2\n", NULL},
		{"synth\r\n", NULL},
		{"2nd", NULL},
		{"a1234567890123456789012345678901234567890123456789012345678901b", NULL},
		{"localhosts\n", NULL},
		{"0xylophone\n", NULL},
		{"a1234567890123456789012345678901234567890123456789012345678901bc",
			"not a host name"},
		{"", "not a host name"},
		{"\n", "not a host name"},
		{"two words\n", "not a host name"},
		{"two\nlines\n", "not a host name"},
		{"-a\n", "not a host name"},
		{"a-\n", "not a host name"},
		{"my_synth\n", "not a host name"},
		{"synth.local\n", "not a host name"},
		{"localhost\n", "'localhost' is reserved"},
		{"LocalHost", "'LocalHost' is reserved"},
		{"localhost4\r\n", "is reserved"},
		{"localdomain\n", "is reserved"},
		{"ip6-loopback\n", "is reserved"},
		{"local\n", "is reserved"},
		{"invalid\n", "is reserved"},
		{"example\n", "is reserved"},
		{"127\n", "would be read as an address"},
		{"0x7F000001\n", "would be read as an address"},
	};
	struct diag diag;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int err = host_name_check(rows[i][0], strlen(rows[i][0]), "name", &diag);

		if ((err < 0) != (rows[i][1] != NULL) || (err && !strstr(diag.text, rows[i][1]))) {
			printf("\n  %s -> %s", rows[i][0], err ? diag.text : "right");
			CU_FAIL("a name");
		}
	}
}

SUITE_MAIN("host_name", {"names", test_names})
