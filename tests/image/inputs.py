"""inputs.py: what the card's image is made of, judged before it is built. Called by test_inputs.sh."""

import glob
import os
import re
import shutil
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
IMAGE = os.path.join(TOP, "cross", "image")
sys.path.insert(0, IMAGE)

import prune_modules  # noqa: E402

CACHES = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "chronus")
FIRMWARE_COLUMNS = 98

# Devices that the Pi's drivers make by name and that are in the kernel itself, where no scan of a module sees them:
# drivers/clk/bcm/clk-raspberrypi.c, drivers/mfd/bcm2835-pm.c. (raspberrypi-hwmon of drivers/firmware/raspberrypi.c has
# no driver in Debian's kernel.)
MADE_BY_THE_KERNEL = {"raspberrypi-cpufreq": "raspberrypi_cpufreq", "bcm2835-wdt": "bcm2835_wdt"}

failed = []


def need(right, text):
    if not right:
        failed.append(text)


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def kernel():
    """Modules and device trees of the kernel at hand; ("", "") where there is none."""
    for folder in glob.glob(os.path.join(CACHES, "virtual-pi", "*", "kernel", "usr", "lib")):
        modules = glob.glob(os.path.join(folder, "modules", "*", "modules.alias"))
        trees = glob.glob(os.path.join(folder, "linux-image-*", "broadcom"))
        if modules and trees:
            return os.path.dirname(modules[0]), trees[0]
    return "", ""


def boards(trees):
    names = [line for line in read("board", "overlays", "boards").split("\n") if line and not line.startswith("#")]
    return [os.path.join(trees, name + ".dtb") for name in names]


# ---- each function below is a test ----
def config_txt():
    lines = read("cross", "image", "boot", "config.txt").split("\n")
    for line in ("force_turbo=1", "arm_boost=1", "include slot.txt"):
        need(line in lines, "config.txt has no line %s" % line)
    for line in lines:
        need(len(line) <= FIRMWARE_COLUMNS, "config.txt: the firmware cuts this line: %s" % line)


def programs_of_rules():
    """What udev's rules start is of a package that the card has."""
    packages = read("cross", "image", "packages").split("\n")
    rules = glob.glob(os.path.join(IMAGE, "files", "etc", "udev", "rules.d", "*"))
    rules += glob.glob(os.path.join(TOP, "systemd", "udev", "*"))
    text = "".join(read(path) for path in rules)
    started = set(re.findall(r'(?:RUN|PROGRAM)\+?=+"([^" ]+)', text))
    need("/usr/sbin/iw" in started and "set power_save off" in text, "no rule turns wifi's power save off")
    for program in started:
        need(os.path.basename(program) + ":arm64" in packages, "%s is of no package of the card" % program)


def modules_by_name(modules, trees):
    """No device that is made by its name is left without its driver."""
    drivers = prune_modules.platform_drivers(modules)
    with tempfile.TemporaryDirectory() as folder:
        without = os.path.join(folder, "modules")
        with open(without, "w", encoding="utf-8") as file:
            file.write(read("cross", "image", "modules").replace(" cpufreq-dt", ""))
        paths, kept = prune_modules.keep(os.path.join(IMAGE, "modules"), modules, boards(trees))
        lost = prune_modules.lost_by_name(modules, paths, kept)
        need(not lost, "; ".join(lost))
        for device, module in MADE_BY_THE_KERNEL.items():
            need(module in kept and module in drivers.get(device, ()), "%s: no module drives it" % device)
        paths, kept = prune_modules.keep(without, modules, boards(trees))
        lost = prune_modules.lost_by_name(modules, paths, kept)
        need(any("cpufreq-dt" in line for line in lost), "planted: cpufreq-dt is gone, and nobody misses it")


def main():
    config_txt()
    programs_of_rules()
    modules, trees = kernel()
    can = modules and shutil.which("dtc")
    if can:
        modules_by_name(modules, trees)
    if failed:
        sys.exit("\n".join(failed))
    if not can:
        print("lists only: no kernel in %s yet (make virtual-pi fetches it)" % CACHES)
        sys.exit(77)
    print("inputs: ok")


if __name__ == "__main__":
    main()
