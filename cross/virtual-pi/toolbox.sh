#!/bin/sh
# toolbox.sh - makes the toolbox: Debian 13 (amd64) in a folder of the cache, with QEMU, the arm64
# cross compiler and the arm64 libraries. The machine itself is not changed. Prints its path.
set -eu
. "$(dirname -- "$0")/common.sh"

one_at_a_time "$cache/.lock"
if step toolbox; then
	command -v mmdebstrap >/dev/null 2>&1 ||
		fail "mmdebstrap is missing; sh cross/deps.sh virtual-pi installs it"
	say "1/4 toolbox: downloading and unpacking Debian 13 with QEMU and the arm64 compiler" \
		"(about 250 MB to fetch, 1.2 GB on disk, a few minutes) into $toolbox"
	packages=$(sed -n 's/^toolbox //p' "$here/packages" | paste -sd, -)
	as_root rm -rf "$toolbox"
	as_root mmdebstrap --mode=root --variant=apt --architectures=amd64,arm64 \
		--keyring=/usr/share/keyrings --aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$packages" trixie "$toolbox" >"$cache/toolbox.log" 2>&1 || {
		tail -n 15 "$cache/toolbox.log" >&2
		fail "the toolbox could not be made (all of it: $cache/toolbox.log)." \
			"Is the machine offline? Run it again when Debian can be reached"
	}
	[ "$(id -u)" = 0 ] || as_root chown -R "$(id -u):$(id -g)" "$toolbox"
	step_done toolbox
fi
