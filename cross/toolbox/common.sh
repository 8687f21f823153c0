# common.sh - what the scripts in cross/ share: where the caches are, and how the scripts speak.
# To be sourced by a script that has set `here`, its own folder, and `part`, the name it speaks by.

tools=$(CDPATH= cd -- "$here/../toolbox" && pwd)
top=$(CDPATH= cd -- "$here/../.." && pwd)

say() {
	echo "$part: $*" >&2
}

fail() {
	say "$*"
	exit 1
}

# key_of FILE...: a cache is named after what decides about its content, so that another branch that
# wants other packages gets another folder.
key_of() {
	cat "$@" | sha256sum | cut -c1-12
}

caches=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/chronus
toolbox_cache=$caches/toolbox/$(key_of "$tools/packages" "$tools/build")
toolbox=$toolbox_cache/root

# step NAME: is it still to be done? A step leaves its mark in $cache when it is through, so what was
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

# what make needs to build the arm64 program in the toolbox
arm64_make() {
	"$tools/in-toolbox" env PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig \
		make --no-print-directory -j"$(nproc)" CROSS_COMPILE=aarch64-linux-gnu- "$@"
}

# The newest package lists for the toolbox's apt-get; its own lock does not wait.
update_lists() {
	flock "$toolbox_cache/.lists.lock" "$tools/in-toolbox" apt-get -q update
}
