"""A LED at a pin of the emulated board, seen from outside: QEMU's pl061 (the GPIO of `virt`) is asked over its monitor.

The image's kernel has the driver, the program finds the chip by the name in LAMPS, nothing of the card is another.
"""

import json
import re
import socket
import threading
import time

from card import Wrong, need

# Pins 0 to 2; 3 is the board's power button.
FAULT, RUNNING = 0, 1
LAMPS = "[gpio]\nchip = 9030000.pl061\n[led fault]\npin = %d\nshows = fault\n[led running]\npin = %d\nshows = running\n" % (
    FAULT, RUNNING)
PL061 = 0x9030000


class Monitor:
    """QEMU's own, over the socket of a boot."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw", encoding="utf-8")
        self.file.readline()
        self.ask("qmp_capabilities")

    def ask(self, what, **arguments):
        self.file.write(json.dumps({"execute": what, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            line = self.file.readline()
            need(line, "QEMU's monitor has gone")
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            need("error" not in answer, "QEMU's monitor: %s" % answer)

    def is_lit(self, pin):
        # the address says which pins are read
        said = self.ask("human-monitor-command", **{"command-line": "xp /1wx 0x%x" % (PL061 + (4 << pin))})
        return bool(int(re.search(r": 0x([0-9a-f]+)", said).group(1), 16))

    def close(self):
        self.file.close()
        self.socket.close()


def runs_of(samples):
    """(is lit, seconds) of each stretch that was seen to begin and to end. samples: (seconds, is lit)."""
    changes = [samples[i] for i in range(1, len(samples)) if samples[i][1] != samples[i - 1][1]]
    return [(a[1], b[0] - a[0]) for a, b in zip(changes, changes[1:])]


def pattern_of(samples):
    """What was seen, by the proportions alone: the guest's seconds may be longer than ours."""
    runs = runs_of(samples)
    if not runs:
        lit = {s[1] for s in samples}
        return "steady" if lit == {True} else "dark" if lit == {False} else "one change"
    gaps = [seconds for is_lit, seconds in runs if not is_lit]
    if len(gaps) < 4:
        return "%d changes" % (len(runs) + 1)
    is_long = [gap > 4 * min(gaps) for gap in gaps]
    if not any(is_long):
        return "blinking"
    alternates = all(a != b for a, b in zip(is_long, is_long[1:]))
    return "two flashes" if alternates else "irregular: %s" % " ".join("%.2f" % g for g in gaps)


def watch(boot, pin, guest_s=9):
    """The pattern of a LED in that many of the guest's seconds."""
    monitor = Monitor(boot.monitor_path)
    waiting = threading.Thread(target=boot.ssh, args=("sleep %d" % guest_s,))
    waiting.start()
    samples = []
    while waiting.is_alive():
        samples.append((time.monotonic(), monitor.is_lit(pin)))
        time.sleep(0.01)
    waiting.join()
    monitor.close()
    return pattern_of(samples)


def need_lamp(boot, pin, wanted, tries=3):
    """A host that stops for a while spoils what is seen, not what is shown: then it is looked at again."""
    for _ in range(tries):
        seen = watch(boot, pin)
        if seen == wanted:
            return
    raise Wrong("the LED at pin %d shows '%s' and not '%s':\n%s" % (pin, seen, wanted, boot.ssh("chronus status", check=False).out))
