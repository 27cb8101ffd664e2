"""How far conversations are, and when they are forgotten."""

from __future__ import annotations

from dissect import TCP, UDP, IPv4, parse
from dissect.lab.flow_keys import FlowKey
from dissect.lab.flow_tracking import Entry, FlowTable, Progress

A, B = "10.0.0.1", "10.0.0.2"
KEY = FlowKey(6, A, 5000, B, 80)
SECOND = 10**9


class Talk:
    """A TCP connection as a table sees it."""

    def __init__(self) -> None:
        self.table = FlowTable()
        self.entry = self.table.add(Entry(KEY, KEY.inverted), 0)
        self.now_ns = 0

    def say(self, side: str, flags: str, seq: int, ack: int = 0, size: int = 0) -> Progress:
        key = KEY if side == "a" else KEY.inverted
        segment = TCP(
            sport=key.sport, dport=key.dport, flags=flags, seq=seq, ack=ack, window=1000, payload=bytes(size) or None
        )
        datagram = parse(bytes(IPv4(src=key.src, dst=key.dst) / segment), "raw")
        assert isinstance(datagram, IPv4)
        self.table.saw(self.entry, datagram, is_reply=side == "b", now_ns=self.now_ns)
        return self.entry.progress

    def left(self) -> int:
        return (self.entry.ends_ns - self.now_ns) // SECOND


def opened() -> Talk:
    talk = Talk()
    assert talk.say("a", "S", 100) is Progress.SYN_SENT
    assert talk.left() == 120
    assert talk.say("b", "SA", 900, 101) is Progress.SYN_RECV
    assert talk.left() == 60
    assert talk.say("a", "A", 101, 901) is Progress.ESTABLISHED
    assert (talk.left(), talk.entry.is_assured) == (432_000, True)
    return talk


def test_a_connection_goes_through_the_states_of_linux() -> None:
    talk = opened()
    assert talk.say("a", "FA", 101, 901) is Progress.FIN_WAIT
    assert talk.say("b", "A", 901, 102) is Progress.CLOSE_WAIT
    assert talk.say("b", "FA", 901, 102) is Progress.LAST_ACK
    assert talk.say("a", "A", 102, 902) is Progress.TIME_WAIT
    assert talk.left() == 120


def test_a_reset_ends_it_soon_and_only_in_the_window() -> None:
    talk = opened()
    talk.now_ns = SECOND
    assert talk.say("b", "R", 500_000) is Progress.ESTABLISHED
    assert talk.left() == 431_999, "what is out of the window refreshes nothing either"
    assert talk.say("a", "FA", 900_000, 901) is Progress.ESTABLISHED
    assert talk.say("b", "R", 901) is Progress.CLOSE
    assert talk.left() == 10


def test_udp_lives_longer_once_it_is_answered() -> None:
    key = FlowKey(17, A, 5000, B, 53)
    table = FlowTable()
    entry = table.add(Entry(key, key.inverted), 0)
    assert entry.line(0) == (
        f"udp      17 30 src={A} dst={B} sport=5000 dport=53 [UNREPLIED] "
        f"src={B} dst={A} sport=53 dport=5000 mark=0 use=1"
    )
    answer = IPv4(src=B, dst=A) / UDP(sport=53, dport=5000)
    table.saw(entry, answer, is_reply=True, now_ns=SECOND)
    assert (entry.ends_ns, "UNREPLIED" in entry.line(0)) == (121 * SECOND, False)
    assert table.find(key, 120 * SECOND) is entry
    assert table.find(key, 121 * SECOND) is None
    assert len(table) == 0


def test_the_table_is_bounded_and_the_silent_go_first() -> None:
    table = FlowTable(limit=3)
    entries = []
    for port in range(5):
        key = FlowKey(17, A, port, B, 53)
        entries.append(table.add(Entry(key, key.inverted), 0))
        table.saw(entries[0], IPv4() / UDP(), is_reply=False, now_ns=port)
    assert [entry in table for entry in entries] == [True, False, False, True, True]
