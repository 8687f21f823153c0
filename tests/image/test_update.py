"""Updates of the card over ssh: refused, kept, taken back, and the plug pulled at every stage.

Every boot is run in counted time (QEMU's icount): a minute without a gap is a minute of the guest's, and a busy machine does
not spoil it.
"""

import os
import re
import subprocess
import threading
import time

import card
from card import COUNTED, SIMULATED, Card, Wrong, in_toolbox, need

INI = SIMULATED % "tone"
TONE = "[osc1]\ntype = osc\n[out]\nin = osc1 * 0.1\n"
SILENT = "[Service]\nExecStart=\nExecStart=/bin/sleep 1d\n"
IMPATIENT = "[Service]\nExecStart=\nExecStart=/usr/bin/chronus update --keep --sound-s 60 --within-s 120\n"


class Updates:
    """What a maker has: keys, and images made of the built one by changing some of its files. Made once."""

    def __init__(self):
        self.folder = os.path.join(card.TESTS, "updates")
        os.makedirs(self.folder, exist_ok=True)
        for name in ("maker", "stranger"):
            if not os.path.exists(self.path(name + ".sec")):
                self.sign("--new", self.path(name))

    def path(self, name):
        return os.path.join(self.folder, name)

    def sign(self, *arguments):
        done = subprocess.run(["sh", os.path.join(card.TOP, "cross", "sign")] + list(arguments), capture_output=True, check=False)
        need(done.returncode == 0, done.stderr.decode())

    def make(self, version, machine="arm64-rpi", files=()):
        """FILE.img.zst with its .sig and .sha256. files: (path in the root, text)."""
        out = self.path(version + ".img.zst")
        if os.path.exists(out + ".sig"):
            return out
        image, root = self.path("work.img"), self.path("work.root")
        subprocess.run(["cp", "--sparse=always", card.image_path(), image], check=True)
        fat = image + card.FAT_OFFSET
        with open(self.path("release"), "w", encoding="ascii") as file:
            file.write("product=chronus\nversion=%s\nmachine=%s\n" % (version, machine))
        in_toolbox("mcopy", "-o", "-i", fat, self.path("release"), "::a/release")
        with open(image, "rb") as file:
            row = file.read(512)[446 + 16:446 + 32]
        at, count = int.from_bytes(row[8:12], "little"), int.from_bytes(row[12:16], "little")
        subprocess.run(["dd", "if=" + image, "of=" + root, "bs=512", "skip=%d" % at, "count=%d" % count, "conv=sparse",
            "status=none"], check=True)
        for i, (path, text) in enumerate((("/etc/version-of-the-test", version),) + tuple(files)):
            part = self.path("part%d" % i)
            with open(part, "w", encoding="ascii") as file:
                file.write(text)
            for request in ("mkdir " + os.path.dirname(path), "rm " + path, "write %s %s" % (part, path)):
                in_toolbox("debugfs", "-w", "-R", request, root)
        subprocess.run(["dd", "if=" + root, "of=" + image, "bs=512", "seek=%d" % at, "conv=notrunc,sparse", "status=none"],
            check=True)
        in_toolbox("zstd", "-q", "-f", "-3", image, "-o", out)
        for path in (image, root):
            os.remove(path)
        self.sign(self.path("maker.sec"), out)
        return out

    def make_small(self, name, machine, key):
        """An image of 4 MB that no card could run: for what is refused before it is written."""
        out = self.path(name + ".img.zst")
        done = subprocess.run(["sh", "tests/support/card_image.sh", out, "9.2", machine, "600", self.path(key + ".sec")],
            cwd=card.TOP, env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin"), capture_output=True, check=False)
        need(done.returncode == 0, done.stderr.decode())
        return out

    def stream(self, path, beside="sig", spoilt=0):
        """What is sent over ssh: what proves it, and it."""
        with open(path, "rb") as file:
            data = bytearray(file.read())
        if spoilt:
            data[spoilt] ^= 1
        proof = b""
        if beside:
            with open("%s.%s" % (path, beside), "rb") as file:
                proof = file.read()
        return proof + bytes(data)


class Trial:
    """A card on its way through boots; each step says what it found."""

    def __init__(self, name):
        self.updates = Updates()
        self.card = Card(name)
        self.card.put("chronus.ini", INI)
        self.card.put("patches/tone.ini", TONE)
        with open(self.updates.path("maker.pub"), encoding="ascii") as file:
            self.card.put("update.pub", file.read())
        self.boot = None

    def slot(self):
        """Both words of slot.txt: ("a", "kept")."""
        text = self.card.get("slot.txt")
        need(len(text) == 512, "slot.txt has %d bytes" % len(text))
        return re.match(r"os_prefix=(\w)/\n# (\w+)\n", text.decode()).groups()

    def start(self):
        self.boot = self.card.boot("virt", clock=COUNTED)

    def log_in(self, letter):
        self.start()
        self.boot.wait_ssh()
        status = self.boot.ssh("chronus update --status").out
        need(re.search(r"slot %s: \S+, runs" % letter, status), "slot %s does not run:\n%s" % (letter, status))
        return status

    def send(self, data, *options):
        return self.boot.ssh("chronus update %s -" % " ".join(options), data=data, check=False, limit_s=1800)

    def refuse(self, why, data, *options):
        answer = self.send(data, *options)
        need(answer.status == 1 and why in answer.err, "refused by '%s' and not '%s'" % (answer.err[-300:], why))

    def take(self, path):
        """A good one; the guest reboots."""
        answer = self.send(self.updates.stream(path))
        need(answer.status == 0 and "is tried after this reboot" in answer.out, answer.err[-500:])
        self.boot.wait_end()

    def wait_slot(self, wanted, limit_s=1500):
        end = time.monotonic() + limit_s
        while self.slot() != wanted:
            self.boot.check_alive("before slot.txt was %s" % (wanted,))
            need(time.monotonic() < end, "slot.txt is %s and not %s" % (self.slot(), wanted))
            time.sleep(1)

    def kill(self):
        self.boot.kill()


def test_refused_then_kept():
    trial = Trial("update-kept")
    good = trial.updates.make("9.1")
    small = trial.updates.make_small("small", "arm64-rpi", "maker")
    strange = trial.updates.make_small("strange", "arm64-rpi", "stranger")
    other = trial.updates.make_small("other", "toaster", "maker")
    trial.log_in("a")
    stream = trial.updates.stream
    trial.refuse("the checksum is wrong", stream(small, spoilt=9000))
    trial.refuse("the signature is not of", stream(strange))
    trial.refuse("not signed", stream(small, "sha256"))
    trial.refuse("is for toaster", stream(other))
    need(trial.slot() == ("a", "kept"), "a refused update has changed slot.txt")
    trial.take(good)
    need(trial.slot() == ("b", "try"), "slot.txt is %s" % (trial.slot(),))
    trial.start()
    trial.wait_slot(("a", "tried"))     # before anything else
    trial.wait_slot(("b", "kept"))
    trial.kill()
    status = trial.log_in("b")
    need("slot b: 9.1, runs" in status and "has sounded for 60 s: kept" in status, status)
    need(trial.boot.ssh("cat /etc/version-of-the-test").out == "9.1", "the new root does not run")
    need(trial.boot.ssh("cat /boot/firmware/chronus.ini").out == INI, "the user's file was touched")
    trial.kill()
    return "refused four, kept one"


def taken_back(name, version, files, said):
    """An update that no hand takes back: the card is on the old slot again, and says why."""
    trial = Trial(name)
    made = trial.updates.make(version, files=files)
    trial.log_in("a")
    trial.take(made)
    trial.start()
    trial.wait_slot(("a", "tried"))
    trial.boot.wait_end(1500)
    need(trial.slot() == ("a", "tried"), "slot.txt is %s" % (trial.slot(),))
    status = trial.log_in("a")
    need("version %s %s" % (version, said) in status, status)
    trial.kill()
    return "back by itself"


def test_never_sounds():
    return taken_back("update-silent", "9.3", (
        ("/etc/systemd/system/chronus.service.d/zz.conf", SILENT),
        ("/etc/systemd/system/chronus-keep.service.d/zz.conf", IMPATIENT)), "has not sounded for 60 s within 120 s")


def test_broken_program():
    """Nothing in the new system can judge it: the unit that was to says so by a reboot."""
    return taken_back("update-broken", "9.4", (("/usr/bin/chronus", "#!/nowhere\n"),), "was tried and did not last")


def test_plug_pulled():
    """While it is received, unpacked, written, compared; between the switch and the boot; in the trial."""
    trial = Trial("update-cut")
    good = trial.updates.make("9.1")
    wanted = ("received 16 MB", "signature right", "written 64 of", "written 192 of", "compared 96 of", "compared 256 of")
    for word in wanted:
        trial.log_in("a")
        log = os.path.join(trial.card.folder, "progress")
        with open(log, "wb") as file:
            sender = subprocess.Popen([card.TOOLBOX] + trial.boot.ssh_command("chronus update -"), stdin=subprocess.PIPE,
                stdout=file, stderr=file)
            threading.Thread(target=feed, args=(sender, trial.updates.stream(good)), daemon=True).start()
            wait_for_word(trial, sender, log, word)
            trial.kill()
            sender.kill()
            sender.wait()
        need(trial.slot()[0] == "a" or word == wanted[-1], "slot.txt is %s after '%s'" % (trial.slot(), word))
    trial.log_in("a")
    trial.take(good)
    trial.start()
    trial.wait_slot(("a", "tried"))
    trial.kill()                        # in the trial
    status = trial.log_in("a")
    need("version 9.1 was tried and did not last" in status, status)
    trial.kill()
    return "%d cuts in the update, one in the trial" % len(wanted)


def feed(sender, data):
    try:
        sender.stdin.write(data)
        sender.stdin.close()
    except OSError:
        pass


def wait_for_word(trial, sender, log, word, limit_s=1500):
    end = time.monotonic() + limit_s
    while True:
        with open(log, encoding="utf-8", errors="replace") as file:
            text = file.read()
        if word in text or (sender.poll() is not None and word.startswith("compared 256")):
            return
        if sender.poll() is not None or time.monotonic() > end:
            raise Wrong("the update never said '%s':\n%s" % (word, text[-500:]))
        trial.boot.check_alive("while the update went on")
        time.sleep(0.05)


TESTS = (
    ("update: refused four times, then kept", test_refused_then_kept),
    ("update: one that never sounds", test_never_sounds),
    ("update: a program that does not start", test_broken_program),
    ("update: the plug is pulled at every stage", test_plug_pulled),
)
