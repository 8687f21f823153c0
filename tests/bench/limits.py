#!/usr/bin/env python3
"""limits.py [voice] [growth] [large] - what a frame may cost at most: the limits of tests/FIGURES.md as a test. Counts
instructions, not time.

Exits with 0, with 1 where a limit is broken, or with 77 where it cannot be counted here.
"""
import os
import platform
import re
import subprocess
import sys
import tempfile

import counting

# Instructions a frame: 7 % above what is reached. What README.md asks for is more, and would let much be lost unseen.
# They guard against accidents: of two loops the quicker one may have more (README.md, "Time").
MOST = {"p0": 9.5, "p1": 79.0, "p2": 532.0, "p3": 1232.0, "p4": 25.5}
FOUR_VOICES = 1.15        # of one
SMALL_BLOCKS = 1.12       # blocks of 32 to those of 256, p3
PRODUCER = 15.0           # a frame
CALL = 40.0               # a module and block, beside the module's own work
STRAIGHT = 0.10           # off a straight line
failures = []


def check(what, value, most):
    is_ok = 0.0 < value <= most
    print(f"{'ok' if is_ok else 'FAIL':6}{what}: {value:.3f} (more than 0, at most {most:.3f})")
    if not is_ok:
        failures.append(what)


def cannot():
    compiler = subprocess.run([*os.environ.get("CC", "gcc").split(), "--version"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout
    if platform.machine() != "x86_64" or "Free Software Foundation" not in compiler:
        return "the limits are for x86-64 and gcc; make bench counts with any"
    return counting.missing()


def chain(folder, n_modules):
    """Filters one behind the other, in as many modules (out not counted)."""
    path = f"{folder}/chain{n_modules}.ini"
    with open(path, "w") as patch:
        patch.write("[m0]\ntype = osc\nshape = saw\nfreq_hz = 110\n")
        for i in range(1, n_modules):
            patch.write(f"[m{i}]\ntype = svf\nin = m{i - 1}\ncutoff_hz = 12000\n")
        patch.write(f"[out]\nin = m{n_modules - 1}\n")
    return path


def voices(folder, n):
    path = f"{folder}/voices{n}.ini"
    text = open(f"{counting.HERE}/p1v4.ini").read()
    with open(path, "w") as patch:
        patch.write(re.sub(r"voices = \d+", f"voices = {n}", text, count=1))
    return path


def off_line(costs):
    """How far costs {x: y} are from the line through the first and the last, as a part of it."""
    xs = sorted(costs)
    slope = (costs[xs[-1]] - costs[xs[0]]) / (xs[-1] - xs[0])
    return max(abs(costs[x] / (costs[xs[0]] + slope * (x - xs[0])) - 1) for x in xs)


def share(patch, extra, of_thread):
    """What of_thread({function: instructions}) says of each thread of a render, in sum, a frame."""
    totals = []
    for seconds in (0.25, 0.75):
        texts = counting.profile(
            counting.chronus(patch, extra=extra)(seconds), "--separate-threads=yes", "--compress-strings=no")[1]
        totals.append(sum(of_thread(own_costs(text)) for text in texts))
    return (totals[1] - totals[0]) / (0.5 * counting.RATE_HZ)


def producer(patch):
    """The producer's part of a render that has threads."""
    return share(patch, (), lambda costs: sum(costs.values()) if "producer_run" in costs else 0)


def rendering(patch):
    """What program_render itself spends."""
    return share(patch, ("--solo",), lambda costs: costs.get("program_render", 0))


def own_costs(text):
    """{function: instructions of its own} of a callgrind file whose names are not compressed."""
    costs, function, is_call = {}, None, False
    for line in text.splitlines():
        if line.startswith("fn="):
            function = line[3:]
            costs.setdefault(function, 0)
        elif line.startswith("calls="):
            is_call = True  # the next line is what was called, all in all
        elif re.match(r"[0-9+*-]", line):
            costs[function] += 0 if is_call else int(line.split()[1])
            is_call = False
    return costs


def one_patch(patch):
    return counting.chronus(patch), 0.25, 0.75


def one_second(patch):
    """For what repeats itself every second."""
    return counting.chronus(patch), 1, 2


def count(table):
    """{name: instructions a frame} of {name: (make_command, short, long)}."""
    return counting.each(lambda name: counting.net(*table[name]), table)


def check_patches(cost):
    for patch in cost:
        check(f"{patch}, instructions a frame", cost[patch], MOST[patch])


def voice():
    """The engine alone, a sine, a voice: seconds."""
    check_patches(count({"p0": one_patch("p0"), "p4": one_patch("p4"), "p1": one_second("p1")}))


def voices_and_modules(folder):
    """How the cost of a patch grows."""
    table = {f"voices {n}": one_second(voices(folder, n)) for n in (1, 4, 8, 12, 16)}
    table.update({f"modules {n}": (counting.chronus(chain(folder, n)), 0.1, 0.2) for n in (1, 64, 128, 192, 256)})
    cost = count(table)
    check("four voices to one", cost["voices 4"] / count({"p1": one_second("p1")})["p1"], FOUR_VOICES)
    check("4 to 16 voices, off a straight line", off_line({n: cost[f"voices {n}"] for n in (4, 8, 12, 16)}), STRAIGHT)
    check("1 voice to 4", cost["voices 1"] / cost["voices 4"], 1.0 + STRAIGHT)
    check("1 to 256 modules, off a straight line", off_line({n: cost[f"modules {n}"] for n in (1, 64, 128, 192, 256)}),
          STRAIGHT)


def large():
    """Many modules, and what they cost beside their work."""
    cost = count({"p2": one_second("p2"), "p3": one_patch("p3"),
                  **{f"p3 in {b}": (counting.chronus("p3", b), 0.25, 0.75) for b in (32, 256)}})
    check_patches({p: cost[p] for p in ("p2", "p3")})
    check("p3 in blocks of 32 to 256", cost["p3 in 32"] / cost["p3 in 256"], SMALL_BLOCKS)
    check("the producer, instructions a frame", producer("p3"), PRODUCER)
    check("calling a module for a block", (rendering("p3") - rendering("p0")) * 64 / 69, CALL)


def main(wanted):
    reason = cannot()
    if reason:
        print(f"skipped: {reason}")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        parts = {"voice": voice, "growth": lambda: voices_and_modules(folder), "large": large}
        for part in wanted or parts:
            parts[part]()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
