#!/usr/bin/env python3
"""prune_modules.py LIST MODULES DTB...: removes the kernel modules that no Pi needs.

Kept are those of LIST, those whose alias names something that a device tree is compatible with, and
what all these depend on. A module that makes a device for another driver (`platform:NAME`) says so in no table,
but has the name in it: where that driver would go, it is an error, so that somebody decides.
"""

import lzma
import os
import re
import subprocess
import sys


def name_of(path):
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def compatible_strings(dtbs):
    found = set()
    for dtb in dtbs:
        source = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", dtb],
            capture_output=True, text=True, check=True).stdout
        for line in re.findall(r'compatible = ((?:"[^"]*"(?:, )?)+)', source):
            for text in re.findall(r'"([^"]*)"', line):
                found.update(text.split("\\0"))
    return found


def read_depends(folder):
    paths, depends = {}, {}
    with open(os.path.join(folder, "modules.dep"), encoding="ascii") as file:
        for line in file:
            path, needs = line.split(":")
            paths[name_of(path)] = path
            depends[name_of(path)] = [name_of(need) for need in needs.split()]
    with open(os.path.join(folder, "modules.softdep"), encoding="ascii") as file:
        for line in file:
            words = line.split()
            if len(words) > 2 and words[0] == "softdep":
                name = words[1].replace("-", "_")
                depends.setdefault(name, [])
                depends[name] += [w.replace("-", "_") for w in words[2:] if not w.endswith(":")]
    return paths, depends


def wanted_by_trees(folder, compatible):
    wanted = set()
    with open(os.path.join(folder, "modules.alias"), encoding="ascii") as file:
        for line in file:
            words = line.split()
            # aliases come in pairs: exact, and exact with something behind
            match = re.match(r"of:N[^T]*T[^C]*C(.*)$", words[1]) if len(words) == 3 else None
            if match and match.group(1) in compatible:
                wanted.add(words[2].replace("-", "_"))
    return wanted


def wanted_by_list(path, paths, builtin):
    wanted = set()
    with open(path, encoding="ascii") as file:
        for line in file:
            if not line.startswith("#"):
                wanted.update(word.replace("-", "_") for word in line.split())
    missing = sorted(wanted - set(paths) - builtin)
    if missing:
        sys.exit("modules: this kernel has no " + " ".join(missing))
    return wanted


def platform_drivers(folder):
    """The modules that drive a device by its name, by that name."""
    drivers = {}
    with open(os.path.join(folder, "modules.alias"), encoding="ascii") as file:
        for line in file:
            words = line.split()
            if len(words) == 3 and words[1].startswith("platform:"):
                drivers.setdefault(words[1][len("platform:"):], set()).add(words[2].replace("-", "_"))
    return drivers


def texts_in(path):
    with open(path, "rb") as file:
        content = file.read()
    if path.endswith(".xz"):
        content = lzma.decompress(content)
    return {text.decode("ascii") for text in re.findall(rb"[\x20-\x7e]{3,}", content)}


def lost_by_name(folder, paths, kept):
    """Of what is kept: which module has the name of a device in it that only one that goes drives."""
    drivers = platform_drivers(folder)
    lost = []
    for name in sorted(kept):
        for text in sorted(texts_in(os.path.join(folder, paths[name])) & set(drivers)):
            if not (drivers[text] & kept or name in drivers[text]):
                lost.append("%s makes a device %s, which only %s drives" %
                    (name, text, " or ".join(sorted(drivers[text]))))
    return lost


def keep(list_path, folder, dtbs):
    """All modules by name, with their paths, and the names of those that stay."""
    paths, depends = read_depends(folder)
    with open(os.path.join(folder, "modules.builtin"), encoding="ascii") as file:
        builtin = {name_of(line.strip()) for line in file}
    queue = list(wanted_by_list(list_path, paths, builtin) | wanted_by_trees(folder, compatible_strings(dtbs)))
    kept = set()
    while queue:
        name = queue.pop()
        if name in paths and name not in kept:
            kept.add(name)
            queue += depends[name]
    return paths, kept


def main(list_path, folder, dtbs):
    subprocess.run(["depmod", "-b", os.path.join(folder, "..", "..", ".."), os.path.basename(folder)], check=True)
    paths, kept = keep(list_path, folder, dtbs)
    lost = lost_by_name(folder, paths, kept)
    if lost:
        sys.exit("modules: " + "; ".join(lost) + ": add it to modules")
    for name, path in paths.items():
        if name not in kept:
            os.unlink(os.path.join(folder, path))
    for where, _, _ in os.walk(os.path.join(folder, "kernel"), topdown=False):
        if not os.listdir(where):
            os.rmdir(where)
    print("modules: %d of %d kept" % (len(kept), len(paths)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
