"""LLC and SNAP in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect import LLC, SNAP, LLCNumbered
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values


def test_the_control_field() -> None:
    for control in range(256):
        _has_its_fields(control)


def _has_its_fields(control: int) -> None:
    header = LLC.decode(bytes((2, 2, control, 0x41)), 0, 4, 0)
    if isinstance(header, LLCNumbered):
        assert values(header, "llc.control") == [0x4100 | control]
        assert values(header, "llc.control.n_s") == ([] if control & 1 else [control // 2])
        assert values(header, "llc.control.s_ftype") == ([control >> 2 & 3] if control & 1 else [])
        assert values(header, "llc.control.ftype") == [control & 1]
    else:
        assert values(header, "llc.control") == [control]
        assert values(header, "llc.control.ftype") == [3]
        assert values(header, "llc.control.u_modifier_cmd") == [(control & 0xEC) >> 2]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("0202 03", "U, func=UI; DSAP LLC Sub-Layer Management Individual, SSAP LLC Sub-Layer Management Command"),
        ("0203 73", "U F, func=UA; DSAP LLC Sub-Layer Management Individual, SSAP LLC Sub-Layer Management Response"),
        ("0404 0203", "I P, N(R)=1, N(S)=1; DSAP SNA Path Control Individual, SSAP SNA Path Control Command"),
        ("0405 0103", "S F, func=RR, N(R)=1; DSAP SNA Path Control Individual, SSAP SNA Path Control Response"),
        ("aaaa 03 00000c 2000", "U, func=UI; SNAP, OUI 0x00000C (Cisco Systems, Inc), PID 0x2000"),
    ],
)
def test_words(data: str, words: str) -> None:
    frame = LLC.decode(bytes.fromhex(data), 0, len(bytes.fromhex(data)), 0)
    assert (summarize(frame).protocol, summarize(frame).info) == ("LLC", words)


def test_a_protocol_of_an_organization_has_a_name_of_its_own() -> None:
    assert values(SNAP(oui=0x0080C2, type=7), "llc.pid") == [7]
    assert values(SNAP(oui=0x0080C2, type=7), "llc.type") == []
    assert values(SNAP(oui=0x00000C, type=7), "llc.pid") == []
    assert values(SNAP(oui=0, type=7), "llc.type") == [7]
