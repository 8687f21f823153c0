"""What is on the card, without a boot: sizes, overlays, users, and that the same inputs give the same bytes."""

import hashlib
import os
import re
import subprocess

import card as bench
from card import Card, Firmware, OUT, TOP, in_toolbox, image_path, need

with open(os.path.join(TOP, "board", "overlays", "boards"), encoding="ascii") as names:
    BOARDS = [line.strip() for line in names if not line.startswith("#")]
ROOT_BEGIN, ROOT_MB = 260, 256


def test_sizes():
    packed = os.path.getsize(image_path() + ".zst") / 1024 / 1024
    need(packed <= 64, "%.0f MB compressed; the limit is 64" % packed)
    root = root_file()
    said = in_toolbox("dumpe2fs", "-h", root).stdout.decode()
    blocks = {k: int(v) for k, v in re.findall(r"(Block count|Free blocks):\s+(\d+)", said)}
    used = (blocks["Block count"] - blocks["Free blocks"]) * 4096 / 1024 / 1024
    need(used <= 140, "%.0f MB of root; the limit is 140" % used)
    need(os.path.exists(image_path() + ".bmap"), "there is no .bmap")
    with open(image_path() + ".zst.sha256", encoding="ascii") as file:
        wanted = file.read().split()[0]
    with open(image_path() + ".zst", "rb") as file:
        need(hashlib.sha256(file.read()).hexdigest() == wanted, "the checksum is another file's")
    return "%.1f MB compressed, root %.0f MB" % (packed, used)


def root_file():
    path = os.path.join(bench.TESTS, "root.ext4")
    os.makedirs(bench.TESTS, exist_ok=True)
    subprocess.run(["dd", "if=" + image_path(), "of=" + path, "bs=1M", "skip=%d" % ROOT_BEGIN,
        "count=%d" % ROOT_MB, "conv=sparse", "status=none"], check=True)
    return path


def debugfs(path, request):
    return in_toolbox("debugfs", "-R", request, path).stdout.decode(errors="replace")


def test_overlays():
    """Every overlay applies to the device tree of every board, and the firmware finds what it looks for."""
    card = Card("overlays", with_key=False)
    overlays = sorted(n[:-4] for n in os.listdir(os.path.join(TOP, "board", "overlays")) if n.endswith(".dts"))
    for board in BOARDS:
        firmware = Firmware(card, board + ".dtb")
        need(firmware.prefix == "a/", "the firmware ignores the prefix for " + board)
        need("chronus.slot=a" in firmware.cmdline, "no slot on the command line: " + firmware.cmdline)
        for overlay in overlays:
            in_toolbox("fdtoverlay", "-i", firmware.path("a/%s.dtb" % board), "-o", firmware.path("out.dtb"),
                firmware.path("a/overlays/%s.dtbo" % overlay))
        source = in_toolbox("dtc", "-q", "-I", "dtb", "-O", "dts", firmware.dtb).stdout.decode()
        need("chronus-dac" in source, "config.txt's overlay is not in the tree of " + board)
    return "%s on %d device trees" % (" ".join(overlays), len(BOARDS))


def test_users():
    root = root_file()
    shadow = debugfs(root, "cat /etc/shadow")
    for line in shadow.splitlines():
        need(line.split(":")[1] in ("*", "!*", "!"), "a password: " + line)
    for name in ("chronus", "chronusd"):
        need(re.search("^%s:" % name, shadow, flags=re.M), "no user " + name)
    need("PasswordAuthentication no" in debugfs(root, "cat /etc/ssh/sshd_config"), "ssh takes passwords")
    slot = Card("slot", with_key=False).get("slot.txt")
    need(len(slot) == 512 and slot.startswith(b"os_prefix=a/\n# kept\n"), "slot.txt: %r" % slot[:40])
    need(Card("kernel", with_key=False).get("a/kernel")[56:60] == b"ARMd", "the kernel is not an arm64 Image as it is")
    need(all(len(l) < 98 for l in slot.split(b"\n")), "slot.txt has a line that the firmware cuts")
    return "%d accounts, no password" % len(shadow.splitlines())


def test_reproducible():
    """A second build, from an unpacked root that was laid out anew, has the same bytes."""
    path = image_path()
    version = re.search(r"chronus-(.*)\.img$", path).group(1)
    with open(path + ".zst.sha256", encoding="ascii") as file:
        first = file.read()
    subprocess.run(["rm", "-rf", os.path.join(OUT, "work")], check=True)
    subprocess.run(["sh", os.path.join(TOP, "cross", "image", "build"), version], check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(path + ".zst.sha256", encoding="ascii") as file:
        need(file.read() == first, "two builds of the same inputs differ")
    return first.split()[0][:16]


TESTS = [("files-sizes", test_sizes), ("files-overlays", test_overlays), ("files-users", test_users),
    ("files-reproducible", test_reproducible)]
