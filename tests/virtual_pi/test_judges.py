"""The judges themselves: each fault put into what a guest would have left must be found. No boot."""

import os
import shutil
import struct
import types

import bench
import test_alone
from bench import Test, Wrong, need
from hand import Hand


class NoRun(bench.Run):
    """Results that are written by the test, not by a guest."""

    def boot(self):
        shutil.rmtree(self.results, ignore_errors=True)
        os.makedirs(self.results)

    def leave(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)


def must_fail(judge, what):
    try:
        judge()
    except Wrong as wrong:
        return str(wrong)
    raise Wrong("not found: " + what)


# ---- recordings --------------------------------------------------------------------------------------

FRAMES, BLOCK, CLOSING = 48000, 64, (960 // 64 + 2) * 64


def sound(n):
    return [((i * 7919) % 100003 - 50000) * 10000 for i in range(n)]


def stereo(left):
    return b"".join(struct.pack("<2i", s, -s) for s in left)


def compare(left):
    """The recording of these samples against the rendering of sound()."""
    stream = types.SimpleNamespace(data=stereo(left), rate_hz=48000, frames=lambda: len(left))
    run = types.SimpleNamespace(setting=lambda key, default: default, path=lambda name: name)
    render, awake = bench.render, bench.keeps_awake
    bench.render = lambda *_: stereo(sound(FRAMES))
    bench.keeps_awake = lambda *_: False
    try:
        return bench.compare_until_end(run, stream)
    finally:
        bench.render, bench.keeps_awake = render, awake


def faded(left):
    """As the engine ends: 960 frames of fade, then silence."""
    begin = len(left) - CLOSING
    return [s if i < begin else int(s * max(0.0, 1 - (i - begin) / 960)) for i, s in enumerate(left)]


def check_recordings():
    good = faded(sound(FRAMES))
    need(compare(good) == FRAMES - CLOSING, "a good recording is refused")
    must_fail(lambda: compare(good[:5000] + good[5001:]), "a frame left out")
    must_fail(lambda: compare(good[:5000] + good[4999:-1]), "a frame twice")
    must_fail(lambda: compare([s ^ (i == 20000) for i, s in enumerate(good)]), "the lowest bit of a sample")
    must_fail(lambda: compare([0 if 640 <= i < 704 else s for i, s in enumerate(good)]), "a silent block")
    must_fail(lambda: compare(sound(FRAMES)), "no fade-out at the end")
    return 5


def check_clock(run):
    run.leave("dac.recording", "")
    start = "start ns=1 at_bytes=0 format=S32_LE rate_hz=48000 channels=2 period_frames=16 buffer_frames=48\n"
    run.leave("dac.log", start + "now ns=1 at_bytes=0 late_ns=50251 lost_bytes=0\n")
    bench.streams(run)
    run.leave("dac.log", start + "now ns=1 at_bytes=0 late_ns=998715 lost_bytes=0\n")
    must_fail(lambda: bench.streams(run), "a sample clock that is late")
    return 1


# ---- threads -----------------------------------------------------------------------------------------

THREADS = {"producer": (195, 3, 80), "worker A": (193, 1, 70), "worker B": (194, 2, 70), "chronus": (190, 0, 0)}


def leave_threads(run, name, faults=5, switches=2, **other):
    text = ""
    for thread, (tid, core, priority) in THREADS.items():
        core, priority = other.get("core", core), other.get("priority", priority)
        fields = ["0"] * 50
        fields[0], fields[10 - 3], fields[39 - 3] = "S", str(faults), str(core)
        fields[40 - 3], fields[41 - 3] = str(priority), "1" if priority else "0"
        text += ("task %d\n%d (%s) %s\nVmSize:\t 1000 kB\nVmLck:\t %d kB\nCpus_allowed_list:\t%s\n"
            "nonvoluntary_ctxt_switches:\t%d\n" % (tid, tid, thread, " ".join(fields), other.get("locked", 990),
            core, switches))
    run.leave(name + ".threads", text)
    run.leave(name + ".cores", "on core 3: producer\non core 1: worker A\n" + other.get("guest", ""))


def leave_calls(run, more=""):
    run.leave("syscalls", "".join("{ common_pid: %d, id: sys_%s [ 1] } hitcount: 9\n" % row for row in (
        (193, "futex"), (194, "futex"), (195, "ppoll"), (195, "ioctl"))) + more + "    Dropped: 0\n")


def check_threads(run):
    run.leave("isolation", "3\n1\n")
    leave_calls(run)
    leave_threads(run, "before")
    leave_threads(run, "after")
    test_alone.judge(run)
    faults = {"a page fault": {"faults": 6}, "an involuntary switch": {"switches": 3},
        "another priority": {"priority": 10}, "another core": {"core": 0}, "memory not locked": {"locked": 10},
        "somebody else on core 3": {"guest": "on core 3: sh\n"}}
    for what, values in faults.items():
        leave_threads(run, "after", **values)
        must_fail(lambda: test_alone.judge(run), what)
    leave_threads(run, "after")
    leave_calls(run, "{ common_pid: 195, id: sys_write [ 64] } hitcount: 1\n")
    must_fail(lambda: test_alone.judge(run), "a system call that is not on the list")
    return len(faults) + 1


def judge(run):
    found = check_recordings() + check_clock(run) + check_threads(run)
    hand = Hand()
    hand.detent(0, (1, 2), 1, bounces=(10, 10), bounce_us=2000)
    need(len(hand.edges) == 24, "a detent with 10 bounces has %d edges" % len(hand.edges))
    return "%d planted faults, all found" % found


TESTS = [Test("judges", NoRun("judges", ""), judge)]
