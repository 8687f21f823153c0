#!/bin/sh
# assemble.sh VERSION - from the root to the image: initrd, FAT, three ext4 file systems, partitions; no loop
# devices, no mounts. Everything that has a time, an id or a seed has a fixed one: the same inputs give
# the same bytes. Runs in the toolbox.
set -eu
. "$(dirname -- "$0")/common.sh"
version=$1
image=$out/chronus-$version.img

SOURCE_DATE_EPOCH=$(cat "$work/epoch")
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C
# MB. The first 4 are left free: cards erase in blocks of 4 MB, and partitions begin at one.
first=4 card_mb=256 root_mb=256 data_mb=64
disk_id=0x43480001
card_id=43480001
root_id=c4205001-0000-4000-8000-00000000000a
data_id=c4205001-0000-4000-8000-00000000000d
hash_seed=c4205001-0000-4000-8000-000000000000

ext4() { # FILE MB LABEL ID FOLDER OPTIONS...
	file=$1 mb=$2 label=$3 id=$4 folder=$5
	shift 5
	rm -f "$file"
	truncate -s "${mb}M" "$file"
	mkfs.ext4 -q -F -L "$label" -U "$id" -b 4096 -m 0 "$@" -d "$folder" "$file" ||
		fail "$label does not fit into $mb MB"
}

say "4/6 initrd and the card's first partition"
root=$work/root
boot=$work/boot
rm -rf "$boot"
mkdir -p "$boot/a"
sh "$here/initrd.sh" "$root" "$boot/a/initrd"
mv "$root"/usr/lib/chronus/boot/*.dtb "$root"/usr/lib/chronus/boot/overlays \
	"$root"/usr/lib/chronus/boot/release "$boot/a"
# As Debian's own hook does it, not packed: a gzip of 37 MB is beyond any that the firmware was seen to unpack.
kernel=$root/usr/lib/chronus/boot/kernel
[ "$(dd if="$kernel" bs=1 skip=56 count=4 status=none)" = ARMd ] ||
	fail "the kernel is no arm64 Image (Debian packs it now?): the Pi's firmware may not start it"
cp "$kernel" "$boot/a/kernel"
mv "$root"/usr/lib/chronus/firmware/* "$boot"
rm -rf "$root/usr/lib/chronus/boot" "$root/usr/lib/chronus/firmware"
tr '\n' ' ' <"$here/boot/cmdline.txt" | sed 's/ *$/\n/' >"$boot/a/cmdline.txt"
# the slot's: what an update brings into the card's config.txt (firmware/card/config_txt.h)
cp "$here/boot/config.txt" "$boot/a/config.own"
cp "$here/boot/config.txt" "$here/boot/hostname" "$here/boot/wifi.conf.example" "$boot"
python3 "$here/slot_sector.py" a kept >"$boot/slot.txt"
cp "$top/config/chronus.ini" "$boot"
mkdir "$boot/patches"
cp "$top"/config/patches/*.ini "$boot/patches"
sed 's/$/\r/' "$here/boot/README.txt" >"$boot/README.txt"
sed 's/$/\r/' "$here/boot/patches.txt" >"$boot/patches/README.txt"
find "$boot" "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

fat=$work/card.fat
sh "$here/fat.sh" "$boot" "$fat" $card_mb $card_id || fail "the card's first partition is full"

say "5/6 file systems: root ($root_mb MB), data ($data_mb MB)"
ext4 "$work/root.ext4" $root_mb rootA $root_id "$root" -O ^has_journal,^resize_inode -N 8192 \
	-E "lazy_itable_init=0,root_owner=0:0,hash_seed=$hash_seed"
data=$work/data
rm -rf "$data"
mkdir -p "$data/state" "$data/app" "$data/update" "$data/ssh"
chmod 0755 "$data" "$data/app" "$data/update"
chmod 0750 "$data/state"
chmod 0700 "$data/ssh"
find "$data" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
ext4 "$work/data.ext4" $data_mb data $data_id "$data" \
	-E "lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0,hash_seed=$hash_seed,resize=134217728"
# The service's folder; in the file system, so that nobody needs to be root here.
owner=$(sed -n 's/^chronusd:[^:]*:\([0-9]*\):\([0-9]*\):.*/\1 \2/p' "$root/etc/passwd")
[ -n "$owner" ] || fail "the root has no user chronusd"
printf 'sif /state uid %s\nsif /state gid %s\n' $owner | debugfs -w -f - "$work/data.ext4" >/dev/null 2>&1

say "6/6 image: $image"
p1=$first p2=$((first + card_mb)) p3=$((first + card_mb + root_mb)) p4=$((first + card_mb + 2 * root_mb))
rm -f "$image" "$image".*
truncate -s "$((p4 + data_mb))M" "$image"
sfdisk -q "$image" <<-END
	label: dos
	label-id: $disk_id
	1 : start=$((p1 * 2048)) size=$((card_mb * 2048)) type=c bootable
	2 : start=$((p2 * 2048)) size=$((root_mb * 2048)) type=83
	3 : start=$((p3 * 2048)) size=$((root_mb * 2048)) type=83
	4 : start=$((p4 * 2048)) size=$((data_mb * 2048)) type=83
END
put() {
	dd if="$1" of="$image" bs=1M seek="$2" conv=notrunc,sparse status=none
}
put "$fat" $p1
put "$work/root.ext4" $p2
put "$work/data.ext4" $p4
