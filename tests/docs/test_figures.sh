#!/bin/sh
# tests/FIGURES.md: each row of its first table is a figure of the test that it names, each figure of a test has its
# row, and no README has a table of figures beside it.
cd "$(dirname "$0")/../.." || exit 1
command -v python3 >/dev/null || {
	echo "python3 is not here"
	exit 77
}
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/docs/figures.py
