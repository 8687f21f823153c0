"""5. What goes wrong outside: the program is stopped for 50 ms; the sound driver is unloaded and loaded again;
the GPIO chip goes and comes back. Sound or knobs are back within 1 s, the counters are exact, other
programs are answered all the while, and a program that waits for its device uses no CPU."""

import re

from bench import (Run, Test, compare_until_end, find_stream, need, need_counters, render, stats_of,
    streams)
from hand import Hand

WITHIN_MS = 1000
ANSWER_MS = 100

# ---- stopped ----------------------------------------------------------------------------------------

STOPS = 5
STOPPED = """
dac_load
start
sleep 1
for i in $(seq %d); do
	kill -STOP $chronus
	sleep 0.05
	kill -CONT $chronus
	answered
	sleep 1
done
finish
dac_keep dac
""" % STOPS


def need_answers(run):
    slow = [float(s) for s in re.findall(r"^answered in (\S+) ms", run.text("guest.log"), flags=re.M)]
    need(slow, "nothing was asked")
    need(max(slow) <= ANSWER_MS, "`chronus stats` took %.0f ms" % max(slow))
    return max(slow)


def need_same_sound(run, played):
    """Every start of the device plays a piece of the rendering, from the block clock on, faded in."""
    total = sum(s.frames() for s in played) + 48000 * len(played)
    rendered = render(run, total / 48000)
    last = 0
    for i, stream in enumerate(played):
        at, equal = find_stream(stream, rendered)
        need(at is not None, "start %d of the device plays what was not rendered" % i)
        need(at >= last, "start %d of the device plays what was played before" % i)
        # the last block may not have been taken whole; at the end there is the fade-out
        least = stream.frames() - stream.buffer_frames - (48000 // 50 + 3 * stream.period_frames)
        need(equal >= least, "start %d: only %d of %d frames are the rendering's" % (i, equal, stream.frames()))
        last = at + equal


def judge_stopped(run):
    counted = need_counters(run, xrun=STOPS, none=0, failovers=0, commits=0, refused=0)
    played = streams(run)
    need(len(played) == STOPS + 1, "the device was started %d times" % len(played))
    stops = [int(n) for n in re.findall(r"^stop ns=(\d+)", run.text("dac.log"), flags=re.M)]
    away = [(start.ns - stop) / 1e6 for stop, start in zip(stops, played[1:])]
    need(max(away) <= WITHIN_MS, "silent for %.0f ms" % max(away))
    need_same_sound(run, played)
    return "%d stops, xrun %d, none 0; silent for %.1f ms at most" % (STOPS, counted["xrun"], max(away))


# ---- unplugged --------------------------------------------------------------------------------------

AWAY_S = 3
UNPLUGGED = """
dac_load
start
sleep 2
echo burst_dac >/sys/bus/platform/drivers/burst_dac/unbind
dac_keep first
until rmmod burst_dac 2>/dev/null; do sleep 0.1; done
sleep 0.5
cpu_ticks >/results/ticks.before
sleep %d
cpu_ticks >/results/ticks.after
answered
chronus send "set filter1.resonance 0.3"
modprobe burst_dac
cat $dac/log >/results/plugged.log
sleep 2
answered
finish
dac_keep second
""" % AWAY_S


def judge_unplugged(run):
    counted = need_counters(run, device_lost=1, xrun=0, none=0, failovers=0, commits=0)
    first, second = streams(run, "first"), streams(run, "second")
    need(len(first) == 1 and len(second) == 1, "started %d and %d times" % (len(first), len(second)))
    plugged = int(re.search(r"^now ns=(\d+)", run.text("plugged.log"), flags=re.M).group(1))
    back_ms = (second[0].ns - plugged) / 1e6
    need(back_ms <= WITHIN_MS, "the sound was back after %.0f ms" % back_ms)
    ticks = int(run.text("ticks.after")) - int(run.text("ticks.before"))
    need(ticks <= AWAY_S * 2, "%d0 ms of CPU in %d s of waiting" % (ticks, AWAY_S))
    answer_ms = need_answers(run)
    need_same_sound(run, first + second)
    return "device_lost %d; sound back after %.0f ms; %d0 ms of CPU in %d s; answers within %.0f ms" % (
        counted["device_lost"], back_ms, ticks, AWAY_S, answer_ms)


# ---- the chip goes ----------------------------------------------------------------------------------

PINS, RANGE, DETENTS = (23, 24), 64, 10
CHIP_GONE = """
gpio_load
dac_load
start
sleep 1
turn "$gpio" script
sleep 0.2
gpio_unload
sleep 2
answered
gpio_load
sleep 1
turn "$gpio" script
sleep 0.5
chronus stats --json >/results/stats.json
finish
dac_keep dac
"""


def chip_script():
    hand = Hand()
    hand.turn(10000, PINS, DETENTS, 50)
    return hand.script()


def judge_chip(run):
    need_counters(run, none=0, drop=0, xrun=0, failovers=0)
    turned = len(re.findall(r"set filter1\.cutoff_hz", run.text("events.txt")))
    need(turned == 2 * DETENTS, "%d detents were counted, %d made" % (turned, 2 * DETENTS))
    gone = stats_of(run).get("gpio_gone")
    need(gone == 1, "gpio_gone is %s, not 1" % gone)
    played = streams(run)
    need(len(played) == 1, "the device was started %d times" % len(played))
    equal = compare_until_end(run, played[0])
    return "all knobs back after 1 s, %d detents; %d frames equal; answers within %.0f ms" % (
        turned, equal, need_answers(run))


STOPPED_RUN = Run("stopped", STOPPED)
UNPLUGGED_RUN = Run("unplugged", UNPLUGGED)
CHIP_RUN = Run("chip-gone", CHIP_GONE, {"knob bright.range_detents": RANGE}, {"script": chip_script()})
TESTS = [Test("stopped", STOPPED_RUN, judge_stopped), Test("unplugged", UNPLUGGED_RUN, judge_unplugged),
    Test("chip-gone", CHIP_RUN, judge_chip)]
