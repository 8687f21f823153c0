"""A card in a test: a copy of the built image, the Pi's firmware that reads it, and QEMU that boots it.

    card = Card("name")                 a copy, as large as a real card, with a key for ssh
    card.put("chronus.ini", text)       a file of its first partition; None removes it
    boot = card.boot("virt")            or "raspi3b"; firmware, kernel, QEMU
    boot.wait_ssh()
    boot.ssh("chronus stats").out
    boot.kill()                         the plug is pulled
"""

import gzip
import os
import re
import shutil
import signal
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(TOP, "build", "image")
TESTS = os.path.join(OUT, "test")
TOOLBOX = os.path.join(TOP, "cross", "toolbox", "in-toolbox")
FAT_OFFSET = "@@4M"
CARD_BYTES = 1 << 30        # QEMU's SD card wants a power of two
# chronus.ini of a test that needs no sound card: the simulated one costs the emulated Pi nothing but the blocks, and never runs
# dry. Which patch is said by %.
SIMULATED = """[audio]
device = simulated
block_frames = 256
periods = 8
[engine]
lead_blocks = 8
[simulate]
wav = /dev/null
[start]
patch = patches/%s.ini
"""
# Time that counts instructions (one a nanosecond): only idle time is the host's, and may be longer on a busy one.
COUNTED = ("-icount", "shift=0,sleep=on", "-accel", "tcg,thread=single")
DAC_MODULES = os.path.join(TOP, "build", "virtual-pi", "modules")
RUNNING = []


class Wrong(Exception):
    """What the card did is not what it must do."""


def need(condition, text):
    if not condition:
        raise Wrong(text)


def in_toolbox(*command, data=None, check=True):
    done = subprocess.run([TOOLBOX] + list(command), input=data, capture_output=True, check=False)
    if check:
        need(done.returncode == 0, "%s failed:\n%s" % (" ".join(command), done.stderr.decode()[-2000:]))
    return done


def image_path():
    images = [n for n in os.listdir(OUT) if re.fullmatch(r"chronus-.*\.img", n)] if os.path.isdir(OUT) else []
    need(len(images) == 1, "make image first: there must be one chronus-VERSION.img in %s" % OUT)
    return os.path.join(OUT, images[0])


def stop_all():
    for boot in list(RUNNING):
        boot.kill()


def key_path():
    """The tests' own ssh key; made once."""
    os.makedirs(TESTS, exist_ok=True)
    path = os.path.join(TESTS, "key")
    if not os.path.exists(path):
        in_toolbox("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path)
    return path


class Card:
    def __init__(self, name, image=None, with_key=True):
        self.name = name
        self.folder = os.path.join(TESTS, name)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.path = os.path.join(self.folder, "card.img")
        subprocess.run(["cp", "--sparse=always", "--reflink=auto", image or image_path(), self.path], check=True)
        os.truncate(self.path, CARD_BYTES)
        self.boots = 0
        if with_key:
            with open(key_path() + ".pub", encoding="ascii") as file:
                self.put("authorized_keys", file.read())

    def fat(self):
        return self.path + FAT_OFFSET

    def put(self, name, content):
        """A file of the first partition, as another computer would write it. None: it is removed."""
        if content is None:
            in_toolbox("mdeltree", "-i", self.fat(), "::" + name)
            return
        data = content.encode() if isinstance(content, str) else content
        path = os.path.join(self.folder, "put")
        with open(path, "wb") as file:
            file.write(data)
        in_toolbox("mcopy", "-o", "-i", self.fat(), path, "::" + name)

    def get(self, name):
        return in_toolbox("mtype", "-i", self.fat(), "::" + name).stdout

    def settings(self, changes):
        """chronus.ini as shipped, with these lines changed: {"block_frames": "256"}."""
        with open(os.path.join(TOP, "config", "chronus.ini"), encoding="utf-8") as file:
            text = file.read()
        for key, value in changes.items():
            text, n = re.subn(r"(?m)^%s = \S+" % re.escape(key), "%s = %s" % (key, value), text)
            need(n == 1, "chronus.ini has %d lines with %s" % (n, key))
        self.put("chronus.ini", text)

    def boot(self, machine="virt", append="", qemu=(), dtb="bcm2837-rpi-3-b.dtb", clock=COUNTED, dac=True, memory="1G",
            log=None):
        """log: a file that gets every write to the card (QEMU's blklogwrites)."""
        self.boots += 1
        return Boot(self, machine, append, qemu, dtb, clock, dac, memory, log)


class Firmware:
    """What the Pi's firmware does with a card: config.txt, slot.txt, prefixes, overlays.

    Source: Raspberry Pi documentation, config.txt, "Boot options": os_prefix, overlay_prefix, upstream_kernel.
    """

    def __init__(self, card, dtb):
        self.folder = os.path.join(card.folder, "firmware")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        in_toolbox("mcopy", "-s", "-n", "-i", card.fat(), "::", self.folder)
        self.settings, self.overlays, self.initrd = {"overlay_prefix": "overlays/", "cmdline": "cmdline.txt"}, [], None
        self.read("config.txt")
        prefix = self.settings.get("os_prefix", "")
        if not (self.has(prefix + self.settings["kernel"]) and self.has(prefix + dtb)):
            prefix = ""     # not viable: ignored
        need(self.has(prefix + self.settings["kernel"]), "the firmware finds no kernel")
        self.prefix = prefix
        self.kernel = self.unpacked(self.path(prefix + self.settings["kernel"]))
        self.initrd = self.path(prefix + self.initrd) if self.initrd else None
        self.cmdline = self.text(prefix + self.settings["cmdline"]).split("\n")[0].strip()
        self.dtb = self.with_overlays(prefix, dtb)

    def path(self, name):
        return os.path.join(self.folder, name)

    def has(self, name):
        return os.path.isfile(self.path(name))

    def text(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def read(self, name):
        for line in self.text(name).splitlines() if self.has(name) else []:
            line = line[:98].strip()
            if line.startswith("#") or not line:
                continue
            if line.startswith("include "):
                self.read(line.split()[1])
            elif line.startswith("initramfs "):
                self.initrd = line.split()[1]
            elif line.startswith("dtoverlay="):
                self.overlays.append(line.split("=", 1)[1].split(",")[0])
            elif "=" in line:
                key, value = line.split("=", 1)
                self.settings[key.strip()] = value.strip()

    def unpacked(self, path):
        with open(path, "rb") as file:
            data = file.read()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        with open(path + ".raw", "wb") as file:
            file.write(data)
        return path + ".raw"

    def with_overlays(self, prefix, dtb):
        folder = self.settings["overlay_prefix"]
        if self.has(prefix + folder + "README"):
            folder = prefix + folder
        files = [self.path(folder + name + ".dtbo") for name in self.overlays]
        files = [f for f in files if os.path.exists(f)]
        if not files:
            return self.path(prefix + dtb)
        out = self.path("merged.dtb")
        in_toolbox("fdtoverlay", "-i", self.path(prefix + dtb), "-o", out, *files)
        return out


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def initrd_with_dac(path):
    """The image's initrd, and behind it another archive with a sound card that can be played to: that of
    QEMU's raspi3b hangs it, and virt has none."""
    folder = os.path.dirname(path)
    tree = os.path.join(folder, "extra")
    os.makedirs(os.path.join(tree, "modules"))
    for name in ("irq_sim", "burst_dac"):
        module = os.path.join(DAC_MODULES, name + ".ko")
        need(os.path.exists(module), "make virtual-pi first: there is no %s" % module)
        shutil.copy(module, os.path.join(tree, "modules", name))
        with open(os.path.join(tree, "modules", "extra.list"), "a", encoding="ascii") as file:
            file.write(name + "\n")
    archive = in_toolbox("sh", "-c", 'cd "$1" && find modules -type f | cpio -o -H newc --quiet', "sh", tree).stdout
    with open(path, "rb") as file:
        data = file.read()
    with open(path + ".dac", "wb") as file:
        file.write(data + b"\0" * (-len(data) % 4) + archive)
    return path + ".dac"


def drive(path, log):
    if not log:
        return "driver=raw,node-name=card,file.driver=file,file.filename=" + path
    return ("driver=blklogwrites,node-name=card,log-sector-size=512,log-append=off,log.driver=file,"
        "log.filename=%s,file.driver=file,file.filename=%s" % (log, path))


class Answer:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode(errors="replace")
        self.err = done.stderr.decode(errors="replace")


class Boot:
    """QEMU with the card in it. append: more for the kernel's command line. clock: QEMU's, for counted time."""

    def __init__(self, card, machine, append, qemu, dtb, clock, dac, memory, log):
        firmware = Firmware(card, dtb)
        initrd = initrd_with_dac(firmware.initrd) if dac else firmware.initrd
        self.card = card
        self.port = free_port()
        self.console_path = os.path.join(card.folder, "console-%d.log" % card.boots)
        net = "user,id=net0,hostfwd=tcp:127.0.0.1:%d-:22" % self.port
        self.firmware = firmware
        # the emulated watchdog resets the board at once
        command = ["qemu-system-aarch64", "-M", machine, "-display", "none", "-no-reboot",
            "-kernel", firmware.kernel, "-initrd", initrd]
        cmdline = firmware.cmdline + " systemd.watchdog_sec=0 panic=-1"
        if machine.startswith("raspi"):
            command += ["-dtb", firmware.dtb, "-drive", "if=sd,format=raw,file=" + card.path,
                "-serial", "null", "-serial", "file:" + self.console_path,
                "-device", "usb-net,netdev=net0", "-netdev", net]
        else:
            cmdline += " console=ttyAMA0"
            command += ["-cpu", "cortex-a53", "-smp", "4", "-m", memory,
                "-serial", "file:" + self.console_path,
                "-blockdev", drive(card.path, log), "-device", "virtio-blk-pci,drive=card",
                "-device", "virtio-net-pci,netdev=net0,romfile=", "-netdev", net]
        # beside the card, and short: a socket's path has 107 characters at most
        self.monitor_path = os.path.relpath(os.path.join(card.folder, "qmp"))
        command += ["-qmp", "unix:%s,server=on,wait=off" % self.monitor_path]
        command += list(clock) + list(qemu) + ["-append", (cmdline + " " + append).strip()]
        self.begin, self.ended_cpu_s = time.monotonic(), 0.0
        # a group of its own: what ends a test from the keyboard must not reach it first
        self.qemu = subprocess.Popen([TOOLBOX] + command, stdin=subprocess.DEVNULL,
            stdout=open(self.console_path + ".qemu", "wb"), stderr=subprocess.STDOUT, start_new_session=True)
        RUNNING.append(self)

    def seconds(self):
        return time.monotonic() - self.begin

    def console(self):
        try:
            with open(self.console_path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def is_running(self):
        return self.qemu.poll() is None

    def wait_for(self, pattern, limit_s=600):
        """Until the console has it. Returns the match."""
        end = time.monotonic() + limit_s
        while True:
            found = re.search(pattern, self.console())
            if found:
                return found
            self.check_alive("waiting for " + pattern)
            need(time.monotonic() < end, "after %d s the console has no %s:\n%s" % (limit_s, pattern, self.tail()))
            time.sleep(0.2)

    def wait_end(self, limit_s=300):
        """Until the guest has restarted or switched off by itself (QEMU ends at a restart)."""
        try:
            self.qemu.wait(limit_s)
        except subprocess.TimeoutExpired:
            raise Wrong("the guest did not restart within %d s:\n%s" % (limit_s, self.tail())) from None
        RUNNING.remove(self)

    def tail(self):
        with open(self.console_path + ".qemu", encoding="utf-8", errors="replace") as file:
            return self.console()[-1500:] + file.read()[-500:]

    def check_alive(self, doing):
        need(self.is_running(), "QEMU ended %s:\n%s" % (doing, self.tail()))

    def ssh_command(self, command):
        return ["ssh", "-i", key_path(), "-p", str(self.port), "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=60",
            "-o", "BatchMode=yes", "chronus@127.0.0.1", command]

    def ssh(self, command, data=None, check=True, limit_s=300):
        try:
            done = subprocess.run([TOOLBOX] + self.ssh_command(command), input=data, capture_output=True,
                timeout=limit_s, check=False)
        except subprocess.TimeoutExpired:
            raise Wrong("ssh %s: no answer within %d s" % (command, limit_s)) from None
        answer = Answer(done)
        if check:
            need(answer.status == 0, "ssh %s: %d\n%s%s" % (command, answer.status, answer.out[-1000:], answer.err[-1000:]))
        return answer

    def wait_ssh(self, limit_s=600):
        """Until somebody can log in. Returns the seconds since QEMU began."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            self.check_alive("before ssh answered")
            try:
                if self.ssh("true", check=False, limit_s=90).status == 0:
                    return self.seconds()
            except Wrong:
                pass
            time.sleep(0.5)
        raise Wrong("nobody can log in after %d s:\n%s" % (limit_s, self.tail()))

    def wait_for_command(self, command, limit_s=300):
        """Until the command over ssh ends with 0."""
        end = time.monotonic() + limit_s
        while self.ssh(command, check=False).status != 0:
            need(time.monotonic() < end, "after %d s still not true: %s" % (limit_s, command))
            time.sleep(1)

    def host_key(self):
        return in_toolbox("ssh-keyscan", "-T", "60", "-t", "ed25519", "-p", str(self.port), "127.0.0.1").stdout.split()[-1]

    def cpu_s(self):
        """Seconds of a processor that QEMU has used: its own time, whatever else the host does."""
        try:
            with open("/proc/%d/stat" % self.qemu.pid, encoding="ascii") as file:
                user, system = file.read().rpartition(")")[2].split()[11:13]
            self.ended_cpu_s = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        except (FileNotFoundError, ProcessLookupError):
            pass
        return self.ended_cpu_s

    def kill(self):
        """The plug is pulled."""
        if self.is_running():
            self.cpu_s()
            os.killpg(self.qemu.pid, signal.SIGKILL)
        self.qemu.wait()
        if self in RUNNING:
            RUNNING.remove(self)
