#!/usr/bin/env python3
"""arm.py - instructions a frame on the processors of the Pis, and how many of them work on vectors.

usage: arm.py [CPU...]        (cortex-a53 cortex-a72 cortex-a76)

Builds for each with -mcpu and the cross compiler of the virtual Pi's toolbox, and renders the reference patches in
qemu-aarch64. QEMU logs each block of code when it is translated, as disassembly, and each time it is run: that is
exact, and the same on every machine. Fails where a loop that matters is not made of vectors.
"""
import collections
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
TOOLBOX = f"{TOP}/cross/toolbox/in-toolbox"
CPUS = ("cortex-a53", "cortex-a72", "cortex-a76")
# what a patch repeats takes a second; the others are the same all the time
PATCHES = {"p0": (0.1, 0.3), "p4": (0.1, 0.3), "p1": (1, 2), "p1v4": (1, 2), "p2": (1, 2), "p3": (0.1, 0.3)}
# a function below either does not matter
SHARE, LEAST = 0.02, 1.0  # of a patch; instructions a frame
VECTOR = re.compile(r"\bv\d+\.(?:16b|8b|8h|4h|4s|2s|2d)\b|\bq\d+\b")
SCALAR = re.compile(r"  f(?:n?m?add|n?m?sub|n?mul|div|min|max|sqrt)\w* +[sd]\d+,")


class Count:
    """Instructions run: all, those on vectors, scalar arithmetic of floats."""

    def __init__(self, n=0, vector=0, scalar=0):
        self.n, self.vector, self.scalar = n, vector, scalar

    def add(self, other, times=1):
        self.n += other.n * times
        self.vector += other.vector * times
        self.scalar += other.scalar * times


def build(cpu):
    folder = f"build/aarch64-{cpu}"
    done = subprocess.run(
        [TOOLBOX, "env", "PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig", "make",
         "--no-print-directory", f"-j{os.cpu_count()}", "CROSS_COMPILE=aarch64-linux-gnu-", f"CFLAGS=-mcpu={cpu}",
         f"B={folder}", "all"], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"bench-arm: cannot build for {cpu}:\n{done.stdout[-2000:]}")
    return f"{folder}/chronus"


def run(program, patch, seconds):
    """{function: Count} of a render."""
    command = [TOOLBOX, "qemu-aarch64", "-d", "in_asm,exec,nochain", "-D", "/dev/stderr", program, "render", "--patch",
               f"tests/bench/{patch}.ini", "--seconds", str(seconds), "--solo", "--discard"]
    blocks, entered, block = {}, collections.Counter(), None
    with subprocess.Popen(command, cwd=TOP, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          errors="replace") as process:
        for line in process.stderr:
            if line.startswith("Trace "):
                fields = line.split("/", 2)
                function = line.rsplit("]", 1)[1].strip()
                entered[int(fields[1], 16), function] += 1
            elif line.startswith("IN:"):
                block = None
            elif line.startswith("0x"):
                at = int(line[:line.index(":")], 16)
                if block is None:
                    block = blocks[at] = Count()
                block.add(Count(1, bool(VECTOR.search(line)), bool(SCALAR.search(line))))
    if process.returncode or not entered:
        sys.exit(f"bench-arm: {' '.join(command)}: failed")
    counts = collections.defaultdict(Count)
    for (at, function), times in entered.items():
        counts[function].add(blocks[at], times)
    return counts


def measure(program, patch):
    """{function: Count a frame}: what a longer render costs more."""
    short, long = PATCHES[patch]
    before, after = run(program, patch, short), run(program, patch, long)
    frames = (long - short) * 48000
    counts = {}
    for function, count in after.items():
        count.add(before.get(function, Count()), -1)
        counts[function] = Count(count.n / frames, count.vector / frames, count.scalar / frames)
    return counts


def judge(cpu, patch, counts):
    """Prints a patch's functions; returns those that should work on vectors and do not."""
    total = sum(c.n for c in counts.values())
    vector = sum(c.vector for c in counts.values())
    print(f"{cpu:12}{patch:6}{total:9.1f} instructions a frame, {100 * vector / total:3.0f} % on vectors")
    bad = []
    for function, c in sorted(counts.items(), key=lambda item: -item[1].n):
        if c.n < max(SHARE * total, LEAST) or not function:
            continue
        is_scalar = c.scalar > c.vector
        print(f"{'':18}{c.n:9.1f} {function:24} {100 * c.vector / c.n:3.0f} % on vectors"
              + (" SCALAR" if is_scalar else ""))
        if is_scalar:
            bad.append(f"{cpu} {patch}: {function} computes on single floats")
    return bad


def main():
    bad = []
    if not os.path.exists(TOOLBOX):
        sys.exit("bench-arm: run it in the source tree")
    for cpu in sys.argv[1:] or CPUS:
        program = build(cpu)
        for patch in PATCHES:
            bad += judge(cpu, patch, measure(program, patch))
    print("\nCounted in qemu-aarch64, all threads, engine included; block 64, render --solo --discard, a longer less a "
          "shorter render.")
    if bad:
        sys.exit("bench-arm: " + "\nbench-arm: ".join(bad))


if __name__ == "__main__":
    main()
