"""The built image boots from its card: on QEMU's raspi3b as it is, and in counted time on virt."""

import json
import re

from card import Card, need, stop_all
from mdns import Neighbour


def stats(boot):
    return json.loads(boot.ssh("chronus stats --json").out)


def need_sound(boot, seconds=10):
    """Blocks go by and none is missing. Returns how many went by while one looked."""
    first = stats(boot)["total_count"]
    boot.ssh("sleep %d" % seconds)
    last = stats(boot)["total_count"]
    went = last["blocks"] - first["blocks"]
    need(went > 0, "no block was played in %d s" % seconds)
    need(last["none"] == first["none"], "%d blocks were missing" % (last["none"] - first["none"]))
    return went


def ram_mb(boot):
    """What is in use: neither free, nor a copy of what is on the card."""
    kb = {k: int(v) for k, v in re.findall(r"(\w+):\s+(\d+) kB", boot.ssh("cat /proc/meminfo").out)}
    return (kb["MemTotal"] - kb["MemFree"] - kb["Buffers"] - kb["Cached"] - kb["SReclaimable"] + kb["Shmem"]) / 1024


def need_closed(boot):
    """ssh and mDNS are all that listens; 68 is the DHCP client's."""
    ports = set()
    for line in boot.ssh("ss -H -l -n -t -u").out.splitlines():
        kind, local = line.split()[0], line.split()[4]
        if not local.startswith("127.") and not local.startswith("[::1]"):
            ports.add((kind, int(local.rsplit(":", 1)[1])))
    extra = ports - {("tcp", 22), ("udp", 5353), ("udp", 68), ("udp", 546)}
    need(not extra, "open: %s" % sorted(extra))
    return len(ports)


def test_raspi3b():
    card = Card("raspi3b")
    card.settings({"device": "hw:CARD=burstdac", "block_frames": "256"})
    boot = card.boot("raspi3b")
    ssh_s = boot.wait_ssh(1200)
    cards = boot.ssh("cat /proc/asound/cards").out
    need("chronus-dac" in cards, "the I2S card of the overlay is not there:\n" + cards)
    went = need_sound(boot)
    total = stats(boot)["total_count"]
    need(total["none"] == 0, "%d blocks missing since the start" % total["none"])
    need_closed(boot)
    status = boot.ssh("chronus status", check=False).out
    return "ssh after %d s of QEMU; %d blocks, none 0; I2S card %s; %s" % (
        ssh_s, went, cards.split("[")[1].split("]")[0].strip(), status.splitlines()[0])


STAGES = """
ticks=$(sed 's/.*) //' /proc/$(cat /sys/fs/cgroup/system.slice/chronus.service/cgroup.procs)/stat | cut -d' ' -f20)
echo start $ticks
journalctl -o short-monotonic --no-pager
cat /proc/uptime
"""


def stages(boot):
    """Seconds since the kernel began, of the stages until sound and ssh."""
    said = boot.ssh(STAGES).out

    def when(pattern):
        found = re.search(pattern, said)
        need(found, "the journal has no %s:\n%s" % (pattern, said[-3000:]))
        return float(found.group(1))

    return {
        "kernel": when(r"chronus-init: begin \[([\d.]+) s\]"),
        "disk": when(r"chronus-init: slot . of .* \[([\d.]+) s\]"),
        "root": when(r"chronus-init: root ready \[([\d.]+) s\]"),
        "process": when(r"start (\d+)") / 100,
        "sound": when(r"\[ *([\d.]+)\] \S+ chronus\[\d+\]: chronus: playing "),
        "sshd": when(r"\[ *([\d.]+)\] \S+ sshd\[\d+\]: Server listening"),
        "network": when(r"\[ *([\d.]+)\] \S+ systemd-networkd\[\d+\]: eth0: DHCPv4 address"),
    }


def test_stages():
    card = Card("stages")
    card.settings({"block_frames": "256"})
    # the first boot grows /data and makes the host key; without the tests' DAC, which keeps 32 MB of recording
    boot = card.boot(dac=False, memory="512M")
    boot.wait_ssh()
    ram = ram_mb(boot)
    need(ram <= 96, "%.0f MB of memory in use; the limit is 96" % ram)
    stop_all()
    boot = card.boot(memory="512M")
    boot.wait_ssh()
    need_sound(boot)
    at = stages(boot)
    need(at["sound"] <= 5.0, "sound only %.2f s after the kernel's start" % at["sound"])
    need_closed(boot)
    return "%s; %.0f MB in use of 512" % (
        ", ".join("%s %.2f" % (k, v) for k, v in at.items()), ram)


def test_first_boot():
    """What is made once is made once: host key, /data as large as the card; the name is the card's."""
    card = Card("first")
    card.settings({"block_frames": "256"})
    card.put("hostname", "\ufeffstudio\r\n")
    neighbour = Neighbour()
    boot = card.boot(qemu=neighbour.qemu)
    boot.wait_ssh()
    address = neighbour.ask("studio.local")
    need(address in boot.ssh("ip -6 -o address").out, "studio.local is %s, which is not the card's" % address)
    boot.wait_for_command("test $(df --output=size -m /data | tail -1) -gt 200")
    key = boot.host_key()
    name = boot.ssh("uname -n").out.strip()
    need(name == "studio", "the name is %s, not studio" % name)
    writes = [l for l in boot.ssh("mount").out.splitlines() if l.startswith("/dev/") and "(rw" in l]
    need(len(writes) == 1 and " on /data " in writes[0], "mounted for writing:\n" + "\n".join(writes))
    boot.kill()
    boot = card.boot()
    boot.wait_ssh()
    need(boot.host_key() == key, "the second boot has another host key")
    return "host key kept, /data grown, %s.local answers, only /data is written to" % name


TESTS = [("boot-raspi3b", test_raspi3b), ("boot-stages", test_stages), ("boot-first", test_first_boot)]
