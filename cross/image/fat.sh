#!/bin/sh
# fat.sh FOLDER FILE MB ID - the card's first partition, a FAT32 file system with what is in FOLDER. SD cards erase
# 4 MB at once, and a cheap one whose power goes in a write may lose what lies around it. So what is written to while
# the card is in use (the tables, the folders, slot.txt) has the first 4 MB alone; a file of zeros keeps the
# rest of them free. Everything that must be there to boot lies behind.
set -eu
folder=$1 fat=$2 mb=$3 id=$4
erase_block=4194304 filler=keep-free.bin

rm -f "$fat"
truncate -s "${mb}M" "$fat"
mkfs.vfat -F 32 -s 4 -n CHRONUS -i "$id" --invariant "$fat" >/dev/null

# number OFFSET BYTES: as the boot sector has it (FAT32 File System Specification 1.03, page 9)
number() {
	od -An -tu"$2" -j"$1" -N"$2" "$fat" | tr -d ' '
}

cd "$folder"
find . -mindepth 1 -type d | LC_ALL=C sort | while read -r name; do mmd -i "$fat" "::$name"; done
mcopy -m -i "$fat" slot.txt ::slot.txt
data=$((($(number 14 2) + 2 * $(number 36 4)) * 512))
last=$(mshowfat -i "$fat" ::slot.txt | sed -n 's/.*<\([0-9]*\)>.*/\1/p')
free=$((erase_block - data - (last - 1) * 2048)) # clusters are counted from 2
[ -n "$last" ] && [ "$free" -gt 0 ] || {
	echo "fat.sh: slot.txt is longer than a cluster, or tables and folders take more than $erase_block bytes" >&2
	exit 1
}
truncate -s "$free" "$fat.filler"
touch -r slot.txt "$fat.filler"
mcopy -m -i "$fat" "$fat.filler" "::$filler"
rm -f "$fat.filler"
find . -type f ! -path ./slot.txt | LC_ALL=C sort | while read -r name; do mcopy -m -i "$fat" "$name" "::$name"; done
