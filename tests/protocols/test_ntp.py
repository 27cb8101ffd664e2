"""Messages of NTP, built and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import NTP, UDP, Ethernet, IPv4, NTPControl, NTPExtension, NTPPrivate, NTPTime
from dissect.protocols.ntp import NTPMessage
from tests.protocols.agreement import keeps_promises

AROUND = Ethernet() / IPv4() / UDP(sport=40000)
NOW = 0xE3010203_80000000
COOKIE = NTPExtension(type=0x0204, value=bytes(24))


@pytest.mark.parametrize(
    ("message", "size", "info"),
    [
        (NTP(transmit=NOW), 48, "NTP Version 4, client"),
        (NTP(mode="server", version=3, stratum=1, reference_id=b"GPS"), 48, "NTP Version 3, server"),
        (NTP(authenticator=b"\0\0\0\x07" + bytes(16)), 68, "NTP Version 4, client"),
        (NTP(authenticator=bytes(4)), 52, "NTP Version 4, client"),
        (NTP(extensions=[COOKIE, COOKIE]), 104, "NTP Version 4, client"),
        (NTP(extensions=[COOKIE], authenticator=b"\0\0\0\x07" + bytes(20)), 100, "NTP Version 4, client"),
        (NTPControl(version=2, data=b"abcd"), 16, "NTP Version 2, control"),
        (NTPPrivate(version=2, request="mon_getlist_1"), 8, "NTP Version 2, private, Request, MON_GETLIST_1"),
    ],
)
def test_a_message_of_each_kind(message: NTPMessage, size: int, info: str) -> None:
    assert (len(bytes(message)), message.info()) == (size, info)
    frame = AROUND / message
    assert frame[UDP].dport == 123
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert not parsed.problems()


def test_only_lengths_tell_a_digest_from_an_extension() -> None:
    # The number of the key is 20, and so is the length that an extension field would have.
    told = dissect.parse(bytes(AROUND / NTP(authenticator=b"\0\0\0\x14" + bytes(20))))[NTP]
    assert (len(told.mac), told.extensions) == (20, ())
    taken = dissect.parse(bytes(AROUND / NTP(authenticator=b"\0\0\0\x14" + bytes(16))))[NTP]
    assert (len(taken.mac), len(taken.extensions)) == (0, 1)


@pytest.mark.parametrize(
    ("time", "nanoseconds"),
    [(0, 0), (NOW, 1_599_505_283_500_000_000), (2_208_988_800 << 32, 0), (1 << 32, 2_085_978_497_000_000_000)],
)
def test_times(time: int, nanoseconds: int) -> None:
    assert NTPTime(time).nanoseconds == nanoseconds


def test_associations_of_an_answer() -> None:
    answer = NTPControl(is_response=True, data=bytes.fromhex("00019614 00021424"))
    assert answer.associations() == ((1, 0x9614), (2, 0x1424))
    assert NTPControl(data=bytes(8)).associations() == ()


@given(st.binary(max_size=100))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(AROUND / NTP())[:42] + data, "ethernet")
