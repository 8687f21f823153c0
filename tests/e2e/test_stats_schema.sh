#!/bin/sh
# `chronus stats --json` of a running instrument is what firmware/cli/stats.schema.json says, which refuses anything else.
cd "$(dirname "$0")/../.." || exit 1
program=$(realpath "${CHRONUS:-build/release/chronus}")
python3 -c 'import jsonschema' 2>/dev/null || {
	echo "python3-jsonschema is not here (sh cross/deps.sh test installs it)"
	exit 77
}
dir=$(mktemp -d)
CHRONUS_RUNTIME_DIR=$dir
export CHRONUS_RUNTIME_DIR
printf '[audio]\ndevice = simulated\nblock_frames = 256\n[start]\npatch = %s\n' "$PWD/config/patches/drums.ini" >"$dir/c.ini"
"$program" run --config "$dir/c.ini" >"$dir/log" 2>&1 </dev/null &
instrument=$!
trap 'kill $instrument; wait $instrument; rm -rf "$dir"' EXIT
# at the second look a patch was refused
for look in 1 2; do
	until "$program" stats --json >"$dir/stats.json" 2>/dev/null && grep -q '"window_s": [1-9]' "$dir/stats.json"; do
		kill -0 $instrument 2>/dev/null || {
			cat "$dir/log"
			exit 1
		}
		sleep 0.2
	done
	python3 tests/e2e/stats_schema.py firmware/cli/stats.schema.json "$dir/stats.json" || exit 1
	"$program" send "load $PWD/config/patches/no-such-patch.ini" >"$dir/said" 2>&1
done
echo "schema: ok"
