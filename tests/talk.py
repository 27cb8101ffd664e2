"""Conversations over TCP for tests: what two ends say, as the packets of a capture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dissect import TCP, Ethernet, IPv4, IPv6, Packet, with_context, write
from dissect.commands.main import main
from tests.oracle.tshark import Tshark

CLIENT, SERVER = "192.0.2.10", "198.51.100.20"


def talk(
    port: int,
    *said: tuple[int, bytes] | tuple[int, bytes, str],
    sport: int = 50000,
    shakes_hands: bool = True,
    v6: bool = False,
) -> list[Packet]:
    """The packets of a connection to a port; 0 is what the client says, and 1 the server, with flags if not "PA"."""
    numbers = [1000, 5000]
    hosts = ("2001:db8::10", "2001:db8::20") if v6 else (CLIENT, SERVER)
    network: Any = IPv6 if v6 else IPv4
    packets: list[Packet] = []
    greetings = [(0, b"", "S"), (1, b"", "SA"), (0, b"", "A")] if shakes_hands else []
    for way, data, *flags in (*greetings, *said):
        letters = flags[0] if flags else "PA"
        ports = (sport, port) if way == 0 else (port, sport)
        segment = TCP(sport=ports[0], dport=ports[1], seq=numbers[way], flags=letters)
        if "A" in letters:
            segment.ack = numbers[1 - way]
        frame = Ethernet() / network(src=hosts[way], dst=hosts[1 - way]) / segment / data
        numbers[way] += len(data) + ("S" in letters) + ("F" in letters)
        packets.append(Packet(bytes(frame), time_ns=10**18 + len(packets) * 10**6, number=len(packets) + 1))
    return packets


def numbered(*packets: Packet) -> list[Packet]:
    """The packets of several connections, one behind the other in a capture."""
    return [Packet(each.data, time_ns=each.time_ns, number=number) for number, each in enumerate(packets, 1)]


def seen(packets: Iterable[Packet]) -> list[Packet]:
    """The packets after a reading pass."""
    return list(with_context(numbered(*packets)))


def infos(packets: Iterable[Packet]) -> list[str]:
    """What a list says of the packets behind the handshake."""
    return [packet.get("_ws.col.Info")[0] for packet in seen(packets)[3:]]


def differences(
    tshark: Tshark, path: Path, packets: Sequence[Packet], fields: Sequence[str], capsys: Any, *options: str
) -> list[str]:
    """Where a capture's fields are others than tshark's, with lines for people."""
    write(path, packets)
    asked = [*options, "-T", "fields", "-E", "occurrence=a", *(part for name in fields for part in ("-e", name))]
    theirs = [line.split("\t") for line in tshark.ask(path, *asked).output.split("\n")[:-1]]
    capsys.readouterr()
    assert main(["read", str(path), *asked]) == 0
    ours = [line.split("\t") for line in capsys.readouterr().out.split("\n")[:-1]]
    assert len(ours) == len(theirs)
    return [
        f"{number} {field}: {mine!r}, and tshark says {other!r}"
        for number, (one, two) in enumerate(zip(ours, theirs, strict=True), 1)
        for field, mine, other in zip(fields, one, two, strict=True)
        if mine != other
    ]
