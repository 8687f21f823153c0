"""The plug is pulled while knobs turn and files are edited.

power-kills: QEMU is killed at random instants, CHRONUS_KILLS times (3); each time the same card must come
up, play, and have the state of at most 2 s before.
power-log: QEMU writes down every write to the card. 200 instants of that log are made cards again: all that
was flushed by then, and of the rest any part, as a real card would have it. Their file systems are looked
at without a boot: /data must mend by its journal alone, and hold a whole state that is recent enough; the
edited file must be one of the two that were written, whole.
"""

import os
import random
import re
import struct
import subprocess
import threading
import time

from card import Card, TOP, TOOLBOX, in_toolbox, need
from test_boot import need_sound

SECTOR, MB = 512, 1 << 20
FAT, DATA = 4 * MB, 772 * MB
# 2 s, and what the disk and the desk's loop may take
LATE_S = 2.5
LOOP = """n=%d; while :; do n=$((n + 1)); chronus send "set filter1.resonance 0.$((10000 + n))" >/dev/null &&
echo "$n $(cut -d' ' -f1 /proc/uptime)"; sleep 0.1; done"""


class Hands:
    """Turns a value up in small steps, and edits chronus.ini, until the card is killed."""

    def __init__(self, boot, log_path=None, first=0):
        self.acked = []     # (number, guest's seconds, bytes of the log)
        self.log_path = log_path
        with open(os.path.join(TOP, "config", "chronus.ini"), "rb") as file:
            text = file.read().replace(b"block_frames = 64", b"block_frames = 256")
        self.versions = [text, text + b"; edited\n" * 400]
        self.edits = 0
        self.boot = boot
        self.stop, self.trouble = False, ""
        command = boot.ssh_command(LOOP % first)
        self.turning = subprocess.Popen([TOOLBOX] + command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, start_new_session=True)
        self.threads = [threading.Thread(target=self.read), threading.Thread(target=self.edit)]
        for thread in self.threads:
            thread.start()

    def read(self):
        for line in self.turning.stdout:
            number, seconds = line.split()
            size = os.path.getsize(self.log_path) if self.log_path else 0
            self.acked.append((int(number), float(seconds), size))

    def edit(self):
        while not self.stop and self.boot.is_running():
            try:
                done = self.boot.ssh("chronus edit --from - chronus.ini", data=self.versions[self.edits % 2], check=False)
                self.edits += done.status == 0
                self.trouble = done.err or self.trouble
            except Exception:   # the plug was pulled
                return

    def end(self):
        self.stop = True
        self.turning.kill()
        for thread in self.threads:
            thread.join()

    def wanted(self, seconds):
        """The newest number that must be kept when the power goes at that time of the guest's."""
        return max((n for n, at, _ in self.acked if at <= seconds - LATE_S), default=0)


def number_in(state):
    """The number that a state holds; 0 without one."""
    found = re.search(r"^value filter1\.resonance 0\.(\d+)", state, flags=re.M)
    return round(float("0." + found.group(1)) * 100000) - 10000 if found else 0


def read_state(folder_files):
    """The newest whole state of state.0 and state.1."""
    best = (0, "")
    for text in folder_files:
        head = re.match(r"chronus-state 1 generation (\d+) bytes (\d+) sum [0-9a-f]+\n", text)
        if head and len(text.encode()) - head.end() == int(head.group(2)) and int(head.group(1)) > best[0]:
            best = (int(head.group(1)), text[head.end():])
    return best[1]


def test_kills():
    kills = int(os.environ.get("CHRONUS_KILLS", "3"))
    chance = random.Random(int(os.environ.get("CHRONUS_SEED", "1")))
    card = Card("kills")
    card.settings({"block_frames": "256"})
    boot = card.boot()
    boot.wait_ssh()
    numbers, edits, oldest = 0, 0, 0.0
    for kill in range(kills):
        hands = Hands(boot, first=numbers)
        while len(hands.acked) < 5:
            boot.check_alive("while knobs turned")
            time.sleep(0.2)
        time.sleep(chance.uniform(0, 15))
        boot.kill()
        hands.end()
        edits += hands.edits
        need(card.get("chronus.ini") in hands.versions, "kill %d: chronus.ini is neither the one nor the other" % kill)
        last = hands.acked[-1]
        boot = card.boot()
        boot.wait_ssh()
        need_sound(boot, 3)
        kept = number_in(read_state([boot.ssh("cat /data/state/state.%d" % i, check=False).out for i in (0, 1)]))
        wanted = hands.wanted(last[1])
        need(kept >= wanted, "kill %d: the state has number %d; %d was turned %.1f s before the kill" % (
            kill, kept, wanted, LATE_S))
        at = [t for n, t, _ in hands.acked if n == kept]
        oldest = max(oldest, last[1] - at[0] if at else 0)
        numbers = last[0]
    return "%d kills, %d turns, %d edits; the oldest state was of %.1f s before" % (kills, numbers, edits, oldest)


# ---- the log of writes ----------------------------------------------------------------------------

FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8


def read_log(path):
    """(offset in the log, sector, data, is_flush) of every entry: QEMU's blklogwrites."""
    with open(path, "rb") as file:
        head = file.read(SECTOR)
        size = struct.unpack_from("<I", head, 24)[0]
        at = size
        while True:
            file.seek(at)
            raw = file.read(32)
            if len(raw) < 32:
                return
            sector, n, flags, _ = struct.unpack("<QQQQ", raw)
            file.seek(at + size)
            data = b"" if flags & (DISCARD | MARK) else file.read(n * size)
            if n == 0 and flags == 0:
                return
            yield at, sector * size, data, bool(flags & FLUSH)
            at += size + len(data)


def card_at(base, entries, cut, chance, out):
    """The card as it may be when the power goes after that entry: flushed writes, and any part of the rest."""
    flushed = max((i for i in range(cut) if entries[i][3]), default=0)
    subprocess.run(["cp", "--sparse=always", base, out], check=True)
    with open(out, "r+b") as file:
        for i in range(cut):
            _, at, data, _ = entries[i]
            if i <= flushed:
                file.seek(at)
                file.write(data)
                continue
            for part in range(0, len(data), SECTOR):
                if chance.random() < 0.7:
                    file.seek(at + part)
                    file.write(data[part:part + SECTOR])


LOOK = """dd if="$1" of="$1.data" bs=1M skip=772 conv=sparse status=none
e2fsck -p "$1.data" >"$1.fsck" 2>&1; echo "fsck $?"
e2fsck -fn "$1.data" >>"$1.fsck" 2>&1; echo "clean $?"
for n in 0 1; do debugfs -R "cat /state/state.$n" "$1.data" >"$1.state.$n" 2>/dev/null; done
mtype -i "$1@@4M" ::chronus.ini >"$1.ini"
"""


def test_log():
    cuts = int(os.environ.get("CHRONUS_CUTS", "200"))
    chance = random.Random(int(os.environ.get("CHRONUS_SEED", "1")))
    card = Card("log")
    card.settings({"block_frames": "256"})
    base, log = card.path + ".base", card.path + ".log"
    subprocess.run(["cp", "--sparse=always", card.path, base], check=True)
    open(log, "wb").close()
    boot = card.boot(log=log)
    boot.wait_ssh()
    hands = Hands(boot, log)
    end = time.monotonic() + 900
    while len(hands.acked) < 40 or hands.edits < 3:
        boot.check_alive("while knobs turned")
        need(time.monotonic() < end, "in 15 minutes only %d turns and %d edits: %s" % (
            len(hands.acked), hands.edits, hands.trouble))
        time.sleep(0.5)
    boot.kill()
    hands.end()
    entries = list(read_log(log))
    first = next(i for i, e in enumerate(entries) if e[0] >= hands.acked[0][2])
    need(len(entries) - first > 50, "only %d writes were logged" % (len(entries) - first))
    out = card.path + ".cut"
    for n in range(cuts):
        cut = chance.randrange(first, len(entries))
        card_at(base, entries, cut, chance, out)
        said = in_toolbox("sh", "-c", LOOK, "sh", out).stdout.decode()
        where = "cut %d (after write %d of %d)" % (n, cut, len(entries))
        need("fsck 0" in said or "fsck 1" in said, "%s: /data does not mend by itself:\n%s" % (where, said))
        need("clean 0" in said, "%s: /data is damaged:\n%s" % (where, said))
        texts = []
        for i in (0, 1):
            with open("%s.state.%d" % (out, i), encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
        kept = number_in(read_state(texts))
        known = [a for a in hands.acked if a[2] <= entries[cut][0]]
        wanted = hands.wanted(known[-1][1]) if known else 0
        need(kept >= wanted, "%s: the state has number %d, must have %d" % (where, kept, wanted))
        with open(out + ".ini", "rb") as file:
            need(file.read() in hands.versions, "%s: chronus.ini is neither the one nor the other" % where)
    return "%d cuts in %d writes, %d turns and %d edits" % (cuts, len(entries) - first, len(hands.acked), hands.edits)


TESTS = [("power-log", test_log), ("power-kills", test_kills)]
