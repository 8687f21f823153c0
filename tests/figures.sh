#!/bin/sh
# Writes the first table of tests/FIGURES.md anew: runs each test that has figures (CHECK_FIGURE of support/suite.h)
# and puts the worst value of each beside its limit. usage: figures.sh TEST...
set -eu
file=tests/FIGURES.md
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
{
	echo "| what | measured | limit | test |"
	echo "|---|---|---|---|"
} >"$dir/table"
for test in "$@"; do
	name=$(echo "$test" | sed 's|.*tests/||')
	grep -q CHECK_FIGURE "tests/$name.c" || continue
	CHRONUS_TEST_FIGURES=1 "$test" >"$dir/log" || {
		cat "$dir/log" >&2
		exit 1
	}
	sed -n "s|^@\(.*\)|\1 \`$name\` \||p" "$dir/log" | sed 's/  | / | /' >>"$dir/table"
done
# nothing but what stands between the marks is replaced
awk -v table="$dir/table" '
	/^<!-- end: make figures/ { is_inside = 0 }
	!is_inside { print }
	/^<!-- begin: make figures/ { is_inside = 1; while ((getline line < table) > 0) print line }
' "$file" >"$dir/new"
cat "$dir/new" >"$file"
echo "$file: $(($(wc -l <"$dir/table") - 2)) figures"
