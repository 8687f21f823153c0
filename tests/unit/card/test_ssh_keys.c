/* authorized_keys: a whole key of each type passes, and no part of one. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "card/ssh_keys.h"
#include "tests/support/suite.h"

/* As ssh-keygen made them; the token's by hand. */
static const char *const keys[] = {
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0635eKb8GP6NsMx54x7vSi4x+CTsn+HNl251QUFggg me@home",
	"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDbQhTM3gUpsek142YVLilxmBQ1bgAW6YORLq2as0Zbtdvk"
	"vB7dk8hrPSmMJd06FDSwO4rgVoa0JQz04TpjqUsSSDTmniwGx4IGkmIiegQCHxrKPTMq3IpgJq5f869FoyRM"
	"MCjbJpM113kt7ZpXSR2btqn6MfvWMa8dLDzeOMD9dw== me@home",
	"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGv6bif2CUut"
	"iXcFBx/lN0/W9mHndFNBrDLgw63rfvTlBHfEDgTdev0HLFETq3pZ/DdPdyvxq2KE2bo67wtBmJA= me@home",
	"ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBP0rHTSk76Pu"
	"+V1fb4QyJQF71apr3KpIWGm62EAHZyl1hUS2CqvRfx5iYXuG90vkJVZ8bpIcBB8Ru8HWEsfBJWPozwlrvGmD"
	"pMQ+5bkCD84vsBt+XRkZTpCQl+5jkmA19A== me@home",
	"ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHZmh21dlx1"
	"rBFYmxf+AC6+JC0+CQeailbCqVAKYu0qP9K2oiFmq8rnyB5d7cG1ry041waEyL4q6C15eC5GqylVZwGA0RAi"
	"goO3hlrBUYyMaadmz2ovizTFro1n8x/dvjTT+xRGxaAco7LlsVlIWWJifVyOet3ea1sNNT96v1BuHG2hsw== "
	"me@home",
	"sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIAABAgMEBQYHCA"
	"kKCwwNDg8QERITFBUWFxgZGhscHR4fAAAABHNzaDo= me@home",
};

/* Right in its structure, but its point is on no curve. */
static const char off_curve[] =
	"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAABAgMEBQYH"
	"CAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

static const char rsa_768[] =
	"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAYQCbgQ52bsnShmPKgo3V9LOy5LBs5gdBx6h85CyCGAcujDW/"
	"mS3J6cYWYS52lqbOzBt45RBhcxHYo8LOb0R+1NV7Hi/riUFMNDwQJ8TRw4a7xM1hPjDY8WrfkbdYSiJlsfU=";

static struct diag diag;

static int check(const char *text)
{
	diag.text[0] = '\0';
	return ssh_keys_check(text, strlen(text), "keys", &diag);
}

static bool is_refused(const char *text, const char *why)
{
	bool is = check(text) < 0 && strstr(diag.text, why);

	if (!is)
		printf("\n  not refused by '%s': %s: %.60s", why, diag.text, text);
	return is;
}

/* Cut in half, or anywhere else before its comment, it is no key. */
static void test_parts(void)
{
	for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
		size_t n_key = (size_t)(strrchr(keys[k], ' ') - keys[k]), n_bad = 0;
		char spoilt[1000];

		for (size_t n = 0; n < strlen(keys[k]); n++)
			n_bad += (ssh_key_fault(keys[k], n) == NULL) != (n >= n_key);
		CU_ASSERT_EQUAL(n_bad, 0);
		/* a piece out of its middle */
		for (size_t from = strcspn(keys[k], " ") + 1; from + 40 < n_key; from += 4) {
			snprintf(spoilt, sizeof(spoilt), "%.*s%s", (int)from, keys[k],
				keys[k] + from + 40);
			n_bad += ssh_key_fault(spoilt, strlen(spoilt)) == NULL;
		}
		CU_ASSERT_EQUAL(n_bad, 0);
		CU_ASSERT_EQUAL(check(keys[k]), 0);
	}
}

static void test_files(void)
{
	char text[2000];

	snprintf(text, sizeof(text), "# mine\r\n\r\n  %s\r\n\t# old\n%s", keys[0], keys[1]);
	CU_ASSERT_EQUAL(check(text), 0);
	snprintf(text, sizeof(text), "# mine\n\n%s\n%.*s\n", keys[0], 40, keys[2]);
	CU_ASSERT_TRUE(is_refused(text, "keys:4: the key is cut"));
	snprintf(text, sizeof(text), "%s\nhello\n", keys[0]);
	CU_ASSERT_TRUE(is_refused(text, "keys:2: not a public key"));
	/* broken by an editor */
	snprintf(text, sizeof(text), "%.60s\n%s\n", keys[1], keys[1] + 60);
	CU_ASSERT_TRUE(is_refused(text, "keys:1: the key is cut"));
	snprintf(text, sizeof(text), "ssh-rsa %s\n", strchr(keys[0], ' ') + 1);
	CU_ASSERT_TRUE(is_refused(text, "keys:1: the key is cut"));
	/* whole, but of 16 bytes */
	CU_ASSERT_TRUE(is_refused("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAEAABAgMEBQYHCAkKCwwNDg8=",
		"keys:1: the key is cut"));
	CU_ASSERT_TRUE(is_refused("# no key\n", "nobody could log in"));
	CU_ASSERT_TRUE(is_refused("", "nobody could log in"));
	CU_ASSERT_TRUE(is_refused("ssh-ed25519\n", "keys:1: the key is cut"));
	CU_ASSERT_TRUE(is_refused("ssh-dss AAAAB3NzaC1kc3M=\n", "keys:1: not a public key"));
	CU_ASSERT_TRUE(is_refused(rsa_768, "keys:1: sshd refuses RSA keys below 1024 bits"));
}

/* ssh-keygen knows more than the structure; the line that it does not take is named. */
static void test_ssh_keygen(void)
{
	char text[2000];

	CU_ASSERT_PTR_NULL(ssh_key_fault(off_curve, strlen(off_curve)));
	if (access("/usr/bin/ssh-keygen", X_OK) < 0)
		return; /* then that is all that can be known */
	CU_ASSERT_TRUE(is_refused(off_curve, "keys:1: ssh-keygen does not take it"));
	snprintf(text, sizeof(text), "%s\n# two\n%s\n%s\n", keys[0], off_curve, keys[1]);
	CU_ASSERT_TRUE(is_refused(text, "keys:3: ssh-keygen does not take it"));
}

SUITE_MAIN("ssh_keys", {"parts of a key", test_parts}, {"files", test_files},
	{"ssh-keygen", test_ssh_keygen})
