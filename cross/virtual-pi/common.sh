# common.sh - what the scripts of the virtual Pi share beside ../toolbox/common.sh: their folders.
# To be sourced by a script in this folder.

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
part=virtual-pi
. "$here/../toolbox/common.sh"

# Everything that is not built from this tree.
cache=$caches/virtual-pi/$(key_of "$tools/packages" "$tools/build" "$here/packages" "$here/kernel.sh")
kernel=$cache/kernel

# Built from this tree.
out=$top/build/virtual-pi

mkdir -p "$cache" "$out"
