#!/usr/bin/env python3
"""slot_sector.py SLOT MARK: prints slot.txt, one sector: the slot, a mark, and comment up to its end."""

import sys

SECTOR, COLUMNS = 512, 64


def slot_sector(slot, mark):
    text = "os_prefix=%s/\n# %s\n" % (slot, mark)
    rest = SECTOR - len(text)
    lines = ("#" * (COLUMNS - 1) + "\n") * (rest // COLUMNS + 1)
    return text + lines[:rest - 1] + "\n"


if __name__ == "__main__":
    sys.stdout.write(slot_sector(sys.argv[1], sys.argv[2]))
