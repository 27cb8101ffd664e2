from __future__ import annotations

import dissect
from dissect import IPCP, PPP, IPCPAddress, IPCPPrimaryDNS


def test_an_address_is_asked_for_and_given() -> None:
    question = IPCP(code="configure request", identifier=1, options=[IPCPAddress("0.0.0.0"), IPCPPrimaryDNS()])
    assert bytes(question).hex(" ") == "01 01 00 10 03 06 00 00 00 00 81 06 00 00 00 00"
    answer = question.replace(code="configure nak", options=[IPCPAddress("192.0.2.7"), IPCPPrimaryDNS("192.0.2.1")])
    frame = dissect.parse(bytes(PPP() / answer), link="ppp")
    assert [type(layer) for layer in frame.layers()] == [PPP, IPCP]
    assert list(frame[IPCP].options) == [IPCPAddress("192.0.2.7"), IPCPPrimaryDNS("192.0.2.1")]
    assert (frame[IPCP].info(), frame.problems()) == ("Configuration Nak", [])
