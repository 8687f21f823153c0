#!/bin/sh
# The inputs of the card's image, without building one: lists, config.txt, kernel modules, device trees. Those of
# Debian's kernel are looked at where `make virtual-pi` has fetched it; without, this is shown as skipped.
PATH=$PATH:/usr/sbin:/sbin
cd "$(dirname "$0")" || exit 1
PYTHONDONTWRITEBYTECODE=1 exec python3 inputs.py
