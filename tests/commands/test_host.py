"""`dissect host`: a simulated host on a TAP device, met by the kernel's own programs in a network namespace."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import dissect
from capture_samples.recorder.laboratory import Host as Namespace
from capture_samples.recorder.laboratory import Laboratory, await_line
from dissect import ARP, IPv4
from dissect.commands.main import main
from dissect.lab.applications.serving import KNOWN

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 60
# Of Linux's <linux/in.h>: two options of IP sockets, and the value that asks for DF.
MTU_DISCOVER, PATH_MTU, DO_DISCOVER = 10, 14, 2
ROUTERS = """
outside = "r1:eth0"

[hosts.b]
ip = "10.0.3.2/24"
gateway = "10.0.3.1"

[routers.r1]
routes = { "10.0.3.0/24" = "10.0.2.2" }
[routers.r1.interfaces.eth0]
ip = "10.0.1.1/24"
[routers.r1.interfaces.eth1]
ip = "10.0.2.1/24"

[routers.r2]
gateway = "10.0.2.1"
[routers.r2.interfaces.eth0]
ip = "10.0.2.2/24"
[routers.r2.interfaces.eth1]
ip = "10.0.3.1/24"
mtu = 1000

[[links]]
between = ["r1:eth1", "r2:eth0"]
[[links]]
between = ["r2:eth1", "b"]
"""


@pytest.fixture
def namespace(laboratory: Laboratory, tun: None) -> Namespace:
    return laboratory.host("kernel")


def need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"The kernel's side is played by {program}, which is missing: install it.")


@contextmanager
def running(namespace: Namespace, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `dissect host` in the namespace; it has to end cleanly on SIGTERM."""
    process = namespace.start(sys.executable, "-m", "dissect", "host", "--tap", "tap0", *arguments)
    await_line(process, b"Ctrl-C ends")
    yield process
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (0, b"")


@pytest.fixture
def host(namespace: Namespace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Namespace]:
    """The kernel, 192.168.0.1, beside the simulated 192.168.0.2."""
    monkeypatch.chdir(REPOSITORY)
    with running(namespace, "--ip", "192.168.0.2/24", "--mac", "00:05:5d:a1:b8:40", "--kernel", "192.168.0.1/24"):
        yield namespace


@pytest.fixture
def routers(namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Namespace]:
    """The kernel, 10.0.1.9, and behind two simulated routers 10.0.3.2, on a link with an MTU of 1000 bytes."""
    monkeypatch.chdir(REPOSITORY)
    lab = tmp_path / "routers.toml"
    lab.write_text(ROUTERS, encoding="utf-8")
    with running(namespace, "--lab", str(lab), "--kernel", "10.0.1.9/24"):
        namespace.ip("route", "add", "10.0.0.0/16", "via", "10.0.1.1")
        yield namespace


def attempt(namespace: Namespace, *command: str) -> tuple[int, str]:
    done = subprocess.run(
        ("ip", "netns", "exec", namespace.namespace, *command), capture_output=True, text=True, timeout=PATIENCE
    )
    return done.returncode, done.stdout + done.stderr


def test_the_kernels_ping_in_fragments_loses_nothing(host: Namespace) -> None:
    need("ping")
    status, said = attempt(host, "ping", "-c", "5", "-i", "0.2", "-W", "20", "-s", "4000", "192.168.0.2")
    assert "5 packets transmitted, 5 received, 0% packet loss" in said
    assert status == 0


def test_arping_is_answered_and_finds_the_address_taken(host: Namespace) -> None:
    need("arping")
    status, said = attempt(host, "arping", "-c", "1", "-w", "20", "-I", "tap0", "192.168.0.2")
    assert (status, "00:05:5D:A1:B8:40" in said.upper()) == (0, True), said
    if "iputils" not in attempt(host, "arping", "-V")[1]:
        pytest.skip("Another arping than that of iputils has no -D: nothing asks whether an address is free.")
    # iputils ends with 1 where somebody answers, and with 0 where the address is free.
    status, said = attempt(host, "arping", "-D", "-c", "1", "-w", "20", "-I", "tap0", "192.168.0.2")
    assert (status, "Received 1 response" in said) == (1, True), said
    status, said = attempt(host, "arping", "-D", "-c", "1", "-w", "2", "-I", "tap0", "192.168.0.3")
    assert (status, "Received 0 response" in said) == (0, True), said


def test_closed_ports_refuse(host: Namespace) -> None:
    asking = host.open_socket(socket.SOCK_DGRAM)
    asking.connect(("192.168.0.2", 9999))
    asking.send(b"anybody?")
    with pytest.raises(ConnectionRefusedError):
        asking.recv(100)
    with pytest.raises(ConnectionRefusedError):
        host.open_socket(socket.SOCK_STREAM).connect(("192.168.0.2", 80))


def test_traceroute_reaches_it_in_one_hop(host: Namespace) -> None:
    need("traceroute")
    for option in ("-I", "-U"):
        status, said = attempt(host, "traceroute", option, "-n", "-q", "1", "-w", "20", "192.168.0.2")
        assert [line.split()[:2] for line in said.splitlines()[1:]] == [["1", "192.168.0.2"]], said
        assert status == 0


def test_the_simulated_host_pings_the_kernel(namespace: Namespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    program = (sys.executable, "-m", "dissect", "host", "--tap", "tap0", "--ip", "192.168.0.2/24")
    options = ("--kernel", "192.168.0.1/24", "--ping", "192.168.0.1", "-c", "5", "-s", "4000")
    status, said = attempt(namespace, *program, *options)
    assert "4008 bytes from 192.168.0.1: icmp_seq=5 ttl=64" in said
    assert "5 packets transmitted, 5 received, 0% packet loss" in said
    assert status == 0
    status, said = attempt(namespace, *program, "--kernel", "192.168.0.1/24", "--ping", "192.168.0.3", "-c", "1")
    assert (status, "0 received" in said) == (1, True), said


def test_what_the_host_serves_is_fetched_and_told(
    namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("curl")
    monkeypatch.chdir(REPOSITORY)
    (tmp_path / "page.txt").write_text("Hello")
    process = namespace.start(
        *(sys.executable, "-m", "dissect", "host", "--tap", "tap0", "--ip", "192.168.0.2/24"),
        *("--kernel", "192.168.0.1/24", "--serve", f"80=http:{tmp_path}", "--serve", "7=echo"),
        stdout=subprocess.PIPE,
    )
    await_line(process, b"Ctrl-C ends")
    assert attempt(namespace, "curl", "-sS", "http://192.168.0.2/page.txt") == (0, "Hello")
    asking = namespace.open_socket(socket.SOCK_DGRAM)
    asking.sendto(b"anybody?", ("192.168.0.2", 7))
    assert asking.recv(100) == b"anybody?"
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=PATIENCE)
    assert b"\n192.168.0.1 GET /page.txt 200\n" in b"\n" + said


def test_traceroute_shows_both_routers(routers: Namespace) -> None:
    need("traceroute")
    for option in ("-U", "-I"):
        status, said = attempt(routers, "traceroute", option, "-n", "-q", "1", "-w", "20", "10.0.3.2")
        hops = [line.split()[:2] for line in said.splitlines()[1:]]
        assert hops == [["1", "10.0.1.1"], ["2", "10.0.2.2"], ["3", "10.0.3.2"]], said
        assert status == 0


def test_a_datagram_that_does_not_fit_the_path_is_refused_by_the_kernel_itself(routers: Namespace) -> None:
    sending = routers.open_socket(socket.SOCK_DGRAM)
    sending.setsockopt(socket.IPPROTO_IP, MTU_DISCOVER, DO_DISCOVER)
    sending.connect(("10.0.3.2", 9999))
    sending.send(bytes(1400))
    # The router's error arrives first, and every later datagram is refused at once.
    with pytest.raises(OSError, match="Message too long"):
        sending.recv(100)
    with pytest.raises(OSError, match="Message too long"):
        sending.send(bytes(1400))
    assert sending.getsockopt(socket.IPPROTO_IP, PATH_MTU) == 1000
    assert sending.send(bytes(972)) == 972


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_its_capture_is_whole(
    namespace: Namespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    need("ping")
    monkeypatch.chdir(REPOSITORY)
    path = tmp_path / "seen.pcapng"
    process = namespace.start(
        *(sys.executable, "-m", "dissect", "host", "--tap", "tap0", "--ip", "192.168.0.2/24"),
        *("--kernel", "192.168.0.1/24", "-w", str(path)),
    )
    await_line(process, b"192.168.0.2 at 02:00:c0:a8:00:02 on tap0; Ctrl-C ends")
    assert attempt(namespace, "ping", "-c", "1", "-W", "20", "192.168.0.2")[0] == 0
    assert path.exists(), "a capture that grows can be followed"
    process.send_signal(number)
    assert process.wait(timeout=PATIENCE) == 0
    assert "tap0" not in namespace.ask("ip", "link", "show")
    packets = list(dissect.read(path))
    assert [packet[ARP].opcode for packet in packets if ARP in packet][:2] == [1, 2]
    assert [packet[IPv4].src for packet in packets if IPv4 in packet] == ["192.168.0.1", "192.168.0.2"]
    assert all(not packet.problems() for packet in packets)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--tap", "tap0"], "the host has no address: give it one with --ip"),
        (["--interface", "nowhere0", "--ip", "10.0.0.2/24"], "nowhere0"),
        (["--interface", "lo", "--ip", "10.0.0.2/24", "--kernel", "10.0.0.1/24"], "--kernel is the kernel's address"),
        (["--tap", "tap0", "--ip", "10.0.0.2/24", "--at", "s"], "--at names a device of a lab"),
        (["--tap", "tap0", "--lab", "first_ping", "--ip", "10.0.0.2/24"], "--ip describes a single host"),
        (["--tap", "tap0", "--lab", "first_ping", "--ping", "10.0.0.2"], "--ping is for a single host"),
        (["--tap", "tap0", "--lab", "no_such_lab"], "there is no scenario 'no_such_lab'"),
        (["--tap", "tap0", "--ip", "10.0.0.256/24"], "10.0.0.256"),
        (["--tap", "tap0", "--ip", "10.0.0.2/24", "--mac", "ff:ff:ff:ff:ff:ff"], "ff:ff:ff:ff:ff:ff"),
        (["--tap", "tap0", "--ip", "10.0.0.2/24", "--gateway", "10.0.1.1"], "which is on none of its networks"),
        (["--tap", "tap0", "--ip", "10.0.0.2/24", "--mtu", "10"], "MTU is 10 bytes"),
        (["--tap", "tap0", "--ip", "10.0.0.2/24", "--mtu", "x"], "'x' is no number of bytes: expected 0 or more"),
        (["--tap", "tap0", "--ip", "10.0.0.2/24", "--ping", "10.0.0.1", "-s", "70000"], "ping's size is 70000 bytes"),
        (["--tap", "tap0", "--ip", "10.0.0.2/24", "-c", "2"], "-c belongs to --ping ADDRESS"),
        (["--tap", "tap0", "--ip", "10.0.0.2/24", "-s", "0"], "-s belongs to --ping ADDRESS"),
        (["--tap", "tap0", "--ip", "dhcp", "--gateway", "10.0.0.1"], "the gateway comes by DHCP"),
        (
            ["--tap", "tap0", "--ip", "10.0.0.2/24", "--serve", "80"],
            "the service is '80', expected a port and a service",
        ),
        (
            ["--tap", "tap0", "--ip", "10.0.0.2/24", "--serve", "80=htp:."],
            "there is no service 'htp'; did you mean 'http'?",
        ),
        (["--tap", "tap0", "--lab", "first_ping", "--serve", "7=echo"], "--serve is for a single host"),
        (["--ip", "10.0.0.2/24"], "one of the arguments --tap --interface is required"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["host", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    ("edge", "right"), [(("--tap", "tap0"), "CAP_NET_ADMIN"), (("--interface", "lo"), "CAP_NET_RAW")]
)
def test_without_the_right_the_kernel_refuses_and_one_sentence_says_so(
    edge: tuple[str, str], right: str, tun: None
) -> None:
    need("setpriv")
    command = (sys.executable, "-m", "dissect", "host", *edge, "--ip", "192.168.0.2/24")
    without = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all") if os.geteuid() == 0 else ()
    done = subprocess.run((*without, *command), capture_output=True, text=True, cwd=REPOSITORY, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (2, "")
    assert right in done.stderr
    assert done.stderr.count("\n") == 1


def test_every_service_is_named_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["host", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert [f"{name}{':' + known.argument if known.argument else ''}" in told for name, known in KNOWN.items()] == [
        True
    ] * len(KNOWN)
