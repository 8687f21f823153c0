#!/bin/sh
# modules.sh - builds the modules of the virtual Pi for the kernel that was fetched: our DAC (driver/),
# and Debian's gpio-sim and irq_sim, which Debian's configuration leaves out.
set -eu
. "$(dirname -- "$0")/common.sh"

release=$(cat "$cache/release")
dir=$out/modules
mkdir -p "$dir"

key=$(cat "$here"/driver/* "$0" "$cache/release" | sha256sum)
[ "$(cat "$dir/.key" 2>/dev/null || true)" != "$key" ] || exit 0

say "modules: building burst_dac, gpio-sim and irq_sim for $release"
cp "$here"/driver/* "$dir"
cp "$kernel/drivers/gpio/gpio-sim.c" "$dir"
# As a module irq_sim needs a licence, and may not use irq_to_desc(), which is not exported.
sed -e '1a #include <linux/module.h>' \
	-e 's/handle_simple_irq(irq_to_desc(\(.*\)));/generic_handle_irq_safe(\1);/' \
	"$kernel/kernel/irq/irq_sim.c" >"$dir/irq_sim.c"
grep -q generic_handle_irq_safe "$dir/irq_sim.c" ||
	fail "irq_sim.c of $release is not the one this script knows; see $dir/irq_sim.c"
echo 'MODULE_LICENSE("GPL");' >>"$dir/irq_sim.c"
"$tools/in-toolbox" make -C "$kernel/usr/src/linux-headers-$release" M="$dir" ARCH=arm64 \
	CROSS_COMPILE=aarch64-linux-gnu- CC=aarch64-linux-gnu-gcc CONFIG_DEBUG_INFO_BTF_MODULES= \
	modules >"$dir/build.log" 2>&1 || {
	grep -E 'error|warning' "$dir/build.log" >&2 || tail -n 15 "$dir/build.log" >&2
	fail "the modules could not be built (all of it: $dir/build.log)"
}
echo "$key" >"$dir/.key"
