"""The tests of slots, broken files, updates and boots, with cards that never were (fake.py): each passes with what is
right, and finds each fault. No boot."""

import json

import fake
import lamp
import test_boot
import test_broken
import test_slots
import test_update
from card import need
from fake import FakeCard, sector


def world(right, **fault):
    """The world in which all is right, with a fault. ssh of a fault comes before the right one's."""
    made = {**right, **fault}
    made["ssh"] = fault.get("ssh", []) + right.get("ssh", [])
    return made


def check_test(test, right, faults, folder):
    right = {**right, "folder": folder}
    fake.must_pass(test.__name__, test, right)
    for what, fault in faults.items():
        fake.must_fail("%s: %s" % (test.__name__, what), test, world(right, **fault))
    return len(faults)


def counts(blocks, none=0):
    return json.dumps({"total_count": {"blocks": blocks, "none": none}})


STATS = "chronus stats --json"
SOUND = (STATS, [counts(100), counts(300)] * 4)
MUTE = {"blocks stand still": {"ssh": [(STATS, counts(100))]},
    "a block is missing": {"ssh": [(STATS, [counts(100), counts(300, 1), counts(300, 1)])]}}
A, B = sector("a", "tried"), sector("b", "fallback")


# ---- test_slots -------------------------------------------------------------------------------------

def check_slots(folder):
    test_slots.card_with_b = lambda name, root_b: FakeCard(name)
    test_slots.spoil = lambda card, offset: None
    where = "going to the other root; slot b is on trial; neither root can be used"
    wrong_slot = {"slot.txt still names the new one": {"slot": [sector("b", "try")]},
        "slot.txt would be tried again": {"slot": [sector("a", "try")]}}
    found = check_test(test_slots.test_trial_without_root, {"slot": [A], "prefix": ["b/"], "console": where}, {
        **wrong_slot, "slot.txt grew": {"slot": [sector("a", "tried", 600)]},
        "slot.txt shrank": {"slot": [sector("a", "tried", 511)]},
        "nothing is tried": {"prefix": ["a/"]}, "it hangs": {"restarts": False},
        "it does not say why": {"console": ""}}, folder)
    notes = ("test -e /run/chronus-boot/trial", 1)
    found += check_test(test_slots.test_trial_cut, {"slot": [A], "prefix": ["b/", "a/"], "console": where,
        "ssh": [notes, ("cat /run/chronus-boot/slot", "a\n")]}, {
        **wrong_slot, "the firmware takes the new one again": {"prefix": ["b/"]}, "it does not come up": {"comes_up": False},
        "another slot runs": {"ssh": [("cat /run", "b\n")]}, "the old one is on trial": {"ssh": [("test -e", "")]}}, folder)
    found += check_test(test_slots.test_trial_notes, {"slot": [A], "ssh": [("cat /run", "b\na\n")]}, {
        "it does not know of the trial": {"ssh": [("cat /run", "b\n")]}}, folder)
    text = {"boot-failed.txt": b"going to the other root\nneither root can be used\n"}
    found += check_test(test_slots.test_root_lost, {"slot": [B], "console": where, "files": text}, {
        "no text on the card": {"files": {}},
        "a text without the last reason": {"files": {"boot-failed.txt": b"going to the other root\n"}},
        "the lost root stays": {"slot": [sector("a", "kept")]}, "it goes to and fro": {"slot": [B, sector("a", "fallback")]},
        "nothing is said": {"console": ""}}, folder)
    return found


# ---- test_broken ------------------------------------------------------------------------------------

QUIET = """playing%s
settings   /boot/firmware/chronus.ini
state      /data/state, written 2 s ago
%shint       hostname, wifi.conf and /data are not meant here
Chronus 0.1.0, root a
state      /data/state, written 2 s ago
"""
WRONG = """wrong      chronus.ini:1: not a section; the last good one is played
wrong      patch: nowhere.ini: No such file or directory
wrong      state: /data/state cannot be written: No space left on device
"""
TOLD = """
What is wrong:
  hostname: it stays chronus
  wifi.conf: there is no network
  /data was empty: a new file system is made on it
"""


def check_broken(folder):
    """What is always on the page is no complaint."""
    test_broken.MB = 1
    good, said = QUIET % ("", ""), QUIET % (", but something is wrong", WRONG) + TOLD
    right = {"ssh": [SOUND, ("chronus status", said), ("uname", "chronus\n"), ("output=avail", "0\n")],
        "lamps": ["two flashes"]}
    dark = {"the LED stays dark": {"lamps": ["dark"]}, "the LED is steady": {"lamps": ["steady"]}}

    def silent_of(word, before=()):
        text = "".join(line for line in said.splitlines(True) if word not in line or line in good)
        return {"nothing is said of " + word: {"ssh": [("chronus status", list(before) + [text])]}}

    files = {"ssh": [("chronus status", [good, said])] + right["ssh"], "lamps": ["dark", "steady", "two flashes"]}
    found = check_test(test_broken.test_files, files, {
        **MUTE, **silent_of("chronus.ini", [good]), **silent_of("wifi.conf", [good]),
        **silent_of("hostname", [good]), "a good card complains": {"ssh": [("chronus status", said)]},
        "the LED flashes for a good card": {"lamps": ["two flashes"]}, "nothing shows that it runs": {"lamps": ["dark"]},
        "the LED stays dark": {"lamps": ["dark", "steady", "dark"]},
        "another name": {"ssh": [("uname", "not a name!\n")]}}, folder)
    found += check_test(test_broken.test_patch, right, {**MUTE, **dark, **silent_of("nowhere.ini")}, folder)
    found += check_test(test_broken.test_no_files, right, {**MUTE, **silent_of("chronus.ini")}, folder)
    found += check_test(test_broken.test_no_data, right, {**MUTE, **silent_of("/data was"),
        "no new /data": {"ssh": [("mountpoint -q /data", 1)]}, "/data is small": {"ssh": [("output=size", 1)]}}, folder)
    found += check_test(test_broken.test_full_data, right, {**MUTE, **dark, **silent_of("No space left on device"),
        "/data is not full": {"ssh": [("output=avail", "9000\n")]}}, folder)
    return found


def flashes(lit, seconds=20, stretch=1.7):
    """As a LED was seen: a bit of lit says each eighth of a second of two, longer than ours by the stretch."""
    return [(i / 100, bool(lit >> int(i / 100 / stretch * 8) % 16 & 1)) for i in range(seconds * 100)]


def check_lamps():
    kinds = {0: "dark", 0xffff: "steady", 0b101: "two flashes", 0xff: "blinking", 0x3333: "blinking", 0b1: "blinking"}
    for lit, wanted in kinds.items():
        seen = lamp.pattern_of(flashes(lit))
        need(seen == wanted, "a LED that is %s was taken for %s" % (wanted, seen))
    for lit in (0b10101, 0b1001000101):
        need(lamp.pattern_of(flashes(lit)) != "two flashes", "three flashes were taken for two")
    need(lamp.pattern_of(flashes(0b101)[:150]) != "two flashes", "two flashes were seen in one and a half seconds")
    return len(kinds) + 3


# ---- test_boot --------------------------------------------------------------------------------------

LISTENS = "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\nudp UNCONN 0 0 [::]:5353 [::]:*\ntcp LISTEN 0 1 127.0.0.53:53 0.0.0.0:*\n"
OPEN = {"a port is open": {"ssh": [("^ss ", LISTENS + "tcp LISTEN 0 5 0.0.0.0:80 0.0.0.0:*\n")]}}
JOURNAL = """start 234
[    0.9] x chronus-init: begin [0.940 s]
[    1.0] x chronus-init: slot a of /dev/vda [1.300 s]
[    1.0] x chronus-init: root ready [1.580 s]
[    3.5] x chronus[191]: chronus: playing "" on hw
[    4.1] x sshd[256]: Server listening on 0.0.0.0 port 22.
[    6.2] x systemd-networkd[260]: eth0: DHCPv4 address 10.0.2.15/24
"""
MEMORY = "".join("%s: %d kB\n" % row for row in (("MemTotal", 450000), ("MemFree", 250000), ("Buffers", 9000),
    ("Cached", 120000), ("SReclaimable", 9000), ("Shmem", 9000)))


class Neighbour:
    qemu = ()

    @staticmethod
    def ask(_name):
        return "fe80::1"


def check_boot(folder):
    test_boot.Neighbour = Neighbour
    cards = ("asound/cards", " 0 [chronusdac]: chronus-dac - chronus-dac\n")
    found = check_test(test_boot.test_raspi3b, {"ssh": [SOUND, cards, ("^ss ", LISTENS), ("chronus status", "playing\n")]}, {
        **MUTE, **OPEN, "no I2S card": {"ssh": [("asound/cards", " 0 [b]: burst_dac\n")]},
        "blocks missing at the start": {"ssh": [(STATS, [counts(100, 2), counts(300, 2)])]}}, folder)
    found += check_test(test_boot.test_stages, {
        "ssh": [SOUND, ("meminfo", MEMORY), ("journalctl", JOURNAL), ("^ss ", LISTENS)]}, {
        **MUTE, **OPEN, "it takes too much memory": {"ssh": [("meminfo", MEMORY.replace("250000", "200000"))]},
        "sound comes late": {"ssh": [("journalctl", JOURNAL.replace("[    3.5]", "[    5.1]"))]},
        "no sound is told of": {"ssh": [("journalctl", JOURNAL.replace("playing", "waiting"))]}}, folder)
    mount = ("^mount", "/dev/vda1 on /boot/firmware type vfat (ro)\n/dev/vda4 on /data type ext4 (rw)\n")
    found += check_test(test_boot.test_first_boot, {"ssh": [mount, ("uname", "studio\n"), ("^ip ", "inet6 fe80::1/64\n")]}, {
        "another host key at each boot": {"host_key": [b"AAAA", b"BBBB"]}, "another name": {"ssh": [("uname", "chronus\n")]},
        "somebody else answers for the name": {"ssh": [("^ip ", "inet6 fe80::2/64\n")]},
        "/data has not grown": {"ssh": [("output=size", 1)]},
        "the FAT stays mounted for writing": {"ssh": [("^mount", mount[1].replace("(ro)", "(rw)"))]},
        "the root is written to": {"ssh": [("^mount", mount[1] + "/dev/vda2 on /media type ext4 (rw)\n")]}}, folder)
    # the card of a first boot keeps its key: both boots are of one card
    return found


# ---- test_update ------------------------------------------------------------------------------------

class Updates:
    """Its files have names only."""

    def path(self, name):
        return fake.WORLD["key"]

    make = make_small = lambda self, name, *_, **__: name

    @staticmethod
    def stream(path, beside="sig", spoilt=0):
        return "%s %s %s" % (path, beside, "spoilt" if spoilt else "")


def check_update(folder):
    test_update.Updates = Updates
    # a look for what is needed, and one for what is said of it
    kept, trial, tried, new = sector("a", "kept"), sector("b", "try"), A, sector("b", "kept")
    key = folder + "/key"
    with open(key, "w", encoding="ascii") as file:
        file.write("key\n")
    a_runs = "slot a: 0.1, runs\nslot b: empty\n" \
        "version 9.3 has not sounded for 60 s within 120 s\nversion 9.4 was tried and did not last\n"
    b_runs = "slot a: 0.1\nslot b: 9.1, runs\nversion 9.1 has sounded for 60 s: kept\n"
    no = [(1, "", why) for why in ("the checksum is wrong", "the signature is not of a key", "not signed", "is for toaster")]
    taken = "9.1 is tried after this reboot"
    right = {"key": key, "slot": [kept, trial, trial, tried, new], "ssh": [
        ("--status", [a_runs, b_runs]), ("update", no + [taken]),
        ("version-of-the-test", "9.1"), ("chronus.ini", test_update.INI)]}
    refused = {"a spoilt one is taken": {"ssh": [("update +-$", [taken])]},
        "refused for another reason": {"ssh": [("update +-$", [no[1], no[0]])]},
        "a failure of another kind": {"ssh": [("update +-$", [(2,) + no[0][1:]])]},
        "a good one is refused": {"ssh": [("update +-$", no + [(1, "", "no")])]}}
    slots = {"a refused one changes slot.txt": {"slot": [new]}, "it is not tried": {"slot": [kept, kept]},
        "the trial is not written back first": {"slot": [kept, trial]},
        "it is not kept": {"slot": [kept, trial, trial, tried]},
        "slot.txt has another size": {"slot": [kept, trial[:511]]}}
    found = check_test(test_update.test_refused_then_kept, right, {**refused, **slots,
        "the old root runs": {"ssh": [("version-of", "9.0")]}, "the new slot does not run": {"ssh": [("--status", a_runs)]},
        "the log has nothing": {"ssh": [("--status", [a_runs, "slot b: 9.1, runs"])]},
        "the user's file is another": {"ssh": [("chronus.ini", "x")]}, "it does not come up": {"comes_up": False}}, folder)
    back = {"key": key, "slot": [tried], "ssh": [("--status", a_runs), ("update", taken)]}
    stays = {"the new one stays": {"slot": [tried, new, new]}, "it is not written back first": {"slot": [new]},
        "it does not restart": {"restarts": False}, "the old one does not run": {"ssh": [("--status", b_runs)]},
        "the log has nothing": {"ssh": [("--status", "slot a: 0.1, runs")]}}
    found += check_test(test_update.test_never_sounds, back, stays, folder)
    stays.pop("the new one stays")
    found += check_test(test_update.test_broken_program, back, stays, folder)
    words = "received 16 MB signature right written 64 of written 192 of compared 96 of compared 256 of"
    status = a_runs + "version 9.1 was tried and did not last\n"
    found += check_test(test_update.test_plug_pulled, {"key": key, "slot": [kept] * 12 + [tried], "sender": words,
        "ssh": [("--status", status), ("update", taken)]}, {
        "a cut one is switched to": {"slot": [kept] * 4 + [trial] * 2 + [kept] * 8 + [tried]},
        "slot.txt is torn": {"slot": [kept] * 2 + [kept[:100]] * 2 + [kept] * 8 + [tried]},
        "a cut card does not come up": {"comes_up": False}, "another slot runs": {"ssh": [("--status", b_runs)]},
        "the update stops halfway": {"sender": words.replace("written 192 of", "")},
        "the log has nothing": {"ssh": [("--status", a_runs)]}}, folder)
    return found


def check(folder):
    tests = (test_slots, test_broken, test_boot, test_update)
    fake.watch(*tests)
    found = check_lamps()
    fake.put_into(*tests)
    found += check_slots(folder) + check_broken(folder) + check_boot(folder) + check_update(folder)
    for test in tests:
        fake.every_need_of(test, "Updates")
    return found
