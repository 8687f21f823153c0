#!/bin/sh
# Every command line in READMEs, help texts and comments: run, or held to its form (commands.py says which, and why).
cd "$(dirname "$0")/../.." || exit 1
command -v python3 >/dev/null || {
	echo "python3 is not here"
	exit 77
}
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/docs/commands.py
