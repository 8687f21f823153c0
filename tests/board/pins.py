"""pins.py: who claims which pin of the header, by the device trees that a board boots. Called by test_pins.sh."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
CACHES = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "chronus")
OVERLAYS = ((), ("chronus-i2s-dac",), ("chronus-adc",), ("chronus-i2s-dac", "chronus-adc"))


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def parse(dtb):
    """Path to properties; a property is a list of numbers, or its text."""
    nodes, path = {"/": {}}, []
    for line in run("dtc", "-q", "-I", "dtb", "-O", "dts", dtb).splitlines():
        line = line.strip()
        begin = re.match(r"(?:\w+:\s*)*(\S+) \{$", line)
        pair = re.match(r"([\w,.#+?-]+)(?: = (.*))?;$", line)
        if begin:
            path.append("" if begin.group(1) == "/" else begin.group(1))
            nodes["/".join(path) or "/"] = {}
        elif line == "};":
            path.pop()
        elif pair and path:
            text = pair.group(2) or ""
            words = re.findall(r"0x[0-9a-f]+", text) if text.startswith("<") else None
            nodes["/".join(path) or "/"][pair.group(1)] = [int(w, 16) for w in words] if words else text.strip('"')
    return nodes


def is_enabled(nodes, path):
    while path:
        if nodes[path].get("status", "okay") not in ("okay", "ok"):
            return False
        path = path.rpartition("/")[0]
    return True


def claims(nodes):
    """Pin to the enabled nodes that have it: through pinctrl-0, or as a GPIO (phandle, pin, flags)."""
    by_phandle = {props["phandle"][0]: path for path, props in nodes.items() if "phandle" in props}
    gpio = nodes[nodes["/__symbols__"]["gpio"]]["phandle"][0]
    claimed = {}
    for path, props in nodes.items():
        if not is_enabled(nodes, path):
            continue
        pins = []
        for phandle in props.get("pinctrl-0", []):
            group = nodes[by_phandle[phandle]]
            for part in [group] + [p for name, p in nodes.items() if name.startswith(by_phandle[phandle] + "/")]:
                pins += part.get("brcm,pins", [])
        for name, value in props.items():
            if re.search(r"(^|-)gpios?$", name) and isinstance(value, list) and len(value) % 3 == 0:
                pins += [value[i + 1] for i in range(0, len(value), 3) if value[i] == gpio]
        for pin in pins:
            claimed.setdefault(pin, set()).add(path)
    return claimed


def pins_of_ini():
    with open(os.path.join(TOP, "config", "chronus.ini"), encoding="utf-8") as file:
        lines = re.findall(r"^(?:pins|push|pin) *= *([0-9 ]+)", file.read(), re.M)
    return {int(word) for line in lines for word in line.split()}


def wrong_with(tree, overlays, folder):
    merged = tree
    if overlays:
        merged = os.path.join(folder, "merged.dtb")
        run("fdtoverlay", "-i", tree, "-o", merged, *[os.path.join(folder, name + ".dtbo") for name in overlays])
    claimed, wrong = claims(parse(merged)), []
    board = "%s with %s" % (os.path.basename(tree), " and ".join(overlays) or "no overlay")
    for pin in sorted(claimed):
        if len(claimed[pin]) > 1:
            wrong.append("%s: GPIO %d belongs to %s" % (board, pin, " and ".join(sorted(claimed[pin]))))
    for pin in sorted(pins_of_ini() & set(claimed)):
        wrong.append("%s: GPIO %d, a control's in chronus.ini, belongs to %s" % (board, pin, sorted(claimed[pin])[0]))
    if "chronus-i2s-dac" in overlays and not any("i2s" in path for path in claimed.get(18, ())):
        wrong.append("%s: the DAC has not its pins" % board)
    return wrong


def main():
    folders = glob.glob(os.path.join(CACHES, "virtual-pi", "*", "kernel", "usr", "lib", "linux-image-*", "broadcom"))
    if not folders:
        print("there are no device trees in %s yet (make virtual-pi fetches them)" % CACHES)
        sys.exit(77)
    with open(os.path.join(TOP, "board", "overlays", "boards"), encoding="utf-8") as file:
        boards = [line for line in file.read().split("\n") if line and not line.startswith("#")]
    wrong, planted = [], []
    with tempfile.TemporaryDirectory() as folder:
        for source in glob.glob(os.path.join(TOP, "board", "overlays", "*.dts")):
            out = os.path.join(folder, os.path.basename(source)[:-4] + ".dtbo")
            run("dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-o", out, source)
        for board in boards:
            tree = os.path.join(folder, board + ".dtb")
            shutil.copy(os.path.join(folders[0], board + ".dtb"), tree)
            planted += wrong_with(tree, ("chronus-adc",), folder)
            run("sh", os.path.join(TOP, "cross", "image", "free_pins.sh"), tree)
            for overlays in OVERLAYS:
                wrong += wrong_with(tree, overlays, folder)
    for board in ("zero-2-w", "cm3-io3"):
        if not any(board in line and "GPIO 9 belongs" in line for line in planted):
            wrong.append("planted: Debian's tree of %s as it is, and its claims on SPI's pins are not found" % board)
    if wrong:
        sys.exit("\n".join(wrong))
    print("pins: ok")


if __name__ == "__main__":
    main()
