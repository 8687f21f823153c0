"""puredata.py - the reference patches for Pd (vanilla: its saw is a plain phasor, with aliases)."""
import math

from scsynth import NOTES

COMBS = (1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617)
ALLPASSES = (556, 441, 341, 225)
PATCHES = ("p0", "p4", "p1", "p2", "p3")
PROGRAM = "pd"


class Canvas:
    def __init__(self):
        self.objects, self.cords = [], []

    def add(self, text, *sources, kind="obj", x=10):
        """An object; sources are (object, outlet) or an object, one an inlet; None leaves one free."""
        at = len(self.objects)
        self.objects.append(f"#X {kind} {x} 10 {text};")
        for inlet, source in enumerate(sources):
            if source is not None:
                self.cord(source, at, inlet)
        return at

    def cord(self, source, to, inlet):
        obj, outlet = source if isinstance(source, tuple) else (source, 0)
        self.cords.append(f"#X connect {obj} {outlet} {to} {inlet};")

    def text(self):
        return "\n".join(self.objects + self.cords) + "\n"


def voice(c, hz, late_ms, left, right):
    saw = c.add("-~ 1", c.add("*~ 2", c.add(f"phasor~ {hz:g}")))
    beat = c.add("metro 1000", c.add(f"delay {late_ms:g}", c.add("loadbang")))
    env = c.add("vline~", c.add("1 10 \\, 0.6 100 10 \\, 0 300 700", beat, kind="msg"))
    cutoff = c.add("+~ 400", c.add("*~ 3000", env))
    y = c.add("*~", (c.add("vcf~ 4", saw, cutoff), 1), env)  # outlet 1: lowpass
    return c.add(f"*~ {0.2 * left:g}", y), c.add(f"*~ {0.2 * right:g}", y)


def ring(c, name, read_ms, write):
    """A delay line read and written; write: what goes in, of what comes out."""
    out = c.add(f"delread~ {name} {read_ms:g}")
    c.add(f"delwrite~ {name} 100", write(out))
    return out


def echo(c, side, dry):
    out = c.add(f"delread4~ echo{side}", c.add("sig~ 375"))
    c.add(f"delwrite~ echo{side} 500", c.add("+~", c.add("*~ 0.4", out), dry))
    return c.add("+~", c.add("*~ 0.3", out), dry)


def freeverb(c, side, both, dry):
    total = c.add("*~ 1")
    for k, length in enumerate(COMBS):
        out = ring(c, f"c{side}{k}", (length + 23 * side) / 44.1,
                   lambda y: c.add("+~", c.add(f"*~ {0.8 * 0.84:g}", c.add("rpole~ 0.2", y)), both))
        c.cord(out, total, 0)
    x = total
    for k, length in enumerate(ALLPASSES):
        y = ring(c, f"a{side}{k}", (length + 23 * side) / 44.1,
                 lambda y, x=x: c.add("+~", c.add("*~ 0.5", y), x))
        x = c.add("-~", y, x)
    return c.add("+~", c.add("*~ 0.75", x), c.add("*~ 0.75", dry))


def bus(c):
    sides = [c.add("*~ 0.5"), c.add("*~ 0.5")]
    for k, note in enumerate(NOTES):
        angle = (0.3 + 0.2 * k) * math.pi / 4
        outs = voice(c, 440 * 2 ** ((note - 69) / 12), 125 * k, math.cos(angle), math.sin(angle))
        for out, side in zip(outs, sides):
            c.cord(out, side, 0)
    sides = [echo(c, k, side) for k, side in enumerate(sides)]
    both = c.add("*~ 0.015", sides[0])
    c.cord(sides[1], both, 0)
    return [freeverb(c, k, both, side) for k, side in enumerate(sides)]


def chain(c):
    total, y = c.add(f"*~ {1 / 32}"), None
    for i in range(32):
        hz = f"{55 * (1 + 0.37 * i):g}"
        sine = c.add(f"osc~ {hz}") if y is None else c.add("osc~", c.add(f"+~ {hz}", c.add("*~ 50", y)))
        w = 2 * math.pi * (500 + 100 * i) / 48000
        a0, a2, cos = 1 + math.sin(w) / 4, 1 - math.sin(w) / 4, math.cos(w)
        y = c.add(f"biquad~ {2 * cos / a0:.9g} {-a2 / a0:.9g} {(1 - cos) / 2 / a0:.9g} {(1 - cos) / a0:.9g} "
                  f"{(1 - cos) / 2 / a0:.9g}", sine)
        c.cord(y, total, 0)
    return total, total


def sides_of(c, patch):
    if patch == "p4":
        y = c.add("*~ 0.2", c.add("osc~ 440"))
        return y, y
    if patch == "p1":
        return voice(c, 110, 0, 0.70710678, 0.70710678)
    return bus(c) if patch == "p2" else chain(c) if patch == "p3" else None


def command(patch, block, seconds, folder):
    c, main = Canvas(), Canvas()
    sides = sides_of(c, patch)
    if block != 64:
        c.add(f"block~ {block}")
    for k, side in enumerate(sides or ()):
        c.add("outlet~", side, x=10 + 80 * k)
    main.objects.append(f"#N canvas 0 0 400 300 dsp 0;\n{c.text()}#X restore 10 10 pd dsp;")
    begin = main.add("loadbang")
    main.add("\\; pd dsp 1", begin, kind="msg")
    main.add("\\; pd quit", main.add(f"delay {1000 * seconds:g}", begin), kind="msg")
    if sides:
        main.add("dac~", (0, 0), (0, 1))
    path = f"{folder}/{patch}_{block}_{seconds}.pd"
    with open(path, "w") as document:
        document.write(f"#N canvas 0 0 400 300 10;\n{main.text()}")
    return ["pd", "-nogui", "-batch", "-noprefs", "-r", "48000", path]
