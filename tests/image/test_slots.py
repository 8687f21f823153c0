"""The initrd and slot.txt: a slot that is tried gets one boot; a root that cannot be used is left."""

import os

from card import Card, in_toolbox, need

MB = 1 << 20
ROOT_A, ROOT_B, ROOT_BYTES = 260 * MB, 516 * MB, 256 * MB


def sector(slot, mark):
    text = ("os_prefix=%s/\n# %s\n" % (slot, mark)).encode()
    return (text + (b"#" * 63 + b"\n") * 8)[:511] + b"\n"


def card_with_b(name, root_b):
    """A card that has slot b's folder too; root_b: whether its root is there."""
    card = Card(name)
    in_toolbox("sh", "-c", 'f=$(mktemp -d) && mcopy -s -n -i "$1" ::a "$f" && mv "$f/a" "$f/b" && '
        'sed -i s/chronus.slot=a/chronus.slot=b/ "$f/b/cmdline.txt" && mcopy -s -i "$1" "$f/b" :: && rm -r "$f"',
        "sh", card.fat())
    if root_b:
        with open(card.path, "r+b") as file:
            file.seek(ROOT_A)
            root = file.read(ROOT_BYTES)
            file.seek(ROOT_B)
            file.write(root)
    return card


def spoil(card, offset):
    with open(card.path, "r+b") as file:
        file.seek(offset)
        file.write(os.urandom(MB))


def slot_of(card):
    lines = card.get("slot.txt").split(b"\n")
    return lines[0].decode(), lines[1].decode()


def test_trial_without_root():
    """What is tried has no root: slot.txt names the old one before that is found, and it restarts."""
    card = card_with_b("trial-no-root", False)
    card.put("slot.txt", sector("b", "try"))
    boot = card.boot()
    need(boot.firmware.prefix == "b/", "the firmware took " + boot.firmware.prefix)
    boot.wait_end()
    need(slot_of(card) == ("os_prefix=a/", "# tried"), "slot.txt: %s" % (slot_of(card),))
    need(len(card.get("slot.txt")) == 512, "slot.txt has another size")
    need("going to the other root" in boot.console(), "it does not say why:\n" + boot.tail())
    return "back to a at once"


def test_trial_cut():
    """The power goes while the tried system starts: the next boot is the old one."""
    card = card_with_b("trial-cut", True)
    card.put("slot.txt", sector("b", "try"))
    boot = card.boot(append="loglevel=6")
    boot.wait_for("slot b is on trial")
    boot.kill()
    need(slot_of(card) == ("os_prefix=a/", "# tried"), "slot.txt: %s" % (slot_of(card),))
    boot = card.boot()
    need(boot.firmware.prefix == "a/", "the firmware took " + boot.firmware.prefix)
    boot.wait_ssh()
    need(boot.ssh("cat /run/chronus-boot/slot").out == "a\n", "another slot runs")
    need(boot.ssh("test -e /run/chronus-boot/trial", check=False).status != 0, "the old one is on trial")
    return "the old one boots"


def test_trial_notes():
    """The tried system runs and knows that it is on trial."""
    card = card_with_b("trial-notes", True)
    card.put("slot.txt", sector("b", "try"))
    boot = card.boot()
    boot.wait_ssh()
    said = boot.ssh("cat /run/chronus-boot/slot /run/chronus-boot/trial").out
    need(said == "b\na\n", "/run/chronus-boot says %r" % said)
    return "slot b, on trial against a"


def test_root_lost():
    """The root in use is spoilt: the other one boots, and says so; with both lost it goes on trying."""
    card = card_with_b("root-lost", True)
    spoil(card, ROOT_A)
    boot = card.boot()
    boot.wait_end()
    need(slot_of(card) == ("os_prefix=b/", "# fallback"), "slot.txt: %s" % (slot_of(card),))
    need(b"going to the other root" in card.get("boot-failed.txt"), "no text on the card says why")
    spoil(card, ROOT_B)
    boot = card.boot()
    boot.wait_for("neither root can be used")
    boot.wait_end()
    need(b"neither root can be used" in card.get("boot-failed.txt"), "no text on the card says why")
    need(slot_of(card) == ("os_prefix=b/", "# fallback"), "slot.txt: %s" % (slot_of(card),))
    return "a lost: b; both lost: said on the console, tried again every 20 s"


TESTS = [("slots-no-root", test_trial_without_root), ("slots-root-lost", test_root_lost),
    ("slots-cut", test_trial_cut), ("slots-notes", test_trial_notes)]
