"""A name stands for the field that a person means."""

from __future__ import annotations

import pytest

from dissect import MSS, TCP, UDP, Ethernet, FieldError, IPv4, parse
from dissect.views.lookup import fields_named

_FRAME = Ethernet() / IPv4() / TCP(options=[MSS(1460)])


def _found(name: str) -> list[tuple[str, str]]:
    return [(type(record).__name__, field.name) for _, record, field in fields_named(_FRAME, name)]


def test_the_outermost_header_comes_first_and_alone() -> None:
    assert _found("src") == [("Ethernet", "src")]
    assert [type(header) for header, _, _ in fields_named(_FRAME[IPv4], "checksum")] == [IPv4]


def test_every_layer_behind_it_counts() -> None:
    assert _found("checksum") == [("IPv4", "checksum"), ("TCP", "checksum")]


def test_options_and_display_filter_names() -> None:
    assert _found("kind") == [("MSS", "kind")]
    assert _found("ip.ttl") == [("IPv4", "ttl")]
    assert _found("ip.addr") == [("IPv4", "src"), ("IPv4", "dst")]


def test_a_cut_header_lacks_fields() -> None:
    cut = parse(bytes(Ethernet() / IPv4() / UDP())[:-4])
    assert [type(header) for header, _, _ in fields_named(cut, "checksum")] == [IPv4]
    with pytest.raises(FieldError):
        fields_named(UDP.cut(b"\0"), "checksum")
