#!/bin/sh
# Each `chronus VERB` that a unit starts is a command of the program.
# Environment: CHRONUS.
set -u
chronus=${CHRONUS:-build/release/chronus}
failed=0 n=0
for unit in $(find systemd cross -name '*.service' -o -name '*.conf'); do
	for verb in $(sed -n 's|^Exec[A-Za-z]*=[-+!@:]*/usr/bin/chronus \([a-z]*\).*|\1|p' "$unit"); do
		n=$((n + 1))
		"$chronus" help "$verb" >/dev/null 2>&1 || { echo "$unit: chronus has no command '$verb'" && failed=1; }
	done
done
[ $n -ge 5 ] || { echo "only $n units start chronus: not all were read" && failed=1; }
[ $failed = 0 ] && echo "verbs: ok, $n units"
exit $failed
