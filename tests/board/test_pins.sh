#!/bin/sh
# No pin of a board is claimed by two enabled nodes of its device tree, with any of our overlays, and none that the
# shipped chronus.ini has a control on by any. The trees are those of the kernel that `make image` or `make virtual-pi` has
# fetched; without one this is shown as skipped.
cd "$(dirname "$0")" || exit 1
for tool in dtc fdtoverlay fdtget fdtput python3; do
	command -v $tool >/dev/null || {
		echo "there is no $tool (package device-tree-compiler)"
		exit 77
	}
done
PYTHONDONTWRITEBYTECODE=1 exec python3 pins.py
