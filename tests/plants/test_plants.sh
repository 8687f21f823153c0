#!/bin/sh
# Tests of the tests: plants each bug of plants.txt in a copy of one source; the test named must then fail, by an
# assertion that fails: a crash, a hang or a test that cannot be run finds nothing. A row names behind its test the
# one case of it that must fail (no other is run), or a text that the failing check's report must have; `hangs` says that
# the fault never returns, and no check can. Needs what `make all tests` builds.
# usage: test_plants.sh [K/N | PATTERN]
#   without: all, as many at a time as there are processors; the tests named must pass as things are
#   K/N: the Kth part of N, one after the other; for tests/run.sh, which runs the tests themselves, too: each case of a
#        suite in a process of its own
#   PATTERN: the rows that it matches (grep -E)
# Environment: JOBS, PLANT_LIMIT_S (how long a planted test may take), PLANTS (another list than plants.txt).
set -u
cd "$(dirname "$0")/../.." || exit 1
self=$PWD/tests/plants/test_plants.sh
tab=$(printf '\t')
jobs=${JOBS:-$(nproc)}
limit_s=${PLANT_LIMIT_S:-600}

# The rows of plants.txt: name, source, expression, test, check
all_rows() {
	sed '/^#/d; /^$/d; s/ | /\t/; s/ | /\t/; s/ | \(tests[^|]*\)$/\t\1/; s/\t\(tests[^:]*\): \([^\t]*\)$/\t\1\t\2/' \
		"${PLANTS:-tests/plants/plants.txt}"
}

# part K/N: every Nth line
part() { awk -v k="${1%/*}" -v n="${1#*/}" 'NR % n == k % n'; }

# Tests and checks of rows, each once
tests_of() { cut -f4,5 | sort -u; }

# ---- one row, in a folder of its own

flag() { sed -n "s/^$1=//p" "$flags"; }

# What the Makefile adds for test_fast
wraps() { [ "$test" != tests/prop/test_fast ] || printf ' -Wl,--wrap=%s' $(basename -s .c firmware/modules/*_fast.c); }

# build: the planted object comes before the library, so that all its symbols are the planted ones. Nobody looks at the
# program with a debugger, and the fault is the same however fast it is.
build() {
	eval "$CC $CFLAGS -O1 -g0 -I$(dirname "$source") -w -c -o $dir/planted.o $dir/planted.c" || return 1
	case $test in
	tests/e2e/* | *.sh) $CC $LDFLAGS -o "$dir/chronus" "$B/firmware/main.o" "$dir/planted.o" "$B/libchronus.a" $LIBS ;;
	*) $CC $LDFLAGS $(wraps) -o "$dir/test" "$B/$test.o" "$B"/tests/support/*.o "$dir/planted.o" "$B/libchronus.a" $LIBS -lcunit ;;
	esac
}

run() { # TEST PROGRAM: its exit code; 124: it hung
	export CHRONUS_ONLY_TEST="$check"
	case $1 in
	*.sh) CHRONUS=$2 timeout "$limit_s" sh "$1" ;;
	tests/e2e/*) CHRONUS=$2 timeout "$limit_s" "$B/$1" ;;
	*) timeout "$limit_s" "${3:-$B/$1}" ;;
	esac </dev/null
}

hang_limit_s=${PLANT_LIMIT_S:-60}

# The verdict over a planted run, by its exit code and its log
judge() { # CODE
	case $1 in
	0) echo "$test does not find it" ;;
	77) echo skipped ;;
	124)
		if [ "$check" = hangs ]; then echo found; else echo "not found: $test timed out after $limit_s s"; fi
		;;
	12[5-7]) echo "not found: $test cannot be run" ;;
	*)
		if [ "$1" -gt 128 ]; then
			echo "not found: $test crashed (signal $(($1 - 128)))"
		elif [ -n "$check" ] && ! grep -qF -e "$check" "$dir/log"; then
			echo "not found: $test fails, but not in \"$check\""
		elif [ -z "$check" ] && [ "${test%.sh}" = "$test" ] && ! grep -q ' had failures:$' "$dir/log"; then
			echo "not found: no check of $test has failed"
		else
			echo found
		fi
		;;
	esac
}

# The tests of the suite that have failed, as a row may name them
failures() {
	sed -n 's/^Suite .*, Test \(.*\) had failures:$/\1/p' "$dir/log" | paste -sd';' | sed 's/;/; /g; s/^./: &/'
}

plant() { # name, source, expression, test, check
	name=$1 source=$2 expression=$3 test=$4 check=$5
	: >"$dir/log"
	sed "$expression" "$source" >"$dir/planted.c"
	if cmp -s "$dir/planted.c" "$source"; then
		verdict="the sed expression changes nothing in $source"
	elif ! build >"$dir/log" 2>&1; then
		verdict="does not build"
	else
		[ "$check" != hangs ] || limit_s=$hang_limit_s
		run "$test" "$dir/chronus" "$dir/test" >"$dir/log" 2>&1
		verdict=$(judge $?)
	fi
	case $verdict in
	found) echo "found: $name ($test$(failures))" ;;
	skipped) echo "skipped: $name ($test cannot be run here)" ;;
	*)
		echo "PLANT $name: $verdict"
		tail -n 15 "$dir/log" | sed 's/^/        /'
		;;
	esac
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if [ -z "${PLANT_FLAGS:-}" ]; then
	PLANT_FLAGS=$dir/flags
	${MAKE:-make} -s --no-print-directory VARIANT="${VARIANT:-release}" print-flags >"$PLANT_FLAGS" || exit 1
	export PLANT_FLAGS
fi
flags=$PLANT_FLAGS
CC=$(flag CC) B=$(flag B) CFLAGS=$(flag CFLAGS) LIBS=$(flag LIBS)
LDFLAGS="$(flag LDFLAGS) -Wl,--strip-debug,--no-gc-sections$(command -v ld.gold >/dev/null && echo ' -fuse-ld=gold')" # a third of the time
export CHRONUS="${CHRONUS:-$B/chronus}" CHRONUS_PLANTED=1

if [ "${1:-}" = --base ]; then # a test, and the case that a row names, as things are
	IFS=$tab read -r test check <<-END
		$2
	END
	run "$test" "$CHRONUS" >"$dir/log" 2>&1
	case $? in 0 | 77) ;; *)
		echo "PLANT none: $test${check:+: $check} fails without any"
		tail -n 15 "$dir/log" | sed 's/^/        /'
		;;
	esac
	exit 0
fi
if [ "${1:-}" = --row ]; then
	IFS=$tab read -r name source expression test check <<-END
		$(sed -n "$3p" "$2")
	END
	plant "$name" "$source" "$expression" "$test" "$check"
	exit 0
fi

failed=0
case ${1:-.} in
*[0-9]/[0-9]*)
	jobs=1
	all_rows | part "$1" >"$dir/rows"
	: >"$dir/tests"
	;;
*)
	all_rows | grep -E -e "${1:-.}" >"$dir/rows"
	tests_of <"$dir/rows" >"$dir/tests"
	;;
esac
tr '\n' '\0' <"$dir/tests" | xargs -0 -r -I{} -P "$jobs" sh "$self" --base {} >"$dir/base"
cat "$dir/base"
[ -s "$dir/base" ] && failed=1
seq "$(wc -l <"$dir/rows")" | xargs -n 1 -P "$jobs" sh "$self" --row "$dir/rows" >"$dir/said"
grep -v '^found: ' "$dir/said"
grep '^found: ' "$dir/said" # last: a long log is cut
n=$(grep -cE '^(found|skipped|PLANT) ?' "$dir/said")
[ "$n" = "$(wc -l <"$dir/rows")" ] && [ "$n" != 0 ] || failed=1
grep -q '^PLANT ' "$dir/said" && failed=1
exit $failed
