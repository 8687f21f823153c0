#!/bin/sh
# The C of the tree is as .clang-format says; `make format` makes it so. Versions of clang-format differ in small things:
# the one of Debian 12 and 13 judges. The virtual Pi's driver is in the kernel's style.
set -u
cd "$(dirname "$0")/../.." || exit 1
format=clang-format-19
command -v $format >/dev/null || { echo "no $format"; exit 77; }
sources() { find firmware board tests cross -name '*.[ch]' -not -path 'cross/virtual-pi/*'; }
if [ "${1:-}" = --write ]; then
	sources | xargs $format -i
	exit
fi
# the check can fail
printf 'int  planted;\n' | $format --dry-run -Werror >/dev/null 2>&1 && { echo "$format finds nothing"; exit 1; }
sources | xargs $format --dry-run -Werror 2>&1 | grep -E 'error: code should be' | cut -d: -f1-2 | head -n 20 | grep . &&
	{ echo "make format"; exit 1; }
echo ok
