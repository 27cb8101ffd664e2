"""Every filter of three lists, held against tshark 4.0: the same frames pass, the same filters are refused.

Three errors of tshark 4.0 are not followed, and in no list. A sum between two comparisons is computed
twice, so that `ip.ttl == {ip.ttl + 0} == 64` lets nothing through. A field is read once for all its layers,
so that behind `ip.ttl#2 == 1 or`, `ip.ttl == 64` sees the second layer alone. A set with a field as
the end of a range, `tcp.port in {1 .. tcp.srcport}`, ends the program.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import dissect
from dissect import TCP, Ethernet, IPv4, Packet, with_context
from dissect.errors import FilterError
from dissect.filters.compiler import compile_filter
from dissect.packets.clock import Clock
from tests.conftest import SAMPLES
from tests.filters.sharkd import Sharkd
from tests.oracle.tshark import Tshark

HERE = Path(__file__).parent
LEARNT = "udp_fragments ping_4000 tcp_short_connections first_ping dns host_unreachable tcp_loss"
TRAFFIC = "tcp_echo first_ping ip_options port_unreachable vlan_ping dns tcp_fast_open"


def traffic() -> list[Packet]:
    """Packets of several sample captures, one behind the other."""
    paths = [SAMPLES / f"{name}.pcap" for name in TRAFFIC.split()]
    if not all(path.exists() for path in paths):
        pytest.skip("capture_samples/ lacks some of its captures: record them with 'make samples'.")
    return [packet for path in paths for packet in dissect.read(path)]


def learnt() -> list[Packet]:
    """Connections, echoes and fragments, in the light of each other."""
    paths = [SAMPLES / f"{name}.pcap" for name in LEARNT.split()]
    if not all(path.exists() for path in paths):
        pytest.skip("capture_samples/ lacks some of its captures: record them with 'make samples'.")
    packets = [packet for path in paths for packet in dissect.read(path)]
    for number, packet in enumerate(packets, 1):
        packet.number = number
    return list(with_context(packets, before=packets))


def segments() -> list[Packet]:
    """Segments whose sequence and acknowledgment numbers lie where 32 bits, signed or not, end."""
    edges = (0, 1, 2, 5, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF)
    frame = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IPv4(src="10.0.0.1", dst="10.0.0.2")
    return [
        Packet(bytes(frame / TCP(sport=1, dport=2, seq=seq, ack=ack, flags="A")), time_ns=0)
        for seq, ack in product(edges, (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF))
    ]


def passed(packets: list[Packet], text: str) -> list[int] | None:
    """Return the numbers of the packets that a filter lets through, from 1; None where it is refused."""
    clock = Clock()
    try:
        passes = compile_filter(text, clock=clock)
    except FilterError:
        return None
    numbers = []
    for number, packet in enumerate(packets, 1):
        packet.number = number
        clock.advance(packet)
        if passes(packet):
            numbers.append(number)
            clock.show()
    return numbers


@pytest.fixture(scope="module")
def sharkd() -> str:
    program = shutil.which("sharkd")
    if program is None:
        pytest.skip("sharkd is not installed, so no filters are held against it: 'apt-get install tshark'.")
    return program


@pytest.fixture
def universal_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("universal_time")
@pytest.mark.parametrize(
    ("filters", "packets"), [("filters.txt", traffic), ("arithmetic.txt", segments), ("learnt.txt", learnt)]
)
def test_filters_agree_with_tshark(filters: str, packets: object, tshark: Tshark, sharkd: str, tmp_path: Path) -> None:
    assert callable(packets)
    captured = packets()
    path = tmp_path / "traffic.pcap"
    dissect.write(path, captured, nanosecond=False)
    judge = Sharkd(sharkd, path, tshark.environment)
    try:
        texts = [line for line in (HERE / filters).read_text().splitlines() if line and not line.startswith("#")]
        assert len(texts) > 50
        verdicts = {text: (judge.passed(text), passed(captured, text)) for text in texts}
    finally:
        judge.close()
    assert {text: pair for text, pair in verdicts.items() if pair[0] != pair[1]} == {}
