#!/bin/sh
# `chronus run` on the simulated card, traced: with commits, turned knobs and contained faults, its real-time
# threads make no system call that tests/rt/syscalls.txt does not have.
# Environment: CHRONUS. Skipped (77) where nothing can be traced.
set -u
chronus=${CHRONUS:-build/release/chronus}
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill $pid 2>/dev/null; rm -rf "$work"' EXIT
export CHRONUS_RUNTIME_DIR="$work"
strace -o /dev/null true 2>"$work/said" || {
	echo "skipped: no system call can be traced here: $(head -n 1 "$work/said")"
	exit 77
}

cat >"$work/run.ini" <<END
[audio]
device = simulated
block_frames = 256
periods = 4
[engine]
lead_blocks = 4
[start]
patch = $PWD/config/patches/pulse.ini
[simulate]
wav = $work/played.wav
[knob bright]
controls = filter1.cutoff_hz
[knob shape]
controls = osc1.shape
when = staged
END

fail() {
	echo "FAIL  $*"
	tail -n 20 "$work/said"
	exit 1
}

# until_ok COMMAND...: again until it succeeds; a slow machine is waited for
until_ok() {
	n=0
	until "$@" >"$work/answer" 2>&1; do
		n=$((n + 1))
		[ $n -lt 300 ] || fail "waited in vain for: $* ($(cat "$work/answer"))"
		sleep 0.1
	done
}

stats_have() { # PATTERN
	"$chronus" stats | grep -qE -e "$1"
}

# traced OPTION COMMAND...: plays, obeys the commands, ends
traced() {
	option=$1
	shift
	strace -f -qq -o "$work/trace" "$chronus" run --config "$work/run.ini" $option >"$work/said" 2>&1 &
	pid=$!
	for command in "gate * on" "$@" quit; do
		case $command in
		wait\ *) until_ok stats_have "${command#wait }" ;;
		*) until_ok "$chronus" send "$command" ;;
		esac
	done
	wait $pid || fail "chronus ended with $?"
	pid=
}

traced "" "turn bright +3" "turn shape +1" commit "turn bright -2" "turn shape +1" commit undo \
	"gate * off" "wait ^commits +[1-9]" "wait ^blocks +([4-9][0-9][0-9]|[0-9]{4,}) "
sh tests/rt/check_syscalls.sh "$work/trace" || exit 1
traced --allow-faults "wait mirror: yes" "fault live segv" "wait ^faults +1" "wait mirror: yes" \
	"fault live nan" "fault live late 100" commit "wait mirror: yes" "fault standby fpe" "wait ^faults +2"
sh tests/rt/check_syscalls.sh "$work/trace" planted
