#!/bin/sh
# Everything the producer and the workers can reach calls nothing outside tests/rt/symbols.txt.
#
# The linker itself finds what is reachable: all code that the roots need is linked, sections that nothing
# needs are dropped, and what is then still undefined is what real-time code asks of the system.
# usage: check_rt.sh LIBRARY.a [OBJECT...]   (more objects: for planting a fault)
set -eu
here=$(dirname "$0")
lib=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The threads, what a device calls, and every module.
roots="producer_run worker_run sink_sim_ops sink_offline_ops sink_alsa_ops modules"
undefined=$(for root in $roots; do echo "-u $root"; done)

${LD:-ld} -r --gc-sections -e producer_run $undefined "$@" "$lib" -o "$work/rt.o"
# A root that was renamed would let everything behind it go unchecked.
for root in $roots; do
	nm --defined-only "$work/rt.o" | grep -q " $root\$" || {
		echo "check-rt: there is no $root in $lib; the roots in $0 are out of date"
		exit 1
	}
done
nm -u "$work/rt.o" | awk '{ print $2 }' | sort -u >"$work/undefined"
# nm also names what only dropped sections needed; relocations tell what is really asked for
objdump -r "$work/rt.o" | awk '$2 ~ /^R_/ { sub(/[-+]0x[0-9a-f]+$/, "", $3); print $3 }' | sort -u >"$work/wanted"
comm -12 "$work/undefined" "$work/wanted" >"$work/used"
sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$here/symbols.txt" | sort -u >"$work/allowed"

# Sanitizer builds call their own runtime.
grep -v -E '^__(a|t|ub)san_|^__sanitizer_|^_GLOBAL_OFFSET_TABLE_$' "$work/used" >"$work/ours" || true
extra=$(comm -23 "$work/ours" "$work/allowed")
if [ -n "$extra" ]; then
	echo "check-rt: real-time code reaches what is not on tests/rt/symbols.txt:" $extra
	for symbol in $extra; do
		objdump -dr "$work/rt.o" | awk -v s="$symbol" '
			/^[0-9a-f]+ </ { f = $2 }
			$0 ~ "R_[A-Z0-9_]+[ \t]+" s "([-+]|$)" { print "  " s " is called in " f; exit }'
	done
	exit 1
fi
echo "check-rt: ok ($(wc -l <"$work/ours") symbols, all allowed)"
