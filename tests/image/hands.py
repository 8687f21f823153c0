"""Somebody at the card who needs no network: a unit in a test's root that turns, edits, and says so on the console.

What it prints, each line with the guest's seconds: `stats BLOCKS NONE` twice, the two files of the state between marks,
`judged`, and from then on `turn N` for each turn the program has taken and `edit N` for each edit of chronus.ini.
"""

import os
import re

from card import Wrong, in_toolbox, need
from power import read_state

ROOT_OFFSET = 260 << 20
UNITS = "/etc/systemd/system"
# What has no part in the card's files is not started: most of the processor's time from the sound on is theirs.
AWAY = [name + ".service" for name in ("systemd-timesyncd", "systemd-resolved", "systemd-networkd", "systemd-udev-trigger",
    "systemd-udevd", "ssh")]
LIGHT = "[osc1]\ntype = osc\npitch = 33\n[filter1]\ntype = svf\nin = osc1\n[out]\nin = filter1 * 0.1\n"
SETTINGS = {"block_frames": "256", "patch": "patches/light.ini"}
QUICK = "loglevel=2 nokaslr"
UNIT = """[Unit]
Description=Hands of a test
DefaultDependencies=no
After=chronus.service
[Service]
User=chronus
Group=chronus
StandardOutput=file:/dev/ttyAMA0
ExecStart=/bin/sh /usr/lib/hands/turn
"""
SCRIPT = r"""set -f
say() { read -r up idle </proc/uptime; echo "hands $up $*"; }
stats() {
	until all=$(chronus stats --json 2>/dev/null); do sleep 0.2; done
	all=${all#*\"total_count\"}
	say stats ${all%%\}*}
}
read -r line </proc/cmdline
n=${line##*hands_first=}; n=${n%% *}
stats; sleep 1; stats
for i in 0 1; do
	say state $i; cat /data/state/state.$i 2>/dev/null; echo; say end $i
done
say judged
edits() {
	i=0
	while :; do
		chronus edit --from /usr/lib/hands/$i chronus.ini >/dev/null 2>&1 && say edit $i
		i=$((1 - i))
		sleep 1
	done
}
edits &
while :; do
	n=$((n + 1))
	chronus send "set filter1.resonance 0.$((10000 + n))" >/dev/null && say turn $n
	sleep 0.25
done
"""


def change_root(card, requests):
    done = in_toolbox("debugfs", "-w", "-f", "-", "%s?offset=%d" % (card.path, ROOT_OFFSET),
        data="\n".join(requests).encode())
    said = [line for line in done.stderr.decode().splitlines() if line and not line.startswith("debugfs ")]
    need(not said, "the root cannot be changed: %s" % said)


def put(card):
    """Writes the hands into the root of the card. Returns the two texts of chronus.ini that they write in turn."""
    card.put("patches/light.ini", LIGHT)
    card.settings(SETTINGS)
    text = card.get("chronus.ini")
    versions = [text, text + b"; edited\n" * 400]
    requests = ["mkdir /usr/lib/hands"]
    for name, data in (("turn", SCRIPT.encode()), ("0", versions[0]), ("1", versions[1]), ("hands.service", UNIT.encode())):
        path = os.path.join(card.folder, "hands." + name)
        with open(path, "wb") as file:
            file.write(data)
        requests.append("write %s %s/%s" % (path, UNITS if name == "hands.service" else "/usr/lib/hands", name))
    requests.append("symlink %s/sysinit.target.wants/hands.service %s/hands.service" % (UNITS, UNITS))
    change_root(card, requests + ["symlink %s/%s /dev/null" % (UNITS, name) for name in AWAY])
    return versions


def boot(card, number=0, **options):
    """A boot whose hands turn on from that number."""
    return card.boot(append="%s hands_first=%d" % (QUICK, number), **options)


def take_away(card):
    """The root is again as it was built."""
    change_root(card, ["rm %s/%s" % (UNITS, name) for name in AWAY] + ["rm %s/sysinit.target.wants/hands.service" % UNITS])


class Said:
    """What the console of one boot says by now."""

    def __init__(self, text):
        whole = text[:text.rfind("\n") + 1]
        self.stats, self.turns, self.edits, self.is_judged, self.states = [], [], 0, False, {}
        for at, what in re.findall(r"hands ([\d.]+) (.*?)\r?$", whole, flags=re.M):
            words = what.split()
            if words[0] == "turn":
                self.turns.append((int(words[1]), float(at)))
            elif words[0] == "stats":
                counts = {k: int(v) for k, v in re.findall(r'"(blocks|none)"\s*:\s*(\d+)', what)}
                need("blocks" in counts and "none" in counts, "no counts in: " + what)
                self.stats.append(counts)
            self.edits += words[0] == "edit"
            self.is_judged |= words[0] == "judged"
        for i, state in re.findall(r"hands [\d.]+ state (\d)\r?\n(.*?)\r?\nhands [\d.]+ end", whole, flags=re.M | re.S):
            self.states[i] = state.replace("\r\n", "\n")

    def need_sound(self):
        """Blocks went by and none was missing."""
        first, last = self.stats[0], self.stats[1]
        need(last["blocks"] > first["blocks"], "no block was played in a second")
        need(last["none"] == first["none"], "%d blocks were missing" % (last["none"] - first["none"]))

    def state(self):
        need(len(self.states) == 2, "the state was not read")
        state = read_state(list(self.states.values()))
        if not state:
            raise Wrong("no whole state: %r" % self.states)
        return state
