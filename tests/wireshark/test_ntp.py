"""NTP beside tshark: times, extension fields and digests, control and private messages, and what is cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dissect
from dissect import NTP, UDP, Ethernet, IPv4, NTPControl, NTPPrivate, Packet
from dissect.wireshark.fields import names
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree


def messages() -> Iterator[bytes]:
    """Yield messages of all kinds."""
    times = (0xE3010203_80000000, 0, 1, 0x7FFFFFFF_00000000, 0x83AA7E80_00000000, 0xFFFFFFFF_FFFFFFFF)
    for version in range(8):
        for mode in range(6):
            yield bytes(NTP(version=version, mode=mode, leap=mode % 4, stratum=version, transmit=times[mode]))
    whole = bytes(NTP(root_delay=0xFFFF0001, precision=0xEC, reference=times[3], origin=times[5], receive=times[2]))
    for size in (1, 4, 20, 40, 47):
        yield whole[:size]
    for number in (1, 0x10, 0x14, 0x1C, 0x24):
        for size in (0, 3, 12, 16, 20, 24, 28, 32, 64):
            yield whole + number.to_bytes(4, "big") + b"m" * size
    yield whole + bytes.fromhex("0104001d" + 25 * "65")
    for extension in ("0104001c" + 24 * "65", "01040003" + 40 * "65"):
        yield whole + bytes.fromhex(extension)
        yield whole + bytes.fromhex(extension) * 2
        yield whole + bytes.fromhex(extension + "00000002" + 16 * "6d")
    for operation in range(16):
        yield bytes(NTPControl(version=2, operation=operation, sequence=operation, association=operation % 3))
    yield bytes(NTPControl(is_response=True, data=bytes.fromhex("00019614 00021424")))
    yield bytes(NTPControl(is_response=True, is_error=True, status=0x0400))
    yield bytes(NTPControl())[:11]
    for request in (0, 1, 42, 200):
        yield bytes(NTPPrivate(version=2, request=request))
        yield bytes(NTPPrivate(version=2, request=request, implementation=0))
    yield bytes(NTPPrivate(is_response=True, more=True, is_authentic=True, sequence=5, request=42, failure=4))
    yield bytes(NTPPrivate())[:3]


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name in tshark.types and name.startswith("ntp.")]
    wanted += ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info", "_ws.malformed"]
    assert len(wanted) > 40
    capture = tmp_path / "ntp.pcap"
    around = Ethernet() / IPv4() / UDP(sport=40000, dport=123)
    dissect.write(capture, [Packet(bytes(around / message)) for message in messages()])
    assert agree(tshark, capture, wanted) > 5000
