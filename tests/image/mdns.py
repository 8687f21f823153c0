"""A computer on the card's network that asks for NAME.local: Ethernet frames by hand, over QEMU's dgram netdev.

Source: RFC 6762 (multicast DNS), 1035 (message format), 2460 8.1 (checksum).
"""

import socket
import struct
import time

from card import free_port, need

MAC, GROUP_MAC = bytes.fromhex("525400abcdef"), bytes.fromhex("3333000000fb")
FROM = socket.inet_pton(socket.AF_INET6, "fe80::5054:ff:feab:cdef")
GROUP = socket.inet_pton(socket.AF_INET6, "ff02::fb")
PORT, TYPE_AAAA = 5353, 28


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2 + len(data) % 2), data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff or 0xffff


def question(name):
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0"
    dns = struct.pack("!6H", 0, 0, 1, 0, 0, 0) + labels + struct.pack("!2H", TYPE_AAAA, 1)
    udp = struct.pack("!4H", PORT, PORT, 8 + len(dns), 0) + dns
    pseudo = FROM + GROUP + struct.pack("!2I", len(udp), 17)
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp)) + udp[8:]
    ip = struct.pack("!IHBB", 6 << 28, len(udp), 17, 255) + FROM + GROUP
    return GROUP_MAC + MAC + b"\x86\xdd" + ip + udp, labels


class Neighbour:
    """qemu: the arguments of a second network card, which this end hears and speaks to."""

    def __init__(self):
        self.here, self.there = free_port(), free_port()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", self.here))
        self.socket.settimeout(0.5)
        self.qemu = ["-netdev", "dgram,id=net1,local.type=inet,local.host=127.0.0.1,local.port=%d,"
            "remote.type=inet,remote.host=127.0.0.1,remote.port=%d" % (self.there, self.here),
            "-device", "virtio-net-pci,netdev=net1,romfile="]

    def ask(self, name, limit_s=120):
        """The IPv6 address that answers for the name."""
        frame, labels = question(name)
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            self.socket.sendto(frame, ("127.0.0.1", self.there))
            again = time.monotonic() + 3
            while time.monotonic() < again:
                try:
                    heard = self.socket.recv(65536)
                except socket.timeout:
                    continue
                dns = heard[62:]
                # an answer: QR is set, and it repeats the name
                if heard[12:14] == b"\x86\xdd" and heard[20] == 17 and len(dns) > 12 and dns[2] & 0x80 and labels in dns:
                    at = dns.index(labels) + len(labels)
                    if dns[at:at + 2] == struct.pack("!H", TYPE_AAAA):
                        return socket.inet_ntop(socket.AF_INET6, dns[at + 10:at + 26])
        need(False, "nobody answers for %s" % name)
        return None
