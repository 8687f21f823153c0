"""What the tests of the virtual Pi share: a run in the guest, and what is judged afterwards.

A Run is one boot: a guest.sh, the files beside it, QEMU's arguments. A Test judges the results of a
run; several tests may judge the same one. A judge returns its figures as text, or raises Wrong.
"""

import array
import json
import os
import re
import shutil
import signal
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BENCH = os.path.join(TOP, "cross", "virtual-pi")
OUT = os.path.join(TOP, "build", "virtual-pi")


BOOTS = []


def stop_all():
    """Ends what is still running in the guests."""
    for boot in BOOTS:
        if boot.poll() is None:
            os.killpg(boot.pid, signal.SIGTERM)


class Wrong(Exception):
    """What the virtual Pi did is not what it must do."""


# So that a recording is the rendering and nothing else, and a detent one step of its knob.
PLAIN = {"?audio.keep_awake": "no", "?knob bright.acceleration": "off"}


class Run:
    """One boot. settings: {"section.key": value} to change in the unit's own chronus.ini; by default also
    PLAIN."""

    def __init__(self, name, guest, settings=None, files=None, append="", qemu=(), plain=True):
        self.name = name
        self.guest = guest
        self.settings = {**(PLAIN if plain else {}), **(settings or {})}
        self.files = files or {}
        self.append = append
        self.qemu = list(qemu)
        self.results = os.path.join(OUT, "results", name)
        self.folder = os.path.join(self.results, "test")

    def prepare(self):
        shutil.rmtree(self.results, ignore_errors=True)
        os.makedirs(self.folder)
        shutil.copy(os.path.join(HERE, "guest_lib.sh"), self.folder)
        shutil.copytree(os.path.join(TOP, "config", "patches"), os.path.join(self.folder, "patches"))
        with open(os.path.join(TOP, "config", "chronus.ini"), encoding="utf-8") as file:
            self.write("chronus.ini", change_ini(file.read(), self.settings))
        self.write("guest.sh", ". ./guest_lib.sh\n" + self.guest)
        for name, text in self.files.items():
            self.write(name, text)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def boot(self):
        self.prepare()
        command = [os.path.join(BENCH, "run")]
        if self.append:
            command += ["--append", self.append]
        command += [self.folder, self.results, "--"] + self.qemu
        # a session of its own: stop_all() ends QEMU with it
        boot = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            start_new_session=True)
        BOOTS.append(boot)
        said = boot.communicate()[1] + self.text("guest.log", "")
        if boot.returncode != 0:
            raise Wrong("the guest ended with %d:\n%s" % (boot.returncode, said[-3000:]))

    def path(self, name):
        return os.path.join(self.results, name)

    def text(self, name, default=None):
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            if default is not None:
                return default
            raise Wrong("the guest left no %s" % name) from None

    def data(self, name):
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            raise Wrong("the guest left no %s" % name) from None

    def setting(self, key, default):
        return self.settings.get(key, default)


class Test:
    def __init__(self, name, run, judge):
        self.name = name
        self.run = run
        self.judge = judge


def change_ini(text, settings):
    """The text with these keys set; what else it says stays. A key that begins with ? is only changed
    where the text has it."""
    lines = text.split("\n")
    for where, value in settings.items():
        section, key = where.lstrip("?").rsplit(".", 1)
        if where.startswith("?") and not re.search(r"^%s\s*=" % re.escape(key), text, flags=re.M):
            continue
        head = next((i for i, l in enumerate(lines) if l.strip() == "[%s]" % section), None)
        if head is None:
            lines += ["[%s]" % section, "%s = %s" % (key, value)]
            continue
        at = head + 1
        while at < len(lines) and not lines[at].startswith("["):
            if re.match(r"%s\s*=" % re.escape(key), lines[at]):
                del lines[at]
                break
            at += 1
        lines.insert(head + 1, "%s = %s" % (key, value))
    return "\n".join(lines) + "\n"


def need(condition, text):
    if not condition:
        raise Wrong(text)


# ---- what chronus says --------------------------------------------------------------------------

def summary(run):
    """The counters of chronus's last line."""
    lines = re.findall(r"blocks \d+.*", run.text("chronus.log"))
    need(lines, "chronus left no summary:\n" + run.text("chronus.log")[-2000:])
    return {name: int(n) for name, n in re.findall(r"(\w+) (\d+)", lines[-1])}


def need_counters(run, **wanted):
    counted = summary(run)
    for name, value in wanted.items():
        need(counted[name] == value, "%s is %d, not %d" % (name, counted[name], value))
    return counted


def stats_of(run, name="stats.json"):
    """The total counters of `chronus stats --json`."""
    return json.loads(run.text(name))["total_count"]


# ---- what the device was fed ----------------------------------------------------------------------

class Stream:
    """What one start of the device played."""

    def __init__(self, line, data):
        for key, value in re.findall(r"(\w+)=(\S+)", line):
            setattr(self, key, int(value) if value.isdigit() else value)
        self.frame_bytes = self.channels * {"S32_LE": 4, "S24_LE": 4, "S24_3LE": 3, "S16_LE": 2}[self.format]
        self.data = data

    def frames(self):
        return len(self.data) // self.frame_bytes

    def ns_of_frame(self, frame):
        """When the DAC took it: with the burst that it belongs to."""
        bursts = frame // self.burst_frames + 1
        return self.ns + bursts * self.burst_frames * 1000000000 // self.rate_hz


def streams(run, name="dac"):
    """One Stream for each start in NAME.log."""
    data = run.data(name + ".recording")
    lines = run.text(name + ".log").splitlines()
    need(lines and "lost_bytes=0" in lines[-1], "the DAC's recording is too short: recording_mb")
    starts = [l for l in lines if l.startswith("start ")]
    places = [int(re.search(r"at_bytes=(\d+)", l).group(1)) for l in starts] + [len(data)]
    found = [Stream(l, data[places[i]:places[i + 1]]) for i, l in enumerate(starts)]
    need_clock(lines[-1], found)
    return found


def need_clock(last_line, found):
    """A sample clock that was late by all that is queued while a period is made has lost frames, whatever
    chronus did (cross/README.md, Turns)."""
    late_us = int(re.search(r"late_ns=(\d+)", last_line).group(1)) / 1000
    for stream in found:
        limit_us = (stream.buffer_frames - stream.period_frames) * 1e6 / stream.rate_hz
        need(late_us < limit_us, "the bench, not chronus: the DAC's clock was %.0f us late" % late_us)


def samples(data):
    """Left and right of interleaved S32_LE stereo."""
    both = array.array("i", data)
    return both[0::2], both[1::2]


# ---- what it should have been fed ------------------------------------------------------------------

def in_toolbox(*command, folder=None):
    done = subprocess.run([os.path.join(TOP, "cross", "toolbox", "in-toolbox")] + list(command), cwd=folder,
        capture_output=True, text=True, check=False)
    need(done.returncode == 0, "%s failed:\n%s" % (" ".join(command), done.stderr[-2000:]))
    return done.stdout


def render(run, seconds, patch="patches/pulse.ini", script="events.txt", sample_format="s32"):
    """The same program, arm64, renders the run's journal. Samples as S32_LE stereo, or S16_LE."""
    block = run.setting("audio.block_frames", 64)
    out = run.path("rendered.wav")
    in_toolbox("sh", "-c", 'exec qemu-aarch64 -L / "$@"', "sh", os.path.join(OUT, "chronus"), "render",
        "--patch", patch, "--config", "chronus.ini", "--block", str(block), "--seconds", str(seconds),
        "--script", run.path(script), "--format", sample_format, "--out", out, folder=run.folder)
    with open(out, "rb") as file:
        data = file.read()
    return data[data.index(b"data") + 8:]


def keeps_awake(run):
    with open(os.path.join(run.folder, "chronus.ini"), encoding="utf-8") as file:
        return re.search(r"^keep_awake\s*=\s*yes", file.read(), flags=re.M) is not None


def add_awake_noise(data):
    """What `audio.keep_awake` makes of S32_LE stereo: one step more or less on every sample
    (sample_noise in firmware/audio/sample_format.c)."""
    both, mask = array.array("i", data), (1 << 64) - 1
    for i, s in enumerate(both):
        x = (i + 1) * 0x9e3779b97f4a7c15 & mask
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 & mask
        x = (x ^ x >> 27) * 0x94d049bb133111eb & mask
        s += 1 if (x ^ x >> 31) & 1 else -1
        both[i] = max(-0x80000000, min(0x7fffffff, s))
    return both.tobytes()


def first_difference(one, other, unit=8):
    """The number of the first frame that differs, or None."""
    n = min(len(one), len(other))
    at, step = 0, unit << 13
    while at < n and one[at:at + step] == other[at:at + step]:
        at += step
    if at >= n:
        return None
    while one[at:at + unit] == other[at:at + unit] and at < n:
        at += unit
    return at // unit if at < n else None


def compare_until_end(run, stream, patch="patches/pulse.ini"):
    """The recording is the rendering, up to the fade-out of 20 ms at the end. Returns equal frames."""
    block = run.setting("audio.block_frames", 64)
    rendered = render(run, stream.frames() / stream.rate_hz, patch)
    if keeps_awake(run):
        rendered = add_awake_noise(rendered)
    # the engine's end: 20 ms of fade in whole blocks, and two blocks of silence (fade_out in producer.c)
    closing_blocks = stream.rate_hz // 50 // block + 2
    closing = stream.frames() - closing_blocks * block
    need(len(rendered) >= len(stream.data), "render gave %d bytes for %d" % (len(rendered), len(stream.data)))
    at = first_difference(stream.data, rendered)
    need(at is None or at >= closing,
        "frame %s of %d differs from the rendering (%s)" % (at, stream.frames(), run.path("rendered.wav")))
    played, asked = samples(stream.data[closing * 8:]), samples(rendered[closing * 8:len(stream.data)])
    for side in (0, 1):
        for i, (p, a) in enumerate(zip(played[side], asked[side])):
            need(abs(p) <= abs(a) * (1 + 1e-6) + 2, "frame %d of the fade-out is louder than the sound" % (closing + i))
        need(max(map(abs, played[side][-block:])) <= 1, "the fade-out does not end in silence")
    return closing


def find_stream(stream, rendered, fade_frames=256, probe_frames=1024):
    """Where in the rendering this start of the device begins, and how many frames are its own (those
    of the fade-in are taken for granted). (None, 0) when it is not there."""
    unit = stream.frame_bytes
    probe = stream.data[fade_frames * unit:(fade_frames + probe_frames) * unit]
    at = rendered.find(probe)
    while at >= 0 and at % unit:
        at = rendered.find(probe, at + 1)
    if at < 0 or len(probe) < probe_frames * unit:
        return None, 0
    rest = stream.data[fade_frames * unit:]
    equal = first_difference(rest, rendered[at:], unit)
    return at // unit - fade_frames, fade_frames + (len(rest) // unit if equal is None else equal)
