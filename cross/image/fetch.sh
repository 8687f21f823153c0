#!/bin/sh
# fetch.sh - downloads the packages that the card's root is made of into the cache. What has arrived is
# kept; once all are there no network is needed. For newer ones (security updates) remove the folder.
set -eu
. "$(dirname -- "$0")/common.sh"

one_at_a_time "$cache/.lock"
step fetch || exit 0
log=$cache/fetch.log

# The version that the meta package stands for, e.g. 6.12.48+deb13
newest_kernel() {
	in_toolbox apt-cache depends linux-image-rt-arm64:arm64 |
		sed -n 's/.*Depends: linux-image-\(.*\)-rt-arm64.*/\1/p' | sort -V | tail -n 1
}

# fetch_of SUITE PACKAGE: from another Debian than the toolbox's, by package lists of its own. Their signature is checked; their
# age is not, for a mirror may stand still
fetch_of() {
	lists=$cache/lists-$1
	mkdir -p "$lists/partial"
	# the toolbox's own mirror
	sed -n "s|^\\(deb .*\\) [a-z]* main.*|\\1 $1 non-free-firmware|p" "$toolbox/etc/apt/sources.list" | head -n 1 >"$cache/$1.list"
	set -- "$2" -o Dir::Etc::sourcelist="$cache/$1.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$lists" \
		-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false
	name=$1
	shift
	in_toolbox apt-get -q update "$@" && in_toolbox apt-get -q download "$@" "$name"
}

offline() {
	tail -n 15 "$log" >&2
	fail "the packages could not be fetched (all of it: $log)." \
		"Is the machine offline? Run it again when Debian can be reached"
}

say "1/6 packages: downloading (about 135 MB, what has arrived is kept) into $debs"
update_lists >"$log" 2>&1 || offline
version=$(newest_kernel)
[ -n "$version" ] || fail "Debian has no linux-image-rt-arm64 for arm64 here; see $log"
names=$(sed -e '/^#/d' -e /[/]/d -e "s/KVER/$version/" -e 's/:all$//' "$here/packages")
others=$(sed -n -e '/^#/d' -e 's|:all/| |p' "$here/packages")
mkdir -p "$debs"
# shellcheck disable=SC2086
(cd "$debs" && in_toolbox apt-get -q download -o APT::Sandbox::User=root $names >>"$log" 2>&1) || offline
echo "$others" | while read -r name suite; do
	(cd "$debs" && fetch_of "$suite" "$name" >>"$log" 2>&1) || offline
done
for name in $names $(echo "$others" | cut -d' ' -f1); do
	set -- "$debs/${name%:*}"_*.deb
	[ -e "$1" ] || fail "${name%:*} did not arrive; see $log"
	[ $# = 1 ] || fail "more than one ${name%:*}: $*; remove all but one"
done
say "packages: $(echo "$names" | wc -w) fetched, $(du -sm "$debs" | cut -f1) MB"
step_done fetch
