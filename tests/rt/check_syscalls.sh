#!/bin/sh
# Every system call of a real-time thread in an strace stands on tests/rt/syscalls.txt.
# usage: check_syscalls.sh TRACE [planted]    TRACE: of strace -f -o TRACE; planted: faults were asked for
set -eu
here=$(dirname "$0")
awk -v planted="${2:-}" '
FNR == NR { # the list
	sub(/#.*/, "")
	if (NF == 2 && ($1 != "planted" || planted))
		allowed[$1 == "planted" ? "worker" : $1, $2] = 1
	else if (NF != 2 && NF != 0) {
		print "check-syscalls: syscalls.txt:" FNR ": THREAD SYSCALL expected"
		bad = 1
	}
	next
}
!/^[0-9]+ +[a-z_0-9]+\(/ { next } # a result, a signal, an end
{
	call = $2
	sub(/\(.*/, "", call)
	if (call == "prctl" && match($0, /PR_SET_NAME, "[^"]*"/)) {
		name = substr($0, RSTART + 14, RLENGTH - 15)
		if (name == "producer" || name ~ /^worker [AB]$/) {
			of[$1] = name
			n_threads++
			next
		}
		if (name == "ended" && $1 in of) {
			delete of[$1]
			n_ended++
			next
		}
	}
	if (!($1 in of))
		next
	role = of[$1]
	sub(/ .*/, "", role)
	n_calls[role]++
	if (!((role, call) in allowed) && !told[role, call]++) {
		print "check-syscalls: " of[$1] " calls " call ": not on tests/rt/syscalls.txt"
		print "  " $0
		bad = 1
	}
}
END {
	if (n_threads != 3 || n_ended != 3 || !n_calls["producer"] || !n_calls["worker"]) {
		printf "check-syscalls: 3 threads that begin, work and end expected; %d began, %d ended, ",
			n_threads, n_ended
		printf "%d and %d calls\n", n_calls["producer"], n_calls["worker"]
		bad = 1
	}
	if (!bad)
		printf "check-syscalls: ok (producer %d, workers %d calls)\n", n_calls["producer"],
			n_calls["worker"]
	exit bad
}' "$here/syscalls.txt" "$1"
