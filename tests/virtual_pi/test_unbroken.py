"""1. The unit's own settings on a hw: device with mmap, 60 s each at 64x2, 32x2 and 16x3 frames: no xrun, no
block missing, and what the device was fed is, sample for sample, what `render` makes of the journal. The
same for 3 s at 16x3 with two cores busy."""

from bench import Run, Test, compare_until_end, need, need_counters, streams

GUEST = """
dac_load recording_mb=64
start --seconds {seconds}
sleep 1
cat /sys/devices/system/cpu/isolated /sys/kernel/realtime >/results/isolation
threads before
echo 'hist:keys=common_pid,id.syscall:size=2048' >/sys/kernel/tracing/events/raw_syscalls/sys_enter/trigger
sleep {watched}
cat /sys/kernel/tracing/events/raw_syscalls/sys_enter/hist >/results/syscalls
threads after
chronus stats --json >/results/stats.json
wait $chronus
dac_keep dac
"""

# Two cores that are never idle: their turns must not keep the DAC's clock from its own.
BUSY_GUEST = """
dac_load recording_mb=64
start --seconds {seconds}
for core in 1 2; do
	taskset $((1 << core)) sh -c 'while :; do :; done' &
	busy="${{busy:-}} $!"
done
wait $chronus
kill $busy
dac_keep dac
"""

SECONDS = 62
WATCHED_S = 60
BUSY_SECONDS = 3


def run_of(block_frames, periods):
    return Run("unbroken-%dx%d" % (block_frames, periods),
        GUEST.format(seconds=SECONDS, watched=WATCHED_S),
        {"audio.block_frames": block_frames, "audio.periods": periods}, plain=block_frames != 64)


def judge_minute(run):
    figures = judge(run)
    need(streams(run)[0].frames() >= 60 * 48000, "the run was shorter than 60 s")
    return figures


def judge(run):
    block = run.settings["audio.block_frames"]
    counted = need_counters(run, none=0, drop=0, xrun=0, late=0, failovers=0, reanchors=0)
    played = streams(run)
    need(len(played) == 1, "the device was started %d times" % len(played))
    stream = played[0]
    need(stream.period_frames == block and
        stream.buffer_frames == block * run.settings["audio.periods"] and stream.interleaved == 1,
        "the device was not set up as asked: %d in %d" % (stream.period_frames, stream.buffer_frames))
    need(stream.frames() == counted["blocks"] * block,
        "the device took %d frames of %d" % (stream.frames(), counted["blocks"] * block))
    need(any(stream.data), "the device was fed silence")
    equal = compare_until_end(run, stream)
    return "%d blocks, none 0, drop 0, xrun 0; %d frames equal to the rendering" % (counted["blocks"], equal)


RUNS = {(b, p): run_of(b, p) for b, p in ((64, 2), (32, 2), (16, 3))}
BUSY_RUN = Run("busy-16x3", BUSY_GUEST.format(seconds=BUSY_SECONDS), {"audio.block_frames": 16, "audio.periods": 3})
TESTS = [Test(run.name, run, judge_minute) for run in RUNS.values()] + [Test(BUSY_RUN.name, BUSY_RUN, judge)]
