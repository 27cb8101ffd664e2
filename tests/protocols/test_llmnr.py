"""Link-Local Multicast Name Resolution: DNS with two flags of another meaning (RFC 4795, section 2.1.1)."""

from __future__ import annotations

from dissect import DNS, UDP, Ethernet, IPv4, Question, parse
from dissect.protocols.llmnr import LLMNR


def test_conflict_and_tentative_take_the_places_of_flags_of_dns() -> None:
    """QR 1, OPCODE 4, C, TC, T and four zeros: C is where DNS has AA, and T where it has RD."""
    for given, flags in (({}, 0x0000), ({"conflict": True}, 0x0400), ({"tentative": True}, 0x0100)):
        message = LLMNR(recursion_desired=False) if not given else LLMNR(recursion_desired=False).replace(**given)
        assert int.from_bytes(bytes(message)[2:4], "big") == flags
    both = LLMNR(is_response=True, conflict=True, tentative=True)
    assert (both.authoritative, both.recursion_desired) == (True, True)


def test_a_question_is_found_by_its_port() -> None:
    # Section 2: to 224.0.0.252, port 5355.
    frame = Ethernet() / IPv4(dst="224.0.0.252") / UDP(sport=49152) / LLMNR(questions=[Question("printer")])
    assert frame[UDP].dport == 5355
    parsed = parse(bytes(frame))
    assert parsed == frame
    assert isinstance(parsed[LLMNR], DNS)
    assert parsed.problems() == []
