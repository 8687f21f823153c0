/* wifi_conf.h - is this text a wpa_supplicant.conf that wpa_supplicant reads to its end?
 *
 * It refuses all of a file for one line that it cannot read, and then there is no wifi. Checked:
 * blocks and quotes are closed, lines are KEY=VALUE, the length of ssid and psk. Comments alone
 * switch wifi off.
 * Threads: [init]
 * Errors:  0, or -EINVAL and the reason, with the line. */
#ifndef CARD_WIFI_CONF_H
#define CARD_WIFI_CONF_H

#include <stddef.h>

#include "base/diag.h"

int wifi_conf_check(const char *bytes, size_t n_bytes, const char *path, struct diag *diag);

#endif
