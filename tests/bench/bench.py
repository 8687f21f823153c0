#!/usr/bin/env python3
"""bench.py - chronus beside the engines that musicians use, on the reference patches of README.md.

usage: bench.py [--block FRAMES] [PATCH...]
Engines that are not installed are left out and named. CHRONUS names our program.
"""
import argparse
import shutil
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


def measure(job):
    engine, patch, block, folder = job
    if engine == "chronus":
        make = counting.chronus(patch, block)
    elif engine == "with mirror":
        make = counting.chronus(patch, block, ())
    else:
        make = lambda seconds: PEERS[engine].command(patch, block, seconds, folder)
    return counting.net(make, 1, 2)


def has(engine, patch):
    return patch in PEERS[engine].PATCHES if engine in PEERS else patch != "p3n"


def print_table(engines, patches, figures):
    print(f"{'instructions a frame':32}" + "".join(f"{e:>14}" for e in engines))
    for patch in patches:
        row = [figures.get((e, patch)) for e in engines]
        print(f"{patch + ': ' + ROWS[patch]:32}" + "".join(" " * 14 if v is None else f"{v:14.1f}" for v in row))
    print()
    for ours, engine, theirs, most, aim in LIMITS:
        a, b = figures.get(("chronus", ours)), figures.get((engine, theirs))
        if a and b:
            verdict = "aim met" if a / b <= aim else "met" if a / b <= most else "NOT MET"
            print(f"{ours} is {a / b:.3f} of {engine}'s {theirs}: {verdict} (at most {most:.2f}, aim {aim:.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--block", type=int, default=64)
    parser.add_argument("patch", nargs="*", default=list(ROWS))
    asked = parser.parse_args()
    missing = counting.missing()
    if missing:
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
        figures = {job[:2]: value for job, value in counting.each(measure, jobs).items()}
    print_table(engines, patches, figures)
    print(f"\nCounted by valgrind (callgrind), all threads; 2 s less 1 s at 48 kHz, block {asked.block}, float, nothing "
          "kept.\nchronus: render --solo --discard, engine included; with mirror: the second worker renders the same\n"
          "blocks beside it, on another core. What the patches are: tests/bench/README.md.")


if __name__ == "__main__":
    main()
