from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.protocols.tls import HandshakeMessages
from dissect.protocols.tls_extensions import CLIENT_EXTENSIONS
from dissect.protocols.tls_hellos import ClientHello
from dissect.protocols.tls_quic_parameters import (
    DraftQUICParameters,
    OldQUICParameter,
    OldQUICParameters,
    QUICParameter,
    QUICParameters,
)
from dissect.wireshark.fields import texts

NAME = "tls.quic.parameter."


def in_hello(extension: QUICParameters | OldQUICParameters) -> HandshakeMessages:
    return HandshakeMessages([ClientHello(extensions=[extension])])


def test_a_parameter_has_a_kind_a_length_and_a_value() -> None:
    """RFC 9000, section 18."""
    data = QUICParameter(kind=4, length=2, value=bytes.fromhex("4400"))
    nothing = QUICParameter(kind=12)
    large = QUICParameter(kind=0x4752, length=1, value=b"1")
    wanted = QUICParameters([data, nothing, large])
    assert bytes(wanted) == bytes.fromhex("0039 000c 04024400 0c00 80004752 01 31")
    assert CLIENT_EXTENSIONS.load(bytes(wanted)) == (wanted,)
    packet = in_hello(wanted)
    assert texts(packet, NAME + "type") == ["4", "12", "18258"]
    assert texts(packet, NAME + "value") == ["4400", "<MISSING>", "31"]
    assert texts(packet, NAME + "initial_max_data") == ["1024"]
    assert texts(packet, NAME + "max_ack_delay") == []


@pytest.mark.parametrize("value", [b"", b"\x44", b"\x44\0\0", bytes(9)])
def test_a_value_that_is_no_number_is_none(value: bytes) -> None:
    assert QUICParameter(kind=4, length=len(value), value=value).initial_max_data is None


def test_identifiers_are_told_by_their_names() -> None:
    packet = in_hello(QUICParameters([QUICParameter(kind=15, length=3, value=b"abc"), QUICParameter(kind=0)]))
    assert texts(packet, NAME + "initial_source_connection_id") == ["616263"]
    assert texts(packet, NAME + "original_destination_connection_id") == ["<MISSING>"]


def test_drafts_had_another_number_and_earlier_ones_numbers_of_two_bytes() -> None:
    later = DraftQUICParameters([QUICParameter(kind=1, length=1, value=b"\x1e")])
    assert CLIENT_EXTENSIONS.load(bytes(later)) == (later,)
    earlier = OldQUICParameters([OldQUICParameter(kind=1, value=b"\x1e")])
    assert bytes(earlier) == bytes.fromhex("ffa50007 0005 0001 0001 1e")
    assert CLIENT_EXTENSIONS.load(bytes(earlier)) == (earlier,)
    assert texts(in_hello(earlier), NAME + "max_idle_timeout") == ["30"]
    assert texts(in_hello(earlier), NAME + "lengt.old") == ["1"]


@given(st.sampled_from((57, 65445)), st.binary(max_size=40))
def test_any_bytes_are_kept(number: int, data: bytes) -> None:
    raw = number.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
    assert b"".join(map(bytes, CLIENT_EXTENSIONS.load(raw))) == raw
