#!/bin/sh
# The parsers under clang's libFuzzer: the corpus and a bounded number of runs for each; overflows put into copies must
# be found. `test_fuzz.sh hours NAME SECONDS` runs one for so long (make fuzz).
set -u
cd "$(dirname "$0")/../.." || exit 1
clang=${FUZZ_CC:-clang}
runs=20000
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9 ? 0 : 0; }' >"$dir/try.c"
"$clang" -fsanitize=fuzzer,address,undefined -o "$dir/try" "$dir/try.c" 2>/dev/null || {
	echo "clang's libFuzzer is not here (packages clang and libclang-rt-*-dev)"
	exit 77
}

# the sources of the parser NAME; all else that it calls is a stand-in of fuzz_NAME.c
sources() {
	case $1 in
	envelope) echo card/envelope.c ;;
	serve) echo card/serve.c base/diag.c ;;
	*) return 1 ;;
	esac
}

# build NAME PROGRAM [SED-EXPRESSION]: the expression changes the first source
build() {
	list=$(sources "$1") || { echo "there is no parser $1; there are: envelope serve" && return 1; }
	first=${list%% *}
	sed "${3:-}" "firmware/$first" >"$dir/parser.c"
	[ -z "${3:-}" ] || ! cmp -s "$dir/parser.c" "firmware/$first" || { echo "$3 changes nothing" && return 1; }
	others=
	for source in ${list#"$first"}; do others="$others firmware/$source"; done
	# shellcheck disable=SC2086 # a list
	"$clang" -std=c11 -w -O1 -g -D_GNU_SOURCE -Ifirmware -I. -fno-sanitize-recover=undefined \
		-fsanitize=fuzzer,address,undefined -o "$2" "tests/fuzz/fuzz_$1.c" "$dir/parser.c" $others
}

if [ "${1:-}" = hours ]; then
	found=build/fuzz/$2
	build "$2" "$dir/fuzz" || exit 1
	mkdir -p "$found/corpus"
	"$dir/fuzz" -max_total_time="$3" -max_len=4096 -artifact_prefix="$found/" "$found/corpus" "tests/fuzz/corpus/$2"
	exit
fi

# try NAME PROGRAM RUNS: the corpus, then mutations of it; the same each time
try() {
	mkdir -p "$dir/new"
	"$2" -runs="$3" -seed=1 -max_len=4096 -artifact_prefix="$dir/" "$dir/new" "tests/fuzz/corpus/$1" >"$dir/log" 2>&1
	code=$?
	rm -rf "$dir/new"
	return $code
}

failed=0
right() {
	: >"$dir/log"
	if build "$1" "$dir/right" && try "$1" "$dir/right" $runs; then
		echo "$1: $runs runs"
	else
		tail -n 40 "$dir/log"
		echo "$1: FAIL"
		failed=1
	fi
}
# the corpus alone must not find it: that is left to the search
spoilt() {
	: >"$dir/log"
	if build "$1" "$dir/spoilt" "$2" && try "$1" "$dir/spoilt" 0 && ! try "$1" "$dir/spoilt" $runs &&
		grep -q 'AddressSanitizer: .*overflow' "$dir/log"; then
		echo "$1, spoilt: found"
	else
		tail -n 40 "$dir/log"
		echo "$1: $2: FAIL: not found, or by the corpus alone"
		failed=1
	fi
}
right envelope
right serve
spoilt envelope 's/n_bytes >= 8 && memcmp/n_bytes >= 7 \&\& memcmp/'
spoilt serve 's/char name\[SERVE_LINE_BYTES\], end/char name[24], end/; s/edit %99s/edit %s/'
exit $failed
