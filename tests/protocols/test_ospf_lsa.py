from __future__ import annotations

import pytest

from dissect.protocols.ospf_lsa import OSPFExternalLSA, OSPFNetworkLSA, OSPFRouterLink, OSPFRouterLSA, OSPFTOSMetric

LINK = OSPFRouterLink(id="10.0.0.0", data="255.255.255.0")


def verifies(data: bytes) -> bool:
    """Whether both sums of RFC 905, annex B, are zero over all but the age."""
    one = two = 0
    for octet in data[2:]:
        one = (one + octet) % 255
        two = (two + one) % 255
    return one == two == 0


@pytest.mark.parametrize("count", range(12))
def test_the_checksum_makes_both_sums_zero(count: int) -> None:
    lsa = OSPFRouterLSA(id="1.2.3.4", router="4.3.2.1", links=[LINK] * count, age=count)
    assert lsa.length == 24 + 12 * count
    assert verifies(bytes(lsa))
    assert lsa.replace(age=3000).checksum == lsa.checksum
    assert verifies(bytes(OSPFExternalLSA(option_dc=True, tag=count)))


def test_links_and_their_metrics_are_counted() -> None:
    lsa = OSPFRouterLSA(links=[LINK, OSPFRouterLink(metrics=[OSPFTOSMetric(tos=2), OSPFTOSMetric(tos=4)])])
    assert (lsa.link_count, [link.metric_count for link in lsa.links], len(bytes(lsa))) == (2, [0, 2], 24 + 12 + 20)


def test_a_wrong_checksum_is_told() -> None:
    lsa = OSPFNetworkLSA(routers=["1.1.1.1"])
    assert list(lsa.problems()) == []
    (sentence,) = lsa.replace(checksum=lsa.checksum ^ 1).problems()
    assert str(sentence).startswith(f"has checksum {lsa.checksum ^ 1:#06x}, expected {lsa.checksum:#06x}")


def test_links_that_are_announced_and_not_there() -> None:
    assert OSPFRouterLSA(links=[LINK], link_count=9).is_short()
    assert not OSPFRouterLSA(links=[LINK]).is_short()
