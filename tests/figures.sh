#!/bin/sh
# The table of figures in tests/README.md: runs each test that has some (CHECK_FIGURE of support/suite.h) and prints
# the worst value of each beside its limit. usage: figures.sh TEST...
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "| what | measured | limit | test |"
echo "|---|---|---|---|"
for test in "$@"; do
	name=$(echo "$test" | sed 's|.*tests/||')
	grep -q CHECK_FIGURE "tests/$name.c" || continue
	CHRONUS_TEST_FIGURES=1 "$test" >"$dir/log" || {
		cat "$dir/log" >&2
		exit 1
	}
	sed -n "s|^@\(.*\)|\1 \`$name\` \||p" "$dir/log"
done
