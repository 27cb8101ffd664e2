"""`-z follow`: the four shapes, streams by number and by ends, ranges, the quick way, and what makes no sense."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dissect import TCP, UDP, VLAN, Ethernet, Header, IPv4, IPv6, Packet, write
from dissect.commands.main import main
from tests.conftest import SAMPLES

Output = Callable[..., str]

ENDS = "192.0.2.1", "198.51.100.2"


def segment(way: int, seq: int, ack: int, flags: str, data: bytes = b"", *, port: int = 4000) -> Header:
    source, destination = ENDS if not way else ENDS[::-1]
    ports = (port, 80) if not way else (80, port)
    tcp = TCP(sport=ports[0], dport=ports[1], seq=seq, ack=ack, flags=flags)
    return Ethernet() / IPv4(src=source, dst=destination) / tcp / data


def conversation(port: int = 4000) -> list[Header]:
    """A question, and an answer of which the first part is lost."""
    return [
        segment(0, 100, 0, "S", port=port),
        segment(1, 500, 101, "SA", port=port),
        segment(0, 101, 501, "A", port=port),
        segment(0, 101, 501, "PA", b"Hello,\r\nwho is\0there\xff?", port=port),
        segment(1, 511, 123, "PA", b"the other end of the line", port=port),
        segment(0, 123, 536, "A", port=port),
    ]


def saved(path: Path, frames: list[Header]) -> Path:
    write(path, [Packet(bytes(frame), time_ns=10**18 + n * 1000) for n, frame in enumerate(frames)])
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    pairs = zip(conversation(), conversation(4001), strict=True)
    datagrams = [Ethernet() / IPv6(src="::1", dst="::2") / UDP(sport=5, dport=6) / text for text in (b"hi", b"")]
    return saved(tmp_path / "two.pcap", [*(frame for pair in pairs for frame in pair), *datagrams])


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Output:
    """Return what `dissect read -q` prints."""

    def call(*arguments: object) -> str:
        assert main(["read", "-q", *map(str, arguments)]) == 0
        return capsys.readouterr().out

    return call


def test_as_text(printed: Output, capture: Path) -> None:
    line = 67 * "="
    assert printed(capture, "-z", "follow,tcp,ascii,1") == (
        f"\n{line}\nFollow: tcp,ascii\nFilter: tcp.stream eq 1\nNode 0: 192.0.2.1:4001\nNode 1: 198.51.100.2:80\n"
        "22\nHello,\r\nwho is.there.?\n"
        "\t35\n[10 bytes missing in capture file].\n"
        f"\t25\nthe other end of the line\n{line}\n"
    )


def test_as_a_dump_a_hole_counts_as_what_is_printed_of_it(printed: Output, capture: Path) -> None:
    lines = printed(capture, "-z", "follow,tcp,hex,0").splitlines()[6:-1]
    assert lines[0] == "00000000  48 65 6c 6c 6f 2c 0d 0a  77 68 6f 20 69 73 00 74  Hello,.. who is.t"
    assert lines[1] == "00000010  68 65 72 65 ff 3f                                 here.?"
    assert lines[5] == "\t00000023  74 68 65 20 6f 74 68 65  72 20 65 6e 64 20 6f 66  the othe r end of"


def test_as_digits_and_a_range(printed: Output, capture: Path) -> None:
    assert printed(capture, "-z", "follow,tcp,raw,0,3").splitlines()[6:-1] == [
        "\t" + b"the other end of the line".hex()
    ]
    assert len(printed(capture, "-z", "follow,tcp,raw,0,1-2").splitlines()) == 9


def test_as_yaml(printed: Output, capture: Path) -> None:
    assert printed(capture, "-z", "follow,udp,yaml,0") == (
        "peers:\n  - peer: 0\n    host: ::1\n    port: 5\n  - peer: 1\n    host: ::2\n    port: 6\npackets:\n"
        "  - packet: 13\n    peer: 0\n    timestamp: 1000000000.000012040\n    data: !!binary |\n      aGk=\n"
    )


def test_by_its_ends(printed: Output, capture: Path) -> None:
    by_ends = printed(capture, "-z", "follow,tcp,raw,198.51.100.2:80,192.0.2.1:4001").splitlines()
    assert by_ends[3].startswith("Filter: ((ip.src eq 198.51.100.2 and tcp.srcport eq 80) and (ip.dst eq 192.0.2.1")
    assert by_ends[4:] == printed(capture, "-z", "follow,tcp,raw,1").splitlines()[4:]
    assert "\n6869\n" in printed(capture, "-z", "follow,udp,raw,[::1]:5,[::2]:6")


def test_a_stream_that_is_not_there(printed: Output, capture: Path) -> None:
    assert "Node 0: :0\nNode 1: :0\n" in printed(capture, "-z", "follow,tcp,ascii,7")


@pytest.mark.parametrize("stream", range(3))
def test_the_quick_way_gives_what_the_ordinary_one_gives(printed: Output, tmp_path: Path, stream: int) -> None:
    first, second, third = conversation(), conversation(4001), conversation(4002)
    tagged = [Ethernet() / VLAN(id=3) / frame[IPv4] for frame in second[3:]]
    again = [segment(0, 9000, 0, "S"), segment(0, 9001, 1, "A", b"a new connection of the same ends")]
    capture = saved(tmp_path / "mixed.pcap", [*first[:4], *second[:3], *third, *tagged, *first[4:], *again])
    spec = f"follow,tcp,raw,{stream}"
    ordinary = printed(capture, "-z", "follow,tcp,ascii,99", "-z", spec)
    assert ordinary.startswith(printed(capture, "-z", spec))
    assert "Node 0: 192.0.2.1:400" in ordinary


@pytest.mark.parametrize("name", ["tcp_loss", "tcp_urgent", "tcp_sticky_messages"])
def test_samples_in_the_quick_way(printed: Output, name: str) -> None:
    capture = SAMPLES / f"{name}.pcap"
    ordinary = printed(capture, "-z", "follow,udp,ascii,99", "-z", "follow,tcp,yaml,0")
    assert ordinary.startswith(printed(capture, "-z", "follow,tcp,yaml,0"))


@pytest.mark.parametrize(
    ("argument", "complaint"),
    [
        ("follow,tcp", "shape"),
        ("follow,tcp,html,0", "there are ascii, ebcdic, hex, raw, yaml"),
        ("follow,tcp,raw", "names no stream"),
        ("follow,tcp,raw,x", "has no end 'x'"),
        ("follow,tcp,raw,192.0.2.1:1", "two ends"),
        ("follow,tcp,raw,192.0.2.1:1,[::1]:1", "two ends of one kind"),
        ("follow,tcp,raw,192.0.2.1:70000,192.0.2.1:1", "0 to 65535"),
        ("follow,tcp,raw,0,2-1", "from 1 on"),
        ("follow,tcp,raw,0,1-x", "no range"),
    ],
)
def test_what_makes_no_sense(capsys: pytest.CaptureFixture[str], capture: Path, argument: str, complaint: str) -> None:
    assert main(["read", "-q", str(capture), "-z", argument]) == 2
    assert complaint in capsys.readouterr().err
