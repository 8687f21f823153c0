# common.sh - what the scripts of the virtual Pi share: where the cache is, and how they speak.
# To be sourced by a script in this folder.

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
top=$(CDPATH= cd -- "$here/../.." && pwd)

say() {
	echo "virtual-pi: $*" >&2
}

fail() {
	say "$*"
	exit 1
}

# Everything that is not built from this tree. The key is made of what decides about its content,
# so that another branch that wants other packages gets another folder.
cache_key=$(cat "$here/packages" "$here/toolbox.sh" "$here/kernel.sh" | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/chronus/virtual-pi/$cache_key
toolbox=$cache/toolbox
kernel=$cache/kernel

# Built from this tree.
out=$top/build/virtual-pi

mkdir -p "$cache" "$out"

# step NAME: is it still to be done? A step leaves its mark when it is through, so what was
# interrupted is done again and what was done stays.
step() {
	[ ! -e "$cache/.$1.done" ]
}

step_done() {
	: > "$cache/.$1.done"
}

# one_at_a_time LOCK: two builds of one cache, or of one tree, would spoil each other.
one_at_a_time() {
	exec 9> "$1"
	flock -n 9 || {
		say "waiting for another build that holds $1"
		flock 9
	}
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -- "$@"
	fi
}
