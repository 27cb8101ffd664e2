"""What dissect makes of the samples, what its hosts answer and what its builders build, as goldens of its own plugin.

After a change that is meant: `python -m pytest tests/test_goldens.py --capture-update`, and a look at the
difference of the texts beside the captures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

import dissect
from dissect import (
    ARP,
    MSS,
    SACK,
    TCP,
    UDP,
    VLAN,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Ethernet,
    Header,
    IGMPv3Report,
    IPv4,
    IPv6,
    NeighborSolicitation,
    Packet,
    RecordRoute,
    RouterAlert,
    SACKPermitted,
    ServiceTag,
    SourceLinkLayerAddress,
    TimeExceeded,
    TimestampRequest,
    Timestamps,
    WindowScale,
    fragment,
    quotation,
)
from dissect.replay.play import addresses_that_answer
from dissect.replay.responder import Responder
from dissect.testing import CaptureSnapshot, replay
from dissect.testing.goldens import directory_of, file_name, sidecar_of, test_name
from dissect.testing.sidecar import sidecar
from tests.declared import again

FRAMES = 8
"""How many frames of each sample are kept."""
SAMPLES = Path(__file__).resolve().parent.parent / "capture_samples"


def rebuilt(packet: Packet) -> Packet:
    """The packet with a frame that is built anew, from what the repr of the parsed one says."""
    data = bytes(again(packet.frame))
    return Packet(data, time_ns=packet.time_ns, original_length=packet.original_length, link=packet.link)


def test_dissection(
    sample_capture: Path, capture_snapshot: CaptureSnapshot, request: pytest.FixtureRequest, pytestconfig: pytest.Config
) -> None:
    assert [rebuilt(packet) for packet in islice(dissect.read(sample_capture), FRAMES)] == capture_snapshot
    if not pytestconfig.getoption("--capture-update"):
        # The plugin itself never compares the texts. Here they are what dissect says of each frame.
        golden = directory_of(request.path) / file_name(test_name(request.node), None, 1)
        said = facts(sidecar_of(golden).read_text(encoding="utf-8"))
        lost = said - facts(sidecar(list(dissect.read(golden))).decode())
        assert not lost, "not said of the frames any more; if that is meant: pytest --capture-update"


def facts(text: str) -> Counter[str]:
    """The lines of a dissection without the place at which they stand: what is added or moved loses none of them."""
    return Counter(line.strip() if line[:1] != " " else line[9:].strip() for line in text.splitlines())


ANSWERED = ["first_ping", "gratuitous_arp", "notes_arp", "ping_4000", "proxy_arp", "vlan_ping", "vlan_stacked_ping"]


@pytest.mark.parametrize("sample", ANSWERED)
def test_answers(sample: str, capture_snapshot: CaptureSnapshot) -> None:
    path = SAMPLES / f"{sample}.pcap"
    host = Responder(addresses_that_answer(dissect.read(path)))
    assert replay(list(islice(dissect.read(path), 2 * FRAMES)), host) == capture_snapshot


LINK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
V4 = IPv4(src="192.0.2.1", dst="198.51.100.2", id=7)
V6 = IPv6(src="2001:db8::1", dst="2001:db8::2")
QUOTED = V4 / UDP(sport=40000, dport=33434) / b"probe"


def arp() -> list[Header]:
    asked = ARP(sender_mac="02:00:00:00:00:01", sender_ip="192.0.2.1", target_ip="192.0.2.2")
    told = ARP(opcode=2, sender_mac="02:00:00:00:00:02", sender_ip="192.0.2.2", target_ip="192.0.2.1")
    probe = ARP(sender_mac="02:00:00:00:00:01", target_ip="192.0.2.9")
    return [(LINK / each).padded() for each in (asked, told, probe)]


def transport() -> list[Header]:
    segment = TCP(sport=40000, dport=80, seq=1000, window=64240)
    return [
        LINK / V4 / UDP(sport=40000, dport=40053) / b"question",
        LINK / V6 / UDP(sport=40000, dport=40053) / b"question",
        LINK / V4 / segment.replace(flags="S", options=[MSS(1460), SACKPermitted(), WindowScale(7)]),
        LINK / V4 / segment.replace(flags="A", ack=1, options=[Timestamps(value=1, echo=2), SACK([(5, 9)])]),
        LINK / V6 / segment.replace(flags="PA", ack=1) / b"data",
    ]


def control() -> list[Header]:
    return [
        LINK / V4 / EchoRequest(id=1, seq=2) / bytes(range(56)),
        LINK / V4 / EchoReply(id=1, seq=2) / bytes(range(56)),
        LINK / V4 / TimestampRequest(id=1, seq=2, originate=3),
        LINK / V4 / DestinationUnreachable(code=3) / quotation(QUOTED),
        LINK / V4 / TimeExceeded(code=0) / quotation(QUOTED),
        LINK / V4.replace(ttl=1, options=[RouterAlert()]) / IGMPv3Report(),
        LINK / V6 / NeighborSolicitation(target="2001:db8::2", options=[SourceLinkLayerAddress("02:00:00:00:00:01")]),
    ]


def tagged_and_fragmented() -> list[Header]:
    whole = V4 / UDP(sport=40000, dport=9) / bytes(2000)
    return [
        LINK / VLAN(id=5, priority=3) / V4 / UDP(sport=1, dport=9) / b"tagged",
        LINK / ServiceTag(id=5) / VLAN(id=6) / V4 / UDP(sport=1, dport=9) / b"twice",
        LINK / V4.replace(options=[RecordRoute(route=["0.0.0.0"] * 3)]) / EchoRequest(),
        *(LINK / piece for piece in fragment(whole, mtu=1500)),
    ]


@pytest.mark.parametrize("build", [arp, transport, control, tagged_and_fragmented])
def test_builders(build: Callable[[], list[Header]], capture_snapshot: CaptureSnapshot) -> None:
    frames = build()
    assert frames == capture_snapshot
    # What is built without a fault parses without one.
    assert [
        problem for frame in frames for problem in dissect.parse(bytes(frame)).problems() if problem.severity == "error"
    ] == []
