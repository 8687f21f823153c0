"""What the unit grants on the card, read from the running service: real-time priority, locked memory, cores, groups, and nothing
else. A shell of an ssh login, which has none of it, must be found wanting by the same look."""

import json
import re

from card import Card, need

# Fields of /proc/PID/task/TID/stat (proc(5)), counted behind the name in brackets: processor, rt_priority, policy.
PROCESSOR, RT_PRIORITY, POLICY = 36, 37, 38
SCHED_FIFO = 1

# The process of the first argument; $$: this shell.
LOOK = """
pid=%s
cat /proc/$pid/limits /proc/$pid/status
echo "groups $(stat -c %%G /proc/$pid) $(sed -n 's/^Groups://p' /proc/$pid/status | tr '\\t' ' ')"
for task in /proc/$pid/task/*; do
	echo "task ${task##*/} $(sed 's/.*) //' $task/stat) cpus=$(sed -n 's/^Cpus_allowed_list:\\t*//p' $task/status)"
done
"""


def number(said, pattern):
    found = re.search(pattern, said, flags=re.M)
    return int(found.group(1), 0) if found else -1


def tasks(said):
    """{tid: (policy, priority, the cores it may run on)}"""
    found = {}
    for tid, fields, cpus in re.findall(r"^task (\d+) (.*) cpus=(\S+)$", said, flags=re.M):
        words = fields.split()
        found[int(tid)] = (int(words[POLICY]), int(words[RT_PRIORITY]), cpus)
    return found


def wanting(said, threads, groups):
    """What is not as the unit and chronus.ini have it."""
    wrong = []
    if not re.search(r"^Max realtime priority +95 +95", said, flags=re.M):
        wrong.append("LimitRTPRIO is not 95")
    if not re.search(r"^Max locked memory +unlimited +unlimited", said, flags=re.M):
        wrong.append("LimitMEMLOCK is not infinity")
    if not re.search(r"^Max core file size +0 +0", said, flags=re.M):
        wrong.append("LimitCORE is not 0")
    locked, resident = number(said, r"^VmLck:\s+(\d+)"), number(said, r"^VmRSS:\s+(\d+)")
    if locked < resident * 9 // 10:
        wrong.append("%d KB of memory are locked, %d in use" % (locked, resident))
    for key, value in (("NoNewPrivs", 1), ("Seccomp", 2)):
        if number(said, r"^%s:\s+(\d+)" % key) != value:
            wrong.append("%s is not %d" % (key, value))
    for key in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        if not re.search(r"^%s:\s+0+$" % key, said, flags=re.M):
            wrong.append("%s is not empty" % key)
    missing = groups - set(re.search(r"^groups chronus (.*)", said, flags=re.M).group(1).split())
    if missing:
        wrong.append("not in the groups %s" % sorted(missing))
    found = tasks(said)
    for name, thread in threads.items():
        have, want = found.get(thread["tid"]), (SCHED_FIFO, thread["priority"], str(thread["cpu"]))
        if have != want or thread["priority"] <= 0 or thread["cpu"] < 1:
            wrong.append("%s has (policy, priority, cores) %s" % (name, have))
    return wrong


def test_rights():
    card = Card("rights")
    card.settings({"block_frames": "256"})
    boot = card.boot()
    boot.wait_ssh()
    boot.wait_for_command("chronus stats --json | grep -q '\"pid\"'")
    stats = json.loads(boot.ssh("chronus stats --json").out)
    groups = set(re.findall(r"^(?:audio|gpio):[^:]*:(\d+):", boot.ssh("cat /etc/group").out, flags=re.M))
    need(len(groups) == 2, "the card has no groups audio and gpio")
    said = boot.ssh(LOOK % stats["pid"]).out
    wrong = wanting(said, stats["threads"], groups)
    need(not wrong, "%s\n%s" % ("; ".join(wrong), said))
    refused = [d for d in stats["degraded"] if re.search("priority|memory|core", d)]
    need(not refused, "chronus says that it was not granted: %s" % refused)
    shell = wanting(boot.ssh(LOOK % "$$").out, stats["threads"], groups)
    need(len(shell) >= 8, "a shell without rights is found wanting in this only: %s" % shell)
    judged = boot.ssh("systemd-analyze security --no-pager --offline=true --threshold=25 "
        "/usr/lib/systemd/system/chronus.service 2>&1 | tail -n 1").out.strip()
    level = re.search(r"Overall exposure level for \S+ ([\d.]+)", judged)
    need(level and float(level.group(1)) <= 2.5, "systemd-analyze security: " + judged)
    return "FIFO and cores %s; %d KB locked of %d; exposure %s; a shell is found wanting in %d things" % (
        ", ".join("%s %d on %d" % (n, t["priority"], t["cpu"]) for n, t in sorted(stats["threads"].items())),
        number(said, r"^VmLck:\s+(\d+)"), number(said, r"^VmRSS:\s+(\d+)"), level.group(1), len(shell))


TESTS = [("rights", test_rights)]
