#!/bin/sh
# test_speed.sh - instructions a frame within the limits of README.md (limits.py). 77 without valgrind.
command -v python3 >/dev/null 2>&1 || {
	echo "skipped: python3 is missing: sh cross/deps.sh test installs it"
	exit 77
}
PYTHONDONTWRITEBYTECODE=1 exec python3 "$(dirname "$0")/limits.py" ${1:-growth large}
