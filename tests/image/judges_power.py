"""Cards that a power cut has left wrong, with real file systems: power.py and test_power.py must find each. No boot."""

import os
import struct
import subprocess

import fake
import hands
import power
import test_kills
import test_power
from card import need

MB = 1 << 20
FAT_AT, FAT_MB, DATA_AT, DATA_MB = 4 * MB, 256, 772 * MB, 16
INI = [b"[audio]\nblock_frames = 256\n" * 200, b"[audio]\nblock_frames = 256\n" * 200 + b"; edited\n" * 400]
TOOLS = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin", MTOOLS_SKIP_CHECK="1")


def tool(*command, data=None, **_):
    return subprocess.run(list(command), input=data, capture_output=True, check=False, env=TOOLS)


def state(number, generation, lost=0):
    body = "start /x.ini\nvalue filter1.resonance %.5f\nmark 1\n" % (0.1 + number / 100000)
    head = "chronus-state 1 generation %d bytes %d sum 0123456789abcdef\n" % (generation, len(body))
    return head + body[:len(body) - lost]


class Disk:
    """A card with one file system to spoil each."""

    def __init__(self, folder, name, ini=INI[0], states=(state(18, 4), state(20, 5))):
        self.path, fat, data = folder + "/" + name, folder + "/fat", folder + "/data"
        for path, size in ((fat, FAT_MB), (data, DATA_MB)):
            if os.path.exists(path):
                os.remove(path)
            with open(path, "wb") as file:
                file.truncate(size * MB)
        tree = folder + "/tree"
        os.makedirs(tree + "/state", exist_ok=True)
        for i, text in enumerate(states):
            with open("%s/state/state.%d" % (tree, i), "w", encoding="ascii") as file:
                file.write(text)
        self.do("mkfs.ext4", "-q", "-d", tree, data)
        self.do("mkfs.fat", "-F", "32", fat)
        self.do("mcopy", "-i", fat, "-", "::chronus.ini", data=ini)
        self.do("mcopy", "-i", fat, "-", "::chronus.ini.new", data=INI[1])
        for part, at in ((fat, FAT_AT), (data, DATA_AT)):
            self.do("dd", "if=" + part, "of=" + self.path, "bs=1M", "seek=%d" % (at // MB),
                "conv=notrunc,sparse", "status=none")
        with open(self.path, "r+b") as file:
            file.truncate(DATA_AT + DATA_MB * MB)

    @staticmethod
    def do(*command, data=None):
        done = tool(*command, data=data)
        need(done.returncode == 0, "%s: %s" % (" ".join(command), done.stderr.decode()))

    def write(self, at, data):
        with open(self.path, "r+b") as file:
            file.seek(at)
            file.write(data)

    def chains(self, value):
        """Every cluster of files, but the root folder's, gets this entry; both FATs."""
        with open(self.path, "rb") as file:
            file.seek(FAT_AT)
            boot = file.read(512)
        reserved, size = struct.unpack_from("<H", boot, 14)[0], struct.unpack_from("<I", boot, 36)[0]
        for copy in (0, 1):
            self.write(FAT_AT + (reserved + copy * size) * 512 + 3 * 4, struct.pack("<I", value))

    def judge(self, must_have=20):
        return power.judge_look(power.Look(self.path, self.path + ".look"), INI, must_have)


def check_cards(folder):
    good = Disk(folder, "good")
    need(good.judge() == 20, "a good card has another number")
    cases = [
        ("chronus.ini is cut", {"ini": INI[1][:len(INI[1]) // 2]}, None),
        ("chronus.ini is zeros", {"ini": bytes(len(INI[0]))}, None),
        ("chronus.ini is empty", {"ini": b""}, None),
        ("the state is too old", {"states": (state(18, 4), state(19, 5))}, None),
        ("the newer state is torn", {"states": (state(18, 4), state(20, 5, lost=9))}, None),
        ("the older generation has the number", {"states": (state(20, 4), state(18, 5))}, None),
        ("there is no state", {"states": ("", "")}, None),
        ("/data has no inodes", {}, lambda disk: disk.write(DATA_AT + 64 * 1024, b"\xff" * MB)),
        ("a file of the FAT leads nowhere", {}, lambda disk: disk.chains(0)),
    ]
    for what, made, spoil in cases:
        disk = Disk(folder, "bad", **made)
        if spoil:
            spoil(disk)
        fake.must_fail(what, disk.judge, {})
    return len(cases)


def check_fat_words():
    new = "/chronus.ini.new\n  File size is 5292 bytes, cluster chain length is 0 bytes.\n"
    both = "/CHRONUS.INI  and\n/chronus.ini.new\n  share clusters.\n"
    need(not power.fat_damage("fsck.fat 4.2\n" + new + both + "Reclaimed 3 unused clusters (6144 bytes).\n"),
        "what is harmless is refused")
    bad = [new.replace(".new", ""), both.replace("CHRONUS.INI", "A.INI"), both.replace(".new", ".old"), "Cluster 9 out of range\n"]
    for said in bad:
        need(power.fat_damage(said), "not found: " + said)
    return len(bad)


# ---- what a boot says -------------------------------------------------------------------------------

def console(blocks=(44, 248), none=(0, 0), number=20, rest="hands 4.4 judged\r\n", torn=0):
    text = "[7hhands 3.36 stats : { \"blocks\": %d, \"none\": %d\r\nhands 4.41 stats : { \"blocks\": %d, \"none\": %d\r\n" % (
        blocks[0], none[0], blocks[1], none[1])
    for i, n in ((0, number - 2), (1, number)):
        text += "hands 4.42 state %d\r\n%s\r\nhands 4.42 end %d\r\n" % (i, state(n, 4 + i, torn).replace("\n", "\r\n"), i)
    return text + rest


def cycles(must_have=20):
    made = test_kills.Cycles.__new__(test_kills.Cycles)
    made.must_have, made.number, made.judged, made.oldest, made.versions = must_have, 30, 0, 0.0, INI
    made.card = fake.types.SimpleNamespace(path="")
    return made


def judge_console(text, must_have=20):
    said = hands.Said(text)
    need(said.is_judged, "it has not come up")
    cycles(must_have).judge_boot(said)
    return said


def after_kill(kept, turns, must_have=20, **results):
    """A card with that state, after these turns; results: what the tools end with."""
    look = fake.types.SimpleNamespace(result=lambda what: results.get(what.replace(" ", "_"), 0),
        fat="", fsck="", ini=INI[0], states=[state(kept, 4), ""])
    real, test_kills.Look = test_kills.Look, lambda *_: look
    try:
        made = cycles(must_have)
        made.judge_card(fake.types.SimpleNamespace(turns=turns))
        return made.must_have, made.number
    finally:
        test_kills.Look = real


def check_boots():
    said = judge_console(console(rest="hands 4.4 judged\r\nhands 4.5 turn 31\r\nhands 4.6 edit 0\r\nhands 4.7 turn 3"))
    need(said.turns == [(31, 4.5)] and said.edits == 1, "half a line was read as a whole one")
    no_counts = console().replace('"blocks"', '"bl"')
    fake.must_fail("no counts", lambda: judge_console(no_counts), {})
    fake.must_fail("a state that was not read", lambda: judge_console(console().replace("hands 4.42 end 1", "")), {})
    bad = {"blocks stand still": {"blocks": (44, 44)}, "a block is missing": {"none": (0, 1)},
        "an old state": {"number": 19},        "torn states": {"torn": 3}, "it does not come up": {"rest": ""}}
    for what, how in bad.items():
        fake.must_fail(what, lambda text=console(**how): judge_console(text), {})
    turns = [(31, 10.0), (32, 11.0), (33, 12.6), (34, 14.0)]
    need(after_kill(32, turns) == (32, 34), "what is right is refused")
    need(after_kill(20, []) == (20, 30), "a kill before the first turn changes what is wanted")
    fake.must_fail("a state 2.6 s late", lambda: after_kill(31, turns), {})
    fake.must_fail("a state that went back", lambda: after_kill(19, []), {})
    for what in ("data_mends", "data_clean", "fat", "ini"):
        fake.must_fail(what, lambda: after_kill(32, turns, **{what: 8}), {})
    return len(bad) + 8


class Boot:
    """Uses a second of a processor at each look, and says what it is given."""

    def __init__(self, text, is_slow=False):
        self.text, self.used, self.is_slow = text, 0, is_slow

    def cpu_s(self):
        self.used += not self.is_slow
        return self.used

    def console(self):
        return self.text

    tail = console

    def check_alive(self, doing):
        need(self.text, "QEMU ended " + doing)

    def kill(self):
        pass


def check_instants():
    """A boot that is let live must come up; one that is killed early need not."""
    test_kills.time = fake.Clock()
    test_kills.LIMIT_S = 5

    def run(text, part, **how):
        made = cycles()
        made.boot_cpu_s, made.chance, made.in_boot = 9.0, test_kills.random.Random(3), 0
        test_kills.BOOT_PART = part
        return made.run(Boot(text, **how)).is_judged, made.in_boot

    need(run(console(), 0) == (True, 0), "a boot that came up is refused")
    need(run("\n", 1) == (False, 1), "a kill in the boot is refused")
    fake.must_fail("it never comes up", lambda: run("\n", 0), {})
    fake.must_fail("it hangs in the boot", lambda: run("\n", 1, is_slow=True), {})
    fake.must_fail("QEMU ends", lambda: run("", 0), {})
    return 3


def check_end(folder):
    """After all kills: over ssh the state that the card had."""
    fake.put_into(test_kills)
    test_kills.hands = fake.types.SimpleNamespace(take_away=lambda card: None)

    def end(number):
        fake.WORLD.update({"folder": folder, "ssh": [("state.0", state(number, 4)), ("chronus stats", [
            '{"total_count": {"blocks": %d, "none": 0}}' % blocks for blocks in (1, 9)])]})
        made = cycles()
        made.card = fake.FakeCard()
        made.log_in()

    end(20)
    fake.must_fail("the state is lost at the end", lambda: end(0), {})

    def refuse(*_, **__):
        return fake.types.SimpleNamespace(stderr=b"debugfs 1.47\n/usr/lib/hands: File not found\n")
    hands.in_toolbox = refuse
    fake.must_fail("the hands are not in the root", lambda: hands.change_root(fake.FakeCard(), ["rm x"]), {"folder": folder})
    return 2


# ---- the log of writes ------------------------------------------------------------------------------

def entry(sector, data, flags=0):
    head = struct.pack("<4Q", sector, len(data) // 512, flags, len(data)).ljust(512, b"\0")
    return head + data


def check_log(folder):
    """What was flushed is on every card that is made of the log, what was not is not on every one."""
    path, base, out = folder + "/log", folder + "/base", folder + "/out"
    with open(path, "wb") as file:
        file.write(struct.pack("<3QI", 0, 1, 3, 512).ljust(512, b"\0"))
        file.write(entry(0, b"a" * 512) + entry(0, b"", test_power.FLUSH) + entry(1, b"b" * 1024))
    with open(base, "wb") as file:
        file.write(bytes(2048))
    entries = list(test_power.read_log(path))
    wanted = [(0, 512, False), (0, 0, True), (512, 1024, False)]
    need([(e[1], len(e[2]), e[3]) for e in entries] == wanted, "log: %s" % entries)
    chance, seen = test_power.random.Random(1), set()
    for _ in range(40):
        test_power.card_at(base, entries, 3, chance, out)
        with open(out, "rb") as file:
            made = file.read()
        need(made[:512] == b"a" * 512, "a flushed write is lost")
        seen.add(made[512:1536:512])
    need(seen == {b"\0\0", b"b\0", b"\0b", b"bb"}, "not every part of what was not flushed: %s" % seen)
    return 1


def check(folder):
    power.in_toolbox = tool
    fake.watch(power, hands, test_kills)
    found = check_cards(folder) + check_fat_words() + check_boots() + check_instants()
    found += check_log(folder) + check_end(folder)
    for judge in (power, hands, test_kills):
        fake.every_need_of(judge)
    return found
