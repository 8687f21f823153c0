"""What the user may have spoilt: it plays all the same, and says over ssh and by a LED what is wrong."""

import subprocess

from card import SIMULATED, Card, in_toolbox, need
from lamp import FAULT, LAMPS, RUNNING, need_lamp
from test_boot import need_sound

MB = 1 << 20
DATA = 772 * MB
# Two LEDs and no knobs: the emulated chip has eight pins. Simulated: the other card runs dry now and then while four cores
# take turns, and the LED would tell of that for 10 s.
SETTINGS = SIMULATED + LAMPS


def complaints(said):
    """What `chronus status` calls wrong, and what a login is told of the start; not what they say anyway."""
    lines, is_told = [], False
    for line in said.splitlines():
        is_told = line == "What is wrong:" or line.startswith("wrong ") or (is_told and line.startswith(" "))
        if is_told:
            lines.append(line.removeprefix("wrong").strip())
    return "\n".join(lines)


def start(card, **options):
    boot = card.boot(**options)
    boot.wait_ssh()
    need_sound(boot)
    return boot, complaints(boot.ssh("chronus status; /usr/lib/chronus/welcome").out)


def test_files():
    """A chronus.ini and a wifi.conf full of nonsense, a hostname that is none, keys with a BOM and CRLF."""
    card = Card("broken-files")
    card.put("chronus.ini", SETTINGS % "pulse")
    boot, said = start(card)
    need(not said, "something is wrong with a good card:\n" + said)
    need_lamp(boot, FAULT, "dark")
    need_lamp(boot, RUNNING, "steady")
    boot.kill()
    card.put("chronus.ini", b"[audio\r\nblock_frames = many\r\n\xff\xfe\x00[[[\r\n" * 50)
    card.put("wifi.conf", bytes(range(256)) * 64)
    card.put("hostname", "not a name!\r\n")
    keys = card.get("authorized_keys")
    card.put("authorized_keys", b"\xef\xbb\xbf" + keys.replace(b"\n", b"\r\n"))
    boot, said = start(card)
    for word in ("chronus.ini", "wifi.conf", "hostname"):
        need(word in said, "nothing is said of %s:\n%s" % (word, said))
    need(boot.ssh("uname -n").out.strip() == "chronus", "the name is not chronus")
    need_lamp(boot, FAULT, "two flashes")
    return "plays; two flashes; %s" % next(l for l in said.splitlines() if "chronus.ini" in l)[:90]


def test_patch():
    card = Card("broken-patch")
    card.put("chronus.ini", SETTINGS % "nowhere")
    boot, said = start(card)
    need("nowhere.ini" in said, "nothing is said of the patch:\n" + said)
    need_lamp(boot, FAULT, "two flashes")
    return "plays; two flashes; said"


def test_no_files():
    """No chronus.ini, no patches: the program's own."""
    card = Card("broken-none")
    card.put("chronus.ini", None)
    card.put("patches", None)
    _, said = start(card)
    need("chronus.ini" in said, "nothing is said of chronus.ini:\n" + said)
    return "plays; said"


def test_no_data():
    """/data is nothing but zeros: it plays, and has a new one."""
    card = Card("broken-data")
    card.settings({"block_frames": "256"})
    with open(card.path, "r+b") as file:
        file.seek(DATA)
        file.write(b"\0" * (64 * MB))
    boot, said = start(card)
    need("/data was empty" in said, "nothing is said of /data:\n" + said)
    boot.wait_for_command("mountpoint -q /data && test -d /data/state")
    boot.ssh("test $(df --output=size -m /data | tail -1) -gt 200")
    return "plays; a new /data"


def test_full_data():
    """Not a byte is free on /data."""
    card = Card("broken-full")
    card.put("chronus.ini", SETTINGS % "pulse")
    subprocess.run(["truncate", "-s", "836M", card.path], check=True)   # as it is in the image: it cannot grow
    part = card.path + ".data"
    subprocess.run(["dd", "if=" + card.path, "of=" + part, "bs=1M", "skip=772", "status=none"], check=True)
    with open(card.path + ".fill", "wb") as file:
        file.write(b"x" * (80 * MB))
    in_toolbox("sh", "-c", 'debugfs -w -R "write $2 fill" "$1" >/dev/null 2>&1; e2fsck -fy "$1" >/dev/null 2>&1; true',
        "sh", part, card.path + ".fill")
    subprocess.run(["dd", "if=" + part, "of=" + card.path, "bs=1M", "seek=772", "conv=notrunc", "status=none"], check=True)
    boot, _ = start(card)
    need(int(boot.ssh("df --output=avail /data | tail -1").out) < 64, "/data is not full")
    boot.ssh('chronus send "set osc1.level 0.3"')
    boot.ssh("sleep 6")
    said = complaints(boot.ssh("chronus status", check=False).out)
    need("No space left" in said, "nothing is said:\n" + said)
    need_lamp(boot, FAULT, "two flashes")
    return "plays; two flashes; " + said[:90]


TESTS = [("broken-files", test_files), ("broken-patch", test_patch), ("broken-no-files", test_no_files),
    ("broken-no-data", test_no_data), ("broken-full-data", test_full_data)]
