"""csound.py - the reference patches for Csound."""
import math

from scsynth import NOTES

SINE = "f1 0 16384 10 1\n"
VOICE = """aenv linseg 0, 0.01, 1, 0.1, 0.6, 0.59, 0.6, 0.3, 0
kenv downsamp aenv
asaw vco2 1, p4
alp lowpass2 asaw, 400+3000*kenv, 4
ay = alp*aenv*0.2
"""
EFFECTS = """instr 99
adl init 0
adr init 0
al = gal*0.5
ar = gar*0.5
abl delayr 0.5
adl deltapi 0.375
delayw al + 0.4*adl
abr delayr 0.5
adr deltapi 0.375
delayw ar + 0.4*adr
al = al + 0.3*adl
ar = ar + 0.3*adr
awl, awr freeverb al, ar, 0.5, 0.4
outs 0.75*al + 0.25*awl, 0.75*ar + 0.25*awr
gal = 0
gar = 0
endin
"""
PATCHES = ("p0", "p4", "p1", "p2", "p3")
PROGRAM = "csound"


def each_second(seconds, note):
    """A note is one turn of the gate: 0.7 s held, 0.3 s of release; one is always alive."""
    return "".join(note(i) + "\n" for i in range(math.ceil(seconds) + 1))


def orchestra(patch, seconds):
    if patch == "p4":
        return "instr 1\na1 oscili 0.2, 440, 1\nouts a1, a1\nendin", f"{SINE}i1 0 {seconds}"
    if patch == "p1":
        return (f"instr 1\n{VOICE}al = ay*0.70710678\nouts al, al\nendin",
                each_second(seconds, lambda i: f"i1 {i} 1 110") + f"f0 {seconds}")
    if patch == "p2":
        score = f"i99 0 {seconds}\n"
        for k, note in enumerate(NOTES):
            angle = (0.3 + 0.2 * k) * math.pi / 4
            tail = f"1 {440 * 2 ** ((note - 69) / 12):.6f} {math.cos(angle):.6f} {math.sin(angle):.6f}"
            score += each_second(seconds, lambda i: f"i1 {i + k / 8} {tail}")
        return (f"gal init 0\ngar init 0\ninstr 1\n{VOICE}gal = gal + ay*p5\ngar = gar + ay*p6\nendin\n{EFFECTS}",
                score + f"e {seconds}")
    if patch == "p3":
        text = "instr 1\namix = 0\n"
        for i in range(32):
            hz = f"{55 * (1 + 0.37 * i):g}"
            text += f"as{i} oscili 1, {hz if i == 0 else f'ay{i - 1}*50+{hz}'}, 1\n"
            text += f"ay{i} lowpass2 as{i}, {500 + 100 * i}, 2\namix = amix + ay{i}\n"
        return text + f"amix = amix*{1 / 32}\nouts amix, amix\nendin", f"{SINE}i1 0 {seconds}"
    return "instr 1\nendin", f"i1 0 {seconds}"


def command(patch, block, seconds, folder):
    text, score = orchestra(patch, seconds)
    if patch in ("p1", "p2"):
        score += f"\ne {seconds}" if "e " not in score.splitlines()[-1] else ""
    path = f"{folder}/{patch}_{block}_{seconds}.csd"
    with open(path, "w") as document:
        document.write(f"<CsoundSynthesizer>\n<CsInstruments>\nsr=48000\nksmps={block}\nnchnls=2\n0dbfs=1\n{text}\n"
                       f"</CsInstruments>\n<CsScore>\n{score}\n</CsScore>\n</CsoundSynthesizer>\n")
    return ["csound", "-n", "-d", "-m0", path]
