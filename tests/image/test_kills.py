"""QEMU is killed at random instants, CHRONUS_KILLS times (6), always with the same card.

Half of the kills fall into the boot, the others into the time after it, while knobs turn and chronus.ini is edited
(hands.py). After each kill the card is judged from outside (power.py); a boot that is let live must come up, play, and have
the state. An instant is one of the emulator's own time: seconds of its processor, so a busy host changes nothing. At the end
the root is as it was built again, and one logs in by ssh.
"""

import os
import random
import sys
import time

import hands
from card import Card, need
from power import Look, judge_look, number_in, read_state, wanted
from test_boot import need_sound

BOOT_PART, PLAY_CPU_S, LIMIT_S = 0.5, 9, 900


class Cycles:
    """The card through its boots. must_have: the number that its state may not fall behind."""

    def __init__(self, name, seed):
        self.chance = random.Random(seed)
        self.card = Card(name)
        self.versions = hands.put(self.card)
        self.must_have, self.number, self.boot_cpu_s = 0, 0, 0.0
        self.turns = self.edits = self.judged = self.in_boot = 0
        self.oldest = 0.0

    def run(self, boot):
        """Until the instant of the kill. Returns what was said."""
        is_early = self.boot_cpu_s and self.chance.random() < BOOT_PART
        instant = self.chance.uniform(0, self.boot_cpu_s) if is_early else None
        end = time.monotonic() + LIMIT_S
        while instant is None or boot.cpu_s() < instant:
            boot.check_alive("before the kill")
            if instant is None and hands.Said(boot.console()).is_judged:
                self.boot_cpu_s = boot.cpu_s()
                instant = self.boot_cpu_s + self.chance.uniform(0, PLAY_CPU_S)
            need(time.monotonic() < end, "it does not come up, or does not play:\n" + boot.tail())
            time.sleep(0.05)
        boot.kill()
        said = hands.Said(boot.console())
        self.in_boot += not said.is_judged
        return said

    def judge_boot(self, said):
        said.need_sound()
        kept = number_in(said.state())
        need(kept >= self.must_have, "it came up with number %d, must have %d" % (kept, self.must_have))
        self.judged += 1

    def judge_card(self, said):
        """After the kill."""
        last = said.turns[-1] if said.turns else (self.number, 0.0)
        must = max(self.must_have, wanted(said.turns, last[1]))
        kept = judge_look(Look(self.card.path, self.card.path + ".look"), self.versions, must)
        at = [seconds for number, seconds in said.turns if number == kept]
        if said.turns and said.turns[-1][1] - said.turns[0][1] > 3:
            self.oldest = max(self.oldest, last[1] - at[0] if at else 0.0)
        # what was once on the card stays
        self.must_have, self.number = max(must, kept), last[0]
        return kept

    def cycle(self):
        boot = hands.boot(self.card, self.number)
        said = self.run(boot)
        if said.is_judged:
            self.judge_boot(said)
        kept = self.judge_card(said)
        self.turns += len(said.turns)
        self.edits += said.edits
        return "killed at %.1f s of CPU, %s: %d turns to %d, %d edits; the card has %d" % (
            boot.ended_cpu_s, "playing" if said.is_judged else "in the boot", len(said.turns), self.number, said.edits, kept)

    def log_in(self):
        """The card as it was built, after all of it."""
        hands.take_away(self.card)
        boot = self.card.boot()
        boot.wait_ssh()
        need_sound(boot, 3)
        kept = number_in(read_state([boot.ssh("cat /data/state/state.%d" % i, check=False).out for i in (0, 1)]))
        need(kept == self.must_have, "over ssh the state has number %d, must have %d" % (kept, self.must_have))


def test_kills():
    kills = int(os.environ.get("CHRONUS_KILLS", "6"))
    seed = int(os.environ.get("CHRONUS_SEED", "1"))
    cycles = Cycles("kills-%d" % seed, seed)
    begin = time.monotonic()
    for kill in range(kills):
        said = cycles.cycle()
        if "CHRONUS_KILLS" in os.environ:
            print("kill %d at %d s: %s" % (kill + 1, time.monotonic() - begin, said), file=sys.stderr, flush=True)
    cycles.log_in()
    return "%d kills, %d in the boot; %d boots came up and played; %d turns, %d edits; the oldest state was %.1f s old" % (
        kills, cycles.in_boot, cycles.judged, cycles.turns, cycles.edits, cycles.oldest)


TESTS = [("power-kills", test_kills)]
