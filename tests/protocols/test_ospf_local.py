from __future__ import annotations

from dissect import internet_checksum
from dissect.protocols.ospf import OSPFv2
from dissect.protocols.ospf_local import OSPFLocalAuthentication, OSPFLocalOptions, OSPFLocalSignaling
from dissect.wireshark.fields import texts


def test_the_block_tells_its_length_in_words() -> None:
    block = OSPFLocalSignaling(tlvs=[OSPFLocalOptions(restarts=True)])
    assert (block.data_length, len(bytes(block)), block.tlvs[0]) == (3, 12, OSPFLocalOptions(options=2))
    assert texts(OSPFv2(options=0x10, local=[block]), "ospf.lls.data_length") == ["12"]


def test_a_digest_stands_for_the_checksum() -> None:
    assert internet_checksum(bytes(OSPFLocalSignaling(tlvs=[OSPFLocalOptions()]))) == 0
    assert OSPFLocalSignaling(tlvs=[OSPFLocalAuthentication()]).checksum == 0
