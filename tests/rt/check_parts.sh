#!/bin/sh
# Each part of the running instrument has one writer: a field of struct run that is a struct of its own (firmware/appliance/run.h) is
# written by the source beside the header of that struct, and by appliance.c, which begins a run.
# usage: check_parts.sh [TREE]    (exit 1 and one line for each other write)
set -eu
cd "${1:-.}/firmware/appliance"
bad=0 n=0
for row in $(sed -n 's/^	struct \(run_[a-z_]*\) \([a-z_]*\);.*/\1:\2/p' run.h); do
	struct=${row%:*} field=${row#*:}
	header=$(grep -l "^struct $struct {" *.h | head -n 1)
	n=$((n + 1))
	found=$(grep -nE "run->$field(\.[a-z_]+|\[[^]]*\])* *([-+|]?=([^=]|$)|\+\+|--)|	struct $struct \*[a-z_]+ = &run->$field" *.c |
		grep -vE "^(${header%.h}|appliance)\.c:") || true
	[ -z "$found" ] || {
		echo "$found" | sed "s|^\([^:]*:[0-9]*\):.*|check-parts: firmware/appliance/\1: run->$field is ${header%.h}.c's to write|"
		bad=1
	}
done
[ $n -ge 10 ] || { echo "check-parts: only $n parts in firmware/appliance/run.h: not all were read" && bad=1; }
[ $bad = 0 ] && echo "check-parts: ok, $n parts"
exit $bad
