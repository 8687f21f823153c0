#!/bin/sh
# The man pages: made of the program, without a warning, with every command, option, setting and module in them.
cd "$(dirname "$0")/../.." || exit 1
program=${CHRONUS:-build/release/chronus}
command -v python3 >/dev/null || {
	echo "python3 is not here"
	exit 77
}
command -v mandoc >/dev/null || command -v man >/dev/null || {
	echo "neither mandoc nor man is here"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PYTHONDONTWRITEBYTECODE=1
failed=0

# lint FOLDER: prints what a reader of man pages has to complain of
lint() {
	for page in "$1"/*; do
		# the date is that of the sources, not of today
		command -v mandoc >/dev/null && mandoc -T lint "$page" 2>&1 | grep -v -e 'date is missing' -e 'cannot parse date'
		command -v man >/dev/null && LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null
	done
}

python3 cross/man/pages.py "$program" -o "$dir/man" || exit 1
lint "$dir/man" | grep . && failed=1
python3 tests/docs/man.py "$program" "$dir/man" || failed=1

# what this looks for is seen when it is there
mkdir "$dir/bad"
sed 's/^\.SH NAME/.SH/; s/^\.TP$/.NOSUCH/' "$dir/man/chronus.1" >"$dir/bad/chronus.1"
lint "$dir/bad" | grep -q . || {
	echo "a page that is wrong is not found"
	failed=1
}
cp -r "$dir/man" "$dir/less"
grep -v 'resonance' "$dir/man/chronus-modules.7" >"$dir/less/chronus-modules.7"
python3 tests/docs/man.py "$program" "$dir/less" >/dev/null && {
	echo "a parameter that is missing is not found"
	failed=1
}
[ $failed = 0 ] && echo "man: ok"
exit $failed
