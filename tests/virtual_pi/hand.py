"""The hand at the knobs: scripts for the guest's `turn` (cross/virtual-pi/guest/turn.c).

At rest every line is high (switches to ground, pulled up). A turn to the right: A falls before B.
"""

import random


class Hand:
    def __init__(self, seed=1):
        self.edges = []
        self.random = random.Random(seed)

    def edge(self, us, line, level, mark=""):
        self.edges.append((int(us), line, level, mark))

    def detent(self, us, pins, direction, gap_us=1000, mark="", bounces=(0, 0), bounce_us=0):
        """The four edges of a detent; the last one, where it counts, carries the mark. `bounces` is the
        least and the most pairs of spurious edges in all, each edge's within a quarter of bounce_us."""
        first, second = pins if direction > 0 else pins[::-1]
        pairs = self.random.randint(*bounces)
        for i, (line, level) in enumerate(((first, 0), (second, 0), (first, 1), (second, 1))):
            n = pairs // 4 + (i < pairs % 4)
            each_us = bounce_us / 4 / (2 * n + 1)
            for b in range(2 * n):  # there and back
                self.edge(us + i * gap_us + b * each_us, line, level if b % 2 == 0 else 1 - level)
            self.edge(us + i * gap_us + 2 * n * each_us, line, level, mark if i == 3 else "")

    def turn(self, us, pins, detents, per_second, **how):
        """A burst of detents; returns when it is over."""
        each = 1000000 // per_second
        for i in range(abs(detents)):
            self.detent(us + i * each, pins, 1 if detents > 0 else -1, gap_us=each // 5, **how)
        return us + abs(detents) * each

    def press(self, us, pin, hold_us=50000, mark=""):
        self.edge(us, pin, 0, mark)
        self.edge(us + hold_us, pin, 1)
        return us + hold_us

    def script(self):
        return "".join("%d %d %d %s\n" % e for e in sorted(self.edges, key=lambda e: e[0]))

    def seconds(self):
        return max(e[0] for e in self.edges) / 1e6
