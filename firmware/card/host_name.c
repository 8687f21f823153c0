/* host_name.c - the machine's name. See host_name.h. */
#include "card/host_name.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Of RFC 2606, 6761, 6762 and 9476, and of /etc/hosts and systemd; card-files has the same list. */
static const char *const reserved[] = {"localhost", "localhost4", "localhost6", "localdomain",
	"ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes",
	"ip6-allrouters", "broadcasthost", "gateway", "local", "localnet", "internal", "invalid",
	"test", "example", "onion", "alt", "arpa", "none"};

static bool is_reserved(const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (strlen(reserved[i]) == n && strncasecmp(reserved[i], name, n) == 0)
			return true;
	return false;
}

/* 127, 0x7f000001: programs read such a name as an address. */
static bool is_number(const char *name, size_t n)
{
	bool is_hex = n > 2 && name[0] == '0' && (name[1] == 'x' || name[1] == 'X');

	for (size_t i = is_hex ? 2 : 0; i < n; i++) {
		unsigned char c = (unsigned char)name[i];

		if (!(is_hex ? isxdigit(c) : isdigit(c)))
			return false;
	}
	return true;
}

int host_name_check(const char *bytes, size_t n_bytes, const char *path, struct diag *diag)
{
	size_t n = 0;

	while (n < n_bytes && (isalnum((unsigned char)bytes[n]) || (bytes[n] == '-' && n)))
		n++;
	for (size_t i = n; i < n_bytes; i++)
		if (!strchr("\r\n", bytes[i]))
			n = 0;
	if (n < 1 || n > HOST_NAME_MAX_BYTES || bytes[n - 1] == '-')
		return diag_set(diag, -EINVAL,
			"%s:1: not a host name; allowed: 1 to 63 letters, digits and -", path);
	if (is_reserved(bytes, n))
		return diag_set(diag, -EINVAL,
			"%s:1: '%.*s' is reserved: other machines, and this one, mean something "
			"else by it; choose another name",
			path, (int)n, bytes);
	if (is_number(bytes, n))
		return diag_set(diag, -EINVAL,
			"%s:1: '%.*s' would be read as an address; a name has a letter in it", path,
			(int)n, bytes);
	return 0;
}
