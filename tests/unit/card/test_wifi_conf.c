/* wifi.conf: everything for which wpa_supplicant would refuse the whole file is found, by its line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card/wifi_conf.h"
#include "tests/support/suite.h"

static struct diag diag;

#define NET(lines) "country=CH\nnetwork={\n" lines "}\n"

static void test_texts(void)
{
	static const char *const rows[][2] = {
		/* text, reason (NULL: right) */
		{"", NULL},
		{"# off\r\n\n", NULL},
		{NET("\tssid=\"x\"\n\tpsk=\"12345678\"\n"), NULL},
		{"country=CH\r\n  network={\r\n ssid=\"x\"\r\n\t} \r\n", NULL},
		{NET("ssid=\"a \"quoted\" # name\" # mine\npsk=\"pass#word\"\n"), NULL},
		{NET("ssid=6162\n#psk=\"x\nkey_mgmt=NONE\n"), NULL},
		{NET("ssid=P\"a\\x01\"\nsae_password=\"x\"\n"), NULL},
		{NET("psk=0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF\n"),
			NULL},
		{NET("psk=ext:home\n"), NULL},
		{"cred={\nusername=\"a\"\n}\nblob-base64-ca={\nAAAA\nB\"=\n}\n" NET(""), NULL},
		{"ssid=x\npsk=y\n", "no `network={` in it"},
		{"cred={\nusername=\"a\"\n}\n", "no `network={` in it"},
		{"network={\n\tssid=\"x\"\n", ":1: the block that begins here is not closed"},
		{"\nnetwork={\n", ":2: the block that begins here is not closed"},
		{"network={\nssid=\"x\"\nnetwork={\nssid=\"y\"\n}\n",
			":3: the block that begins in line 1 is not closed"},
		{"network={\n}\n}\n", ":3: `}` closes nothing"},
		{"network={\nssid=\"x\"}\n", ":2: the quote \" is not closed"},
		{"network={ ssid=\"x\" }\n", ":1: `network={` stands alone"},
		{NET("ssid=\"x\n"), ":3: the quote \" is not closed"},
		{NET("ssid=\"\n"), ":3: the quote \" is not closed"},
		{NET("ssid=P\"x\n"), ":3: the quote \" is not closed"},
		{NET("ssid=\"x\" y\n"), ":3: the quote \" is not closed"},
		{NET("psk=\"secret88\n"), ":3: the quote \" is not closed"},
		{"country=\"CH\n" NET(""), ":1: the quote \" is not closed"},
		{NET("ssid=home\n"), ":3: ssid: a network's name stands in quotes"},
		{NET("ssid=\"\"\n"), ":3: ssid: a network's name has 1 to 32"},
		{NET("ssid=\"123456789012345678901234567890123\"\n"), "has 1 to 32"},
		{NET("psk=\"1234567\"\n"), ":3: psk: a password has 8 to 63"},
		{NET("psk=\"1234567890123456789012345678901234567890123456789012345678901234\"\n"),
			":3: psk: a password has 8 to 63"},
		{NET("psk=12345678\n"), ":3: psk: a password stands in quotes"},
		{NET("psk=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n"),
			":3: psk: a password stands in quotes"},
		{NET("ssid\n"), ":3: this is neither"},
		{NET("ssid=\n"), ":3: this is neither"},
		{"hello\n" NET(""), ":1: this is neither"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i][0]);
		char *bytes = malloc(n + 1); /* no NUL behind them */
		int err;

		memcpy(bytes, rows[i][0], n);
		err = wifi_conf_check(bytes, n, "wifi", &diag);
		free(bytes);
		if ((err < 0) != (rows[i][1] != NULL) || (err && !strstr(diag.text, rows[i][1]))) {
			printf("\n  %s -> %s", rows[i][0], err ? diag.text : "right");
			CU_FAIL("a wifi.conf");
		}
	}
}

/* Cut anywhere behind `network={` and before its `}`, it is refused. */
static void test_cut(void)
{
	static const char text[] = NET("\tssid=\"home\"\n\tpsk=\"secret88\"\n");
	size_t from = (size_t)(strstr(text, "={") + 2 - text);
	size_t to = (size_t)(strrchr(text, '}') - text);

	for (size_t n = from; n <= to; n++)
		CU_ASSERT_TRUE(wifi_conf_check(text, n, "wifi", &diag) < 0);
	CU_ASSERT_EQUAL(wifi_conf_check(text, to + 1, "wifi", &diag), 0);
}

SUITE_MAIN("wifi_conf", {"texts", test_texts}, {"cut off", test_cut})
