"""The HTML of a frame: small, balanced, nothing of the frame is markup; test_in_browser has the rest."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, Ethernet, HopByHopOptions, IPv4, IPv6, IPv6Pad1, Packet
from dissect.views.frame_html import MOST_BYTES, frame_html
from tests.declared import any_bytes
from tests.views.markup import Markup

_TAGS = {"div", "style", "details", "summary", "ul", "li", "span", "i", "b", "p"}
_ATTRIBUTES = {"class", "role", "aria-label", "aria-hidden", "tabindex", "open", "data-severity"}
_MARKUP = st.sampled_from(
    [b"<script>alert(1)</script>", b"</style>", b'" onmouseover="x', b"<img src=x>", b"&lt;", b"-->", b"\x1b[2J", b"'"]
)
_LARGEST = 60_000
"""Bytes of HTML that a frame of 1500 bytes may have."""


def _check(html: str) -> Markup:
    markup = Markup(html)
    assert markup.balanced
    assert markup.tags <= _TAGS
    assert markup.attributes <= _ATTRIBUTES
    assert "\x1b" not in html
    return markup


@given(any_bytes)
def test_any_frame_gives_balanced_html(data: bytes) -> None:
    _check(frame_html(dissect.parse(data)))


@given(st.lists(_MARKUP | st.binary(max_size=4), max_size=8), st.sampled_from([1, 101, 113, 276, 9, 0, 147]))
def test_a_hostile_frame_is_text(parts: list[bytes], link: int) -> None:
    payload = b"".join(parts)
    for data in (payload, bytes(Ethernet() / IPv4() / UDP(dport=53) / payload)):
        html = _check(frame_html(dissect.parse(data, link=link)))
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
        # The text column has rows of 16.
        assert all(shown[start : start + 16] in html.text for start in range(0, len(shown), 16))


def test_the_hostile_text_of_an_option_or_name_is_escaped() -> None:
    hostile = b"<b>&\"'</b>"
    html = frame_html(TCP(options=[dissect.UnknownTCPOption(kind=200, data=hostile)], payload=hostile))
    assert "<b>&" not in html
    assert "&lt;b&gt;&amp;" in html


@pytest.mark.parametrize(
    ("data", "link"),
    [
        (bytes(Ethernet() / IPv4() / TCP(options=[dissect.MSS(1)] * 10) / bytes(1420)), 1),
        (bytes(IPv6() / HopByHopOptions(options=[IPv6Pad1()] * 1400)), 101),
        (bytes(12) + b"\x81\0\0\1" * 370, 1),
        (b"<&>\"'" * 300, 1),
        (b"<" * 1500, 101),
        (b"\x45" * 1500, 101),
        (b"\x60" * 1500, 101),
    ],
)
def test_a_frame_of_1500_bytes_is_small(data: bytes, link: int) -> None:
    html = frame_html(dissect.parse(data[:1500], link=link))
    assert len(html.encode()) < _LARGEST
    _check(html)


@given(st.binary(min_size=1500, max_size=1500), st.sampled_from([1, 101, 113]))
def test_any_frame_of_1500_bytes_is_small(data: bytes, link: int) -> None:
    assert len(frame_html(dissect.parse(data, link=link)).encode()) < _LARGEST


def test_what_is_left_out_is_counted() -> None:
    html = frame_html(UDP() / bytes(5000))
    assert f"… and {5008 - MOST_BYTES:,} more bytes" in html
    many = frame_html(dissect.parse(bytes(IPv6() / HopByHopOptions(options=[IPv6Pad1()] * 200)), link="raw"))
    assert re.search(r"… and \d+ more lines", many)


def test_a_packet_and_a_layer_have_their_html() -> None:
    frame = Ethernet() / IPv4() / UDP()
    assert "Frame 7: " in frame_html(Packet(bytes(frame), number=7, time_ns=0))
    inner = frame_html(dissect.parse(bytes(frame))[UDP])
    assert inner == frame_html(dissect.parse(bytes(frame))[UDP].copy())
    assert ">0000<" in inner


def test_it_names_itself_and_every_run_of_bytes() -> None:
    html = frame_html(Ethernet() / IPv4() / UDP() / b"data")
    assert 'aria-label="Frame of 46 bytes: Ethernet, IPv4, UDP, Data"' in html
    assert 'aria-label="Time to Live: 64"' in html
