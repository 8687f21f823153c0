#!/usr/bin/env python3
"""check_libraries.py ROOT: every library that a program of the root asks for is there."""

import os
import re
import subprocess
import sys


def elf_files(root):
    for where, _, names in os.walk(root):
        for name in names:
            path = os.path.join(where, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def main(root):
    files = [f for f in elf_files(root) if "/lib/modules/" not in f and "/lib/chronus/" not in f]
    have = set()
    for where, _, names in os.walk(os.path.join(root, "usr", "lib")):
        have.update(names)
    missing = []
    for begin in range(0, len(files), 200):
        said = subprocess.run(["aarch64-linux-gnu-readelf", "-d"] + files[begin:begin + 200],
            capture_output=True, text=True, check=False).stdout
        path = ""
        for line in said.splitlines():
            if line.startswith("File: "):
                path = line[6:]
            found = re.search(r"\(NEEDED\).*\[(.*)\]", line)
            if found and found.group(1) not in have:
                missing.append("%s needs %s" % (path[len(root):], found.group(1)))
    print("\n".join(missing), file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
