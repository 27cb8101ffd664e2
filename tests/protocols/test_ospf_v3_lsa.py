from __future__ import annotations

import pytest

from dissect.protocols.ospf import OSPFv3
from dissect.protocols.ospf_v3_lsa import OSPFv3ExternalLSA, OSPFv3InterAreaPrefixLSA, OSPFv3LinkPrefix
from dissect.wireshark.fields import texts


@pytest.mark.parametrize(("length", "size"), [(0, 0), (1, 4), (32, 4), (33, 8), (64, 8), (128, 16)])
def test_a_prefix_has_as_many_words_as_its_bits_need(length: int, size: int) -> None:
    prefix = OSPFv3LinkPrefix(prefix_length=length)
    assert len(bytes(prefix)) == 4 + size


def test_a_prefix_is_an_address_that_ends_with_zeros() -> None:
    lsa = OSPFv3InterAreaPrefixLSA(prefix_length=48, prefix=bytes.fromhex("20010db800010000"))
    assert lsa.prefix_address == "2001:db8:1::"
    assert OSPFv3InterAreaPrefixLSA(prefix_length=200).prefix_address is None


def test_flags_say_which_addresses_follow() -> None:
    lsa = OSPFv3ExternalLSA(flags=7, forwarding="::1", tag=9)
    assert (lsa.is_larger, lsa.has_forwarding, lsa.has_tag) == (True, True, True)
    assert (lsa.forwarding, lsa.tag, lsa.referenced_id) == ("::1", 9, None)
    assert OSPFv3ExternalLSA(referenced_type=0x2001).referenced_id == "0.0.0.0"
    assert texts(OSPFv3(type=4, updates=[lsa]), "ospf.v3.lsa.external_route_tag") == ["9"]
