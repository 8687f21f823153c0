#!/bin/sh
# README.md: short enough, its first patch sounds, its pictures are there, its wires end at the right pins.
cd "$(dirname "$0")/../.." || exit 1
command -v python3 >/dev/null || {
	echo "python3 is not here"
	exit 77
}
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/docs/readme.py
