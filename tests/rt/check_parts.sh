#!/bin/sh
# Each part of the running instrument has one writer: a field of struct run that is a struct of its own (firmware/appliance/run.h) is
# written by the source beside the header of that struct, and by appliance.c, which begins a run.
# The same for the desk: a part of struct desk (firmware/control/desk_state.h) names its writers in the comment above its struct.
# usage: check_parts.sh [TREE]    (exit 1 and one line for each other write)
set -eu
cd "${1:-.}/firmware/control"
bad=0 n=0 n_desk=0
rows=$(awk '/^\/\*/ { said = "" } !/^struct/ { said = said $0 }
	/^struct [a-z_]* {/ { of[$2] = said; in_desk = $2 == "desk"; said = "" }
	in_desk && /^\tstruct [a-z_]* [a-z_]*;/ { sub(/;.*/, "", $3); if (match(of[$2], /writers?: [^*]*/)) {
		files = substr(of[$2], RSTART, RLENGTH); line = $2 ":" $3 ":"
		while (match(files, /[a-z_]+\.c/)) { line = line "|" substr(files, RSTART, RLENGTH - 2); files = substr(files, RSTART + RLENGTH) }
		print line } }' desk_state.h)
for row in $rows; do
	struct=${row%%:*} writers=${row##*:}
	field=${row#*:} field=${field%:*}
	n_desk=$((n_desk + 1))
	at="desk->$field(\.[a-z_]+|\[[^]]*\])*"
	found=$(grep -nE "$at *([-+|]?=([^=]|$)|\+\+|--)|(\+\+|--)$at|(mem(move|cpy|set)|snprintf)\($at|^	struct $struct \*[a-z_]+ = &desk->$field" *.c |
		grep -vE "^(desk$writers)\.c:") || true
	[ -z "$found" ] || {
		echo "$found" | sed "s|^\([^:]*:[0-9]*\):.*|check-parts: firmware/control/\1: desk->$field has other writers: firmware/control/desk_state.h|"
		bad=1
	}
done
[ $n_desk -ge 9 ] || { echo "check-parts: only $n_desk parts in firmware/control/desk_state.h: not all were read" && bad=1; }
cd ../appliance
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
[ $bad = 0 ] && echo "check-parts: ok, $((n + n_desk)) parts"
exit $bad
