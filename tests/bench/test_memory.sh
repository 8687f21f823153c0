#!/bin/sh
# test_memory.sh - what `chronus run` keeps in memory, whatever is played: every shipped patch is
# committed in turn; the most that was ever resident must be within the limit. As root everything is
# locked, so that this is the size of the program.
set -eu
: "${CHRONUS:=build/release/chronus}"
: "${CHRONUS_MEMORY_LIMIT_KB:=32768}"
here=$(pwd)
dir=$(mktemp -d)
pid=
trap 'test -z "$pid" || kill $pid 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
export CHRONUS_RUNTIME_DIR="$dir"
printf '[audio]\ndevice = simulated\n[start]\npatch = %s/config/patches/pulse.ini\n' "$here" > "$dir/chronus.ini"
"$CHRONUS" run --config "$dir/chronus.ini" > "$dir/log" 2>&1 &
pid=$!

send() # until the program answers: it is starting, or a commit is on its way
{
	tries=0
	until "$CHRONUS" send "$@" > "$dir/reply" 2>&1; do
		tries=$((tries + 1))
		test $tries -lt 300 || { echo "send $*: $(cat "$dir/reply")"; exit 1; }
		sleep 0.1
	done
}

n=0
for patch in config/patches/*.ini; do
	send "load $here/$patch"
	send commit
	n=$((n + 1))
done
kb=$(awk '/^VmHWM:/ { print $2 }' "/proc/$pid/status")
echo "resident at most $kb KB after $n patches (limit $CHRONUS_MEMORY_LIMIT_KB)"
test "$n" -ge 15
test "$kb" -le "$CHRONUS_MEMORY_LIMIT_KB"
