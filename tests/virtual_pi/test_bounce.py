"""6. Bounce: each detent comes with 4 to 20 spurious edges within 2 ms, and so do the presses; counts are exact."""

import re

from bench import Run, Test, need, need_counters, stats_of
from hand import Hand

PINS, COMMIT_PIN, RANGE, DETENTS, PRESSES = (23, 24), 26, 100, 40, 5

GUEST = """
gpio_load
dac_load
start
sleep 1
turn "$gpio" script
sleep 1
chronus stats --json >/results/stats.json
finish
"""


def hand():
    # resonance begins at 0.55
    hands, positions, at, us = Hand(seed=7), [], 55, 100000
    for burst in range(2 * PRESSES):
        way = 1 if burst % 2 == 0 else -1
        us = hands.turn(us, PINS, way * DETENTS, 40, bounces=(2, 10), bounce_us=2000) + 50000
        for _ in range(DETENTS):
            at += way
            positions.append(at)
        if burst % 2 == 0:
            for edge in range(2):  # pressed, let go
                for i in range(7):
                    hands.edge(us + edge * 60000 + i * 280, COMMIT_PIN, (i + edge) % 2)
            us += 400000
    return hands, positions


HAND, POSITIONS = hand()


def judge(run):
    need_counters(run, none=0, xrun=0, commits=PRESSES, refused=0)
    heard = [round(float(v) * RANGE) for v in re.findall(r"set filter1\.resonance (\S+)", run.text("events.txt"))]
    need(heard == POSITIONS, "%d detents were made, %d counted; or not in order" % (len(POSITIONS), len(heard)))
    stats = stats_of(run)
    need(stats.get("gpio_lost", 0) == 0, "gpio_lost is %d" % stats.get("gpio_lost", 0))
    return "%d detents with %d edges, %d presses: all counted, none twice" % (
        len(heard), len(HAND.edges), PRESSES)


RUN = Run("bounce", GUEST, {"knob bright.controls": "filter1.resonance", "knob bright.range_detents": RANGE},
    {"script": HAND.script()})
TESTS = [Test("bounce", RUN, judge)]
