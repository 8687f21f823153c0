#!/bin/sh
# kernel.sh - fetches Debian's arm64 PREEMPT_RT kernel, what modules are built against, the sources of
# the modules that Debian leaves out, and the guest's programs. All of it is unpacked, none installed.
set -eu
. "$(dirname -- "$0")/common.sh"

# Sources of linux-source: the simulated GPIO chip and the interrupts it raises.
sources="drivers/gpio/gpio-sim.c kernel/irq/irq_sim.c"

# The version that the meta package stands for, e.g. 6.12.48+deb13
newest_version() {
	"$tools/in-toolbox" apt-cache depends linux-image-rt-arm64:arm64 |
		sed -n 's/.*Depends: linux-image-\(.*\)-rt-arm64.*/\1/p' | sort -V | tail -n 1
}

fetch() {
	say "1/2 kernel: downloading PREEMPT_RT kernel, headers and source (about 250 MB," \
		"what has arrived is kept) into $cache/debs"
	update_lists >"$log" 2>&1 || return 1
	version=$(newest_version)
	[ -n "$version" ] || {
		echo "no linux-image-rt-arm64 among the packages" >>"$log"
		return 1
	}
	names=$(sed -n -e "s/KVER/$version/" -e "s/SERIES/${version%.*}/" \
		-e 's/^guest //p' -e 's/^kernel //p' "$here/packages" | sed 's/:all$//')
	mkdir -p "$cache/debs"
	# shellcheck disable=SC2086
	(cd "$cache/debs" && "$tools/in-toolbox" apt-get -q download \
		-o APT::Sandbox::User=root $names >>"$log" 2>&1) || return 1
	echo "$version-rt-arm64" >"$cache/release"
}

unpack() {
	say "2/2 kernel: unpacking"
	rm -rf "$kernel"
	mkdir -p "$kernel" "$cache/guest"
	for deb in "$cache"/debs/*.deb; do
		case ${deb##*/} in
		linux-*) dpkg-deb -x "$deb" "$kernel" ;;
		*) dpkg-deb -x "$deb" "$cache/guest" ;;
		esac
	done
	archive=$(cd "$kernel/usr/src" && echo linux-source-*.tar.xz)
	for source in $sources; do
		tar -xJf "$kernel/usr/src/$archive" -C "$kernel" \
			--strip-components=1 "${archive%.tar.xz}/$source"
	done
	rm -f "$kernel/usr/src/$archive"
	"$tools/in-toolbox" depmod -b "$kernel/usr" "$(cat "$cache/release")"
}

one_at_a_time "$cache/.lock"
log=$cache/kernel.log
if step fetch; then
	fetch || {
		tail -n 15 "$log" >&2
		fail "the kernel could not be fetched (all of it: $log)." \
			"Is the machine offline? Run it again when Debian can be reached"
	}
	step_done fetch
fi
if step unpack; then
	unpack
	step_done unpack
fi
# The headers' Makefile names the two other header packages by absolute paths.
for dir in "$kernel"/usr/src/*; do
	ln -sfn "$dir" "$toolbox/usr/src/${dir##*/}"
done
for dir in "$kernel"/usr/lib/linux-kbuild-*; do
	ln -sfn "$dir" "$toolbox/usr/lib/${dir##*/}"
done
