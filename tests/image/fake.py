"""A card and its boots that never were: for judges.py. They answer as a WORLD says.

    slot        what slot.txt holds at each look, the last one from then on
    prefix      the firmware's choice at each boot
    console     what the console has
    ssh         [(pattern of the command, answer or answers)]; the first that fits; a number: it ends with that
    lamps       what the LEDs show at each look
    files       of the card's first partition
"""

import ast
import os
import re
import sys
import tempfile
import types

import card as real
import lamp
from card import Wrong, need

WORLD = {}


def sector(slot, mark, size=512):
    return (("os_prefix=%s/\n# %s\n" % (slot, mark)).encode() + (b"#" * 63 + b"\n") * 9)[:size]


class Clock:
    """Stands in for the module time: who waits has waited."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        self.now += 0.1
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Processes:
    """Stands in for the module subprocess: everything succeeds, and says what the world has it say."""

    PIPE, DEVNULL = -1, -3

    @staticmethod
    def run(*_, **__):
        return types.SimpleNamespace(returncode=0, stdout=b"", stderr=b"")

    class Popen:
        def __init__(self, _command, stdout=None, **__):
            stdout.write(WORLD.get("sender", "").encode())
            stdout.flush()
            self.stdin = types.SimpleNamespace(write=lambda data: None, close=lambda: None)

        def poll(self):
            return 0

        def kill(self):
            pass

        wait = kill


class Turns:
    """One of the answers after the other; the last one stays."""

    def __init__(self, answers):
        self.answers, self.at = answers if isinstance(answers, list) else [answers], 0

    def next(self):
        self.at += 1
        return self.answers[min(self.at, len(self.answers)) - 1]


class FakeCard:
    def __init__(self, name="fake", **_):
        self.folder = tempfile.mkdtemp(dir=WORLD["folder"])
        self.path, self.name = self.folder + "/card.img", name
        open(self.path, "wb").close()
        self.slots, self.prefixes = Turns(WORLD.get("slot", [b""])), Turns(WORLD.get("prefix", ["a/"]))
        self.answers = [(pattern, Turns(answers)) for pattern, answers in WORLD.get("ssh", [])]
        self.files = {"authorized_keys": b"key\n", **WORLD.get("files", {})}
        self.lamps = Turns(WORLD.get("lamps", ["dark"]))
        self.keys = Turns(WORLD.get("host_key", [b"AAAA"]))

    def put(self, name, content):
        self.files[name] = content

    def get(self, name):
        return self.slots.next() if name == "slot.txt" else self.files.get(name, b"")

    def settings(self, _changes):
        pass

    def fat(self):
        return self.path

    def boot(self, *_, **__):
        return FakeBoot(self)


class FakeBoot:
    def __init__(self, card):
        self.card, self.firmware = card, types.SimpleNamespace(prefix=card.prefixes.next())

    def ssh(self, command, check=True, **_):
        for pattern, answers in self.card.answers:
            if re.search(pattern, command):
                answer = answers.next()
                status, err = (answer, "") if isinstance(answer, int) else (0, "")
                if isinstance(answer, tuple):
                    status, answer, err = answer
                need(not check or status == 0, "ssh %s: %d" % (command, status))
                return types.SimpleNamespace(status=status, out=answer if isinstance(answer, str) else "", err=err)
        return types.SimpleNamespace(status=0, out="", err="")

    def ssh_command(self, command):
        return ["ssh", command]

    def wait_ssh(self, *_):
        need(WORLD.get("comes_up", True), "nobody can log in")
        return 1.0

    def wait_end(self, *_):
        need(WORLD.get("restarts", True), "the guest did not restart")

    def wait_for(self, pattern, *_):
        need(re.search(pattern, self.console()), "the console has no " + pattern)

    def wait_for_command(self, command, *_):
        need(self.ssh(command, check=False).status == 0, "still not true: " + command)

    def console(self):
        return WORLD.get("console", "")

    tail = console

    def check_alive(self, doing):
        pass

    def host_key(self):
        return self.card.keys.next()

    def kill(self):
        pass


FAILED = set()      # (module, line) of every need() that has found something


def watch(*modules):
    """Notes which need() of these modules finds something."""
    def watched_need(condition, text):
        if not condition:
            frame = sys._getframe(1)
            FAILED.add((frame.f_globals["__name__"], frame.f_lineno))
        need(condition, text)
    for module in modules:
        module.need = watched_need


def every_need_of(module, but=""):
    """Each need() of the module must have found something by now: one that never does may be one that cannot. but: a
    class or function that is replaced here."""
    with open(module.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    parts = [part for part in tree.body if getattr(part, "name", None) != but]
    calls = [n for part in parts for n in ast.walk(part) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "need"]
    lines = {line for name, line in FAILED if name == module.__name__}
    idle = [c.lineno for c in calls if not any(c.lineno <= line <= c.end_lineno for line in lines)]
    need(not idle, "%s: no fault is put before need() in line %s" % (
        os.path.basename(module.__file__), ", ".join(map(str, idle))))
    return len(calls)


def put_into(*modules):
    """These modules of tests have fakes for what costs a boot."""
    lamp.watch = lambda boot, _pin: boot.card.lamps.next()
    for module in modules:
        for name, fake in (("Card", FakeCard), ("subprocess", Processes), ("time", Clock()), ("stop_all", lambda: None),
                ("in_toolbox", lambda *_, **__: Processes.run())):
            if hasattr(module, name):
                setattr(module, name, fake)


def must_pass(what, test, world):
    WORLD.clear()
    WORLD.update(world)
    try:
        test()
    except Wrong as wrong:
        raise Wrong("%s: what is right is refused: %s" % (what, wrong)) from None


def must_fail(what, test, world):
    WORLD.clear()
    WORLD.update(world)
    try:
        test()
    except real.Wrong:
        return
    raise Wrong("not found: " + what)
