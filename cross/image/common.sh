# common.sh - what the scripts of the image share beside ../toolbox/common.sh: their folders.
# To be sourced by a script in this folder.

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
part=image
. "$here/../toolbox/common.sh"

# The packages, and Debian's part of the root that is made of them.
cache=$caches/image/$(key_of "$here/packages")
debs=$cache/debs

# Built from this tree.
out=$top/build/image
work=$out/work

mkdir -p "$cache" "$work"

in_toolbox() {
	"$tools/in-toolbox" "$@"
}
