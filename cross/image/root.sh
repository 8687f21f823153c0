#!/bin/sh
# root.sh - the card's root in build/image/work/root: Debian's part, then what is ours: the program, its units,
# files/, users, what starts. Runs in the toolbox.
set -eu
. "$(dirname -- "$0")/common.sh"
version=$1

root=$work/root
say "3/6 root: laying out"
rm -rf "$root"
mkdir -p "$root"
umask 022
tar -C "$root" -xpf "$work/debian.tar"

# ---- ours ----
install -m 0755 "$top/build/aarch64-linux-gnu-release/chronus" "$root/usr/bin/chronus"
aarch64-linux-gnu-strip "$root/usr/bin/chronus"
install -m 0644 "$top"/systemd/*.service "$top"/systemd/*.socket "$top"/systemd/*.path "$root/usr/lib/systemd/system"
install -m 0644 "$top"/systemd/tmpfiles.d/* "$root/usr/lib/tmpfiles.d"
install -m 0644 "$top"/systemd/sysusers.d/* "$root/usr/lib/sysusers.d"
install -m 0644 "$top"/systemd/udev/* "$root/usr/lib/udev/rules.d"
cp -r "$here/files/." "$root/"
install -m 0755 "$top/systemd/irq-threads" "$root/usr/lib/chronus/irq-threads"
for page in chronus.1 chronus-patch.5 chronus.ini.5 chronus-modules.7; do mkdir -p "$root/usr/share/man/man${page##*.}"; done
SOURCE_DATE_EPOCH=$(cat "$work/epoch") python3 "$top/cross/man/pages.py" qemu-aarch64 -L / "$root/usr/bin/chronus" -o "$work/man"
for page in "$work"/man/*; do gzip -9n <"$page" >"$root/usr/share/man/man${page##*.}/$(basename "$page").gz"; done
mkdir -p "$root/boot/firmware" "$root/data" "$root/home/chronus" "$root/usr/share/chronus"
cp "$top/config/chronus.ini" "$root/usr/share/chronus/"
cp -r "$top/config/patches" "$root/usr/share/chronus/"
sed -i -e '/^IMAGE_/d' "$root/usr/lib/os-release"
printf 'IMAGE_ID=chronus\nIMAGE_VERSION=%s\n' "$version" >>"$root/usr/lib/os-release"
(cd "$debs" && printf '%s\n' *.deb | sed -e 's/\.deb$//' -e 's/%3a/:/g') >"$root/usr/share/chronus/packages"
for overlay in "$top"/board/overlays/*.dts; do
	name=$(basename "$overlay" .dts)
	dtc -q -@ -I dts -O dtb -o "$root/usr/lib/chronus/boot/overlays/$name.dtbo" "$overlay" ||
		fail "$overlay does not compile"
done
printf 'product=chronus\nversion=%s\nmachine=arm64-rpi\n' "$version" >"$root/usr/lib/chronus/boot/release"
echo "The firmware looks here for overlays only because of this file." >"$root/usr/lib/chronus/boot/overlays/README"

# ---- what the packages' scripts would have done ----
cd "$root"
# as at each boot: the initrd writes it
: >etc/machine-id
ln -sf /run/systemd/resolve/resolv.conf etc/resolv.conf
ln -sf ../usr/lib/os-release etc/os-release
ln -sf ../lib/systemd/systemd usr/sbin/init
printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files resolve dns\n' >etc/nsswitch.conf
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
for master in passwd.d group.d; do rm -rf "usr/share/base-passwd/$master"; done
systemd-sysusers --root="$root" >"$work/sysusers.log" 2>&1 || {
	cat "$work/sysusers.log" >&2
	fail "the users could not be made"
}
# Nobody has a password. "!" would lock the account for ssh's keys too.
sed -i 's/^\([^:]*\):[^:]*:[^:]*:/\1:*:20000:/' etc/shadow
rm -f etc/passwd- etc/group- etc/shadow- etc/gshadow- etc/.pwd.lock
[ -e usr/bin/sh ] || ln -s dash usr/bin/sh

# ---- what starts ----
sed -e '/^#/d' -e '/^$/d' "$here/units-removed" | while read -r unit; do
	found=$(find usr/lib/systemd -name "$unit")
	[ -n "$found" ] || fail "units-removed: Debian has no $unit"
	echo "$found" | xargs rm -rf
done
# units that a link pointed to and that are gone now
find usr/lib/systemd/system -xtype l -delete
rm -rf usr/lib/systemd/system-generators/*
systemctl --root="$root" preset-all >"$work/preset.log" 2>&1 || {
	cat "$work/preset.log" >&2
	fail "the units could not be enabled"
}
# links that base-files makes at its installation
ln -sfn /run var/run
ln -sfn /run/lock var/lock

ln -sf multi-user.target usr/lib/systemd/system/default.target

python3 "$here/check_libraries.py" "$root" || fail "a program would not start: see above; add the package to packages"
chown -Rh 0:0 .
say "root: $(du -sm --apparent-size "$root" | cut -f1) MB"
