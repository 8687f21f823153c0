#!/bin/sh
# initramfs.sh - packs what every test of the virtual Pi shares: busybox, the libraries, ALSA's and our
# tools, the kernel's modules that are used, and init. The program under test comes with each test.
set -eu
. "$(dirname -- "$0")/common.sh"

release=$(cat "$cache/release")
image=$out/base.cpio
key=$(cat "$here"/guest/* "$0" "$out/modules/.key" | sha256sum)
[ "$(cat "$out/.base.key" 2>/dev/null || true)" != "$key" ] || exit 0

say "initramfs: packing $image"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
lib=usr/lib/aarch64-linux-gnu
mkdir -p "$root/usr/bin" "$root/$lib" "$root/usr/share" "$root/proc" "$root/sys" "$root/dev" "$root/tmp" \
	"$root/root" "$root/etc" "$root/test"
ln -s usr/bin "$root/bin"
ln -s usr/bin "$root/sbin"
ln -s usr/lib "$root/lib"
cp "$here/guest/init" "$root/init"
chmod +x "$root/init"

cp "$cache/guest/usr/bin/busybox" "$root/usr/bin"
for name in $("$tools/in-toolbox" qemu-aarch64 "$cache/guest/usr/bin/busybox" --list); do
	[ "$name" = busybox ] || ln -s busybox "$root/usr/bin/$name"
done
for tool in amixer strace; do
	cp "$cache/guest/usr/bin/$tool" "$root/usr/bin"
done
for source in "$here"/guest/*.c; do
	tool=$(basename "$source" .c)
	"$tools/in-toolbox" aarch64-linux-gnu-gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror \
		-o "$out/$tool" "$source" || fail "$source does not compile"
	cp "$out/$tool" "$root/usr/bin"
done

# The libraries of the toolbox that programs of the guest and chronus link with.
for name in ld-linux-aarch64.so.1 libc.so.6 libm.so.6 libasound.so.2 libgpiod.so.3 libinih.so.1 \
	libunwind.so.8 libunwind-aarch64.so.8 liblzma.so.5 libtinfo.so.6 libatopology.so.2 libgcc_s.so.1; do
	[ ! -e "$toolbox/$lib/$name" ] || cp -L "$toolbox/$lib/$name" "$root/$lib"
done
cp -L "$toolbox/$lib/ld-linux-aarch64.so.1" "$root/usr/lib"
cp -r "$cache/guest/usr/share/alsa" "$root/usr/share"

from=$kernel/usr/lib/modules/$release
to=usr/lib/modules/$release
mkdir -p "$root/$to/extra"
cp "$out"/modules/*.ko "$root/$to/extra"
while read -r module; do
	pattern=$(echo "$module" | sed 's/[-_]/[-_]/g')
	line=$(grep -E "(^|/)$pattern\.ko[^:]*:" "$from/modules.dep") ||
		fail "$release has no module $module"
	for file in $(echo "$line" | tr -d :); do
		mkdir -p "$root/$to/$(dirname "$file")"
		case $file in
		*.xz) xz -dc "$from/$file" >"$root/$to/${file%.xz}" ;;
		*) cp "$from/$file" "$root/$to/$file" ;;
		esac
	done
done <"$here/guest/modules"
cp "$from/modules.builtin" "$from/modules.builtin.modinfo" "$from/modules.order" "$root/$to"
"$tools/in-toolbox" depmod -b "$root/usr" "$release"
"$tools/in-toolbox" sh -c 'cd "$1" && find . | sort | cpio -o -H newc -R 0:0 --quiet' sh "$root" >"$image"
echo "$key" >"$out/.base.key"
