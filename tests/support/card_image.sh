#!/bin/sh
# A small card image, as `chronus update` takes it: FAT with the slot folder a/, root, second root; and FILE.sha256, FILE.sig.
# usage: card_image.sh FILE.img.zst VERSION MACHINE ROOT_KB KEY.sec
set -eu
file=$1 version=$2 machine=$3 root_kb=$4 key=$5
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bytes() { seq -f "$version $1 %g" 1 200000 | head -c "$2"; }
le32() { for shift in 0 8 16 24; do printf "\\$(printf %o $(($1 >> shift & 255)))"; done; }
part() { # TYPE FIRST COUNT
	printf '\0\0\0\0'"\\$(printf %o "$1")"'\0\0\0'
	le32 "$2"
	le32 "$3"
}

mkdir -p "$dir/a/overlays"
bytes kernel 20000 >"$dir/a/vmlinuz.gz"
bytes initrd 9000 >"$dir/a/initrd.img"
bytes tree 3000 >"$dir/a/bcm2837-rpi-3-b.dtb"
echo "overlays of $version" >"$dir/a/overlays/README"
echo "console=tty1 chronus.slot=a root=/dev/mmcblk0p2 ro" >"$dir/a/cmdline.txt"
printf 'product=chronus\nversion=%s\nmachine=%s\n' "$version" "$machine" >"$dir/a/release"
mkfs.vfat -C -F 12 -n CHRONUS "$dir/fat" 2048 >/dev/null
mcopy -s -i "$dir/fat" "$dir/a" ::/
bytes root $((root_kb * 1024)) >"$dir/root"
{
	head -c 446 /dev/zero
	part 12 2048 4096
	part 131 6144 $((root_kb * 2))
	part 131 $((6144 + root_kb * 2)) $((root_kb * 2))
	head -c 16 /dev/zero
	printf '\125\252'
	head -c $((2047 * 512)) /dev/zero
	cat "$dir/fat" "$dir/root"
	head -c $((root_kb * 1024)) /dev/zero
} >"$dir/img"
zstd -qf "$dir/img" -o "$file"
sh cross/sign "$key" "$file" >/dev/null
