#!/bin/sh
# What systemd makes of our units: they are understood, the service is hardened (exposure 2.5 at most),
# and real time and devices are not taken away by that. A unit without its hardening must be found.
# usage: test_units.sh [UNIT]
set -u
cd "$(dirname "$0")/../.." || exit 1
unit=${1:-systemd/chronus.service}
limit=25 # tenths, as systemd-analyze counts
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

complain() {
	echo "$*"
	failed=1
}

version=$(systemd-analyze --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
[ "${version:-0}" -ge 252 ] || {
	echo "systemd-analyze 252 or later is not here"
	exit 77
}

is_hardened() {
	SYSTEMD_COLORS=0 systemd-analyze security --offline=true --no-pager --threshold=$limit "$1" >"$dir/log" 2>&1
}

# what the program cannot do without, by line
for line in 'LimitRTPRIO=95' 'LimitMEMLOCK=infinity' 'DeviceAllow=char-alsa rw' 'DeviceAllow=char-gpiochip rw' \
	'DeviceAllow=/dev/cpu_dma_latency rw' 'Type=notify' 'Restart=always' 'DefaultDependencies=no' 'StartLimitIntervalSec=0'; do
	grep -qx "$line" "$unit" || complain "$unit: no line $line"
done
grep -E '^(RestrictRealtime|PrivateUsers|PrivateDevices)=(yes|true|1)' "$unit" && complain "$unit: takes real time or devices away"

# a typo in a unit is only a warning in the journal of whoever installs it
cp systemd/*.service "$dir/"
sed -i "s|/usr/bin/chronus |/bin/true |" "$dir"/*.service
SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$dir/$(basename "$unit")" 2>&1 | grep -F "$dir/" >"$dir/typos"
[ ! -s "$dir/typos" ] || complain "$(cat "$dir/typos")"

if is_hardened "$unit"; then
	tail -n 1 "$dir/log" | sed 's/ [^ ]*$//'
else
	complain "$(tail -n 1 "$dir/log"), and at most $limit tenths are wanted"
fi
grep -vE '^(Protect|Capab|Restrict|SystemCall|Private|NoNew)' "$unit" >"$dir/soft.service"
is_hardened "$dir/soft.service" && complain "a unit without its hardening passes"
[ $failed = 0 ] && echo "systemd: ok"
exit $failed
