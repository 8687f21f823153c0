"""A case: patches, a script, settings; and how each property's cases are made at random."""
import copy
import os
import random

from patches import Generator, items, value

QUANTIZE_BEATS = {"off": 0, "beat": 1, "bar": 4}
FAULTS = ("segv", "fpe", "bus", "ill", "nan", "stall 3", "stall 30")
GRID = 256 / 48000  # a block of 256: a time that all sizes of block have in common


class Case:
    def __init__(self, prop, seed):
        self.prop, self.seed = prop, seed
        self.patches, self.script = [], []  # script: (seconds, command)
        self.block, self.seconds, self.quantize = 64, 1.0, "off"
        self.tail_ms, self.fade_ms, self.lead, self.burst, self.poll = 0, 5, 2, 1, 1

    def copy(self):
        return copy.deepcopy(self)

    def arena_mb(self):
        """A small one is quicker to make; a delay takes 3 MB."""
        n_delays = max(sum(module.key == "delay" for module in patch.modules)
                       for patch in self.patches)
        return 4 if n_delays < 2 else 16

    def config(self):
        return ("[engine]\nlead_blocks = %d\narena_mb = %d\n\n[commit]\nquantize = %s\n"
                "tail_ms = %d\nfade_ms = %g\n" % (
                    self.lead, self.arena_mb(), self.quantize, self.tail_ms, self.fade_ms))

    def write(self, folder):
        """Its files, and none of another case's."""
        for name in os.listdir(folder):
            if os.path.isfile(os.path.join(folder, name)) and name != "log":
                os.remove(os.path.join(folder, name))
        for i, patch in enumerate(self.patches):
            write(folder, "p%d.ini" % i, patch.text())
            write(folder, "p%d.first.ini" % i, patch.text())
        write(folder, "config.ini", self.config())
        self.write_script(folder, "script.txt", self.script)

    @staticmethod
    def write_script(folder, name, script):
        write(folder, name, "".join("%.6f %s\n" % line for line in script))

    def live_config(self):
        return self.config() + (
            "\n[audio]\ndevice = simulated\nblock_frames = %d\n\n[simulate]\nwav = live.wav\n"
            "\n[start]\npatch = p0.ini\n" % self.block)

    def render_options(self, out, script="script.txt"):
        return ["--patch", "p0.ini", "--script", script, "--config", "config.ini",
                "--block", str(self.block), "--seconds", "%.6f" % self.seconds, "--out", out]

    def run_settings(self, out, script="script.txt"):
        return {"patch": "p0.ini", "script": script, "out": out, "block": self.block,
                "seconds": self.seconds, "lead": self.lead, "burst": self.burst,
                "tail_ms": self.tail_ms, "fade_ms": self.fade_ms, "seed": self.poll, "arena_mb": self.arena_mb(),
                "quantize_beats": QUANTIZE_BEATS[self.quantize]}


def write(folder, name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


class Maker:
    """One case after the other: the same seed, the same case."""

    def __init__(self, rows, prop, seed, is_smooth=False):
        self.rng = random.Random("%s %d" % (prop, seed))
        self.rows, self.case = rows, Case(prop, seed)
        self.generator = Generator(rows, self.rng, is_smooth)

    def settings(self, longest=1.0):
        rng, case = self.rng, self.case
        case.block = rng.choice((16, 32, 64, 64, 128, 256))
        case.seconds = round(rng.uniform(0.3, longest), 2)
        case.quantize = rng.choice(("off", "off", "off", "beat", "bar"))
        case.tail_ms = rng.choice((0, 0, 0, 20, 100, 400))
        case.fade_ms = rng.choice((5, 5, 5, 5, 0, 2, 20))
        case.lead = rng.choice((1, 2, 2, 4, 8, 16))
        case.burst = rng.choice((1, 1, 1, 2))
        case.lead = max(case.lead, case.burst)
        case.poll = rng.randint(1, 10 ** 6)
        if case.quantize != "off":
            case.seconds = round(case.seconds + 0.6, 2)

    # ---- commands; each a line of text
    def module(self, wanted=lambda module: True):
        patch = self.rng.choice(self.case.patches)
        found = [module for module in patch.modules if wanted(module)]
        return self.rng.choice(found) if found else None

    def set_or_stage(self, verb):
        module = self.module()
        params = self.rows[module.key]["parameters"] if module else []
        if not params:
            return "%s out.level %.2f" % (verb, self.rng.uniform(0.3, 1.2))
        if self.rng.random() < 0.05:
            return "%s patch.tempo_bpm %d" % (verb, self.rng.randint(60, 300))
        param = self.rng.choice(params)
        return "%s %s.%s %s" % (verb, module.id, param["key"], value(self.rng, param))

    def stage_list(self):
        module = self.module(lambda m: self.rows[m.key]["lists"])
        if not module:
            return self.set_or_stage("stage")
        table = self.rng.choice(self.rows[module.key]["lists"])
        return "stage %s.%s %s" % (module.id, table["key"], items(self.rng, table))

    def gate(self):
        def has_gate(module):
            return any(port["kind"] == "gate" for port in self.rows[module.key]["inputs"])
        module = self.module(has_gate)
        name = module.id if module and self.rng.random() < 0.7 else "*"
        return "gate %s %s" % (name, self.rng.choice(("on", "on", "off")))

    def note(self):
        return "note * %d %s" % (self.rng.choice((48, 52, 55, 60)),
                                 self.rng.choice(("on", "on 0.5", "off")))

    def load(self):
        return "load p%d.ini" % self.rng.randrange(len(self.case.patches))

    def fault(self):
        return "fault %s %s" % (self.rng.choice(("live", "live", "standby")),
                                self.rng.choice(FAULTS))

    def save_over(self):
        n = len(self.case.patches)
        return "save-over p%d.first.ini p%d.ini" % (self.rng.randrange(n), self.rng.randrange(n))

    def commands(self, weights):
        """weights: name to weight. Returns a function that makes a command."""
        makers = {"set": lambda: self.set_or_stage("set"), "gate": self.gate, "note": self.note,
                  "stage": lambda: self.set_or_stage("stage"), "list": self.stage_list,
                  "load": self.load, "commit": lambda: "commit", "undo": lambda: "undo",
                  "fault": self.fault, "save-over": self.save_over}
        names = list(weights)
        return lambda: makers[self.rng.choices(names, [weights[name] for name in names])[0]]()

    def times(self, n):
        """In order: in bunches, so that one thing is asked for while another is under way."""
        rng, at, found = self.rng, rng_start(self.rng), []
        for _ in range(n):
            found.append(min(at, self.case.seconds))
            if rng.random() < 0.5:
                at += rng.choice((0, 0, rng.uniform(0, 0.02)))
            else:
                at += rng.uniform(0, 2.0 * self.case.seconds / max(n, 4))
        return [round(t, 4) for t in found]

    def fill_script(self, n, weights):
        """A commit mostly has something to make heard."""
        make = self.commands(weights)
        news = self.commands({"stage": 2, "list": 1, "load": 3})
        for at in self.times(n):
            command = make()
            if command == "commit" and "load" in weights and self.rng.random() < 0.6:
                self.case.script.append((at, news()))
            self.case.script.append((at, command))


def rng_start(rng):
    return rng.choice((0.0, 0.05, rng.uniform(0, 0.2)))


HANDS = {"set": 4, "gate": 3, "note": 1}
EVERYTHING = {**HANDS, "stage": 3, "list": 1, "load": 3, "commit": 6, "undo": 3}


def everything(rows, prop, seed, extra=None):
    """Any patches, any commands."""
    maker = Maker(rows, prop, seed)
    maker.case.patches = maker.generator.patches(maker.rng.choice((1, 2, 2, 3)))
    maker.settings()
    maker.fill_script(maker.rng.randint(2, 16), {**EVERYTHING, **(extra or {})})
    return maker.case


def runs(rows, prop, seed):
    return everything(rows, prop, seed, {"fault": 1} if seed % 3 == 0 else None)


APART_S = {"off": 0.5, "beat": 1.5, "bar": 5}


def apart(case):
    """Without tails, and no commit while another one is under way."""
    last, kept, case = -9, [], case.copy()
    case.tail_ms = 0
    for at, command in case.script:
        if command in ("commit", "undo") or command.startswith("fault"):
            if at - last < APART_S[case.quantize]:
                continue
            last = at
        kept.append((at, command))
    case.script = kept
    return case


def lively(rows, prop, seed):
    """For a machine that is not a real-time one: blocks of 256 and a long lead."""
    case = everything(rows, prop, seed)
    case.block, case.lead, case.burst = 256, 8, 1
    return case


def edited(rows, prop, seed):
    return everything(rows, prop, seed, {"save-over": 4})


def failing(rows, prop, seed):
    """Hands, and faults of the heard worker, each when there is a mirror again."""
    maker = Maker(rows, prop, seed)
    maker.case.patches = maker.generator.patches(1)
    maker.settings()
    maker.fill_script(maker.rng.randint(1, 10), HANDS)
    faults = [(round(0.02 + 0.5 * i + maker.rng.uniform(0, 0.05), 4),
               "fault %s %s" % (maker.rng.choice(("live", "live", "standby")),
                                maker.rng.choice(FAULTS[:5])))
              for i in range(1 + int(maker.case.seconds / 0.6))]
    maker.case.script = sorted(maker.case.script + faults, key=lambda line: line[0])
    return maker.case


def on_a_grid(rows, prop, seed):
    """Hands only; values, some of which jump with their block, at times that all block sizes have in common; patches
    without a knife's edge."""
    maker = Maker(rows, prop, seed, is_smooth=True)
    maker.case.patches = maker.generator.patches(1)
    maker.settings()
    maker.case.tail_ms, maker.case.quantize = 0, "off"
    maker.fill_script(maker.rng.randint(0, 10), HANDS)
    maker.case.script = sorted(((round(int(at / GRID) * GRID, 6) if command.startswith("set ") else at, command)
                                for at, command in maker.case.script), key=lambda line: line[0])
    return maker.case


def same_patch(rows, prop, seed):
    """Hands, and a commit now and then with nothing staged."""
    maker = Maker(rows, prop, seed)
    maker.case.patches = maker.generator.patches(1)
    maker.settings()
    maker.case.tail_ms = 0  # the old one would ring under its copy
    maker.fill_script(maker.rng.randint(2, 14), {**HANDS, "commit": 6})
    if not any(command == "commit" for _, command in maker.case.script):
        maker.case.script.append((maker.case.script[-1][0], "commit"))
    return maker.case


def undone(rows, prop, seed):
    """Some commits that change something, one after the other, then as many undos."""
    maker = Maker(rows, prop, seed)
    rng, case = maker.rng, maker.case
    case.patches = maker.generator.patches(rng.choice((1, 2, 3)))
    maker.settings()
    case.quantize, case.tail_ms = "off", rng.choice((0, 0, 50))
    hands = maker.commands(HANDS)
    news = maker.commands({"stage": 3, "list": 1, "load": 3})
    n, at = rng.randint(1, 4), 0.1
    case.script = [(0.0, hands()) for _ in range(rng.randint(0, 4))]
    # 8 blocks of priming, 20 of a fade, a delay's memory twice
    apart = 0.1 + case.tail_ms / 1000 + 150 * case.block / 48000
    for i in range(n):
        case.script.append((at, "save-state before%d.txt" % i))
        case.script += [(at, news()) for _ in range(rng.randint(1, 3))]
        case.script += [(at, "stage out.level %.3f" % rng.uniform(0.3, 1)), (at, "commit")]
        at += apart
        case.script += [(at, hands()) for _ in range(rng.randint(0, 2))]
    for i in reversed(range(n)):
        case.script.append((at, "undo"))
        if i == 0 or rng.random() < 0.7:  # else two at once
            at += apart * (n - i)
            case.script.append((at, "save-state after%d.txt" % i))
    case.script = [(round(t, 4), command) for t, command in case.script]
    case.seconds = round(at + 0.05, 2)
    return case


def one_commit(rows, prop, seed):
    """One commit of another patch, and nothing that is done after it."""
    maker = Maker(rows, prop, seed)
    case, rng = maker.case, maker.rng
    case.patches = maker.generator.patches(2)
    maker.settings()
    case.tail_ms, case.quantize, case.fade_ms = 0, "off", rng.choice((2, 5, 5, 5, 20))
    at = round(rng.uniform(0.1, 0.3), 4)
    case.seconds = round(at + 0.4, 2)
    case.script = [(0.0, "gate * on"), (0.0, "note * 60 on"), (at, "load p1.ini"), (at, "commit")]
    return case


def resumed(rows, prop, seed):
    """Whatever; in the middle the state is kept. What comes then is played after a resumption."""
    maker = Maker(rows, prop, seed)
    maker.case.patches = maker.generator.patches(maker.rng.choice((1, 2, 3)))
    maker.settings()
    maker.case.quantize = "off"  # a state does not say a commit that waits
    maker.fill_script(maker.rng.randint(2, 12), EVERYTHING)
    at = round(maker.case.seconds + 0.2, 4)
    hands = maker.commands({**HANDS, "stage": 1})
    maker.case.script += [(at, "save-state state.txt")] + [
        (at, hands()) for _ in range(maker.rng.randint(0, 4))]
    maker.case.seconds = round(at + 0.01, 2)
    return maker.case
