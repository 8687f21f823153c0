#!/bin/sh
# Tests of the tests: plants each bug of plants.txt in a copy of one source, and the test named must then fail.
# Needs what `make all tests` builds.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
${MAKE:-make} -s --no-print-directory VARIANT="${VARIANT:-release}" print-flags >"$dir/flags" || exit 1
flag() { sed -n "s/^$1=//p" "$dir/flags"; }
CC=$(flag CC) B=$(flag B) LDFLAGS=$(flag LDFLAGS) LIBS=$(flag LIBS)
export CHRONUS="${CHRONUS:-$B/chronus}" CHRONUS_PLANTED=1
failed=0
: >"$dir/found"

complain() {
	echo "PLANT $name: $*"
	failed=1
}

# build TEST: the planted object comes before the library, so that all its symbols are the planted ones
build() {
	eval "$CC $(flag CFLAGS) -I$(dirname "$source") -w -c -o $dir/planted.o $dir/planted.c" || return 1
	case $1 in
	tests/e2e/* | *.sh) $CC $LDFLAGS -o "$dir/chronus" "$B/firmware/main.o" "$dir/planted.o" "$B/libchronus.a" $LIBS ;;
	*) $CC $LDFLAGS -o "$dir/test" "$B/$1.o" "$B"/tests/support/*.o "$dir/planted.o" "$B/libchronus.a" $LIBS -lcunit ;;
	esac
}

run() {
	case $1 in
	tests/e2e/*) CHRONUS=$dir/chronus timeout 120 "$B/$1" ;;
	*.sh) CHRONUS=$dir/chronus timeout 120 sh "$1" ;;
	*) timeout 60 "$dir/test" ;;
	esac >"$dir/log" 2>&1
}

trim() { echo "$1" | sed 's/^ *//; s/ *$//'; }

# what is planted nowhere passes; what cannot be run here (77) finds nothing
skipped=" "
for test in $(sed '/^#/d; s/.* | *//' tests/plants/plants.txt | sort -u); do
	case $test in
	*.sh) timeout 120 sh "$test" ;;
	*) timeout 120 "$B/$test" ;;
	esac >"$dir/log" 2>&1
	code=$?
	if [ $code = 77 ]; then
		skipped="$skipped$test "
	elif [ $code != 0 ]; then
		name=none
		complain "$test fails without any"
	fi
done

sed '/^#/d; /^$/d; s/ | /\t/; s/ | /\t/; s/ | \(tests[^|]*\)$/\t\1/' tests/plants/plants.txt >"$dir/rows"
tab=$(printf '\t')
while IFS=$tab read -r name source expression test; do
	case $skipped in *" $test "*)
		echo "skipped: $name ($test cannot be run here)"
		continue
		;;
	esac
	sed "$expression" "$source" >"$dir/planted.c"
	if cmp -s "$dir/planted.c" "$source"; then
		complain "the sed expression changes nothing in $source"
	elif ! build "$test" 2>"$dir/log"; then
		complain "does not build"
		cat "$dir/log"
	elif run "$test"; then
		complain "$test does not find it"
	else
		echo "found: $name ($test)" >>"$dir/found"
	fi
done <"$dir/rows"
cat "$dir/found" # last: a long log is cut
exit $failed
