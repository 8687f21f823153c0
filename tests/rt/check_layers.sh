#!/bin/sh
# Includes go downwards only, and each foreign library is known to one file.
# usage: check_layers.sh [TREE]    (exit 1 and one line a wrong include)
set -eu
cd "${1:-.}"

# Layers that each may include beside itself.
allowed() {
	case $1 in
	base) echo "" ;;
	dsp) echo "base" ;;
	modules) echo "base dsp" ;;
	audio) echo "base" ;;
	board) echo "base" ;;
	patch) echo "base dsp modules" ;;
	config) echo "base dsp modules patch" ;;
	engine) echo "base dsp modules patch audio" ;;
	card) echo "base config" ;;
	control) echo "base dsp modules patch audio engine config board" ;;
	input) echo "base dsp modules patch audio engine config board control" ;;
	appliance) echo "base dsp modules patch audio engine config board control input card" ;;
	cli) echo "base dsp modules patch audio engine config board control input card appliance" ;;
	*) echo "none" ;;
	esac
}

bad=0
for folder in firmware/*/ board/; do
	folder=${folder%/}
	layer=${folder#firmware/}
	may=$(allowed "$layer")
	if [ "$may" = none ]; then
		echo "check-layers: $folder: no layer: give it a row in $0"
		bad=1
		continue
	fi
	may="$layer $may"
	files=$(find "$folder" -name '*.[ch]')
	# file:line:layer of each project include
	found=$(grep -Hno '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[a-z_]*/' $files |
		sed 's/#.*"\(.*\)\/$/\1/') || true
	for row in $found; do
		to=${row##*:}
		case " $may " in
		*" $to "*) ;;
		*)
			echo "check-layers: ${row%:*}: $layer may not include $to (it may: $may)"
			bad=1
			;;
		esac
	done
	# The rows above cannot see a path that is not layer/file.h, and ours in angle brackets.
	odd=$(grep -HnE -e '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' $files |
		grep -vE '"([a-z0-9_]+/)+[a-z0-9_]+\.h"') || true
	ours='base|dsp|modules|audio|patch|config|engine|control|card|appliance|cli|input|board|firmware|tests|\.'
	angle=$(grep -HnE -e "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($ours)" $files) || true
	if [ -n "$odd$angle" ]; then
		printf '%s\n' "$odd" "$angle" | sed '/^$/d; s/^\([^:]*:[0-9]*\):\(.*\)/check-layers: \1: write "layer\/file.h" instead of \2/'
		bad=1
	fi
done

# The engine is opaque from above.
engine_is="engine|event|fault|slot_state|stats|stats_read"
inside=$(grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"engine/' firmware/control/*.[ch] \
	firmware/input/*.[ch] firmware/appliance/*.[ch] firmware/cli/*.[ch] board/*.[ch] 2>/dev/null |
	grep -vE "\"engine/($engine_is)\.h\"") || true
if [ -n "$inside" ]; then
	echo "$inside" | sed 's/^\([^:]*:[0-9]*\):\(.*\)/check-layers: \1: \2: ask through engine\/engine.h/'
	bad=1
fi

# MIDI's part of ALSA is known to one more: the parser.
for header in 'alsa/' gpiod.h ini.h; do
	users=$(grep -rl --include='*.[ch]' "#[[:space:]]*include[[:space:]]*<$header" firmware board |
		grep -vxE 'firmware/control/midi_decoder\.c' || true)
	if [ "$(echo "$users" | grep -c .)" -gt 1 ]; then
		echo "check-layers: <$header...> is included by more than one file:" $users
		bad=1
	fi
done
[ $bad = 0 ] && echo "check-layers: ok"
exit $bad
