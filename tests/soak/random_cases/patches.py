"""Random patches, out of what `chronus modules --json` says there is."""
import copy
import json
import math
import subprocess

SOURCES = ("osc", "fm", "wavetable", "noise", "drum", "pluck")
CONTROLS = ("lfo", "clock", "seq", "euclid", "keys", "sah", "slew", "scale")
RARE = ("reverb", "freeverb")  # dear
# of what takes a random sample or jumps at a threshold, a rounding error makes another sound
NOT_SMOOTH = ("sah",)
STEPS = "xX.-"
NUMBERS = 3  # ids are TYPE1..TYPE3, so that patches have modules in common


def read_modules(chronus):
    text = subprocess.run([chronus, "modules", "--json"], check=True, capture_output=True).stdout
    return {row["key"]: row for row in json.loads(text)}


class Module:
    def __init__(self, row, number):
        self.key, self.id = row["key"], "%s%d" % (row["key"], number)
        self.params, self.mods, self.ins, self.lists = {}, {}, {}, {}

    def text(self):
        lines = ["[%s]" % self.id, "type = " + self.key]
        lines += ["%s = %s" % pair for pair in self.params.items()]
        lines += ["%s.mod = %s" % (key, sum_text(terms)) for key, terms in self.mods.items()]
        lines += ["%s = %s" % (key, sum_text(terms)) for key, terms in self.ins.items()]
        lines += ["%s = %s" % pair for pair in self.lists.items()]
        return "\n".join(lines)


def sum_text(terms):
    """terms: (source or "", gain) each."""
    return " + ".join(name + " * %.4g" % gain if name else "%.4g" % gain for name, gain in terms)


class Patch:
    def __init__(self, name):
        self.name, self.voices, self.tempo, self.modules, self.out = name, 1, 120, [], []
        self.level = None

    def text(self):
        head = "[patch]\nname = %s\nvoices = %d\ntempo_bpm = %s" % (
            self.name, self.voices, self.tempo)
        out = "[out]\nin = " + sum_text(self.out) if self.out else "[out]"
        if self.level is not None:
            out += "\nlevel = %s" % self.level
        return "\n\n".join([head] + [module.text() for module in self.modules] + [out]) + "\n"

    def drop(self, index):
        """Without a module, and without the cables that came from it."""
        patch = copy.deepcopy(self)
        gone = patch.modules.pop(index).id

        def left(terms):
            return [term for term in terms if term[0].split(".")[0] != gone]
        for module in patch.modules:
            for cables in (module.ins, module.mods):
                for key in list(cables):
                    cables[key] = left(cables[key])
                    if not cables[key]:
                        del cables[key]
        patch.out = left(patch.out)
        return patch


def number(rng, param):
    lo, hi, default = param["min"], param["max"], param["default"]
    if param["curve"] == "exponential":
        if rng.random() < 0.9:  # mostly not far from the ordinary
            lo, hi = max(lo, default / 20), min(hi, default * 20)
        value = math.exp(rng.uniform(math.log(lo), math.log(hi)))
    else:
        value = rng.uniform(lo, hi)
    text = "%.5g" % value
    return text if lo <= float(text) <= hi else "%.9g" % default


def value(rng, param):
    if param["curve"] == "choice":
        return rng.choice(param["choices"])
    if param["key"].endswith("_ms") and rng.random() < 0.7:  # a case is short
        return "%.4g" % min(max(rng.uniform(1, 120), param["min"]), param["max"])
    return number(rng, param)


def items(rng, row):
    n = rng.randint(1, 8)
    if row["kind"] == "steps":
        return rng.choice("xX") + "".join(rng.choice(STEPS) for _ in range(n))
    return " ".join(str(rng.randint(30, 80)) for _ in range(n))


class Generator:
    """is_smooth: a rounding error stays one."""

    def __init__(self, rows, rng, is_smooth):
        self.rows, self.rng, self.is_smooth = rows, rng, is_smooth
        self.controls = [key for key in CONTROLS if not is_smooth or key not in NOT_SMOOTH]
        self.rest = [key for key in rows if key not in SOURCES + CONTROLS + ("out",)]

    def pick(self, keys):
        key = self.rng.choice(keys)
        if key in RARE and self.rng.random() < 0.7:
            key = self.rng.choice(keys)
        return key

    def keys(self):
        rng = self.rng
        chosen = [self.pick(self.controls) for _ in range(rng.choice((0, 0, 1, 1, 2)))]
        chosen += [self.pick(SOURCES) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
        return chosen + [self.pick(self.rest) for _ in range(rng.choice((0, 1, 1, 2, 3)))]

    def outputs(self, patch, kinds, upto):
        """Sources of the modules before upto whose kind is wanted."""
        found = []
        for module in patch.modules[:upto]:
            for i, out in enumerate(self.rows[module.key]["outputs"]):
                if out["kind"] in kinds:
                    found.append(module.id if i == 0 else "%s.%s" % (module.id, out["key"]))
        return found

    def plug(self, patch, module, port, at):
        rng = self.rng
        kinds = {"audio": ("audio",), "voices": ("audio",), "gate": ("gate",),
                 "pitch": ("pitch",), "control": ("control", "gate")}[port["kind"]]
        found = self.outputs(patch, kinds, at)
        if self.is_smooth and port["key"] in ("sync", "reset"):
            return  # an edge that a rounding error may move
        if port["kind"] == "audio" and found:
            if port["key"].startswith("in") or rng.random() < 0.25:
                terms = rng.sample(found, min(len(found), rng.choice((1, 1, 2))))
                module.ins[port["key"]] = [(name, round(rng.uniform(0.2, 1), 2)) for name in terms]
        elif port["kind"] == "pitch" and not found and rng.random() < 0.3:
            module.ins[port["key"]] = [("", rng.randint(35, 80))]
        elif found and rng.random() < 0.6:
            module.ins[port["key"]] = [(rng.choice(found), 1.0)]

    def modulate(self, patch, module, param, at):
        found = self.outputs(patch, ("control",) if self.rng.random() < 0.8 else ("audio",), at)
        if not found or param["curve"] == "choice":
            return
        depth = float(module.params.get(param["key"], param["default"])) * 0.5
        if param["curve"] != "exponential":
            depth = 0.2 * (param["max"] - param["min"])
        module.mods[param["key"]] = [(self.rng.choice(found), float("%.3g" % depth))]

    def fill(self, patch, module, at):
        rng, row = self.rng, self.rows[module.key]
        for param in row["parameters"]:
            if rng.random() < 0.4:
                module.params[param["key"]] = value(rng, param)
            if rng.random() < 0.1:
                self.modulate(patch, module, param, at)
        for port in row["inputs"]:
            self.plug(patch, module, port, at)
        for table in row["lists"]:
            if rng.random() < 0.5:
                module.lists[table["key"]] = items(rng, table)

    def close_loop(self, patch):
        """A cable from the end back into a delay, which is what may stand in a cycle."""
        delays = [i for i, module in enumerate(patch.modules) if module.key == "delay"
                  and not module.mods]
        later = self.outputs(patch, ("audio",), None)
        if delays and "in" in patch.modules[delays[0]].ins and self.rng.random() < 0.3:
            name = self.rng.choice(later)
            owner = name.split(".")[0]
            if owner in [module.id for module in patch.modules[delays[0]:]]:
                patch.modules[delays[0]].ins["in"].append((name, 0.3))

    def collect(self, patch):
        """What nobody takes is heard."""
        taken = {name for module in patch.modules for terms in module.ins.values()
                 for name, _ in terms}
        audio = self.outputs(patch, ("audio",), None)
        heard = [name for name in audio if name not in taken] or audio[-1:]
        gain = round(self.rng.uniform(0.2, 1.2) / max(1, len(heard)), 2)
        patch.out = [(name, gain) for name in heard[-8:]]
        if self.rng.random() < 0.2:
            patch.level = round(self.rng.uniform(0.2, 2), 2)

    def fresh(self, name):
        rng = self.rng
        patch = Patch(name)
        patch.voices = rng.choice((1, 1, 1, 1, 1, 1, 2, 4, 5, 8))
        patch.tempo = rng.choice((120, 120, rng.randint(60, 300)))
        free = {}
        for key in self.keys():
            numbers = free.setdefault(key, rng.sample(range(1, NUMBERS + 1), NUMBERS))
            if numbers:
                patch.modules.append(Module(self.rows[key], numbers.pop()))
        for at, module in enumerate(patch.modules):
            self.fill(patch, module, at)
        self.collect(patch)
        if not self.is_smooth:
            self.close_loop(patch)
        return patch

    def like(self, other, name):
        """Another patch with something in common: values, cables or modules differ."""
        rng = self.rng
        patch = copy.deepcopy(other)
        patch.name = name
        if rng.random() < 0.3:
            patch.tempo = rng.randint(60, 300)
        for module in patch.modules:
            for param in self.rows[module.key]["parameters"]:
                if rng.random() < 0.15:
                    module.params[param["key"]] = value(rng, param)
        if len(patch.modules) > 1 and rng.random() < 0.3:
            patch = patch.drop(rng.randrange(len(patch.modules)))
            if not any(self.outputs(patch, ("audio",), None)):
                return self.fresh(name)
            self.collect(patch)
        return patch

    def patches(self, n):
        made = [self.fresh("P0")]
        for i in range(1, n):
            name = "P%d" % i
            made.append(self.fresh(name) if self.rng.random() < 0.5
                        else self.like(self.rng.choice(made), name))
        return made
