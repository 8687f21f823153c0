#!/bin/sh
# The parsers under clang's libFuzzer: the corpus and a bounded number of runs for each; faults put into copies must be
# found. `test_fuzz.sh hours NAME SECONDS` runs one for so long (make fuzz).
set -u
cd "$(dirname "$0")/../.." || exit 1
clang=${FUZZ_CC:-clang}
names='envelope serve settings patch script socket state desk'
library=$(dirname "${CHRONUS:-build/release/chronus}")/libchronus.a
export ASAN_OPTIONS="quarantine_size_mb=16:malloc_context_size=5${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9 ? 0 : 0; }' >"$dir/try.c"
"$clang" -fsanitize=fuzzer,address,undefined -o "$dir/try" "$dir/try.c" 2>/dev/null || {
	echo "clang's libFuzzer is not here (packages clang and libclang-rt-*-dev)"
	exit 77
}
case $(uname -m) in x86_64) arch=-march=x86-64-v2 ;; *) arch= ;; esac # as the Makefile has it

# The parsers that fuzz_NAME.c calls. envelope and serve: all else is a stand-in of fuzz_NAME.c, and nothing is linked.
sources() {
	case $1 in
	envelope) echo card/envelope.c ;;
	serve) echo card/serve.c base/diag.c ;;
	*) # no foreign library, no thread and no screen
		for source in config/*.c control/*.c patch/compile.c patch/connect.c patch/order.c patch/patch.c dsp/list_text.c; do
			case $source in */check_*.c | */control_socket.c | */state_writer.c | */state_file.c | */file_watch.c | */view.c | */indicators.c) ;; *) echo $source ;; esac
		done
		;;
	esac
}
runs_of() {
	case $1 in
	settings | script | socket) echo 4000 ;;
	patch) echo 1500 ;;
	state) echo 200 ;;
	desk) echo 25 ;;
	*) echo 20000 ;;
	esac
}
seeds_of() {
	case $1 in
	settings) echo tests/fuzz/corpus/settings config ;;
	patch) echo config/patches ;;
	*) echo "tests/fuzz/corpus/$1" ;;
	esac
}
is_linked() { [ "$1" != envelope ] && [ "$1" != serve ]; }

# compile SOURCE OBJECT
compile() {
	# shellcheck disable=SC2086 # one flag or none
	"$clang" -std=c11 -w -O1 -g1 -D_GNU_SOURCE $arch -pthread -Ifirmware -I. -I"$(dirname "${3:-$1}")" \
		-fno-sanitize-recover=undefined -fsanitize=fuzzer-no-link,address,undefined -c -o "$2" "$1"
}

# archive FOLDER SOURCE...: their objects as FOLDER/parsers.a, made once
archive() {
	into=$1
	shift
	[ ! -e "$into/parsers.a" ] || return 0
	mkdir -p "$into"
	for source in "$@"; do
		object=$into/$(echo "${source%.c}.o" | tr / _)
		compile "$source" "$object" || return 1
	done
	ar rcs "$into/parsers.a" "$into"/*.o
}

# build NAME PROGRAM [SOURCE SED-EXPRESSION]: with that source changed; linked first it takes the place of the right one
build() {
	planted=
	if [ -n "${3:-}" ]; then
		sed "$4" "firmware/$3" >"$dir/planted.c"
		! cmp -s "$dir/planted.c" "firmware/$3" || { echo "$4 changes nothing" && return 1; }
		compile "$dir/planted.c" "$dir/planted.o" "firmware/$3" || return 1
		planted=$dir/planted.o
	fi
	if is_linked "$1"; then
		[ -e "$library" ] || { echo "$library is not there: make all" && return 1; }
		of=$dir/${all:-linked}
		# shellcheck disable=SC2046 # a list
		archive "$of" tests/support/ini_good.c tests/support/rig.c \
			$(cd firmware && sources "$1" | tr ' ' '\n' | sed 's|^|firmware/|') || return 1
		set -- "$1" "$2" "$of/parsers.a" "$library" $(pkg-config --libs inih alsa) -lm
	else
		of=$dir/$1
		# shellcheck disable=SC2046 # a list
		archive "$of" $(sources "$1" | tr ' ' '\n' | sed 's|^|firmware/|') || return 1
		set -- "$1" "$2" "$of/parsers.a"
	fi
	harness=$dir/fuzz_$1.o
	[ -e "$harness" ] || compile "tests/fuzz/fuzz_$1.c" "$harness" || return 1
	program=$2
	shift 2
	"$clang" -pthread -fsanitize=fuzzer,address,undefined -o "$program" "$harness" $planted "$@"
}

if [ "${1:-}" = hours ]; then
	case " $names " in *" $2 "*) ;; *) echo "there is no parser $2; there are: $names" && exit 1 ;; esac
	found=build/fuzz/$2
	all=all # every source of the layers below the program is looked at, not the parsers alone
	is_linked "$2" && sources() { echo base/*.c dsp/*.c modules/*.c patch/*.c config/*.c engine/*.c control/*.c audio/*.c; }
	build "$2" "$dir/fuzz" || exit 1
	mkdir -p "$found/corpus"
	# shellcheck disable=SC2046 # a list
	"$dir/fuzz" -max_total_time="$3" -dict=tests/fuzz/words.dict -max_len=4096 -artifact_prefix="$found/" "$found/corpus" $(seeds_of "$2")
	exit
fi

# try PROGRAM RUNS FOLDER...: the corpus in the folders, then mutations of it
try() {
	mkdir -p "$dir/new"
	program=$1
	n=$2
	shift 2
	"$program" -runs="$n" -seed=1 -dict=tests/fuzz/words.dict -max_len=4096 -artifact_prefix="$dir/" "$dir/new" "$@" >"$dir/log" 2>&1
	code=$?
	rm -rf "$dir/new"
	return $code
}

failed=0
right() {
	: >"$dir/log"
	# shellcheck disable=SC2046 # a list
	if build "$1" "$dir/right" >>"$dir/log" 2>&1 && try "$dir/right" "$(runs_of "$1")" $(seeds_of "$1"); then
		echo "$1: $(runs_of "$1") runs"
	else
		tail -n 40 "$dir/log"
		echo "$1: FAIL"
		failed=1
	fi
}
# spoilt NAME SOURCE EXPRESSION FOUND: FOUND is what the log then says. The corpus alone must not find it, which is left
# to the search; but for the desk, whose runs are few. The search differs from time to time and ends where it has found
# it, so it may take fifty times as many runs. The first folder of seeds is enough, and quicker.
spoilt() {
	: >"$dir/log"
	folders=$(seeds_of "$1")
	folder=${folders%% *}
	if build "$1" "$dir/spoilt" "$2" "$3" >>"$dir/log" 2>&1 && { [ "$1" = desk ] || try "$dir/spoilt" 0 "$folder"; } &&
		! try "$dir/spoilt" $(($(runs_of "$1") * 50)) "$folder" && grep -q -- "$4" "$dir/log"; then
		echo "$1, spoilt: found"
	else
		tail -n 40 "$dir/log"
		echo "$1: $3: FAIL: not found, or by the corpus alone"
		failed=1
	fi
}
for name in $names; do right "$name"; done
overflow='AddressSanitizer: .*overflow'
spoilt envelope card/envelope.c 's/n_bytes >= 8 && memcmp/n_bytes >= 7 \&\& memcmp/' "$overflow"
spoilt serve card/serve.c 's/char name\[SERVE_LINE_BYTES\], end/char name[24], end/; s/edit %99s/edit %s/' "$overflow"
spoilt settings config/settings_value.c 's/if (err || number < row->min || number > row->max)/if (err || number < row->min)/' 'settings_are_good\|outside the range'
spoilt patch config/value_read.c 's/(float)number > param->max)/number != number)/' 'patch_is_good'
spoilt script control/script.c 's/if (seconds < last)/if (seconds + 1.0 < last)/' 'at->seconds >= last'
spoilt socket control/control_client.c 's/if (n && line/if (n > 1 \&\& line/' 'strlen(line) == n_want'
spoilt state control/turned.c 's/if (l < 0)/if (l < -99)/' 'Sanitizer'
spoilt desk control/action_text.c 's/%.9g", (double)value/%.3g", (double)value/' 'n_same == n_played'
exit $failed
