#!/bin/sh
# free_pins.sh TREE...: takes out of device trees (.dtb) the pins that the GPIO controller itself holds. The trees of the
# Zero 2 W and the CM3 do that with GPIO 4 to 11: SPI's pins are taken then, so a converter on SPI 0 cannot
# work, and GPIO 6 is an output, driven low into whatever is wired there.
set -eu
for tree; do
	gpio=$(fdtget "$tree" /__symbols__ gpio)
	for property in pinctrl-0 pinctrl-names; do
		! fdtget -t x "$tree" "$gpio" $property >/dev/null 2>&1 || fdtput -d "$tree" "$gpio" $property
	done
done
