from __future__ import annotations

from dissect.wireshark.field_types import UINT16, UINT64
from dissect.wireshark.types import field_type


def test_kinds_and_lengths_have_the_type_of_the_longest_numbers() -> None:
    assert field_type("tls.quic.parameter.type") is field_type("tls.quic.parameter.length") is UINT64
    assert field_type("tls.quic.parameter.lengt.old") is UINT16
