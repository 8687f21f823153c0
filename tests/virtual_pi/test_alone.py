"""4. The producer is alone on core 3, FIFO 80, memory locked. In the 60 s of each run of test_unbroken.py the
three real-time threads have no page fault and no involuntary context switch, and make no system call
that is not on the list below."""

import re

from bench import Test, need
import test_unbroken

# thread: (core, FIFO priority, system calls while it plays)
# ppoll:  wait for the device (snd_pcm_wait)
# ioctl:  SNDRV_PCM_IOCTL_HWSYNC and its like: where is the device
# futex:  the doorbells of the workers
# clock_nanosleep: the pause between two blocks while the device is being filled
EXPECTED = {
    "producer": (3, 80, {"ppoll", "ioctl", "futex", "clock_nanosleep"}),
    "worker A": (1, 70, {"futex"}),
    "worker B": (2, 70, {"futex"}),
}


def tasks(run, name):
    """Thread name -> what /proc says of it."""
    found = {}
    for part in re.split(r"^task ", run.text(name), flags=re.M)[1:]:
        stat = re.search(r"^(\d+) \((.*?)\) (.*)$", part, flags=re.M)
        fields = stat.group(3).split()  # from field 3 of proc(5) on
        status = dict(re.findall(r"^(\w+):\s*(.*)$", part, flags=re.M))
        found[stat.group(2)] = {
            "tid": int(stat.group(1)),
            "minor_faults": int(fields[10 - 3]), "major_faults": int(fields[12 - 3]),
            "core": int(fields[39 - 3]), "priority": int(fields[40 - 3]), "policy": int(fields[41 - 3]),
            "cores": status["Cpus_allowed_list"], "locked_kb": int(status["VmLck"].split()[0]),
            "size_kb": int(status["VmSize"].split()[0]),
            "involuntary": int(status["nonvoluntary_ctxt_switches"]),
        }
    return found


def system_calls(run):
    """Thread number -> names of what it called."""
    called = {}
    text = run.text("syscalls")
    need(re.search(r"Dropped: 0\b", text), "the kernel's table of system calls was too small")
    for tid, name in re.findall(r"common_pid:\s*(\d+), id: sys_(\w+)", text):
        called.setdefault(int(tid), set()).add(name)
    return called


def judge(run):
    before, after, called = tasks(run, "before.threads"), tasks(run, "after.threads"), system_calls(run)
    for name, (core, priority, allowed) in EXPECTED.items():
        need(name in after, "there is no thread \"%s\", only %s" % (name, ", ".join(after)))
        old, new = before[name], after[name]
        need(new["policy"] == 1 and new["priority"] == priority,
            "%s: policy %d, priority %d; not FIFO %d" % (name, new["policy"], new["priority"], priority))
        need(new["cores"] == str(core) and new["core"] == core,
            "%s may run on cores %s, not on %d alone" % (name, new["cores"], core))
        need(new["locked_kb"] > 0.9 * new["size_kb"],
            "%s: %d of %d kB are locked" % (name, new["locked_kb"], new["size_kb"]))
        for what in ("minor_faults", "major_faults", "involuntary"):
            need(new[what] == old[what], "%s: %d %s in 60 s" % (name, new[what] - old[what], what))
        need(called.get(new["tid"]), "%s made no system call at all: nothing was traced" % name)
        extra = called[new["tid"]] - allowed
        need(not extra, "%s called %s, which is not on its list" % (name, ", ".join(sorted(extra))))
    need(run.text("isolation").split() == ["3", "1"], "core 3 is not isolated, or the kernel not PREEMPT_RT")
    for name in ("before.cores", "after.cores"):
        on_3 = re.findall(r"^on core 3: (.*)$", run.text(name), flags=re.M)
        need(on_3 == ["producer"], "on core 3: %s" % ", ".join(on_3))
    others = [n for n, t in after.items() if n not in EXPECTED and t["cores"] != "0"]
    need(not others, "not on core 0: %s" % ", ".join(others))
    return "faults 0, involuntary switches 0, system calls on the list"


TESTS = [Test("alone-" + run.name.split("-")[1], run, judge) for run in test_unbroken.RUNS.values()]
