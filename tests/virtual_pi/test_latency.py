"""3. From the edge on a GPIO line that completes a detent to the first changed sample that the device takes:
100 turns at all places within a block. At 64x2 with lead 2 at most 5 blocks (6.7 ms), at 32x2 with lead 1 at
most 2.7 ms (4 blocks).

The knob turns the level of a square wave so slow that it stands still: every change of a sample is a turn."""

from bench import Run, Test, need, need_counters, samples, streams
from hand import Hand

PINS = (23, 24)
TURNS = 100

PATCH = """[patch]
name = Standing still
voices = 1

[osc1]
type = osc
shape = square
freq_hz = 0.01
level = 0.5

[out]
in = osc1 * 0.5
"""

GUEST = """
gpio_load
dac_load
start
sleep 1
turn "$gpio" script >/results/marks
sleep 0.5
finish
dac_keep dac
"""

LIMIT_MS = {(64, 2, 2): 6.7, (32, 2, 1): 2.7}


def script():
    hand = Hand()
    for i in range(TURNS):  # 61.37 ms is no whole number of blocks: each turn meets another place
        hand.detent(100000 + i * 61370, PINS, 1 if i % 2 == 0 else -1, mark="turn%d" % i)
    return hand.script()


def run_of(block_frames, periods, lead):
    return Run("latency-%dx%d-lead-%d" % (block_frames, periods, lead), GUEST, {
        "audio.block_frames": block_frames, "audio.periods": periods, "engine.lead_blocks": lead,
        "start.patch": "still.ini", "knob bright.controls": "osc1.level", "knob bright.range_detents": 64},
        {"still.ini": PATCH, "script": script()})


def changes(stream):
    """Frames where the level begins to move after it stood still for 20 ms."""
    left, _ = samples(stream.data)
    found, last = [], 0
    for i in range(1, len(left)):
        if left[i] != left[i - 1]:
            if i - last > stream.rate_hz // 50:
                found.append(i)
            last = i
    return found


def judge(run):
    need_counters(run, none=0, drop=0, xrun=0)
    stream = streams(run)[0]
    marks = [int(line.split()[1]) for line in run.text("marks").splitlines()]
    need(len(marks) == TURNS, "%d turns were made" % len(marks))
    moved = [f for f in changes(stream) if stream.ns_of_frame(f) > marks[0]]
    moved = moved[:TURNS]
    need(len(moved) == TURNS, "%d turns were heard of %d" % (len(moved), TURNS))
    ms = [(stream.ns_of_frame(f) - ns) / 1e6 for f, ns in zip(moved, marks)]
    limit = LIMIT_MS[(run.settings["audio.block_frames"], run.settings["audio.periods"],
        run.settings["engine.lead_blocks"])]
    figures = "%d turns: %.2f ms at least, %.2f on average, %.2f at most (limit %.1f)" % (
        TURNS, min(ms), sum(ms) / TURNS, max(ms), limit)
    need(min(ms) > 0, "a turn was heard before it was made: " + figures)
    need(max(ms) <= limit, figures)
    return figures


TESTS = [Test(run.name, run, judge) for run in (run_of(*how) for how in LIMIT_MS)]
