#!/bin/sh
# debian.sh - unpacks the packages and keeps what a card needs of them, as a tar in the cache: the root's
# Debian part. It depends on the packages and on this folder's lists only. Runs in the toolbox.
set -eu
. "$(dirname -- "$0")/common.sh"

lists="$here/packages $here/modules $here/removed $here/wifi $here/check_wifi.sh"
# shellcheck disable=SC2086
key=$(key_of $lists "$0" "$here/prune_modules.py" "$here/free_pins.sh" "$top"/board/overlays/*.dts)
tar=$cache/debian-$key.tar
one_at_a_time "$cache/.lock"
ln -sfn "$tar" "$work/debian.tar"
ln -sfn "$cache/epoch-$key" "$work/epoch"
[ ! -e "$tar" ] || exit 0

root=$work/debian
say "2/6 root: unpacking $(ls "$debs" | wc -l) packages"
rm -rf "$root"
mkdir -p "$root"
umask 022
for deb in "$debs"/*.deb; do
	dpkg-deb --extract "$deb" "$root" || fail "$deb is damaged; remove it and run this again"
done

cd "$root"
release=$(ls usr/lib/modules)
# What the licences ask for stays: one folder for each package with its copyright.
find usr/share/doc -type f ! -name copyright -delete
find usr/share/doc -type l -xtype l -delete
find usr/share/doc -type d -empty -delete
sed -e '/^#/d' -e '/^$/d' "$here/removed" | while read -r pattern; do
	for path in $pattern; do
		[ -e "$path" ] || [ -L "$path" ] || fail "removed: nothing of Debian matches $path"
		rm -rf "$path"
	done
done
# Of the tables of characters only the one by which mtools reads names on a FAT (`chronus update`)
gconv=usr/lib/aarch64-linux-gnu/gconv
find $gconv -type f ! -name IBM850.so -delete
find $gconv -type d -empty -delete
printf '%s\n' 'alias CP850// IBM850//' 'module IBM850// INTERNAL IBM850 1' 'module INTERNAL IBM850// IBM850 1' >$gconv/gconv-modules
find usr/lib/firmware \( -type f -o -type l \) | grep -vE \
	'brcm/(brcmfmac434(30|36|39|55|56)|BCM4345)|cypress/cyfmac434(30|36|39|55)|regulatory' |
	xargs rm -f
# Debian leaves the choice to its alternatives system; its own is the one that its kernel trusts
for file in regulatory.db regulatory.db.p7s; do
	mv usr/lib/firmware/$file-debian usr/lib/firmware/$file
	rm usr/lib/firmware/$file-upstream
done
find usr/lib/firmware -xtype l -delete
find usr/lib/firmware -type d -empty -delete
sh "$here/check_wifi.sh" .
mkdir -p usr/lib/chronus/boot/overlays
mv boot/vmlinuz-* usr/lib/chronus/boot/kernel
mv usr/lib/linux-image-"$release"/broadcom/bcm2711-*.dtb \
	usr/lib/linux-image-"$release"/broadcom/bcm2837-*.dtb usr/lib/chronus/boot
sh "$here/free_pins.sh" usr/lib/chronus/boot/*.dtb
mv usr/lib/raspi-firmware usr/lib/chronus/firmware
rm -rf boot/* usr/lib/linux-image-*
say "root: keeping the kernel modules that a Pi needs"
python3 "$here/prune_modules.py" "$here/modules" usr/lib/modules/"$release" usr/lib/chronus/boot/*.dtb
depmod -b usr "$release"
rm -f usr/lib/modules/"$release"/modules.*.bin.tmp
ldconfig -r .
# nothing of the card belongs to anybody but root, and nothing runs as somebody else than its caller
chown -Rh 0:0 .
find . -perm /6000 -exec chmod ug-s {} +
# when the newest of the packages was made: the time of all that is built from them
find . -type f -printf '%Ts\n' | sort -n | tail -n 1 >"$cache/epoch-$key.part"
mv "$cache/epoch-$key.part" "$cache/epoch-$key"
tar --sort=name --mtime="@$(cat "$cache/epoch-$key")" --numeric-owner --format=gnu -cf "$tar.part" .
mv "$tar.part" "$tar"
cd /
rm -rf "$root"
