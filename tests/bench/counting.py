"""counting.py - instructions, which no other load on the machine changes: valgrind's callgrind counts them."""
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
RATE_HZ = 48000


def missing():
    """What is not there, in words; empty: all is."""
    return "" if shutil.which("valgrind") else "valgrind is missing: sh cross/deps.sh bench installs it"


def profile(command, *options):
    """(instructions, callgrind's files as text) of a run of the command."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *options, *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", timeout=1800)
        total = re.findall(r"Collected : (\d+)", done.stdout)
        if not total:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-400:]}")
        texts = [open(f"{folder}/{name}").read() for name in sorted(os.listdir(folder))]
        return int(total[0]), texts


def instructions(command):
    return profile(command)[0]


def net(make_command, short, long):
    """Instructions a frame: what a longer render costs more. make_command: seconds to a command."""
    extra = instructions(make_command(long)) - instructions(make_command(short))
    return extra / ((long - short) * RATE_HZ)


def each(function, items):
    """{item: function(item)}, as many at a time as there are processors."""
    items = list(items)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(items, pool.map(function, items)))


def chronus(patch, block=64, extra=("--solo",)):
    """The command that renders a patch (a path, or the name of one here) and keeps nothing."""
    program = os.environ.get("CHRONUS", "build/release/chronus")
    path = patch if patch.endswith(".ini") else f"{HERE}/{patch}.ini"
    return lambda seconds: [program, "render", "--patch", path, "--block", str(block), "--seconds", str(seconds),
                            *extra, "--discard"]
