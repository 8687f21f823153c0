#!/usr/bin/env python3
"""bench.py - chronus beside the engines that musicians use, on the reference patches of README.md.

usage: bench.py [--block FRAMES] [--time] [PATCH...]
--time: by the processor's time, in one run, and not by instructions.
Engines that are not installed are left out and named. CHRONUS names our program.
"""
import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

import counting
import csound
import puredata
import scsynth

PEERS = {"scsynth": scsynth, "csound": csound, "pd": puredata}
ROWS = {
    "p0": "nothing",
    "p4": "one sine",
    "p1": "one voice",
    "p1v4": "four voices",
    "p2": "8 voices, delay, reverb",
    "p3": "64 modules in a chain",
    "p3n": "the same, 64 nodes",
}
# our row, of which engine and row at most so much, the aim
LIMITS = [("p1", "scsynth", "p1", 0.65, 0.40), ("p1v4", "chronus", "p1", 1.15, 1.05),
          ("p2", "scsynth", "p2", 0.50, 0.42), ("p3", "scsynth", "p3n", 0.90, 0.70),
          ("p4", "scsynth", "p4", 0.80, 0.50)]


# the same in time
TIME_LIMITS = [("p4", "scsynth", "p4", 1.0, 0.7), ("p1", "scsynth", "p1", 1.1, 0.8),
               ("p2", "scsynth", "p2", 0.7, 0.5), ("p3", "scsynth", "p3n", 0.9, 0.75)]
SHORT_S, LONG_S, REPEATS = 10, 60, 5


def command_maker(job):
    engine, patch, block, folder = job
    if engine == "chronus":
        return counting.chronus(patch, block)
    if engine == "with mirror":
        return counting.chronus(patch, block, ())
    return lambda seconds: PEERS[engine].command(patch, block, seconds, folder)


def measure(job):
    return counting.net(command_maker(job), 1, 2)


def cpu_s(command):
    """Processor time of a run of the command, of all its threads, in the kernel too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_times(jobs):
    """{(engine, patch): (ns a frame by the least, by the median)}. One engine after the other in each repeat, so that
    what disturbs the machine disturbs all."""
    spent = {(job, seconds): [] for job in jobs for seconds in (SHORT_S, LONG_S)}
    for _ in range(REPEATS):
        for job, seconds in spent:
            spent[job, seconds].append(cpu_s(command_maker(job)(seconds)))
    frames = (LONG_S - SHORT_S) * counting.RATE_HZ
    return {job[:2]: tuple(1e9 * (of(spent[job, LONG_S]) - of(spent[job, SHORT_S])) / frames
                           for of in (min, statistics.median)) for job in jobs}


def has(engine, patch):
    return patch in PEERS[engine].PATCHES if engine in PEERS else patch != "p3n"


def print_table(what, engines, patches, figures, limits):
    print(f"{what:32}" + "".join(f"{e:>14}" for e in engines))
    for patch in patches:
        row = [figures.get((e, patch)) for e in engines]
        print(f"{patch + ': ' + ROWS[patch]:32}" + "".join(" " * 14 if v is None else f"{v:14.1f}" for v in row))
    print()
    for ours, engine, theirs, most, aim in limits:
        a, b = figures.get(("chronus", ours)), figures.get((engine, theirs))
        if a and b:
            verdict = "aim met" if a / b <= aim else "met" if a / b <= most else "NOT MET"
            print(f"{ours} is {a / b:.3f} of {engine}'s {theirs}: {verdict} (at most {most:.2f}, aim {aim:.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--block", type=int, default=64)
    parser.add_argument("--time", action="store_true")
    parser.add_argument("patch", nargs="*", default=list(ROWS))
    asked = parser.parse_args()
    missing = counting.missing()
    if missing and not asked.time:
        sys.exit(f"bench: {missing}")
    engines = ["chronus", "with mirror"]
    for name, peer in PEERS.items():
        if shutil.which(peer.PROGRAM):
            engines.append(name)
        else:
            print(f"not installed, left out: {name} (sh cross/deps.sh bench)")
    patches = [p for p in ROWS if p in asked.patch]
    with tempfile.TemporaryDirectory() as folder:
        jobs = [(e, p, asked.block, folder) for p in patches for e in engines if has(e, p)]
        if asked.time:
            times = measure_times(jobs)
            least = {name: both[0] for name, both in times.items()}
            print_table("ns a frame, the least", engines, patches, least, TIME_LIMITS)
            print()
            print_table("ns a frame, the median", engines, patches, {name: both[1] for name, both in times.items()}, [])
            print(f"\nProcessor time; {REPEATS} runs of {LONG_S} s less {REPEATS} of {SHORT_S} s at 48 kHz, block {asked.block}.")
            return
        figures = {job[:2]: value for job, value in counting.each(measure, jobs).items()}
    print_table("instructions a frame", engines, patches, figures, LIMITS)
    print(f"\nCounted by valgrind (callgrind), all threads; 2 s less 1 s at 48 kHz, block {asked.block}, float, nothing "
          "kept.\nchronus: render --solo --discard, engine included; with mirror: the second worker renders the same\n"
          "blocks beside it, on another core. What the patches are: tests/bench/README.md.")


if __name__ == "__main__":
    main()
