"""The plug is pulled at any write while knobs turn and files are edited.

QEMU writes down every write to the card. 200 instants of that log are made cards again: all that was flushed by then, and of
the rest any part, as a real card would have it. They are judged without a boot (power.py): /data must mend by its journal
alone, and hold a whole state that is recent enough; the edited file must be one of the two that were written, whole.
"""

import os
import random
import struct
import subprocess
import threading
import time

from card import Card, TOP, TOOLBOX, Wrong, need
from power import Look, judge_look, wanted

SECTOR = 512
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


# ---- the log of writes ----------------------------------------------------------------------------

FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8


def read_log(path):
    """(offset in the log, sector, data, is_flush) of every entry: QEMU's blklogwrites."""
    with open(path, "rb") as file:
        head = file.read(SECTOR)
        size = struct.unpack_from("<I", head, 24)[0]
        need(size >= SECTOR, "this is no log of writes")
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
        known = [a for a in hands.acked if a[2] <= entries[cut][0]]
        must = wanted(hands.acked, known[-1][1]) if known else 0
        try:
            judge_look(Look(out, out), hands.versions, must)
        except Wrong as wrong:
            raise Wrong("cut %d (after write %d of %d): %s" % (n, cut, len(entries), wrong)) from None
    return "%d cuts in %d writes, %d turns and %d edits" % (cuts, len(entries) - first, len(hands.acked), hands.edits)


TESTS = [("power-log", test_log)]
