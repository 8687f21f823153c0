#!/bin/sh
# Our overlays on the device tree of every board that the card is for: they compile, apply (each by itself, and
# all together), and what they name is what it should be. The trees are those of the kernel that `make image`
# or `make virtual-pi` has fetched; without one the overlays are only compiled, and this is shown as skipped.
set -u
cd "$(dirname "$0")/../.." || exit 1
boards=$(sed '/^#/d' board/overlays/boards)
caches=${XDG_CACHE_HOME:-${HOME:-}/.cache}/chronus
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

complain() {
	echo "$*"
	failed=1
}

tools=
command -v fdtoverlay >/dev/null || tools=cross/toolbox/in-toolbox
$tools fdtget --version >/dev/null 2>&1 || {
	echo "dtc, fdtoverlay and fdtget are not here (package device-tree-compiler)"
	exit 77
}

# trees FOLDER: the boards' device trees into it, from the newest kernel at hand
trees() {
	mkdir -p "$1"
	tar=$(ls -t "$caches"/image/*/debian-*.tar 2>/dev/null | head -n 1)
	[ -z "$tar" ] || tar -C "$1" --strip-components=5 --wildcards -xf "$tar" './usr/lib/chronus/boot/*.dtb'
	[ -z "$tar" ] || return 0
	for kernel in "$caches"/virtual-pi/*/kernel /; do
		cp "$kernel"/usr/lib/linux-image-*-arm64/broadcom/bcm2[78]*.dtb "$1" 2>/dev/null && return
	done
	return 1
}

get() { # PROPERTY of a node of the merged tree
	$tools fdtget -t "${3:-s}" "$dir/merged.dtb" "$1" "$2" 2>/dev/null
}

node() { # path of a label
	get /__symbols__ "$1"
}

# is WHAT FOUND WANTED
is() {
	[ "$2" = "$3" ] || wrong="$wrong$board: $1 is \"$2\" and not \"$3\"; "
}

# refers NODE PROPERTY NODE: its first word leads there
refers() {
	is "$1 $2" "$(get "$1" "$2" x | cut -d' ' -f1)" "$(get "$3" phandle x)"
}

look_i2s_dac() {
	i2s=$(node i2s) cpu=/sound/simple-audio-card,cpu
	is "status of $i2s" "$(get "$i2s" status)" okay
	is "dma-names of $i2s" "$(get "$i2s" dma-names)" "tx rx"
	refers "$i2s" dmas "$(node dma)"
	refers "$i2s" pinctrl-0 "$(node pcm_gpio18)"
	refers $cpu sound-dai "$i2s"
	refers /sound/simple-audio-card,codec sound-dai /pcm5102a
	refers /sound simple-audio-card,bitclock-master $cpu
	is "the codec" "$(get /pcm5102a compatible)" ti,pcm5102a
}

look_adc() {
	spi=$(node spi)
	is "status of $spi" "$(get "$spi" status)" okay
	refers "$spi" pinctrl-0 "$(node spi0_gpio7)"
	refers "$spi" cs-gpios "$(node gpio)"
	refers "$spi/adc@0" vref-supply /regulator-adc-vref
	is "the converter" "$(get "$spi/adc@0" compatible)" microchip,mcp3008
}

# check FOLDER: the overlays in it on every board. What is wrong is in $wrong.
check() {
	wrong=
	for overlay in "$1"/*.dts; do
		$tools dtc -q -@ -I dts -O dtb -o "${overlay%.dts}.dtbo" "$overlay" || wrong="$wrong$overlay does not compile; "
	done
	for board in $on; do
		for set in "$1/chronus-i2s-dac.dtbo" "$1/chronus-adc.dtbo" "$1/*.dtbo"; do
			# shellcheck disable=SC2086
			$tools fdtoverlay -i "$dir/trees/$board.dtb" -o "$dir/merged.dtb" $set >"$dir/log" 2>&1 || {
				wrong="$wrong$board: $(basename "$set"): $(head -n 1 "$dir/log"); "
				continue
			}
			case $set in *adc.dtbo) ;; *) look_i2s_dac ;; esac
			case $set in *dac.dtbo) ;; *) look_adc ;; esac
		done
	done
	[ -z "$wrong" ]
}

# planted NAME FILE EXPRESSION: the overlay that was spoilt so must be found
planted() {
	rm -rf "$dir/planted"
	cp -r board/overlays "$dir/planted"
	sed -i "$3" "$dir/planted/$2.dts"
	cmp -s "board/overlays/$2.dts" "$dir/planted/$2.dts" && complain "planted: $1: nothing changes"
	check "$dir/planted" 2>/dev/null && complain "planted: $1: it is not found"
}

for name in $(sed -n 's/^#*dtoverlay=\([a-z0-9-]*\).*/\1/p' cross/image/boot/config.txt); do
	[ -e "board/overlays/$name.dts" ] || complain "config.txt names the overlay $name, which board/overlays has not"
done
cp -r board/overlays "$dir/ours"
on=
trees "$dir/trees" || {
	check "$dir/ours" || complain "$wrong"
	[ $failed = 0 ] || exit 1
	echo "compiled only: no device trees in $caches yet (make image fetches them)"
	exit 77
}
for board in $boards; do
	[ -e "$dir/trees/$board.dtb" ] || complain "the kernel at hand has no device tree for $board"
done
[ $failed = 0 ] || exit 1
on=$boards
check "$dir/ours" || complain "$wrong"
on="bcm2837-rpi-3-b bcm2711-rpi-4-b"
planted "a label that no tree has" chronus-i2s-dac 's/pcm_gpio18/pcm_gpio99/'
planted "a bus that stays off" chronus-adc 's/"okay"/"disabled"/'
planted "channels of another controller" chronus-i2s-dac 's/<&dma 2>/<\&i2s 2>/'
planted "a converter without its voltage" chronus-adc '/vref-supply/d'
planted "an overlay that is no source" chronus-adc 's/{/[/'
[ $failed = 0 ] && echo "overlays: ok"
exit $failed
