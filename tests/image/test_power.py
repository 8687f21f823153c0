"""The plug is pulled at any write while knobs turn and files are edited.

QEMU writes down every write to the card. 200 instants of that log are made cards again: all that was flushed by then, and of
the rest any part, as a real card would have it. They are judged without a boot (power.py): /data must mend by its journal
alone, and hold a whole state that is recent enough; the edited file must be one of the two that were written, whole.
"""

import os
import random
import struct
import subprocess
import time

import hands
from card import Card, Wrong, need
from power import Look, judge_look, wanted

SECTOR = 512
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


def turn_a_while(boot, log, n_turns=40, n_edits=6, limit_s=900):
    """(number, guest's seconds, bytes of the log by then) of each turn, and how many edits."""
    end, turns, said = time.monotonic() + limit_s, [], None
    while said is None or len(turns) < n_turns or said.edits < n_edits:
        boot.check_alive("while knobs turned")
        need(time.monotonic() < end, "only %d turns in %d s:\n%s" % (len(turns), limit_s, boot.tail()))
        time.sleep(0.05)
        said = hands.Said(boot.console())
        turns += [turn + (os.path.getsize(log),) for turn in said.turns[len(turns):]]
    boot.kill()
    return turns, said.edits


def test_log():
    cuts = int(os.environ.get("CHRONUS_CUTS", "200"))
    chance = random.Random(int(os.environ.get("CHRONUS_SEED", "1")))
    card = Card("log")
    versions = hands.put(card)
    base, log = card.path + ".base", card.path + ".log"
    subprocess.run(["cp", "--sparse=always", card.path, base], check=True)
    open(log, "wb").close()
    turns, edits = turn_a_while(hands.boot(card, log=log), log)
    entries = list(read_log(log))
    first = next(i for i, e in enumerate(entries) if e[0] >= turns[0][2])
    need(len(entries) - first > 50, "only %d writes were logged" % (len(entries) - first))
    out = card.path + ".cut"
    for n in range(cuts):
        cut = chance.randrange(first, len(entries))
        card_at(base, entries, cut, chance, out)
        known = [turn for turn in turns if turn[2] <= entries[cut][0]]
        must = wanted(turns, known[-1][1]) if known else 0
        try:
            judge_look(Look(out, out), versions, must)
        except Wrong as wrong:
            raise Wrong("cut %d (after write %d of %d): %s" % (n, cut, len(entries), wrong)) from None
    return "%d cuts in %d writes, %d turns and %d edits" % (cuts, len(entries) - first, len(turns), edits)


TESTS = [("power-log", test_log)]
