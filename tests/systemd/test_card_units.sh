#!/bin/sh
# The units that are root's (edit, update, interrupts): understood by systemd, and hardened all the same (exposure 2.5 at most).
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
version=$(systemd-analyze --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
[ "${version:-0}" -ge 252 ] || {
	echo "systemd-analyze 252 or later is not here"
	exit 77
}
for unit in chronus-card.socket chronus-card@.service chronus-keep.service chronus-inbox.path chronus-inbox.service chronus-irq.service; do
	sed 's|/usr/bin/chronus |/bin/true |; s|/usr/lib/chronus/irq-threads|/bin/true|' "systemd/$unit" >"$dir/$unit"
done
for unit in chronus-card@.service chronus-keep.service chronus-inbox.service chronus-irq.service; do
	SYSTEMD_COLORS=0 systemd-analyze security --offline=true --no-pager --threshold=25 "$dir/$unit" >"$dir/log" 2>&1 || failed=1
	tail -n 1 "$dir/log"
	# without these it could not do its work, or not be trusted with it
	for line in NoNewPrivileges=yes ProtectSystem=strict; do
		grep -qx "$line" "systemd/$unit" || { echo "$unit: no line $line" && failed=1; }
	done
	grep -vE '^(Protect|Capab|Restrict|SystemCall|Private|NoNew)' "$dir/$unit" >"$dir/soft.service"
	SYSTEMD_COLORS=0 systemd-analyze security --offline=true --no-pager --threshold=25 "$dir/soft.service" >/dev/null 2>&1 &&
		{ echo "$unit passes without its hardening" && failed=1; }
done
# a typo in a unit is only a warning in the journal of whoever installs it
grep -qx SupplementaryGroups=chronus systemd/chronus-keep.service || { echo "chronus-keep.service could not see how it sounds" && failed=1; }
for unit in chronus-card.socket chronus-keep.service chronus-inbox.path chronus-irq.service; do
	SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$dir/$unit" 2>&1 | grep -F "$dir/" && failed=1
done
[ $failed = 0 ] && echo "systemd: ok"
exit $failed
