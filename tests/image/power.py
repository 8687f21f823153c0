"""A card whose power went: what must be on it. Judged without a boot."""

import os
import re

from card import in_toolbox, need

# 2 s, and what the disk and the desk's loop may take
LATE_S = 2.5


def number_in(state):
    """The number that a state holds; 0 without one."""
    found = re.search(r"^value filter1\.resonance 0\.(\d+)", state, flags=re.M)
    return round(float("0." + found.group(1)) * 100000) - 10000 if found else 0


def read_state(texts):
    """The newest whole state of state.0 and state.1."""
    best = (0, "")
    for text in texts:
        head = re.match(r"chronus-state 1 generation (\d+) bytes (\d+) sum [0-9a-f]+\n", text)
        if head and len(text.encode()) - head.end() == int(head.group(2)) and int(head.group(1)) > best[0]:
            best = (int(head.group(1)), text[head.end():])
    return best[1]


def wanted(turns, seconds):
    """The newest number that must be kept when the power goes at that time of the guest's. turns: (number, seconds)."""
    return max((turn[0] for turn in turns if turn[1] <= seconds - LATE_S), default=0)


# /data is looked at in a copy: e2fsck writes the journal back, as the next boot does
LOOK = """dd if="$1" of="$2.data" bs=1M skip=772 conv=sparse status=none
e2fsck -p "$2.data" >"$2.fsck" 2>&1; echo "data mends $?"
e2fsck -fn "$2.data" >>"$2.fsck" 2>&1; echo "data clean $?"
for n in 0 1; do debugfs -R "cat /state/state.$n" "$2.data" >"$2.state.$n" 2>/dev/null; done
mtype -i "$1@@4M" ::chronus.ini >"$2.ini"; echo "ini $?"
dd if="$1" of="$2.fat" bs=1M skip=4 count=256 conv=sparse status=none
fsck.fat -n "$2.fat" >"$2.fatck" 2>&1; echo "fat $?"
"""


class Look:
    """What is on a card, seen from outside; files beside `out`."""

    def __init__(self, path, out):
        self.said = in_toolbox("sh", "-c", LOOK, "sh", path, out).stdout.decode()
        self.states = [self.read(out + ".state.%d" % i).decode(errors="replace") for i in (0, 1)]
        self.ini = self.read(out + ".ini")
        self.fsck = self.read(out + ".fsck").decode(errors="replace")
        self.fat = self.read(out + ".fatck").decode(errors="replace")

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            return file.read()

    def result(self, what):
        return int(re.search(r"^%s (\d+)$" % what, self.said, flags=re.M).group(1))


# What fsck.fat says of a FAT that was cut in an edit: what the next edit and fsck clear away
FAT_HARMLESS = (r"fsck\.fat .*", r"\s*", r"There are differences between boot sector and its backup\.",
    r"This is mostly harmless\. Differences: .*", r"\s+65:0[01]/0[01]", r"\s+Not automatically fixing this\.",
    r"Dirty bit is set\. .*", r"\s+Automatically removing dirty bit\.", r"Reclaimed \d+ unused clusters? \(.*",
    r"FATs differ but appear to be intact\.", r"\s+Using first FAT\.", r"Free cluster summary wrong .*", r"\s+Auto-correcting\.", r"Leaving filesystem unchanged\.", r"\S+: \d+ files, .*")


def fat_damage(said):
    """Lines that are not harmless. What is indented below the name of a NAME.new is: nobody reads that file, and between
    the two halves of a rename NAME has its clusters too."""
    damage, is_new, first = [], False, ""
    for line in said.splitlines():
        if line.startswith("/") and line.endswith(" and"):
            first = line.removesuffix(" and").strip().lower()
            continue
        if line.startswith("/"):
            is_new = line.endswith(".new") and first in ("", line[:-4])
        elif not line.startswith(" "):
            is_new = False
        if not is_new and not any(re.fullmatch(h, line) for h in FAT_HARMLESS):
            damage.append(line)
        first = ""
    return damage


def judge_look(look, versions, must_have):
    """Fails unless /data mends by its journal, the FAT leads every file to its own bytes, chronus.ini is one of two, and
    the state is new enough. Returns the number that the state has."""
    need(look.result("data mends") in (0, 1), "/data does not mend by itself:\n" + look.fsck)
    need(look.result("data clean") == 0, "/data is damaged:\n" + look.fsck)
    need(look.result("fat") in (0, 1), "the FAT cannot be checked:\n" + look.fat)
    need(not fat_damage(look.fat), "the FAT is damaged:\n" + look.fat)
    need(look.result("ini") == 0 and look.ini in versions,
        "chronus.ini is neither the one nor the other (%d bytes)" % len(look.ini))
    kept = number_in(read_state(look.states))
    need(kept >= must_have, "the state has number %d, must have %d" % (kept, must_have))
    return kept
