#!/bin/sh
# Renders every shipped patch to build/listen/NAME.wav, with NAME.wave.png (waveform) and, where sox
# is installed, NAME.spectrogram.png. A patch that is played by hand has a NAME.script beside it.
# usage: listen.sh CHRONUS WAVE_PICTURE
set -eu
chronus=$1 picture=$2
to=build/listen
seconds=16

mkdir -p $to
for patch in config/patches/*.ini; do
	name=$(basename "$patch" .ini)
	script=config/patches/$name.script
	set -- --patch "$patch" --seconds $seconds --solo --out "$to/$name.wav"
	[ ! -e "$script" ] || set -- "$@" --script "$script"
	"$chronus" render "$@" >"$to/$name.log" 2>&1 || {
		cat "$to/$name.log" >&2
		exit 1
	}
	rm "$to/$name.log"
	"$picture" "$to/$name.wav" "$to/$name.wave.png"
	if command -v sox >/dev/null 2>&1; then
		sox "$to/$name.wav" -n spectrogram -x 1000 -y 257 -z 100 -t "$name.wav" \
			-o "$to/$name.spectrogram.png"
	fi
done
command -v sox >/dev/null 2>&1 ||
	echo "listen: sox is not installed: no spectrograms (apt-get install sox draws them)"
echo "listen: $to/*.wav, $to/*.png"
