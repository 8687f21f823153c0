#!/bin/sh
# Includes go downwards only, and each foreign library is known to one file.
# usage: check_layers.sh [TREE]    (exit 1 and one line a wrong include)
set -eu
cd "${1:-.}"

# Layers, and those that each may include beside itself
layers='
base:
dsp: base
modules: base dsp
audio: base
board: base
patch: base dsp modules
config: base dsp modules patch
engine: base dsp modules patch audio
card: base config
control: base dsp modules patch audio engine config board
input: base dsp modules patch audio engine config board control
appliance: base dsp modules patch audio engine config board control input card
cli: base dsp modules patch audio engine config board control input card appliance
'
bad=0
for folder in firmware/*/ board/; do
	folder=${folder%/}
	case $layers in
	*"
${folder#firmware/}:"*) ;;
	*)
		echo "check-layers: $folder: no layer: give it a row in $0"
		bad=1
		;;
	esac
done

grep -rHnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' firmware board | awk -v layers="$layers" '
	BEGIN {
		n = split(layers, row, "\n")
		for (i = 1; i <= n; i++) {
			split(row[i], part, ":")
			may[part[1]] = part[1] part[2]
		}
		ours = "^(base|dsp|modules|audio|patch|config|engine|control|card|appliance|cli|input|board|firmware|tests|[.])"
		# The engine is opaque from above.
		above = " control input appliance cli board "
		engine_is = "^engine/(engine|event|fault|slot_state|stats|stats_read)[.]h$"
	}
	function wrong(what) { print "check-layers: " at ": " what; bad = 1 }
	{
		match($0, /^[^:]*:[0-9]+:/)
		at = substr($0, 1, RLENGTH - 1)
		line = substr($0, RLENGTH + 1)
		file = at
		sub(/:.*/, "", file)
		layer = file
		sub(/^firmware\//, "", layer)
		sub(/\/.*/, "", layer)
		if (!(layer in may)) next # said above; what lies in firmware/ itself may all
		path = line
		sub(/^[^"<]*["<]/, "", path)
		sub(/[">].*/, "", path)
		is_angle = line ~ /^[ \t]*#[ \t]*include[ \t]*</
		to = path
		sub(/\/.*/, "", to)
		if (!is_angle && path !~ /^([a-z0-9_]+\/)+[a-z0-9_]+[.]h$/ || is_angle && path ~ ours) {
			wrong("write \"layer/file.h\" instead of " line)
		} else if (!is_angle && index(" " may[layer] " ", " " to " ") == 0) {
			wrong(layer " may not include " to " (it may: " may[layer] ")")
		} else if (!is_angle && path ~ /^engine\// && index(above, " " layer " ") && path !~ engine_is) {
			wrong(line ": ask through engine/engine.h")
		}
		# The part of ALSA for MIDI is known to one more: the parser.
		if (is_angle && match(path, /^(alsa\/|gpiod[.]h|ini[.]h)/) && file != "firmware/control/midi_decoder.c") {
			library = substr(path, 1, RLENGTH)
			if (index(users[library], " " file " ") == 0) {
				users[library] = users[library] " " file " "
				n_users[library]++
			}
		}
	}
	END {
		for (library in n_users) {
			if (n_users[library] < 2) continue
			print "check-layers: <" library "...> is included by more than one file:" users[library]
			bad = 1
		}
		exit bad
	}
' || bad=1
[ $bad = 0 ] && echo "check-layers: ok"
exit $bad
