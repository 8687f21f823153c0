#!/bin/sh
# Runs the tests given (programs, .sh scripts, or SCRIPT.sh:ARGUMENT), the longest of the last run first; says of each,
# when it ends, whether it failed, and ends with the ten that took the processor longest and one line of counts. JOBS run at a time, three for two processors: some
# of them wait for the program. A test that cannot be run here exits with 77; its last line says why. CHRONUS names the
# binary under test.
set -u

# These need the machine to themselves: they play in real time, and judge less where the machine is busy. They run last,
# one after the other.
alone='tests/e2e/test_run'
# These take longest; a tree that has run none yet starts with them.
long='tests/model/test_model.sh tests/fuzz/test_fuzz.sh tests/systemd/test_card_scripts.sh tests/bench/test_speed.sh
	tests/soak/test_commits tests/soak/test_cases tests/prop/test_same tests/e2e/test_emptied tests/soak/test_orders
	tests/rt/test_gates.sh tests/plants/test_verdicts.sh tests/unit/control/test_requests tests/plants/test_plants.sh'

name_of() { echo "$1" | sed 's|.*/tests/|tests/|'; }

# one DIR NUMBER: the test in line NUMBER of DIR/list; its log, exit code, seconds, and the processor's seconds of it and
# its children are left in DIR
one() {
	test=$(sed -n "$2p" "$1/list")
	begin=$(date +%s)
	case $test in
	*.sh) sh "$test" ;;
	*.sh:*) sh "${test%%.sh:*}.sh" "${test#*.sh:}" ;;
	*) "$test" ;;
	esac >"$1/$2.log" 2>&1 </dev/null
	code=$?
	times >"$1/$2.cpu" # of this shell, then of its children: minutes and seconds, user and system
	cpu=$(tr ms '  ' <"$1/$2.cpu" | awk 'NR == 2 { printf "%.1f", ($1 + $3) * 60 + $2 + $4 }')
	echo "$code $(($(date +%s) - begin)) $cpu" >"$1/$2.new"
	mv "$1/$2.new" "$1/$2.end"
}

if [ "${1:-}" = --one ]; then
	one "$2" "$3"
	exit 0
fi

dir=$(mktemp -d)
runner=
trap '[ -z "$runner" ] || kill $runner 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
times=$(dirname "${CHRONUS:-build/release/chronus}")/test-times
jobs=${JOBS:-$((($(nproc) * 3 + 1) / 2))}
passed=0
failed=0

: >"$dir/apart" >"$dir/times"
for test in "$@"; do
	case " $alone " in
	*" $(name_of "$test") "*) echo "$test" >>"$dir/apart" ;;
	*) echo "$test" ;;
	esac
done >"$dir/list"
n_beside=$(wc -l <"$dir/list")
cat "$dir/apart" >>"$dir/list"
n=$(wc -l <"$dir/list")

# NUMBERs in the order of their start: what is new, of that the long ones first, then the longest of the last run
order() {
	printf '%s\n' $long >"$dir/long"
	head -n "$n_beside" "$dir/list" | sed 's|.*/tests/|tests/|' | awk -v times="$times" -v long="$dir/long" '
		BEGIN {
			while ((getline <times) > 0) seconds[$2] = $1
			while ((getline <long) > 0) rank[$1] = 1000 - n_long++
		}
		{ name = $1; sub(/:.*/, "", name); print ($1 in seconds ? seconds[$1] : 1000000 + rank[name]), NR }
	' | sort -k1,1nr -k2,2n | cut -d' ' -f2
}

{
	order | xargs -r -n 1 -P "$jobs" sh "$0" --one "$dir"
	seq $((n_beside + 1)) "$n" | xargs -r -n 1 sh "$0" --one "$dir"
	: >"$dir/over"
} &
runner=$!

# say NUMBER: what became of that test
say() {
	name=$(name_of "$(sed -n "${1}p" "$dir/list")")
	read -r code seconds cpu <"$dir/$1.end"
	if [ "$code" = 77 ]; then
		printf '  skip  %s: %s\n' "$name" "$(tail -n 1 "$dir/$1.log")"
	elif [ "$code" = 0 ]; then
		passed=$((passed + 1))
		printf '  ok    %s (%d s)\n' "$name" "$seconds"
	else
		failed=$((failed + 1))
		printf '  FAIL  %s\n' "$name"
		head -n 60 "$dir/$1.log" 2>/dev/null | sed 's/^/        /'
	fi
	echo "$seconds $name $cpu" >>"$dir/times"
}

left=$(seq "$n")
while [ -n "$left" ]; do
	is_over=$([ -e "$dir/over" ] && echo yes)
	still=
	for i in $left; do
		[ -e "$dir/$i.end" ] || [ -z "$is_over" ] || echo "1 0 0" >"$dir/$i.end" # its runner was killed
		if [ -e "$dir/$i.end" ]; then say "$i"; else still="$still $i"; fi
	done
	left=$still
	[ -z "$left" ] || sleep 0.3
done
wait $runner
runner= # from here on another process may have its number
cp "$dir/times" "$dir/ran"
# what was not run this time keeps its time
[ ! -e "$times" ] || awk 'NR == FNR { now[$2]; next } !($2 in now)' "$dir/times" "$times" >>"$dir/times"
cp "$dir/times" "$times" 2>/dev/null
if [ "$n" -gt 10 ]; then
	echo "the slowest ten, seconds of the processor (and of the wall) of $(awk '{ n += $3 } END { printf "%.0f", n }' "$dir/ran"):"
	sort -k3,3nr "$dir/ran" | head -n 10 | awk '{ printf "  %7.1f (%d) %s\n", $3, $1, $2 }'
fi
printf '%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
