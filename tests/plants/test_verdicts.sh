#!/bin/sh
# The verdicts of tests/run.sh and test_plants.sh over tests that pass, fail, hang, crash and cannot be run: each of them by its name, and
# a plant is found by the check that it should break only. Needs what `make all tests` builds.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# is WHAT FOUND WANTED
is() {
	[ "$2" = "$3" ] && return
	printf '%s:\n%s\nand not:\n%s\n' "$1" "$2" "$3"
	failed=1
}

# ---- the runner
mkdir -p "$dir/tests/unit"
test_with() { printf '#!/bin/sh\n%s\n' "$2" >"$dir/tests/unit/$1" && chmod 755 "$dir/tests/unit/$1"; }
test_with test_a.sh 'sleep 1; echo a; exit 0'
test_with test_b 'echo broken; exit 3'
test_with test_c.sh 'echo first; echo no such tool; exit 77'
test_with test_d.sh '[ "$1" = 2/3 ]'
test_with test_e 'kill -SEGV $$'
run() { CHRONUS=$dir/chronus JOBS=1 sh tests/run.sh "$@" | sed 's/ ([0-9]* s)$//; s/Segm.*//; /^ *$/d'; }
at=$dir/tests/unit
is "the runner" "$(run "$at/test_a.sh" "$at/test_b" "$at/test_c.sh" "$at/test_d.sh:2/3" "$at/test_e")" \
	"  ok    tests/unit/test_a.sh
  FAIL  tests/unit/test_b
        broken
  skip  tests/unit/test_c.sh: no such tool
  ok    tests/unit/test_d.sh:2/3
  FAIL  tests/unit/test_e
2 passed, 2 failed"
mkdir -p "$dir/tests/model"
for test in unit/test_a.sh model/test_model.sh; do echo "echo $test >>'$dir/order'" >"$dir/tests/$test"; done
starts() { : >"$dir/order" && run "$at/test_a.sh" "$dir/tests/model/test_model.sh" >"$dir/log" && cat "$dir/order"; }
rm "$dir/test-times"
is "the runner, what it starts first in a fresh tree" "$(starts)" "model/test_model.sh
unit/test_a.sh"
printf '5 tests/unit/test_a.sh\n1 tests/model/test_model.sh\n' >"$dir/test-times"
is "the runner, what it starts first" "$(starts)" "unit/test_a.sh
model/test_model.sh"
is "the runner, nothing to run" "$(run)" "0 passed, 0 failed"
is "the runner's exit code" "$(sh tests/run.sh "$at/test_a.sh" >"$dir/log" && echo 0; sh tests/run.sh "$at/test_b" >"$dir/log" || echo 1)" "0
1"

# ---- plants: version.c, whose test is quick
cat >"$dir/plants" <<'END'
good | firmware/card/version.c | s/return -1;/return 1;/ | tests/unit/card/test_version
its check | firmware/card/version.c | s/return -1;/return 1;/ | tests/unit/card/test_version: CU_FAIL("two versions")
another check | firmware/card/version.c | s/return -1;/return 1;/ | tests/unit/card/test_version: no such check
harmless | firmware/card/version.c | s/return -1;/return -1 ;/ | tests/unit/card/test_version
nothing | firmware/card/version.c | s/no such text// | tests/unit/card/test_version
hangs | firmware/card/version.c | s/return -1;/for (;;) pause();/; s/#include <ctype.h>/&\n#include <unistd.h>/ | tests/unit/card/test_version
never returns | firmware/card/version.c | s/return -1;/for (;;) pause();/; s/#include <ctype.h>/&\n#include <unistd.h>/ | tests/unit/card/test_version: hangs
must not return | firmware/card/version.c | s/return -1;/return 1;/ | tests/unit/card/test_version: hangs
crashes | firmware/card/version.c | s/return -1;/__builtin_trap();/ | tests/unit/card/test_version
leaves | firmware/card/version.c | s/return -1;/exit(3);/; s/#include <ctype.h>/&\n#include <stdlib.h>/ | tests/unit/card/test_version
no source | firmware/card/version.c | s/return -1;/return/ | tests/unit/card/test_version
END
PLANTS=$dir/plants PLANT_LIMIT_S=5 sh tests/plants/test_plants.sh >"$dir/said" && is "plants that are not found" passes fails
is "plants" "$(grep -E '^(found|PLANT)' "$dir/said" | sort)" 'PLANT another check: not found: tests/unit/card/test_version fails, but not in "no such check"
PLANT crashes: not found: tests/unit/card/test_version crashed (signal 4)
PLANT hangs: not found: tests/unit/card/test_version timed out after 5 s
PLANT harmless: tests/unit/card/test_version does not find it
PLANT leaves: not found: no check of tests/unit/card/test_version has failed
PLANT must not return: not found: tests/unit/card/test_version fails, but not in "hangs"
PLANT no source: does not build
PLANT nothing: the sed expression changes nothing in firmware/card/version.c
found: good (tests/unit/card/test_version: order)
found: its check (tests/unit/card/test_version: order)
found: never returns (tests/unit/card/test_version)'
PLANTS=$dir/plants sh tests/plants/test_plants.sh '^(good|its)' >"$dir/said" || is "plants that are found" fails passes
for part in 1/2 2/2; do PLANTS=$dir/plants PLANT_LIMIT_S=5 sh tests/plants/test_plants.sh $part; done >"$dir/said"
is "two parts are the whole" "$(grep -cE '^(found|PLANT)' "$dir/said")" 11
[ $failed = 0 ] && echo "verdicts: ok"
exit $failed
