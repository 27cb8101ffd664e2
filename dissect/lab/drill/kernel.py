"""This machine's kernel as the tested side of a time line: a network namespace with a TUN device, and real calls.

Needs Linux and CAP_SYS_ADMIN. The namespace holds nothing but the device, and goes with it: no packet of a script
reaches another network.
"""

from __future__ import annotations

import ctypes
import os
import re
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from dissect.errors import InterfaceError, ScenarioError
from dissect.lab.drill.exchange import Seen
from dissect.lab.drill.kernel_calls import KernelCalls
from dissect.lab.drill.script import Call
from dissect.lab.drill.settings import COMMON
from dissect.lab.drill.tested import Answer, Side
from dissect.packets.packet import parse
from dissect.protocols.ipv4 import IPv4

__all__ = ["KernelSide"]

_NEW_NETWORK = 0x40000000
_TUNSETIFF, _IFF_TUN_NO_PI = 0x400454CA, 0x1001
_LONGEST = 65536
_TCP_INFO = (
    ("state ca_state retransmits probes backoff options", "6B"),
    ("wscale", "2B"),
    (
        "rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent last_ack_sent last_data_recv "
        "last_ack_recv pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss reordering rcv_rtt rcv_space "
        "total_retrans",
        "24I",
    ),
)
"""The members of `struct tcp_info`, as linux/tcp.h has them; two are halves of a byte."""
_DELIVERED_PLACE = 192
_CONNECTED = re.compile(r"(?:net\.ipv4\.)?tcp_congestion_control=cubic")


class KernelSide:
    """The kernel, in a namespace of its own, for one script at a time.

    Raises InterfaceError where the namespace or the device cannot be made.
    """

    def __init__(self, side: Side | None = None, *, mtu: int = 1500) -> None:
        self.side = side or Side()
        self.sent: deque[Seen] = deque()
        self._home = _enter_namespace()
        try:
            self._tun = _open_tun(self.side, mtu)
        except BaseException:
            self._go_home()
            raise
        self._calls = KernelCalls(self.side)
        self._began_ns = time.monotonic_ns()
        self._answer: Answer | None = None
        self._woken, self._wake = os.pipe()

    @property
    def now_ns(self) -> int:
        """The time since the beginning, by the steady clock."""
        return time.monotonic_ns() - self._began_ns

    @property
    def answer(self) -> Answer | None:
        """What the last call returned; None while it blocks."""
        return self._answer

    def wait(self, until_ns: int, *, for_packet: bool = False, for_answer: bool = False) -> None:
        """Wait, and take packets in meanwhile."""
        while True:
            left_ns = until_ns - self.now_ns
            readable, _, _ = select.select([self._tun, self._woken], [], [], max(left_ns, 0) / 1e9)
            if self._tun in readable:
                self._take()
            if self._woken in readable:
                os.read(self._woken, 64)
            if (for_packet and self.sent) or (for_answer and self._answer is not None):
                return
            if left_ns <= 0 and not readable:
                return

    def _take(self) -> None:
        while True:
            try:
                data = os.read(self._tun, _LONGEST)
            except BlockingIOError:
                return
            datagram = parse(data, "raw")
            # Neighbour discovery of IPv6 and the like are none of a script's business.
            if isinstance(datagram, IPv4) and str(datagram.dst) == self.side.script:
                self.sent.append(Seen(self.now_ns, datagram))

    def inject(self, datagram: bytes) -> None:
        """Give the kernel a datagram."""
        os.write(self._tun, datagram)

    def call(self, call: Call, *, may_block: bool) -> None:
        """Make a system call, in a thread of its own, since the time line goes on meanwhile."""
        self._answer = None

        def work() -> None:
            answer = self._calls.make(call)
            answer.time_ns = self.now_ns
            self._answer = answer
            os.write(self._wake, b"x")

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        if not may_block:
            thread.join(0.02)

    def information(self) -> Mapping[str, int]:
        """Return the members of `tcp_info`."""
        opened = self._calls.latest
        if opened is None:
            return {}
        raw = opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        found: dict[str, int] = {}
        place = 0
        for names, form in _TCP_INFO:
            values = struct.unpack_from(f"={form}", raw, place)
            place += struct.calcsize(f"={form}")
            if names == "wscale":
                found["snd_wscale"], found["rcv_wscale"] = values[0] & 15, values[0] >> 4
            else:
                found.update(zip(names.split(), values, strict=True))
        if len(raw) >= _DELIVERED_PLACE + 4:
            found["delivered"] = struct.unpack_from("=I", raw, _DELIVERED_PLACE)[0]
        return {f"tcpi_{name}": value for name, value in found.items()}

    def configure(self, lines: tuple[str, ...]) -> list[str]:
        """Write settings into the namespace's /proc/sys; return the lines that this kernel does not take."""
        return [line for line in lines if not self._configure(line)]

    def _configure(self, line: str) -> bool:
        words = line.split()
        program = words[0].rpartition("/")[2]
        if program == "defaults.sh":
            # A kernel without one of them goes on: the script tells whether it counts.
            for setting in COMMON:
                _write(setting)
            return True
        if program in ("sysctl", "set_sysctls.py"):
            pairs = re.findall(r"([\w./]+)=(\"[^\"]*\"|'[^']*'|\S+)", line)
            return min([_write(f"{name}={value}") for name, value in pairs], default=True)
        if program == "tc":
            if " fq" in line or "netem" in line:
                raise ScenarioError(f"the script asks for {line!r}, a queue that is not tried here")
            if "limit 0" in line:
                return _run(["tc", "qdisc", "replace", "dev", "tun0", "root", "pfifo", "limit", "0"])
            return True
        if program == "ethtool":
            return _run(words)
        return program in ("ip", "sleep", "true") or program.startswith("sysctl_restore")

    def close(self) -> None:
        """Close all, and go back to the namespace of before."""
        self._calls.close()
        os.close(self._tun)
        os.close(self._woken)
        os.close(self._wake)
        self._go_home()

    def _go_home(self) -> None:
        _libc().setns(self._home, _NEW_NETWORK)
        os.close(self._home)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _enter_namespace() -> int:
    """Put this thread into a new network namespace, and return a descriptor of the one before."""
    if not sys.platform.startswith("linux"):
        raise InterfaceError("a kernel can be tried on Linux alone, which has network namespaces")
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    if _libc().unshare(_NEW_NETWORK):
        number = ctypes.get_errno()
        os.close(home)
        raise InterfaceError(
            f"no network namespace can be made ({os.strerror(number)}): run it as root, or with CAP_SYS_ADMIN"
        )
    return home


def _open_tun(side: Side, mtu: int) -> int:
    """Make the device `tun0` with the tested side's address, and a way to the script's."""
    try:
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise InterfaceError(
            f"/dev/net/tun cannot be opened ({error.strerror}): 'modprobe tun' loads the driver, and a container "
            "needs the device from its host"
        ) from None
    import fcntl

    try:
        fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", b"tun0", _IFF_TUN_NO_PI))
        for words in (
            ["ip", "link", "set", "lo", "up"],
            ["ip", "link", "set", "tun0", "mtu", str(mtu), "up"],
            ["ip", "address", "add", f"{side.tested}/16", "dev", "tun0"],
            ["ip", "route", "add", "default", "dev", "tun0"],
        ):
            if not _run(words):
                raise InterfaceError(f"{' '.join(words)!r} failed: a kernel is tried with iproute2 and CAP_NET_ADMIN")
    except OSError as error:
        os.close(descriptor)
        raise InterfaceError(f"tun0 cannot be made: {error.strerror}") from None
    except InterfaceError:
        os.close(descriptor)
        raise
    _write("net.ipv4.conf.all.rp_filter=0")
    _write("net.ipv4.conf.tun0.rp_filter=0")
    return descriptor


def _run(words: list[str]) -> bool:
    try:
        return subprocess.run(words, capture_output=True, check=False, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _write(setting: str) -> bool:
    """Write a setting of the namespace; False where this kernel has it not, or refuses the value."""
    name, _, value = setting.partition("=")
    if _CONNECTED.fullmatch(setting):
        # Where cubic may not be chosen, reno is nearest to it.
        return _write_file(name, "cubic") or _write_file(name, "reno")
    return _write_file(name, value.strip("\"'"))


def _write_file(name: str, value: str) -> bool:
    plain = name.removeprefix("/proc/sys/").replace(".", "/")
    if ".." in name or not plain.startswith("net/"):
        return False
    try:
        Path("/proc/sys", plain).write_text(value, encoding="ascii")
    except (OSError, UnicodeError):
        return False
    return True
