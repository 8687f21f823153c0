#!/bin/sh
# No two source files need each other, directly or by a detour, over the objects of a build.
# usage: check_circles.sh OBJECTS [TREE]    (OBJECTS: such as build/<triple>-release; exit 1 and the calls of each circle)
set -eu
export LC_ALL=C
objects=$1
tree=${2:-.}

# Circles that are being opened, as they are now, a line each: their files in alphabetical order. Who opens one takes it out.
known='
'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# an object whose source is gone lies about in a build of long ago
(cd "$objects" && find firmware board -name '*.o') | sort | while read -r object; do
	[ -f "$tree/${object%.o}.c" ] && echo "$object"
done >"$work/objects"
[ -s "$work/objects" ] || {
	echo "check-circles: no objects below $objects: build first"
	exit 1
}
(cd "$objects" && xargs nm -A --format=posix) <"$work/objects" | sed 's/\.o: / /' >"$work/symbols"

# circles: "files of a circle" in alphabetical order; calls: "circle N: FILE needs FUNCTION of FILE"
awk -v calls="$work/calls" '
	{ sub(/^firmware\//, "", $1) }
	FNR == NR { if ($3 ~ /^[TDBRVWC]$/) owner[$2] = $1; next }
	$3 == "U" && ($2 in owner) && owner[$2] != $1 {
		if (!(($1, owner[$2]) in why)) {
			to[$1] = to[$1] " " owner[$2]
			if (!seen[$1]++) file[n_files++] = $1
		}
		why[$1, owner[$2]] = why[$1, owner[$2]] " " $2
	}
	END {
		for (i = 0; i < n_files; i++) reach(file[i])
		for (i = 0; i < n_files; i++) {
			from = file[i]
			if (!((from, from) in reached) || done[from]) continue
			line = ""
			for (j = 0; j < n_files; j++) {
				if (!((from, file[j]) in reached) || !((file[j], from) in reached)) continue
				done[file[j]] = 1
				line = line " " file[j]
			}
			print substr(line, 2)
			n = split(line, part, " ")
			for (a = 1; a <= n; a++)
				for (b = 1; b <= n; b++)
					if ((part[a], part[b]) in why)
						print substr(line, 2) ": " part[a] " needs" why[part[a], part[b]] " of " part[b] >calls
		}
	}
	function reach(from,    list, n, at, k, next_files, m) {
		n = at = 0
		list[n++] = from
		while (at < n) {
			m = split(to[list[at++]], next_files, " ")
			for (k = 1; k <= m; k++)
				if (!((from, next_files[k]) in reached)) {
					reached[from, next_files[k]] = 1
					list[n++] = next_files[k]
				}
		}
	}
' "$work/symbols" "$work/symbols" | sort >"$work/circles"
touch "$work/calls"
bad=0
while read -r circle; do
	printf '%s' "$known" | grep -qxF "$circle" && continue
	echo "check-circles: these files need each other: $circle"
	grep -F "$circle: " "$work/calls" | sed 's/^[^:]*: /  /'
	bad=1
done <"$work/circles"
while read -r circle; do
	[ -z "$circle" ] || grep -qxF "$circle" "$work/circles" && continue
	echo "check-circles: no such circle now, take it out of the list at the top of $0: $circle"
	bad=1
done <<END
$known
END
[ $bad = 1 ] || echo "check-circles: ok, $(wc -l <"$work/objects") files"
exit $bad
