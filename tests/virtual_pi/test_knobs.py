"""2. Knobs turned (200 detents a second in bursts) and commits pressed on GPIO lines throughout: every
detent counted, in order; 20 commits; no click, no silent block in what the device was fed."""

import math
import re

from bench import Run, Test, compare_until_end, need, need_counters, samples, streams
from hand import Hand

LEVEL_PINS, FREQ_PINS, COMMIT_PIN = (23, 24), (20, 21), 26
RANGE = 100
COMMITS = 20
BURST = 40
PER_SECOND = 200

# Two sines: every step of the sound is known to be small.
PATCH = """[patch]
name = Two sines
voices = 1

[osc1]
type = osc
freq_hz = 220
level = 0.5

[osc2]
type = osc
freq_hz = 330
level = 1

[out]
in = osc1 * 0.4 + osc2 * 0.3
"""
MAX_FREQ_HZ = 660.0

GUEST = """
gpio_load
dac_load
start
sleep 1
turn "$gpio" script
sleep 1
chronus stats --json >/results/stats.json
finish
dac_keep dac
"""


def hand():
    """Every half second a burst on the level, up and down in turn; every second a detent on the staged
    frequency, and in the middle of the next burst a press on commit. Also the positions of the level."""
    hands, positions, at = Hand(), [], RANGE // 2
    for i in range(2 * COMMITS):
        begin, way = 200000 + i * 500000, 1 if i % 2 == 0 else -1
        hands.turn(begin, LEVEL_PINS, way * BURST, PER_SECOND)
        for _ in range(BURST):
            at += way
            positions.append(at)
        if i % 2 == 0:
            hands.detent(begin - 100000, FREQ_PINS, 1 if i % 4 == 0 else -1)
            hands.press(begin + 97000, COMMIT_PIN)
    return hands, positions


HAND, POSITIONS = hand()


def judge(run):
    counted = need_counters(run, none=0, drop=0, xrun=0, late=0, refused=0, failovers=0, commits=COMMITS)
    turned = [float(v) for v in re.findall(r"set osc1\.level (\S+)", run.text("events.txt"))]
    heard = [round(v * RANGE) for v in turned]
    need(heard == POSITIONS, "%d detents were made, %d counted, %d of them in order" % (
        len(POSITIONS), len(heard), next((i for i, (h, p) in enumerate(zip(heard, POSITIONS)) if h != p),
        min(len(heard), len(POSITIONS)))))
    stream = streams(run)[0]
    block = stream.period_frames
    closing = compare_until_end(run, stream, "two_sines.ini")
    left, _ = samples(stream.data)
    sound = [s / 2147483648.0 for s in left[:closing]]
    limit = 1.5 * 2 * math.pi * (0.4 * 220 + 0.3 * MAX_FREQ_HZ) / stream.rate_hz
    step = max(abs(a - b) for a, b in zip(sound, sound[1:]))
    need(step <= limit, "a click: a step of %.4f, the sound's own are below %.4f" % (step, limit))
    quiet = min(max(map(abs, sound[i:i + block])) for i in range(block, closing - block, block))
    need(quiet > 0.001, "a silent block: peak %.5f" % quiet)
    return "%d detents, %d commits; largest step %.4f (limit %.4f), quietest block %.3f; %d frames equal" % (
        len(heard), counted["commits"], step, limit, quiet, closing)


RUN = Run("knobs-and-commits", GUEST, {"start.patch": "two_sines.ini",
    "knob bright.controls": "osc1.level", "knob bright.range_detents": RANGE,
    "knob shape.controls": "osc2.freq_hz", "knob shape.range_detents": 32},
    {"two_sines.ini": PATCH, "script": HAND.script()})
TESTS = [Test(RUN.name, RUN, judge)]
