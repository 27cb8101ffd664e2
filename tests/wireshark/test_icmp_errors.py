"""Errors of ICMP in the eyes of Wireshark: how much of a quotation is read."""

from __future__ import annotations

import dissect
from dissect import UDP, Ethernet, IPv4, Redirect, TimeExceeded
from dissect.protocols.icmp import ICMP
from dissect.wireshark.fields import texts

QUOTED = IPv4(src="10.0.0.1") / UDP(sport=7, dport=9) / bytes(30)


def reading(error: ICMP) -> list[str]:
    frame = dissect.parse(bytes(Ethernet() / IPv4() / error.replace(payload=QUOTED)))
    return texts(frame, "data.len")


def test_of_what_a_redirect_quotes_no_more_is_read_than_rfc_792_has() -> None:
    assert reading(TimeExceeded()) == ["30"]
    assert reading(Redirect()) == []


def test_the_frame_keeps_what_is_not_read() -> None:
    error = Ethernet() / IPv4() / Redirect(payload=QUOTED)
    frame = dissect.parse(bytes(error))
    texts(frame, "udp.length")
    assert frame == error
