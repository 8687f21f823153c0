#!/bin/sh
# The runtime folder is a tmpfs without a free byte, or cannot be had at all: it plays, and says so.
chronus=$(readlink -f "${CHRONUS:-build/release/chronus}")
folder=$(mktemp -d /tmp/chronus-full-XXXXXX)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/tone.ini" <<END
[osc1]
type = osc
[out]
in = osc1 * 0.3
END
cat >"$folder/chronus.ini" <<END
[audio]
device = simulated
block_frames = 256
[engine]
lead_blocks = 4
[start]
patch = tone.ini
[simulate]
wav = $folder/played.wav
END

# in a mount namespace of its own, where that is allowed
inside='mount -t tmpfs -o size=16k none "$1/full" || exit 77
dd if=/dev/zero of="$1/full/filler" bs=4096 2>/dev/null
[ "$(stat -f -c %a "$1/full")" = 0 ] || exit 77
shift
exec "$@"'
mkdir "$folder/full"
alone() {
	CHRONUS_RUNTIME_DIR=$folder/full unshare "$own" sh -c "$inside" sh "$folder" "$@"
}
own=-m
[ "$(id -u)" = 0 ] || own=-rm
alone true 2>/dev/null || { echo "no tmpfs can be mounted here"; exit 77; }

n_failed=0
check() { # WHAT FILE WORDS
	grep -q "$3" "$2" && return
	echo "$1: expected '$3' in:"
	cat "$2"
	n_failed=$((n_failed + 1))
}
plays() { # WHAT FILE STATUS
	[ "$3" = 0 ] || { echo "$1: ended with $3"; n_failed=$((n_failed + 1)); }
	check "$1" "$2" 'playing "'
	check "$1" "$2" ', none '
	[ -s "$folder/played.wav" ] || { echo "$1: nothing was played"; n_failed=$((n_failed + 1)); }
	rm -f "$folder/played.wav"
}

for how in "" --appliance; do
	alone "$chronus" run $how --config "$folder/chronus.ini" --seconds 0.3 \
		>"$folder/log" 2>&1
	plays "full $how" "$folder/log" $?
	check "full $how" "$folder/log" 'degraded: statistics: no room for .*make room there'
done

# a file stands where the folder should be: by hand an error, an appliance plays
: >"$folder/file"
CHRONUS_RUNTIME_DIR=$folder/file "$chronus" run --config "$folder/chronus.ini" --seconds 0.3 \
	>"$folder/log" 2>&1
[ $? = 1 ] || { echo "a file for a folder: no error"; n_failed=$((n_failed + 1)); }
check "a file" "$folder/log" "runtime folder $folder/file"
CHRONUS_RUNTIME_DIR=$folder/file "$chronus" run --appliance --config "$folder/chronus.ini" \
	--seconds 0.3 >"$folder/log" 2>&1
plays "a file, --appliance" "$folder/log" $?
check "a file, --appliance" "$folder/log" 'runtime: .*playing without statistics'
exit $((n_failed > 0))
