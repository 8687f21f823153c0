#!/bin/sh
# check_wifi.sh ROOT: the root has the firmware, and the settings (nvram), of every wifi chip that the table `wifi` says it has,
# and not those that the table says it has not.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
folder=$1/usr/lib/firmware/brcm
wrong=

# is_there CHIP BOARD ENDING
is_there() {
	[ -s "$folder/brcmfmac$1-sdio.$2.$3" ] || [ -s "$folder/brcmfmac$1-sdio.$3" ]
}

while read -r board chip wanted; do
	case $board in '' | '#'*) continue ;; esac
	found=here
	is_there "$chip" "$board" bin && is_there "$chip" "$board" txt || found=none
	[ "$found" = "$wanted" ] || wrong="$wrong$board, chip $chip: firmware and settings: $found (the table says: $wanted); "
done <"$here/wifi"
[ -z "$wrong" ] || {
	echo "wifi: $wrong" >&2
	exit 1
}
