"""scsynth.py - the reference patches for SuperCollider's server, without its language: SynthDefs and a score.

A Def is a list of unit generators in the order in which they run, as sclang writes it (SynthDef file format 2).
"""
import struct

SCALAR, CONTROL, AUDIO = 0, 1, 2
ADD, SUB, MUL = 0, 1, 2  # of BinaryOpUGen
NOTES = (45, 48, 52, 55, 57, 60, 64, 67)


def pascal(text):
    return bytes([len(text)]) + text.encode()


class Def:
    def __init__(self, name, **controls):
        self.name, self.controls, self.constants, self.units = name, controls, [], []
        if controls:
            values = self.unit("Control", CONTROL, [], len(controls))
            self.of = dict(zip(controls, values if len(controls) > 1 else [values]))

    def unit(self, kind, rate, inputs, n_outputs=1, special=0):
        """Adds a unit generator; returns its outputs."""
        at = len(self.units)
        self.units.append((kind, rate, inputs, n_outputs, special))
        outputs = [(at, k) for k in range(n_outputs)]
        return outputs[0] if n_outputs == 1 else outputs

    def audio(self, kind, *inputs, n_outputs=1):
        return self.unit(kind, AUDIO, inputs, n_outputs)

    def op(self, which, a, b, rate=AUDIO):
        return self.unit("BinaryOpUGen", rate, [a, b], 1, which)

    def input_bytes(self, source):
        if isinstance(source, tuple):
            return struct.pack(">ii", *source)
        if source not in self.constants:
            self.constants.append(source)
        return struct.pack(">ii", -1, self.constants.index(source))

    def file(self):
        units = b""
        for kind, rate, inputs, n_outputs, special in self.units:
            units += pascal(kind) + struct.pack(">biih", rate, len(inputs), n_outputs, special)
            units += b"".join(self.input_bytes(i) for i in inputs) + bytes([rate]) * n_outputs
        names = b"".join(pascal(n) + struct.pack(">i", i) for i, n in enumerate(self.controls))
        values = list(self.controls.values())
        return (b"SCgf" + struct.pack(">ih", 2, 1) + pascal(self.name)
                + struct.pack(f">i{len(self.constants)}f", len(self.constants), *self.constants)
                + struct.pack(f">i{len(values)}f", len(values), *values)
                + struct.pack(">i", len(values)) + names
                + struct.pack(">i", len(self.units)) + units + struct.pack(">h", 0))


def one_sine():
    d = Def("p4")
    y = d.op(MUL, d.audio("SinOsc", 440, 0), 0.2)
    d.unit("Out", AUDIO, [0, y, y], 0)
    return d


def voice():
    d = Def("voice", freq=110, phase=0, pan=0, amp=0.2, out=0)
    gate = d.unit("LFPulse", CONTROL, [1, d.of["phase"], 0.7])
    # from 0; 3 segments, released at node 2, no loop; each: level, time, shape 5 (by a curve), curve 0
    env = d.audio("EnvGen", gate, 1, 0, 1, 0, 0, 3, 2, -99, 1, 0.01, 5, 0, 0.6, 0.1, 5, 0, 0, 0.3, 5, 0)
    cutoff = d.unit("MulAdd", CONTROL, [d.unit("A2K", CONTROL, [env]), 3000, 400])
    y = d.audio("RLPF", d.audio("Saw", d.of["freq"]), cutoff, 0.25)
    y = d.op(MUL, d.op(MUL, y, env), d.of["amp"])
    left, right = d.audio("Pan2", y, d.of["pan"], 1, n_outputs=2)
    d.unit("Out", AUDIO, [d.of["out"], left, right], 0)
    return d


def bus_effects():
    d = Def("effects")
    dry = [d.op(MUL, x, 0.5) for x in d.audio("In", 16, n_outputs=2)]
    back = d.audio("LocalIn", 0, 0, n_outputs=2)
    into = [d.audio("MulAdd", b, 0.4, x) for b, x in zip(back, dry)]
    time = d.op(SUB, 0.375, d.unit("ControlDur", SCALAR, []), SCALAR)  # LocalIn is a block late
    echo = [d.audio("DelayL", x, 0.5, time) for x in into]
    d.unit("LocalOut", AUDIO, echo, 0)
    both = [d.audio("MulAdd", e, 0.3, x) for e, x in zip(echo, dry)]
    left, right = d.audio("FreeVerb2", *both, 0.25, 0.5, 0.4, n_outputs=2)
    d.unit("Out", AUDIO, [0, left, right], 0)
    return d


def chain():
    d, y, total, waiting = Def("p3"), None, None, []
    for i in range(32):
        hz = 55 * (1 + 0.37 * i)
        y = d.audio("RLPF", d.audio("SinOsc", hz if y is None else d.audio("MulAdd", y, 50, hz), 0),
                    500 + 100 * i, 0.5)
        waiting.append(y)
        if len(waiting) == (4 if total is None else 3):
            total = d.audio("Sum4", *waiting, *([total] if total else []))
            waiting = []
    for y in waiting:
        total = d.op(ADD, total, y)
    total = d.op(MUL, total, 1 / 32)
    d.unit("Out", AUDIO, [0, total, total], 0)
    return d


def node_sine():
    d = Def("sine", **{"in": 0, "out": 0, "f": 55})
    hz = d.audio("MulAdd", d.audio("In", d.of["in"]), 50, d.of["f"])
    d.unit("Out", AUDIO, [d.of["out"], d.audio("SinOsc", hz, 0)], 0)
    return d


def node_filter():
    d = Def("filter", **{"in": 0, "out": 0, "fc": 500})
    y = d.audio("RLPF", d.audio("In", d.of["in"]), d.of["fc"], 0.5)
    d.unit("ReplaceOut", AUDIO, [d.of["out"], y], 0)
    y = d.op(MUL, y, 1 / 32)
    d.unit("Out", AUDIO, [0, y, y], 0)
    return d


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def message(address, *values):
    tags, data = ",", b""
    for v in values:
        if isinstance(v, bytes):
            tags, data = tags + "b", data + struct.pack(">i", len(v)) + padded(v)
        elif isinstance(v, str):
            tags, data = tags + "s", data + padded(v.encode() + b"\0")
        else:
            tags, data = tags + ("i" if isinstance(v, int) else "f"), data + struct.pack(
                ">i" if isinstance(v, int) else ">f", v)
    return padded(address.encode() + b"\0") + padded(tags.encode() + b"\0") + data


def bundle(seconds, messages):
    data = b"#bundle\0" + struct.pack(">Q", int(seconds * 2**32))
    data += b"".join(struct.pack(">i", len(m)) + m for m in messages)
    return struct.pack(">i", len(data)) + data


def node(name, number, at_end, **controls):
    pairs = [x for k, v in controls.items() for x in (k, float(v))]
    return message("/s_new", name, number, 1 if at_end else 0, 0, *pairs)


def nodes_of(patch):
    if patch == "p1":
        return [voice()], [node("voice", 1000, True)]
    if patch == "p2":
        return [voice(), bus_effects()], [node("effects", 2000, True)] + [
            node("voice", 1000 + k, False, freq=440 * 2 ** ((note - 69) / 12), phase=-k / 8 % 1, pan=-0.7 + 0.2 * k,
                 out=16) for k, note in enumerate(NOTES)]
    if patch == "p3":
        return [chain()], [node("p3", 1000, True)]
    if patch == "p3n":  # a node for each module, buses between: what a host of modules would do
        nodes = []
        for i in range(32):
            nodes.append(node("sine", 1000 + 2 * i, True, **{"in": 31 + i, "out": 32 + i, "f": 55 * (1 + 0.37 * i)}))
            nodes.append(node("filter", 1001 + 2 * i, True, **{"in": 32 + i, "out": 32 + i, "fc": 500 + 100 * i}))
        return [node_sine(), node_filter()], nodes
    if patch == "p4":
        return [one_sine()], [node("p4", 1000, True)]
    return [], []


PATCHES = ("p0", "p4", "p1", "p2", "p3", "p3n")
PROGRAM = "scsynth"


def command(patch, block, seconds, folder):
    defs, nodes = nodes_of(patch)
    nothing = message("/c_set", 0, 0.0)
    path = f"{folder}/{patch}_{seconds}.osc"
    with open(path, "wb") as score:
        score.write(bundle(0, [message("/d_recv", d.file()) for d in defs] + nodes + [nothing]))
        score.write(bundle(seconds, [nothing]))
    return ["scsynth", "-N", path, "_", "/dev/null", "48000", "WAV", "float", "-o", "2", "-i", "0", "-z", str(block),
            "-m", "65536", "-R", "0", "-l", "1"]
