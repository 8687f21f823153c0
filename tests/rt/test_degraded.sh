#!/bin/sh
# Without any permission `chronus run` plays to its end, and says each thing that is missing once.
# Environment: CHRONUS. As root the capabilities are taken away; limits are lowered for everybody.
set -u
chronus=${CHRONUS:-build/release/chronus}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CHRONUS_RUNTIME_DIR="$work"
printf '[audio]\ndevice = simulated\nblock_frames = 256\nperiods = 4\n[engine]\nlead_blocks = 4\n' >"$work/run.ini"

drop="prlimit --rtprio=0:0 --memlock=65536:65536"
[ "$(id -u)" != 0 ] || drop="$drop setpriv --inh-caps=-all --bounding-set=-sys_nice,-ipc_lock,-sys_resource"
$drop true 2>"$work/said" || {
	echo "skipped: permissions cannot be taken away here: $(head -n 1 "$work/said")"
	exit 77
}
$drop "$chronus" run --config "$work/run.ini" --seconds 1 >"$work/said" 2>&1 || {
	cat "$work/said"
	exit 1
}
for text in "no real-time priority: worker A (FIFO 70), worker B (FIFO 70), producer (FIFO 80)" \
	"memory is not locked: " ; do
	n=$(grep -cF "degraded: $text" "$work/said")
	[ "$n" = 1 ] || {
		echo "FAIL  $n lines, 1 expected: degraded: $text"
		cat "$work/said"
		exit 1
	}
done
repeated=$(grep 'degraded: ' "$work/said" | sort | uniq -d)
[ -z "$repeated" ] || {
	echo "FAIL  said again: $repeated"
	exit 1
}
