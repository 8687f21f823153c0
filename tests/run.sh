#!/bin/sh
# Runs the tests given (programs, .sh scripts, or SCRIPT.sh:ARGUMENT), the longest of the last run first; says of each,
# when it ends, whether it failed, and ends with one line of counts. JOBS run at a time, three for two processors: some
# of them wait for the program. A test that cannot be run here exits with 77; its last line says why. CHRONUS names the
# binary under test.
set -u

# These need the machine to themselves: they play in real time, and judge less where the machine is busy. They run last,
# one after the other.
alone='tests/e2e/test_run'

name_of() { echo "$1" | sed 's|.*/tests/|tests/|'; }

# one DIR NUMBER: the test in line NUMBER of DIR/list; its log, exit code and seconds are left in DIR
one() {
	test=$(sed -n "$2p" "$1/list")
	begin=$(date +%s)
	case $test in
	*.sh) sh "$test" ;;
	*.sh:*) sh "${test%%.sh:*}.sh" "${test#*.sh:}" ;;
	*) "$test" ;;
	esac >"$1/$2.log" 2>&1 </dev/null
	echo "$? $(($(date +%s) - begin))" >"$1/$2.new"
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

: >"$dir/apart"
for test in "$@"; do
	case " $alone " in
	*" $(name_of "$test") "*) echo "$test" >>"$dir/apart" ;;
	*) echo "$test" ;;
	esac
done >"$dir/list"
n_beside=$(wc -l <"$dir/list")
cat "$dir/apart" >>"$dir/list"
n=$(wc -l <"$dir/list")

# NUMBERs in the order of their start: what is new, then the longest of the last run
order() {
	i=0
	while [ $i -lt "$n_beside" ]; do
		i=$((i + 1))
		name=$(name_of "$(sed -n "${i}p" "$dir/list")")
		echo "$(grep -F " $name" "$times" 2>/dev/null | awk -v name="$name" '$2 == name { print $1 }' | tail -n 1) $i"
	done | awk 'NF == 1 { print 1000000, $1; next } { print }' | sort -k1,1nr -k2,2n | cut -d' ' -f2
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
	read -r code seconds <"$dir/$1.end"
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
	echo "$seconds $name" >>"$dir/times"
}

left=$(seq "$n")
while [ -n "$left" ]; do
	is_over=$([ -e "$dir/over" ] && echo yes)
	still=
	for i in $left; do
		[ -e "$dir/$i.end" ] || [ -z "$is_over" ] || echo "1 0" >"$dir/$i.end" # its runner was killed
		if [ -e "$dir/$i.end" ]; then say "$i"; else still="$still $i"; fi
	done
	left=$still
	[ -z "$left" ] || sleep 0.1
done
wait $runner
runner= # from here on another process may have its number
# what was not run this time keeps its time
[ ! -e "$times" ] || awk 'NR == FNR { now[$2]; next } !($2 in now)' "$dir/times" "$times" >>"$dir/times"
cp "$dir/times" "$times" 2>/dev/null
printf '%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
