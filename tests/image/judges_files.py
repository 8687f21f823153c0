"""Images that are wrong, looked at without a boot: test_files.py must find each; and the Pi's firmware in card.py."""

import hashlib
import os
import types

import card
import fake
import test_files
from card import Wrong, need
from fake import must_fail, must_pass, sector

MB = 1 << 20
SHADOW = "root:*:20000:0:99999:7:::\nchronus:*:20000::::::\nchronusd:!*:20000::::::\n"
KEYS_ONLY = "Port 22\nPasswordAuthentication no\n"


class Image:
    """A built image's files, as large as one says."""

    def __init__(self, folder):
        self.folder, self.path = folder, folder + "/chronus-0.1.0.img"
        self.root_free, self.shadow, self.sshd = 43000, SHADOW, KEYS_ONLY
        self.tree = {"prefix": "a/", "cmdline": "quiet chronus.slot=a", "source": "model = \"chronus-dac\";"}
        self.refused = None
        self.write(1000)
        with open(self.path + ".bmap", "wb"):
            pass

    def write(self, size, spoilt=b""):
        with open(self.path + ".zst", "wb") as file:
            file.truncate(size)
        with open(self.path + ".zst", "rb") as file, open(self.path + ".zst.sha256", "w", encoding="ascii") as sums:
            sums.write(hashlib.sha256(file.read()).hexdigest() + "  chronus-0.1.0.img.zst\n")
        with open(self.path + ".zst", "ab") as file:
            file.write(spoilt)

    def tool(self, *command, **_):
        said = {"dumpe2fs": "Block count:  65536\nFree blocks:  %d\n" % self.root_free, "dtc": self.tree["source"]}
        if command[0] == "fdtoverlay" and self.refused and any(self.refused in word for word in command):
            raise Wrong("fdtoverlay failed")
        return types.SimpleNamespace(stdout=said.get(command[0], "").encode())

    def firmware(self, _card, dtb):
        return types.SimpleNamespace(path=lambda name: name, dtb=dtb, **self.tree)

    def debugfs(self, _root, request):
        return self.shadow if request.endswith("shadow") else self.sshd

    def put_into(self, module):
        module.image_path, module.root_file = lambda: self.path, lambda: self.path
        module.in_toolbox, module.Firmware, module.debugfs = self.tool, self.firmware, self.debugfs


def check_images(folder):
    found = 0
    faults = {
        test_files.test_sizes: {"65 MB compressed": lambda image: image.write(65 * MB),
            "a root of 141 MB": {"root_free": 29400},
            "a checksum of another file": lambda image: image.write(1000, b"x"),
            "no bmap": lambda image: os.remove(image.path + ".bmap")},
        test_files.test_users: {"a password": {"shadow": SHADOW + "guest:$y$j9T$abc:20000::::::\n"},
            "an empty password": {"shadow": SHADOW + "guest::20000::::::\n"},
            "no user of the service": {"shadow": SHADOW.replace("chronusd", "nobody")},
            "ssh takes passwords": {"sshd": KEYS_ONLY.replace("no", "yes")}},
        test_files.test_overlays: {"no prefix": {"prefix": ""}, "no slot": {"cmdline": "quiet"},
            "no DAC": {"source": "/ {};"},
            "an overlay that does not apply": {"refused": "chronus-adc"}},
    }
    kernel = {"a/kernel": b"MZ" + bytes(54) + b"ARMd"}
    right = {"folder": folder, "slot": [sector("a", "kept")], "files": kernel}
    for test, each in faults.items():
        Image(folder).put_into(test_files)
        must_pass(test.__name__, test, right)
        for what, fault in each.items():
            image = Image(folder)
            image.put_into(test_files)
            if callable(fault):
                fault(image)
            else:
                for key, value in fault.items():
                    if key in image.tree:
                        image.tree[key] = value
                    else:
                        setattr(image, key, value)
            must_fail(what, test, right)
            found += 1
    Image(folder).put_into(test_files)
    long_line = sector("a", "kept")[:40] + b"#" * 472
    for what, slot in (("slot.txt is short", [sector("a", "kept", 100)]), ("a new card is on trial", [sector("a", "try")]),
            ("a line that the firmware cuts", [long_line])):
        must_fail(what, test_files.test_users, {"folder": folder, "slot": slot, "files": kernel})
        found += 1
    must_fail("a packed kernel", test_files.test_users, {**right, "files": {"a/kernel": b"\x1f\x8b" + bytes(62)}})
    found += 1
    return found


def check_builds(folder):
    """A second build with other bytes."""
    image = Image(folder)
    image.put_into(test_files)
    must_pass("two builds", test_files.test_reproducible, {"folder": folder})
    test_files.subprocess = types.SimpleNamespace(DEVNULL=0, run=lambda *_, **__: image.write(2000))
    must_fail("another second build", test_files.test_reproducible, {"folder": folder})
    return 1


# ---- the firmware -----------------------------------------------------------------------------------

FAT = {"config.txt": "arm_64bit=1\ninclude slot.txt\nkernel=kernel\ninitramfs initrd\n",
    "slot.txt": "os_prefix=b/\n# kept\n",
    "cmdline.txt": "chronus.slot=none\n"}
FOLDERS = {letter + "/" + name: text for letter in "ab" for name, text in (
    ("kernel", letter), ("pi.dtb", letter), ("cmdline.txt", "chronus.slot=%s\n" % letter), ("overlays/README", ""))}


def firmware_of(folder, files):
    def mcopy(*command, **_):
        need(command[0] == "mcopy", "the firmware runs " + command[0])
        for name, text in files.items():
            path = os.path.join(command[-1], name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
    real, card.in_toolbox = card.in_toolbox, mcopy
    try:
        return card.Firmware(types.SimpleNamespace(folder=folder, fat=lambda: "fat"), "pi.dtb")
    finally:
        card.in_toolbox = real


def check_firmware(folder):
    """It takes the slot of slot.txt, or none where that slot is not whole, as the Pi's does."""
    files = {**FAT, **FOLDERS, "kernel": "top", "pi.dtb": "top"}
    found = firmware_of(folder, files)
    need(found.prefix == "b/" and found.cmdline == "chronus.slot=b", "slot.txt is not read")
    for lost in ("b/kernel", "b/pi.dtb"):
        found = firmware_of(folder, {k: v for k, v in files.items() if k != lost})
        need(found.prefix == "" and found.cmdline == "chronus.slot=none", "a prefix without %s is taken" % lost)
    long_name = {**files, "slot.txt": " " * 97 + "os_prefix=b/\n"}
    need(firmware_of(folder, long_name).prefix == "", "a line of more than 98 characters is read to its end")
    must_fail("no kernel", lambda: firmware_of(folder, FAT), {})
    return 4


def check(folder):
    found = check_firmware(folder)
    fake.put_into(test_files)
    fake.watch(test_files)
    test_files.OUT = folder
    found += check_images(folder) + check_builds(folder)
    fake.every_need_of(test_files)
    return found
