"""What the user may have spoilt: it plays all the same, and says over ssh what is wrong."""

import subprocess

from card import Card, in_toolbox, need
from test_boot import need_sound

MB = 1 << 20
DATA = 772 * MB


def start(card, **options):
    boot = card.boot(**options)
    boot.wait_ssh()
    need_sound(boot)
    said = boot.ssh("chronus status; /usr/lib/chronus/welcome").out
    return boot, said


def test_files():
    """A chronus.ini and a wifi.conf full of nonsense, a hostname that is none, keys with a BOM and CRLF."""
    card = Card("broken-files")
    card.put("chronus.ini", b"[audio\r\nblock_frames = many\r\n\xff\xfe\x00[[[\r\n" * 50)
    card.put("wifi.conf", bytes(range(256)) * 64)
    card.put("hostname", "not a name!\r\n")
    keys = card.get("authorized_keys")
    card.put("authorized_keys", b"\xef\xbb\xbf" + keys.replace(b"\n", b"\r\n"))
    boot, said = start(card)
    for word in ("chronus.ini", "wifi.conf", "hostname"):
        need(word in said, "nothing is said of %s:\n%s" % (word, said))
    need(boot.ssh("uname -n").out.strip() == "chronus", "the name is not chronus")
    return "plays; %s" % next(l.strip() for l in said.splitlines() if "chronus.ini" in l)[:90]


def test_patch():
    card = Card("broken-patch")
    card.settings({"block_frames": "256", "patch": "patches/nowhere.ini"})
    _, said = start(card)
    need("nowhere.ini" in said, "nothing is said of the patch:\n" + said)
    return "plays; said"


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
    need("/data" in said, "nothing is said of /data:\n" + said)
    boot.wait_for_command("test -d /data/state")
    boot.ssh("test $(df --output=size -m /data | tail -1) -gt 200")
    return "plays; a new /data"


def test_full_data():
    """Not a byte is free on /data."""
    card = Card("broken-full")
    card.settings({"block_frames": "256"})
    subprocess.run(["truncate", "-s", "836M", card.path], check=True)   # as it is in the image: it cannot grow
    part = card.path + ".data"
    subprocess.run(["dd", "if=" + card.path, "of=" + part, "bs=1M", "skip=772", "status=none"], check=True)
    with open(card.path + ".fill", "wb") as file:
        file.write(b"x" * (80 * MB))
    in_toolbox("sh", "-c", 'debugfs -w -R "write $2 fill" "$1" >/dev/null 2>&1; e2fsck -fy "$1" >/dev/null 2>&1; true',
        "sh", part, card.path + ".fill")
    subprocess.run(["dd", "if=" + part, "of=" + card.path, "bs=1M", "seek=772", "conv=notrunc", "status=none"], check=True)
    boot, said = start(card)
    need(int(boot.ssh("df --output=avail /data | tail -1").out) < 64, "/data is not full")
    boot.ssh('chronus send "turn bright +3"')
    boot.ssh("sleep 6")
    said = boot.ssh("chronus status").out
    need("space" in said or "full" in said or "state" in said, "nothing is said:\n" + said)
    return "plays; " + next((l.strip() for l in said.splitlines() if "space" in l or "full" in l), "")[:90]


TESTS = [("broken-files", test_files), ("broken-patch", test_patch), ("broken-no-files", test_no_files),
    ("broken-no-data", test_no_data), ("broken-full-data", test_full_data)]
