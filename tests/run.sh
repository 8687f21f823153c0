#!/bin/sh
# Runs the tests given (programs, or .sh scripts), one after the other; says which failed, and ends
# with one line of counts. A test that cannot be run here exits with 77; its last line says why.
# CHRONUS names the binary under test.
set -u
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for test in "$@"; do
	name=$(echo "$test" | sed 's|.*/tests/|tests/|')
	begin=$(date +%s)
	case $test in *.sh) shell=sh ;; *) shell= ;; esac
	$shell "$test" >"$log" 2>&1 </dev/null
	code=$?
	if [ $code = 77 ]; then
		printf '  skip  %s: %s\n' "$name" "$(tail -n 1 "$log")"
	elif [ $code = 0 ]; then
		passed=$((passed + 1))
		printf '  ok    %s (%d s)\n' "$name" $(($(date +%s) - begin))
	else
		failed=$((failed + 1))
		printf '  FAIL  %s\n' "$name"
		head -n 60 "$log" | sed 's/^/        /'
	fi
done
printf '%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
