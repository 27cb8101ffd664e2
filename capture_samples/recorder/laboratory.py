"""Hosts as network namespaces, cables as veth pairs, and tcpdump on one of their interfaces."""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

CLONE_NEWNET = 0x40000000
OFFLOADS = ("tso", "gso", "gro", "tx", "rx", "rxvlan", "txvlan")
SETTLING_SECONDS = 0.3
START_SECONDS = 10.0
COMMAND_SECONDS = 60.0


class RecordingError(Exception):
    """A sample could not be recorded; the message is one sentence."""


def _one_line(text: str) -> str:
    return "; ".join(line.strip() for line in text.splitlines() if line.strip()) or "it said nothing"


def _system(*command: str, text_input: str | None = None) -> str:
    result = subprocess.run(
        command, input=text_input, capture_output=True, text=True, timeout=COMMAND_SECONDS, start_new_session=True
    )
    if result.returncode != 0:
        raise RecordingError(
            f"`{shlex.join(command)}` ended with status {result.returncode}: {_one_line(result.stderr)}"
        )
    return result.stdout


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Have the signals that end a recording wait: a command that had just begun when one came would go on."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _enter_namespace(descriptor: int) -> None:
    # os.setns exists from Python 3.12 on only.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"setns: {os.strerror(number)}")


class Host:
    """One network namespace: a host, a router or a switch of the laboratory."""

    def __init__(self, laboratory: Laboratory, name: str, number: int) -> None:
        self.laboratory = laboratory
        self.name = name
        self.number = number
        self.namespace = f"dissect-{os.getpid()}-{name}"
        self._interfaces = 0

    def __str__(self) -> str:
        return self.name

    def next_interface(self) -> tuple[str, str]:
        """Take this host's next interface name and its hardware address, 02:00:00:00:INTERFACE:HOST."""
        index = self._interfaces
        self._interfaces += 1
        return f"eth{index}", f"02:00:00:00:{index:02x}:{self.number:02x}"

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Run the block in this namespace: sockets made inside stay in it for good, /proc/sys/net is its own."""
        home_path, namespace_path = Path("/proc/thread-self/ns/net"), Path("/run/netns", self.namespace)
        with home_path.open("rb") as home, namespace_path.open("rb") as namespace:
            _enter_namespace(namespace.fileno())
            try:
                yield
            finally:
                _enter_namespace(home.fileno())

    def ip(self, *arguments: str) -> None:
        """Run `ip` on this namespace."""
        _system("ip", "-n", self.namespace, *arguments)

    def await_up(self, interface: str) -> None:
        """Wait until an interface sends: the kernel loses silently what is sent while it notes that a cable is in."""
        end = time.monotonic() + START_SECONDS
        while " state UP " not in _system("ip", "-n", self.namespace, "-o", "link", "show", "dev", interface):
            if time.monotonic() > end:
                raise RecordingError(f"{interface} of {self.name} has not come up in {START_SECONDS} seconds")
            time.sleep(0.01)

    def configure(self, **settings: int | str) -> None:
        """Write settings below /proc/sys/net/ipv4, underscores doubled for slashes: conf__all__rp_filter=0."""
        with self.entered():
            for setting, value in settings.items():
                path = Path("/proc/sys/net/ipv4", *setting.split("__"))
                try:
                    path.write_text(str(value), encoding="ascii")
                except OSError as error:
                    raise RecordingError(f"{path} of {self.name} can't be set to {value}: {error.strerror}") from error

    def configure_where_known(self, **settings: int | str) -> None:
        """Write those of the settings that this kernel knows."""
        with self.entered():
            known = {name: value for name, value in settings.items() if Path("/proc/sys/net/ipv4", name).exists()}
        self.configure(**known)

    def ask(self, *command: str) -> str:
        """Run a command in this namespace that isn't part of what the sample shows, and return what it printed."""
        return _system("ip", "netns", "exec", self.namespace, *command)

    def rules(self, text: str) -> None:
        """Load nftables rules from their text."""
        self.laboratory.commands.append(f"{self.name}: nft {' '.join(text.split())}")
        _system("ip", "netns", "exec", self.namespace, "nft", "-f", "-", text_input=text)

    def run(self, *command: str, statuses: tuple[int, ...] = (0,)) -> str:
        """Run a command in this namespace to its end and return what it printed."""
        self.laboratory.commands.append(f"{self.name}: {shlex.join(command)}")
        result = subprocess.run(
            ("ip", "netns", "exec", self.namespace, *command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            start_new_session=True,
        )
        if result.returncode not in statuses:
            said = _one_line(result.stderr or result.stdout)
            raise RecordingError(
                f"`{shlex.join(command)}` on {self.name} ended with status {result.returncode}: {said}"
            )
        return result.stdout

    def start(self, *command: str, stdout: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a command in this namespace; the laboratory ends it. Its standard error is a pipe."""
        return self.laboratory.start("ip", "netns", "exec", self.namespace, *command, stdout=stdout)

    def open_socket(self, kind: socket.SocketKind, *, protocol: int = 0) -> socket.socket:
        """Make an IPv4 socket in this namespace, closed with the laboratory at the latest; timeout: 20 seconds."""
        with self.entered():
            made = socket.socket(socket.AF_INET, kind, protocol)
        made.settimeout(20)
        return self.laboratory.stack.enter_context(made)

    def tcp(self, *, port: int = 0) -> socket.socket:
        """Make a TCP socket, bound to `port` where one is given."""
        made = self.open_socket(socket.SOCK_STREAM)
        if port:
            made.bind(("0.0.0.0", port))
        return made

    def udp(self, *, port: int = 0) -> socket.socket:
        """Make a UDP socket, bound to `port` where one is given."""
        made = self.open_socket(socket.SOCK_DGRAM)
        if port:
            made.bind(("0.0.0.0", port))
        return made


class Laboratory:
    """Hosts, cables and bridges that exist as long as the `with` block, and the one capture made among them."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.topology = ""
        self.commands: list[str] = []
        self.captured = b""
        self.hosts: list[Host] = []

    def __enter__(self) -> Laboratory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A second Ctrl-C must not leave half of the namespaces behind.
        interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
        terminate = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            self.stack.close()
        finally:
            signal.signal(signal.SIGINT, interrupt)
            signal.signal(signal.SIGTERM, terminate)

    def host(self, name: str) -> Host:
        """Make a namespace without IPv6, without rate limit on ICMP errors, with its loopback up."""
        host = Host(self, name, len(self.hosts) + 1)
        # Registered before it is made: an interrupt between the two must not leave it behind.
        self.stack.callback(
            subprocess.run, ("ip", "netns", "delete", host.namespace), capture_output=True, start_new_session=True
        )
        with _undisturbed():
            _system("ip", "netns", "add", host.namespace)
        self.hosts.append(host)
        with host.entered():
            for scope in ("all", "default"):
                no_ipv6 = Path("/proc/sys/net/ipv6/conf", scope, "disable_ipv6")
                if no_ipv6.exists():
                    no_ipv6.write_text("1", encoding="ascii")
        host.configure(icmp_ratelimit=0, conf__all__rp_filter=0, conf__default__rp_filter=0)
        host.ip("link", "set", "lo", "up")
        return host

    def cable(self, left: Host, right: Host, *, mtu: int = 1500) -> tuple[str, str]:
        """Connect two hosts and return the names of the two interfaces; the MTU is in bytes."""
        left_name, left_address = left.next_interface()
        right_name, right_address = right.next_interface()
        # `ip link add NAME address ... type veth peer name ... netns ...`: both ends are born in their namespaces.
        left.ip(
            *("link", "add", left_name, "address", left_address, "mtu", str(mtu), "type", "veth"),
            *("peer", "name", right_name, "address", right_address, "mtu", str(mtu), "netns", right.namespace),
        )
        for host, interface in ((left, left_name), (right, right_name)):
            self.switch_offloads_off(host, interface)
        # Only now: the first end that comes up has no carrier until the other one does.
        for host, interface in ((left, left_name), (right, right_name)):
            host.ip("link", "set", interface, "up")
        for host, interface in ((left, left_name), (right, right_name)):
            host.await_up(interface)
        return left_name, right_name

    def switch_offloads_off(self, host: Host, interface: str) -> None:
        """Make the kernel fill in every checksum and cut every segment itself, so that captures show the wire."""
        switches = [word for offload in OFFLOADS for word in (offload, "off")]
        _system("ip", "netns", "exec", host.namespace, "ethtool", "-K", interface, *switches)

    def start(self, *command: str, stdout: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a command that is ended with the laboratory at the latest. Its standard error is a pipe."""
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, start_new_session=True
        )
        self.stack.callback(_end, process)
        return process

    @contextmanager
    def capture(self, host: Host, interface: str = "eth0", *, options: tuple[str, ...] = ()) -> Iterator[None]:
        """Capture the block's frames on one interface with tcpdump; `captured` then holds the file's bytes."""
        command = ("tcpdump", "-i", interface, "-w", "-", "-U", "--immediate-mode", *options)
        with tempfile.TemporaryFile() as file:
            process = host.start(*command, stdout=file)
            await_line(process, b"listening on")
            shown = shlex.join(("tcpdump", "-i", interface, *options))
            self.commands.append(f"{host.name}: {shown}")
            yield
            time.sleep(SETTLING_SECONDS)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=START_SECONDS)
            if process.returncode != 0 or b"0 packets dropped by kernel" not in said:
                raise RecordingError(f"tcpdump on {host.name} lost packets or failed: {_one_line(said.decode())}")
            file.seek(0)
            self.captured = file.read()


def await_line(process: subprocess.Popen[bytes], words: bytes) -> None:
    """Read a started process's standard error up to the line with these words; RecordingError when it ends before."""
    # The line comes at once or the process ends; a process that hangs silently is no case worth a thread.
    assert process.stderr is not None
    said = b""
    for line in process.stderr:
        said += line
        if words in line:
            return
    raise RecordingError(f"`{shlex.join(map(str, process.args))}` did not start: {_one_line(said.decode())}")  # type: ignore[arg-type]


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stderr is not None:
        process.stderr.close()
