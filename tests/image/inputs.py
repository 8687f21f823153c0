"""inputs.py: what the card's image is made of, judged before it is built. Called by test_inputs.sh."""

import fnmatch
import glob
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
IMAGE = os.path.join(TOP, "cross", "image")
sys.path.insert(0, IMAGE)

import prune_modules  # noqa: E402

CACHES = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "chronus")
FIRMWARE_COLUMNS = 98
ERASE_BLOCK = 4 << 20

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
        need(len(line.encode()) <= FIRMWARE_COLUMNS, "config.txt: the firmware cuts this line: %s" % line)


def config_parts():
    """An update merges the part before this line (firmware/card/config_txt.h), which must have no filter in it."""
    mark = re.search(r'#define CONFIG_TXT_USERS "(.*)"', read("firmware", "card", "config_txt.h")).group(1)
    text = read("cross", "image", "boot", "config.txt")
    own, found, _ = text.partition("\n%s\n" % mark)
    need(found, "config.txt has no line %s" % mark)
    need(not re.search(r"(?m)^\[", own), "config.txt has a filter before the line %s" % mark)
    need("force_turbo=1" in own, "an update would not bring force_turbo=1")


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


def wifi_table():
    """Every board's wifi chip has what its driver asks for, or the table says that it has not."""
    with tempfile.TemporaryDirectory() as folder:
        firmware = os.path.join(folder, "usr", "lib", "firmware", "brcm")
        os.makedirs(firmware)
        names = ["43430-sdio.bin", "43430-sdio.txt", "43455-sdio.bin", "43455-sdio.raspberrypi,3-model-b-plus.txt",
            "43455-sdio.raspberrypi,3-model-a-plus.txt", "43455-sdio.raspberrypi,4-model-b.txt",
            "43455-sdio.raspberrypi,4-compute-module.txt", "43456-sdio.bin", "43456-sdio.txt"]

        def complaint(*names):
            for old in os.listdir(firmware):
                os.unlink(os.path.join(firmware, old))
            for name in names:
                with open(os.path.join(firmware, "brcmfmac" + name), "w", encoding="ascii") as file:
                    file.write("x")
            return subprocess.run(["sh", os.path.join(IMAGE, "check_wifi.sh"), folder], capture_output=True, text=True,
                check=False).stderr

        need(complaint(*names) == "", "wifi: " + complaint(*names))
        need("raspberrypi,400, chip 43456" in complaint(*names[:-1]), "planted: a chip without its settings")
        need("model-zero-2-w, chip 43430b0: firmware and settings: here" in
            complaint("43430b0-sdio.bin", "43430b0-sdio.txt", *names), "planted: a chip that Debian has firmware for by now")
    table = read("cross", "image", "wifi")
    said = read("cross", "image", "boot", "README.txt")
    need("none" not in re.sub("(?m)^#.*", "", table) or "Zero 2 W" in said.partition("wifi of")[2],
        "README.txt does not say which board has no wifi")


def restarts_first():
    """Nothing restarts a Pi before its watchdog's driver is loaded: a panic before that stays."""
    found = re.search(r'^disk="(\S+)', read("cross", "image", "initrd.sh"), re.M)
    need(found and found.group(1) == "bcm2835_wdt", "the initrd loads another module before the watchdog's")


def first_cluster(fat, name):
    """The file's place in the file system, in bytes."""
    said = subprocess.run(["mshowfat", "-i", fat, "::" + name], capture_output=True, text=True, check=True).stdout
    with open(fat, "rb") as file:
        boot = file.read(512)
    reserved, tables, sectors = struct.unpack_from("<H", boot, 14)[0], boot[16], struct.unpack_from("<I", boot, 36)[0]
    cluster = int(re.search(r"<(\d+)", said).group(1))
    return (reserved + tables * sectors) * 512 + (cluster - 2) * boot[13] * 512


def sound_servers():
    """A desktop's sound server leaves the DAC on the header alone, and no other card."""
    rule = re.search(r'DEVPATH=="([^"]+)".*ENV\{ACP_IGNORE\}="1", ENV\{PULSE_IGNORE\}="1"',
        re.sub("(?m)^#.*", "", read("systemd", "udev", "60-chronus.rules")))
    need(rule, "no udev rule keeps sound servers off the DAC")
    cards = {
        "/devices/platform/soc/soc:sound/sound/card1": True,      # Raspberry Pi OS, hifiberry-dac
        "/devices/platform/axi/axi:sound/sound/card0": True,
        "/devices/platform/sound/sound/card0": True,              # Debian's kernel, chronus-i2s-dac
        "/devices/platform/soc/3f902000.hdmi/sound/card0": False,
        "/devices/platform/soc/fe00b840.mailbox/bcm2835_audio/sound/card0": False,
        "/devices/platform/soc/3f980000.usb/usb1/1-1/1-1.2/1-1.2:1.0/sound/card2": False,
    }
    for path, is_ours in cards.items():
        need(bool(rule and fnmatch.fnmatchcase(path, rule.group(1))) == is_ours, "the rule is wrong for %s" % path)


def text_of(name):
    return name * (64 if name == "slot.txt" else 400)


def fat_layout():
    """slot.txt is rewritten while the card is in use: nothing that boots the Pi is in its erase block."""
    with tempfile.TemporaryDirectory() as folder:
        boot, fat = os.path.join(folder, "boot"), os.path.join(folder, "fat")
        os.makedirs(os.path.join(boot, "a", "overlays"))
        files = ["slot.txt", "config.txt", "start.elf", "bootcode.bin", "a/kernel", "a/overlays/x.dtbo"]
        for name in files:
            with open(os.path.join(boot, name), "w", encoding="ascii") as file:
                file.write(text_of(name))
        subprocess.run(["sh", os.path.join(IMAGE, "fat.sh"), boot, fat, "256", "43480001"], check=True)
        for name in files:
            at = first_cluster(fat, name)
            need((at < ERASE_BLOCK) == (name == "slot.txt"), "%s is at byte %d of the FAT" % (name, at))
            got = subprocess.run(["mtype", "-i", fat, "::" + name], capture_output=True, text=True, check=True).stdout
            need(got == text_of(name), "%s is not what was put there" % name)
        ends = [first_cluster(fat, name) for name in files if name != "slot.txt"]
        need(min(ends) == ERASE_BLOCK, "what boots the Pi begins at byte %d of the FAT" % min(ends))
        check = subprocess.run(["fsck.fat", "-n", fat], capture_output=True, text=True, check=False)
        need(check.returncode == 0, "fsck.fat: " + check.stdout)


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
    config_parts()
    programs_of_rules()
    restarts_first()
    wifi_table()
    sound_servers()
    if all(shutil.which(tool) for tool in ("mkfs.vfat", "fsck.fat", "mshowfat")):
        fat_layout()
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
