#!/bin/sh
# Searches every interleaving of tests/model/slots.pml, within its budgets, and makes sure that spoilt models are found.
# Each search goes to its end: what bounds it are the budgets, MAX_DEPTH and MAX_MB, never the time that it takes.
set -u
cd "$(dirname "$0")" || exit 1
command -v spin >/dev/null 2>&1 || {
	echo "spin is not here (sh cross/deps.sh test installs it)"
	exit 77
}
here=$PWD
MAX_DEPTH=2000000 # steps of one path
MAX_MB=3500
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0
optimize=-O1 # -O2 compiles twice as long and searches no faster

# search MODEL BUDGETS GCC-FLAGS PAN-FLAGS: the verifier's words are in pan.log; 1: it could not be built. The verifier
# is that of the search before, if that had the same model, budgets and flags.
search() {
	if [ "$1 $2 $3" != "$built" ]; then build "$1" "$2" "$3" || return 1; fi
	timeout 1200 ./pan -m$MAX_DEPTH $4 >pan.log 2>&1
}

built=
build() { # MODEL BUDGETS GCC-FLAGS
	built=
	spin -a $2 "$1" >spin.log 2>&1 && ${CC:-gcc} -w $optimize -DCOLLAPSE -DMEMLIM=$MAX_MB $3 -o pan pan.c >>spin.log 2>&1 || {
		cat spin.log
		return 1
	}
	[ "$1" = spoilt.pml ] || built="$1 $2 $3"
}

# holds NAME BUDGETS GCC-FLAGS PAN-FLAGS: searched to the end without an error
holds() {
	search "$here/slots.pml" "$2" "$3" "$4"
	if grep -q 'errors: 0' pan.log && ! grep -qE 'too small|not completed|out of memory' pan.log; then
		printf '%s (%s): %s\n' "$1" "$2" "$(grep 'states, stored' pan.log | sed 's/^ *//')"
	else
		echo "$1 ($2): FAILED"
		tail -n 15 pan.log
		failed=1
	fi
}

# found NAME SED BUDGETS GCC-FLAGS PAN-FLAGS: the model spoilt so has an error, and the verifier finds it
found() {
	sed "$2" "$here/slots.pml" >spoilt.pml
	if cmp -s spoilt.pml "$here/slots.pml"; then
		echo "spoilt: $1: the sed expression changes nothing"
		failed=1
		return
	fi
	search spoilt.pml "$3" "$4" "$5"
	if grep -q 'errors: 1' pan.log && grep -qE 'assertion violated|acceptance cycle|invalid end' pan.log; then
		printf 'spoilt: %s: found, %s\n' "$1" "$(grep -oE 'assertion violated|acceptance cycle|invalid end' pan.log | head -n 1)"
	else
		echo "spoilt: $1: NOT FOUND"
		tail -n 15 pan.log
		failed=1
	fi
}

b() { echo "-DCOMMITS=$1 -DFAULTS=$2 -DODDITIES=$3 -DLATES=$4"; }
safe='-DSAFETY -DNOCLAIM'
fair=-DNFAIR=3

holds safety "$(b 2 2 0 0)" "$safe" -w24
holds safety "$(b 1 1 0 1)" "$safe" -w24
holds safety "$(b 1 1 1 0)" "$safe" -w24
holds safety "$(b 1 0 0 3)" "$safe" -w24
# an oddity that is never used: these are the runs without any, too
holds 'every commit ends' "$(b 1 1 1 0)" $fair '-a -f -N ends'
holds 'the standby is a mirror again' "$(b 1 1 0 0)" $fair '-a -f -N heals'
holds 'the standby is a mirror again' "$(b 1 0 1 0)" $fair '-a -f -N heals'

optimize=-O0 # these end soon: compiling takes longer than searching
found 'the producer swaps without a compare-and-swap' \
	's/:: state\[1 - live\] == READY -> state\[1 - live\] = LIVE\(.*@swap\)/:: true -> state[1 - live] = LIVE\1/' \
	"$(b 1 1 0 1)" "$safe" -w22
found 'a worker parks while it is being filled' 's/\((x) == PRIMING ||\) \(.*@park\)/(x) == ADOPTING || \1 \2/' \
	"$(b 1 1 0 0)" "$safe" -w22
found 'the live worker does not hand the arena over' '/@hand-over/s/move(1 - me, ADOPTING, PRIMING, ok); //' \
	"$(b 1 0 0 0)" $fair '-a -f -N ends'
found 'a worker fills on what it has let go of' '/@let-go/s/adopting = 0;//' "$(b 1 1 0 0)" "$safe" -w22
found 'the desk builds without waiting for parked' '/@take/s/state\[s\] == PARKED -> is_wanted/state[s] != LIVE -> is_wanted/' \
	"$(b 1 0 0 0)" "$safe" -w22
# bugs that the program had
found 'what takes over from a broken one is waited for' 's/(x) == PARKED || (x) == ADOPTING) \(.*@rescue\)/(x) == PARKED) \1/' \
	"$(b 1 1 0 0)" $fair '-a -f -N ends'
found 'a fade without a new block never ends' '/@end-fade/s/move(1 - live, RETIRING, RETIRED, ok)/skip/' \
	"$(b 1 1 0 0)" $fair '-a -f -N heals'
found 'blocks from before the slot was built are compared' '/@stale/s/ready\[s\] == 0 && //' "$(b 1 0 0 0) -DLEAD=3" "$safe" -w22
exit $failed
