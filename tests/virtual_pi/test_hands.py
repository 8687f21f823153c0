"""Hands on real GPIO lines (gpio-sim): every detent counts, with and without bounce, at 200 a second; a chip
that goes and comes back; a line that is somebody else's; LEDs that tell the truth."""

import json
import random
import re

from bench import Run, Test, need, need_counters

KNOBS = {"pitch": (17, 27), "bright": (23, 24)}
BUTTON = 26
LED_RUNNING, LED_STAGED = 16, 25
EXTRA_INI = """
[led running]
pin = %d
shows = running
[led staged]
pin = %d
shows = staged
active_low = yes
""" % (LED_RUNNING, LED_STAGED)


class Hand:
    """Edges of knobs as a script for `turn`; a closed contact is low."""

    def __init__(self, seed):
        self.edges = []
        self.random = random.Random(seed)
        self.n_detents = 0

    def detent(self, at_us, knob, is_right, period_us, n_spurious=0):
        a, b = KNOBS[knob] if is_right else KNOBS[knob][::-1]
        left = n_spurious
        for i, (line, level) in enumerate(((a, 0), (b, 0), (a, 1), (b, 1))):
            time_us = at_us + i * period_us // 4
            self.edges.append((time_us, line, level))
            here = left if i == 3 else self.random.randint(0, left)
            left -= here
            for _ in range((here + 1) // 2):  # there and back again
                for bounced in (1 - level, level):
                    time_us += period_us // 4 // 24
                    self.edges.append((time_us, line, bounced))
        self.n_detents += 1

    def burst(self, at_us, knob, n, period_us, bounces=False):
        """n detents, ten to the right, ten to the left: the knob is where it was."""
        for i in range(n):
            self.detent(at_us + i * period_us, knob, i % 20 < 10, period_us,
                self.random.randint(3, 20) if bounces else 0)

    def press(self, at_us):
        self.edges += [(at_us, BUTTON, 0), (at_us + 50000, BUTTON, 1)]

    def script(self):
        return "".join("%d %d %d\n" % edge for edge in sorted(self.edges, key=lambda e: e[0]))


def hand_fast():
    hand = Hand(1)
    for burst in range(10):
        hand.burst(burst * 400000, "pitch", 60, 5000)
        hand.burst(burst * 400000 + 611, "bright", 60, 5000)
        hand.press(burst * 400000 + 350000)
    return hand


def hand_bouncing():
    hand = Hand(2)
    hand.burst(0, "pitch", 200, 10000, bounces=True)
    hand.burst(777, "bright", 200, 10000, bounces=True)
    return hand


FAST, BOUNCING = hand_fast(), hand_bouncing()

COUNT = """
echo 1 >/proc/sys/debug/exception-trace
dac_load recording_mb=16
gpio_load
cat extra.ini >>chronus.ini
sed -i 's/^acceleration.*//' chronus.ini
start
sleep 1
value() { chronus send "turn pitch +0" "turn bright +0"; }
value >/results/before
turn $gpio fast.txt
sleep 1
chronus stats --json >/results/fast.json
value >/results/after_fast
turn $gpio bouncing.txt
sleep 1
chronus stats --json >/results/bouncing.json
value >/results/after_bouncing
finish
"""

GONE = """
dac_load recording_mb=16
gpio_load
cat extra.ini >>chronus.ini
sed -i 's/^acceleration.*//' chronus.ini
printf '[audio]\\ndevice = simulated\\n[rt]\\nproducer_priority = 0\\nworker_priority = 0\\nlock_memory = no\\n' >other.ini
printf '[button other]\\npin = 24\\npress = none\\n' >>other.ini
CHRONUS_RUNTIME_DIR=/tmp/other chronus run --config other.ini >/results/other.log 2>&1 &
other=$!
until grep -q pinctrl /results/other.log; do sleep 0.1; done
start
sleep 1
kill $other
# longer than two flashes and the dark after them (2 s)
lamp() { for i in $(seq 60); do cat $gpio/sim_gpio$1/value; sleep 0.05; done >/results/$2; }
cat $gpio/sim_gpioSTAGED/value >/results/staged_none
lamp RUNNING running
chronus send "stage osc1.level 0.2"
sleep 0.1
cat $gpio/sim_gpioSTAGED/value >/results/staged_some
turn $gpio few.txt
sleep 0.5
chronus stats --json >/results/before.json
used() { cut -d' ' -f14,15 /proc/$chronus/task/$chronus/stat; }
gpio_unload
sleep 0.5
used >/results/used_before
sleep 3
used >/results/used_after
chronus stats --json >/results/away.json
echo 1 >/sys/kernel/config/gpio-sim/pi/live
gpio=/sys/devices/platform/$(cat /sys/kernel/config/gpio-sim/pi/dev_name)
gpio=$gpio/$(cat /sys/kernel/config/gpio-sim/pi/bank0/chip_name)
for line in $(seq 0 31); do echo pull-up >$gpio/sim_gpio$line/pull; done
sleep 1.2
lamp RUNNING running_again
turn $gpio few.txt
sleep 0.5
chronus stats --json >/results/back.json
echo burst_dac >/sys/bus/platform/drivers/burst_dac/unbind || true
sleep 1
lamp RUNNING silent
finish || true
""".replace("RUNNING", str(LED_RUNNING)).replace("STAGED", str(LED_STAGED))

FEW = Hand(3)
FEW.burst(0, "pitch", 20, 5000)


def count(run, name):
    return json.loads(run.text(name + ".json"))["total_count"]


def judge_count(run):
    fast, bouncing = count(run, "fast"), count(run, "bouncing")
    for counted, wanted in ((fast, FAST.n_detents), (bouncing, FAST.n_detents + BOUNCING.n_detents)):
        need(counted["gpio_detents"] == wanted, "%d detents told of %d" % (counted["gpio_detents"], wanted))
        need(counted["gpio_lost"] == 0, "gpio_lost is %d" % counted["gpio_lost"])
        need(counted["gpio_illegal"] == 0, "gpio_illegal is %d" % counted["gpio_illegal"])
    need(run.text("before").strip() != "" and run.text("before") == run.text("after_fast") ==
        run.text("after_bouncing"), "the knobs are not where they were: %s %s %s" % (
            run.text("before"), run.text("after_fast"), run.text("after_bouncing")))
    need_counters(run, none=0, xrun=0, drop=0)
    need(fast["commits"] > 0, "no commit was pressed")
    return "%d detents at 200/s a knob, %d of 3-20 bounces: all counted; %d commits" % (
        FAST.n_detents, BOUNCING.n_detents, fast["commits"])


def judge_gone(run):
    log = run.text("chronus.log")
    need(re.search(r"line 24 of gpiochip\d \[pinctrl-bcm2711\] is used by 'chronus'; playing without knob bright", log),
        "the log does not name the line in use:\n" + log)
    need(set(run.text("running").split()) == {"1"}, "running is not steady: " + run.text("running"))
    need(run.text("staged_none").strip() == "1" and run.text("staged_some").strip() == "0",
        "staged (active low) does not show what waits")
    before, away, back = count(run, "before"), count(run, "away"), count(run, "back")
    need(before["gpio_detents"] == FEW.n_detents, "%d detents before" % before["gpio_detents"])
    need(away["gpio_gone"] == 1 and away["gpio_detents"] == FEW.n_detents, "away: %s" % away)
    need(back["gpio_detents"] == 2 * FEW.n_detents, "%d detents after" % back["gpio_detents"])
    need(back["gpio_illegal"] == 0 and back["gpio_lost"] == 0, "back: %s" % back)
    need(log.count("the chip is gone") == 1 and log.count("knobs and buttons on") == 2, "said:\n" + log)
    ticks = [sum(map(int, run.text(n).split())) for n in ("used_before", "used_after")]
    need(ticks[1] - ticks[0] < 60, "the desk used %d ms of 3 s while away" % (10 * (ticks[1] - ticks[0])))
    need(set(run.text("running_again").split()) == {"1"}, "running did not come back")
    need(set(run.text("silent").split()) == {"0", "1"}, "running does not blink without sound: " +
        run.text("silent"))
    return "line in use named; chip gone and back within 1.2 s, desk %d ms of 3 s meanwhile; LEDs right" % (
        10 * (ticks[1] - ticks[0]))


FILES = {"extra.ini": EXTRA_INI, "fast.txt": FAST.script(), "bouncing.txt": BOUNCING.script(), "few.txt": FEW.script()}
TESTS = [
    Test("hands-count", Run("hands-count", COUNT, files=FILES), judge_count),
    Test("hands-gone", Run("hands-gone", GONE, files=FILES), judge_gone),
]
