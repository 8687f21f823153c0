"""counting.py - instructions, which no other load on the machine changes: valgrind's callgrind counts them.

What was counted of chronus is kept in ~/.cache/chronus/counts, by the hash of all that it depends on: the program, the
libraries that it is linked with, valgrind, the processor, the command and the files that it names. CHRONUS_COUNTS names
another folder, empty: none. Without a folder that can be written to everything is counted each time.
"""
import functools
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
RATE_HZ = 48000
KEPT = 1000


def missing():
    """What is not there, in words; empty: all is."""
    return "" if shutil.which("valgrind") else "valgrind is missing: sh cross/deps.sh bench installs it"


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout


@functools.cache
def file_hash(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@functools.cache
def machine(program):
    """What the count depends on beside the program: libraries choose their code by the processor."""
    libraries = re.findall(r"(/\S+) \(0x", output("ldd", program).decode())
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu = sorted(set(re.findall(r"^(?:model name|flags|Features|CPU part)\s*:.*", file.read(), re.M)))
    return [output("valgrind", "--version").decode(), cpu, [file_hash(path) for path in libraries]]


def cache_path(command, options):
    """Where the count of this command is kept; None: nowhere."""
    folder = os.environ.get("CHRONUS_COUNTS", os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "chronus", "counts"))
    program = shutil.which(command[0])
    if not folder or not program or os.path.basename(program) != "chronus":
        return None
    words = [file_hash(word) if os.path.isfile(word) else word for word in command[1:]]
    key = json.dumps([file_hash(program), machine(program), words, options])
    return os.path.join(folder, hashlib.sha256(key.encode()).hexdigest() + ".gz")


def cache_read(path):
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            total, texts = json.load(file)
        os.utime(path)
        return total, texts
    except (OSError, EOFError, ValueError, TypeError):
        return None


def cache_write(path, found):
    """Whole or not at all; the KEPT counts used last stay."""
    try:
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        new = f"{path}.{os.getpid()}.{threading.get_ident()}"
        with gzip.open(new, "wt", encoding="utf-8") as file:
            json.dump(found, file)
        os.replace(new, path)
        by_age = sorted((os.path.join(folder, name) for name in os.listdir(folder)), key=os.path.getmtime)
        for old in by_age[:-KEPT]:
            os.unlink(old)
    except OSError:
        pass  # the next time it is counted again


def profile(command, *options):
    """(instructions, callgrind's files as text) of a run of the command."""
    path = cache_path(command, options)
    found = path and cache_read(path)
    if not found:
        found = count_now(command, *options)
        if path:
            cache_write(path, found)
    return found


def count_now(command, *options):
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
