#!/bin/sh
# Installs the Debian packages that are missing, asking for root only when one is.
# usage: deps.sh build|test|ci    (each wants what the one before it wants, and more)
#        deps.sh man              (build, and what writes the manual)
#        deps.sh listen           (build, and what draws spectrograms)
#        deps.sh bench            (build, and what counts instructions; the engines to compare with)
#        deps.sh virtual-pi       (what makes the virtual Pi's toolbox; the rest is in there)
#        deps.sh deb              (what tries the package in a Debian 13 of its own)
set -eu

# gcc only recommends the C library's headers.
want="gcc libc6-dev make pkg-config libasound2-dev libinih-dev"
# what `chronus update` runs, what makes small cards for its tests, and keys
card="zstd mtools dosfstools e2fsprogs signify-openbsd dpkg openssh-client"
# what counts instructions
count="valgrind python3"
# checks the man pages and the package's changelog
pages="mandoc dpkg-dev"
# libFuzzer (tests/fuzz)
fuzz="clang libclang-rt-dev"
# judges the C's form; in Debian 12 and 13 (tests/docs/test_format.sh)
format=clang-format-19
# holds `stats --json` to its schema (tests/e2e/test_stats_schema.sh)
schema=python3-jsonschema
# checks board/overlays
tree=device-tree-compiler
case ${1:-build} in
build) ;;
man) want="$want python3" ;;
listen) want="$want sox" ;;
bench) want="$want $count supercollider-server csound puredata-core" ;;
test) want="$want libcunit1-dev binutils spin strace $count $card $tree $pages $fuzz $format $schema" ;;
ci) want="$want libcunit1-dev binutils spin strace $count $card $tree $pages $fuzz $format $schema util-linux" ;;
deb) want="mmdebstrap debian-archive-keyring util-linux systemd-container arch-test" ;;
virtual-pi) want="mmdebstrap debian-archive-keyring util-linux python3 xz-utils" ;;
*)
	echo "usage: deps.sh build|man|listen|bench|test|ci|deb|virtual-pi" >&2
	exit 2
	;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "deps: not a Debian system; install these yourself: $want" >&2
	exit 0
fi
if [ "${1:-}" = virtual-pi ]; then
	: # its own libgpiod is in the toolbox
# libgpiod v2 exists from Debian 13 on; Debian 12 builds without the GPIO backend.
elif [ "$(. /etc/os-release && echo "${VERSION_ID:-99}")" -ge 13 ] 2>/dev/null; then
	want="$want libgpiod-dev"
fi

missing=
for package in $want; do
	# pkgconf provides pkg-config without the package of that name being installed.
	[ "$package" = pkg-config ] && command -v pkg-config >/dev/null 2>&1 && continue
	status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
	case $status in *" installed") ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" != 0 ]; then
	root=sudo
	command -v sudo >/dev/null 2>&1 || {
		echo "deps: as root, run: apt-get update && apt-get install$missing" >&2
		exit 1
	}
fi
echo "deps: installing$missing"
# sudo drops the environment: env comes after it.
$root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	$missing >/dev/null
