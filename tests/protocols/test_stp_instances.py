from __future__ import annotations

import pytest

from dissect.protocols.stp import STPMultiple
from dissect.protocols.stp_instances import MSTPExtension, MSTPInstance, SPTExtension
from dissect.wireshark.fields import texts

TREES = [MSTPInstance(number=1, root="02:00:00:00:00:01"), MSTPInstance(number=2, port_role=3)]


def test_the_length_counts_the_trees() -> None:
    extension = MSTPExtension(config_name="region", instances=TREES)
    assert (extension.version_3_length, len(bytes(extension))) == (96, 98)
    assert extension.instances == tuple(TREES)


def test_names_are_those_of_both_protocols() -> None:
    message = STPMultiple(extension=[MSTPExtension(instances=TREES)])
    assert texts(message, "mstp.msti.msti_id") == ["1", "2"]
    assert texts(message, "mstp.cist_bridge.prio") == ["32768"]
    assert texts(message, "stp.flags.port_role") == ["0", "0", "3"]


@pytest.mark.parametrize("size", range(98))
def test_an_extension_that_is_cut(size: int) -> None:
    data = bytes(STPMultiple()) + bytes(MSTPExtension(instances=TREES))[:size]
    header = STPMultiple.decode(data, 0, len(data), 0)
    assert bytes(header) == data
    assert header.lists_end_early() or header.is_cut or size == 0


def test_messages_of_version_4_tell_what_bridges_on_shortest_paths_agree_on() -> None:
    agreed = SPTExtension(config_name="region", agreement_number=1, convention_id=2, edge_count=32)
    assert len(bytes(agreed)) == 87
    message = STPMultiple(version=4, extension=[MSTPExtension(instances=TREES)], spt_extension=[agreed])
    parsed = STPMultiple.decode(bytes(message), 0, len(bytes(message)), 0)
    assert parsed == message
    assert texts(parsed, "mstp.config_name") == ["", "region"]
    assert texts(parsed, "mstp.agree_flags.agreement_num") == ["1"]
    assert texts(parsed, "bpdu.agreement_digest_convention_id") == ["2"]
    # One that says to be shorter, or stands in a message of another version, is none.
    shorter = bytes(message)[:-87] + b"\0\x54" + bytes(84)
    for data in (shorter, bytes(message).replace(b"\0\0\4\2", b"\0\0\3\2", 1)):
        assert STPMultiple.decode(data, 0, len(data), 0).spt_extension == ()
