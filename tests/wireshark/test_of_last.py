"""What is found out of the record that was asked about last."""

from __future__ import annotations

from dissect.protocols.tcp import TCP
from dissect.protocols.tcp_options import MSS, TCPNoOperation
from dissect.wireshark.of_last import of_last
from dissect.wireshark.tcp_analysis import ends_in_options, options_of


def test_a_record_is_looked_into_once_until_another_is_asked_about() -> None:
    asked: list[int] = []

    @of_last
    def port(segment: TCP) -> int:
        asked.append(segment.sport)
        return segment.sport

    first, second = TCP(sport=1, dport=2), TCP(sport=3, dport=4)
    assert [port(first), port(first), port(second), port(second), port(first)] == [1, 1, 3, 3, 1]
    assert asked == [1, 3, 1]


def test_a_record_that_changes_is_looked_into_again() -> None:
    segment = TCP(sport=1, dport=2, options=[MSS(1460)])
    assert len(options_of(segment)) == 1
    segment.options = [TCPNoOperation(), TCPNoOperation(), MSS(1460)]
    assert [option.kind for option in options_of(segment)] == [1, 1, 2, 0]
    assert not ends_in_options(segment)


def test_an_equal_record_has_entries_of_its_own() -> None:
    one, other = (TCP(sport=1, dport=2, options=[MSS(1460)]) for _ in range(2))
    assert options_of(one)[0] is not options_of(other)[0]
