"""readme.py - README.md judged: its length, its first patch by its sound, its pictures, the wiring by chronus.ini, and so the card's README.txt."""
import glob
import math
import os
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

MAX_WORDS = 900
CARD_README = "cross/image/boot/README.txt"
chronus = os.path.abspath(os.environ.get("CHRONUS", "build/release/chronus"))
faults = []


def need(is_so, what):
    if not is_so:
        faults.append(what)


def first_patch(text):
    found = re.search(r"^```ini\n(.*?)^```", text, re.S | re.M)
    return found.group(1) if found else ""


def samples_of(wav):
    with open(wav, "rb") as file:
        data = file.read()
    begin = data.index(b"data") + 8
    n = (len(data) - begin) // 4
    return struct.unpack("<%df" % n, data[begin : begin + 4 * n])


def level_db(samples):
    return 10 * math.log10(sum(x * x for x in samples) / len(samples) + 1e-30)


def hear(patch):
    """Level in dB of each second, and the peak; ([], 0.0): it was refused."""
    with tempfile.TemporaryDirectory() as folder:
        ini, wav = folder + "/first.ini", folder + "/first.wav"
        with open(ini, "w") as file:
            file.write(patch)
        done = subprocess.run([chronus, "render", ini, wav, "--seconds", "3"], capture_output=True, text=True)
        need(done.returncode == 0, "the first patch is refused: " + done.stderr)
        if done.returncode != 0:
            return [], 0.0
        samples = samples_of(wav)
    second = 2 * 48000
    return [level_db(samples[i * second : (i + 1) * second]) for i in range(3)], max(map(abs, samples))


def judge_sound(text):
    levels, peak = hear(first_patch(text))
    need(len(levels) == 3 and min(levels) > -30, "the first patch is silent: %s dB in its seconds" % levels)
    need(peak <= 1.0, "the first patch is too loud: %g" % peak)


def judge_pictures(text):
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", text)
    need(len(pictures) >= 2, "a picture of the box and a wiring drawing are missing")
    for path in pictures:
        try:
            need(ElementTree.parse(path).getroot().get("viewBox"), path + ": no viewBox")
        except (OSError, ElementTree.ParseError) as error:
            need(False, "%s: %s" % (path, error))


# The header, pin 1 first: BCM numbers, G ground, 3 and 5 volts, - what is not for us.
HEADER = "3 5 b2 5 b3 G b4 b14 G b15 b17 b18 b27 G b22 b23 3 b24 b10 G b9 b25 b11 b8 G b7 - - b5 G b6 b12 b13 G b19 b16 b26 b20 G b21"


def pin_name(code):
    names = {"G": "ground", "3": "3.3 V", "5": "5 V", "-": "nothing"}
    return "GPIO " + code[1:] if code[0] == "b" else names[code]


def judge_wiring(path):
    """Each wire begins at the pin that it names, and the names are those of config/chronus.ini and the DAC."""
    drawing = ElementTree.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    pins = sorted({(float(c.get("cy")), float(c.get("cx"))) for c in drawing.iter(space + "circle")})
    need(len(pins) == 40, "%s: %d pins, not 40" % (path, len(pins)))
    place = dict(zip(pins, HEADER.split()))
    named = set()
    for wire in drawing.iter(space + "path"):
        x, y = re.match(r"M(\S+) (\S+)", wire.get("d")).groups()
        at = place.get((float(y), float(x)))
        need(at and pin_name(at) == wire.get("data-to"), "%s: the wire of %s ends elsewhere (%s)" % (path, wire.get("data-to"), at))
        named.add(wire.get("data-to"))
    words = "".join(drawing.itertext())
    named |= set(re.findall(r"GPIO \d+", words))
    with open("config/chronus.ini") as file:
        ini = file.read()
    wanted = {"GPIO 18", "GPIO 19", "GPIO 21"}  # of the DAC (board/README.md)
    for numbers in re.findall(r"^(?:pins|push|pin) = ([\d ]+)", ini, re.M):
        wanted |= {"GPIO " + number for number in numbers.split()}
    led = re.search(r"^; \[led running\]\n; pin = (\d+)", ini, re.M)
    wanted.add("GPIO " + led.group(1))
    drawn = {name for name in named if name.startswith("GPIO")}
    need(drawn == wanted, "%s: pins unlike those of config/chronus.ini: %s" % (path, sorted(drawn ^ wanted)))


def controls_of(ini):
    """{name: BCM numbers} of chronus.ini's knobs and buttons, and of the LED that waits in it."""
    lines = "\n".join(line for line in ini.splitlines() if not line.startswith(";"))
    found = {name: " ".join(re.findall(r"^(?:pins|push|pin) = ([\d ]+)", body, re.M)).split()
             for name, body in re.findall(r"^\[(?:knob|button) (\w+)\](.*?)(?=^\[|\Z)", lines, re.M | re.S)}
    found["running"] = re.findall(r"^; \[led running\]\n; pin = (\d+)", ini, re.M)
    return found


def judge_card_pins(path):
    """Each row of the card's tables has the header's pin beside each GPIO, and all that chronus.ini names stands there."""
    place = {code[1:]: str(at + 1) for at, code in enumerate(HEADER.split()) if code[0] == "b"}
    with open(path) as file:
        text = file.read()
    with open("config/chronus.ini") as file:
        controls = controls_of(file.read())
    need(set(controls) >= {"patch", "pitch", "bright", "shape", "commit", "running"}, "%s: the controls of chronus.ini" % path)
    table = text[text.index("  control ") : text.index("  encoder ")]
    last, named, rows = "", {}, re.findall(r"^  (\w+|) +\S.*?  ((?:\d+ ?)+)  +((?:\d+ ?)+)$", table, re.M)
    for name, pins, numbers in rows:
        last = name = name or last
        named.setdefault(name, []).extend(numbers.split())
        need([place.get(n) for n in numbers.split()] == pins.split(), "%s: %s: pins %s are not GPIO %s" % (path, name, pins, numbers))
    need(named == controls, "%s: %s is not what chronus.ini has: %s" % (path, named, controls))
    dac = dict(re.findall(r"^  (BCK|LCK|DIN) +(\d+) +\d+$", text, re.M))
    need(dac == {"BCK": place["18"], "LCK": place["19"], "DIN": place["21"]}, path + ": the DAC's pins")
    for line in text.splitlines():
        if line.startswith("  ground "):
            grounds = {str(at + 1) for at, code in enumerate(HEADER.split()) if code == "G"}
            need(set(re.findall(r"\d+", line)) == grounds, path + ": the pins that are ground")


def judge_instruments(path):
    """Every shipped patch is in the card's list, by its name."""
    with open(path) as file:
        listed = dict(re.findall(r"^  (\w+\.ini) +(.*?)  ", file.read(), re.M))
    shipped = {}
    for name in glob.glob("config/patches/*.ini"):
        with open(name) as file:
            shipped[os.path.basename(name)] = re.search(r"^name = (.*)", file.read(), re.M).group(1)
    need(listed == shipped, "%s: %s" % (path, sorted(set(listed.items()) ^ set(shipped.items()))))


def judge_itself():
    """A silent patch and a misplaced wire are found; both leave their faults behind, taken out again here."""
    before = len(faults)
    judge_sound("```ini\n[osc1]\ntype = osc\nlevel = 0\n[out]\nin = osc1\n```\n")
    need(len(faults) > before, "a silent patch is not found")
    del faults[before:]
    with tempfile.NamedTemporaryFile("w", suffix=".svg") as file, open("board/wiring.svg") as drawing:
        file.write(drawing.read().replace('data-to="GPIO 17"', 'data-to="GPIO 27"'))
        file.flush()
        judge_wiring(file.name)
    need(len(faults) > before, "a wire to the wrong pin is not found")
    if len(faults) > before and "is not found" not in faults[-1]:
        del faults[before:]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file, open(CARD_README) as page:
        file.write(page.read().replace("16 18        23 24", "16 22        23 24"))
        file.flush()
        judge_card_pins(file.name)
    is_found = any("are not GPIO 23 24" in fault for fault in faults[before:])
    del faults[before:]
    need(is_found, "a pin that is not that GPIO is not found")


with open("README.md") as file:
    readme = file.read()
need(len(readme.split()) <= MAX_WORDS, "README.md has %d words; allowed: %d" % (len(readme.split()), MAX_WORDS))
judge_sound(readme)
judge_pictures(readme)
judge_wiring("board/wiring.svg")
judge_card_pins(CARD_README)
judge_instruments("cross/image/boot/patches.txt")
judge_itself()
for fault in faults:
    print(fault)
print("readme: %d words, %s" % (len(readme.split()), "ok" if not faults else "%d faults" % len(faults)))
sys.exit(1 if faults else 0)
