#!/bin/sh
# initrd.sh ROOT OUT - builds the initrd of ROOT's kernel: our init (static) and the modules that it loads,
# uncompressed, in their order; all of it packed with zstd. Runs in the toolbox.
set -eu
. "$(dirname -- "$0")/common.sh"
root=$1
image=$2

# First the watchdog: it is what restarts a Pi (without it a panic stays where it is).
# Then the card's host and supply (Pi 4: fixed, gpio-regulator), its file systems; in QEMU, a virtual disk.
# Last the LED, which says where it stopped.
disk="bcm2835_wdt fixed gpio-regulator bcm2835 sdhci-iproc mmc_block virtio_blk virtio_pci virtio_mmio crc32c_generic ext4 overlay vfat
nls_cp437 nls_ascii leds-gpio ledtrig-pattern"
# The sound card of board/overlays: so that chronus finds it without waiting for udev.
sound="snd-soc-bcm2835-i2s snd-soc-pcm5102a snd-soc-simple-card"

tree=$work/initrd
rm -rf "$tree"
mkdir -p "$tree/dev" "$tree/proc" "$tree/sys" "$tree/modules"
aarch64-linux-gnu-gcc -std=c11 -D_GNU_SOURCE -O2 -static -Wall -Wextra -Wshadow -Wmissing-prototypes -Werror -s \
	-o "$tree/init" "$here"/initrd/*.c || fail "the initrd's init does not compile"

modules=$(echo "$root"/usr/lib/modules/*)
# list NAME MODULE...: writes NAME.list and copies the modules, each after those that it needs
list() {
	name=$1
	shift
	for module; do
		pattern=$(echo "$module" | sed 's/[-_]/[-_]/g')
		line=$(grep -E "(^|/)$pattern\.ko[^:]*:" "$modules/modules.dep") || {
			grep -qE "/$pattern\.ko$" "$modules/modules.builtin" && continue
			fail "this kernel has no module $module"
		}
		path=${line%%:*}
		needs=$(printf '%s\n' ${line#*:} | tac)
		for file in $needs "$path"; do
			base=$(basename "$file" | sed 's/\.ko.*//')
			[ ! -e "$tree/modules/$base" ] || continue
			# Without their signature and type information, which cost 25 million instructions each to
			# check; the kernel takes them and says so once (taint E).
			xz -dc "$modules/$file" >"$tree/modules/$base"
			aarch64-linux-gnu-strip --strip-debug -R .BTF -R .BTF.base "$tree/modules/$base"
			echo "$base" >>"$tree/modules/$name.list"
		done
	done
}
# shellcheck disable=SC2086
list disk $disk
# shellcheck disable=SC2086
list sound $sound
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
(cd "$tree" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) | zstd -q -19 -f -o "$image" -
