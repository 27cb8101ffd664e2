from __future__ import annotations

import pytest

from dissect.wireshark.fields import names
from dissect.wireshark.misspelt import unknown_name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ip.tll", "did you mean 'ip.ttl'?"),
        ("tpc.port", "did you mean 'tcp.port'?"),
        ("upd", "did you mean 'udp'?"),
        ("icmp6.type", "did you mean 'icmpv6.type'?"),
        ("ipp.src", "did you mean 'ip.src'?"),
        ("bgp.type", "no protocol 'bgp' is read here"),
        ("rtsp.request", "no protocol 'rtsp' is read here"),
        ("dccp.port", "no protocol 'dccp' is read here"),
        ("rtp", "it is not read here"),
        ("ptp", "it is not read here"),
        ("ωω", "a name looks like 'ip.ttl'"),
    ],
)
def test_the_nearest_name_or_that_its_protocol_is_not_read(name: str, hint: str) -> None:
    sentence = unknown_name(name, names())
    assert sentence.startswith("there is no field ")
    assert sentence.endswith(hint)
