"""Messages put together of segments: Wireshark's rules, limits, and linear time whatever comes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.framing import Blank, LengthField, Line, split
from dissect.flows.arrival import Arrival
from dissect.flows.message_assembly import Assembly, Outcome

PREFIX = LengthField(2, added=2)
ONE, TWO, THREE = (len(text).to_bytes(2, "big") + text for text in (b"first", b"the second", b"3"))


def shown(outcome: Outcome, data: bytes) -> list[bytes]:
    return [(data if span.data is None else span.data)[span.start : span.end] for span in outcome.spans]


class Sender:
    """Sends segments one after the other, unless a place is given, and keeps what came of the last one."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.next = 1
        self.count = 0
        self.last = Outcome()

    def send(self, data: bytes, place: int | None = None, *, again: bool = False, late: bool = False) -> list[bytes]:
        self.count += 1
        start = self.next if place is None else 1 + place
        self.next = max(self.next, start + len(data))
        self.last = self.assembly.take(data, Arrival(start, self.count, comes_again=again, is_late=late))
        return shown(self.last, data)


def prefixed() -> Sender:
    return Sender(Assembly(PREFIX))


def test_several_in_one_segment_and_one_in_several() -> None:
    sender = prefixed()
    assert sender.send(ONE + TWO) == [ONE, TWO]
    assert sender.send(THREE[:1]) == []
    assert (sender.last.is_part, sender.last.begins, sender.last.data) == (True, 2, [THREE[:1]])
    assert sender.send(THREE[1:2]) == []
    assert (sender.last.is_part, sender.last.begins) == (True, 2)
    assert sender.send(THREE[2:]) == [THREE]
    whole = sender.last.whole
    assert whole is not None
    assert [(part.number, part.start, part.end) for part in whole.parts] == [(2, 0, 1), (3, 1, 2), (4, 2, 3)]
    assert (sender.last.is_part, sender.last.begins) == (False, None)


def test_a_segment_completes_one_and_begins_another() -> None:
    sender = prefixed()
    sender.send(ONE[:4])
    assert sender.send(ONE[4:] + TWO + THREE[:2]) == [ONE, TWO]
    assert [span.turn for span in sender.last.spans] == [0, 1]
    assert (sender.last.is_part, sender.last.begins) == (False, 2)
    assert sender.last.data == [ONE[4:], THREE[:2]]
    assert sender.send(THREE[2:]) == [THREE]


def test_what_comes_late_completes_without_being_shown_and_what_comes_again_does_nothing() -> None:
    sender = prefixed()
    sender.send(TWO[:4])
    assert sender.send(TWO[8:], 8) == []
    assert sender.send(TWO[4:8], 4, late=True) == []
    assert sender.last.whole is not None
    assert sender.last.whole.data == TWO
    again = prefixed()
    again.send(TWO[:4])
    assert again.send(TWO[:4], 0, again=True) == []
    assert again.send(ONE, 0, again=True) == []
    assert again.send(TWO[4:], 4) == [TWO]


def test_a_hole_stops_nothing_but_its_own_message() -> None:
    sender = prefixed()
    sender.send(TWO[:4])
    assert sender.send(TWO[8:] + ONE, 8) == [ONE]
    assert (sender.last.is_part, sender.last.spans[0].turn) == (True, 1)
    assert sender.send(THREE) == [THREE]


def test_bytes_that_are_there_stay_and_the_conflict_is_noted() -> None:
    sender = prefixed()
    sender.send(TWO[:6])
    assert sender.send(b"\0", 5) == []
    assert sender.send(TWO[6:]) == [TWO]
    whole = sender.last.whole
    assert whole is not None
    assert [(part.number, part.overlap, part.conflict) for part in whole.parts] == [
        (1, False, False), (2, True, True), (3, False, False),
    ]  # fmt: skip


def test_where_the_length_is_not_known_the_next_segment_belongs_to_it() -> None:
    sender = Sender(Assembly(Line()))
    sender.send(b"GE")
    assert sender.send(b"T /\r\nHO") == [b"GET /\r\n"]
    assert sender.last.begins == 2
    assert sender.send(b"ST\r\n\r\n") == [b"HOST\r\n", b"\r\n"]


def test_what_is_no_message_is_left_to_the_protocol() -> None:
    sender = Sender(Assembly(LengthField(2, most=9)))
    assert sender.send(b"\xff\xffwords") == [b"\xff\xffwords"]


def test_a_segment_that_joins_no_other_shows_what_it_has() -> None:
    data = ONE + TWO[:5]
    assert shown(Assembly(PREFIX).unassembled(data, is_cut=False), data) == [ONE, TWO[:5]]


def test_late_bytes_of_what_was_put_together_are_an_error_as_in_wireshark() -> None:
    sender = Sender(Assembly(Line()))
    sender.send(b"abc")
    sender.send(b"def")
    assert sender.last.begun_by == 1, "the line seemed whole, and was not"
    sender.send(b"bc", 1, late=True)
    assert sender.last.error == "New fragment overlaps old data (retransmission?)"
    sender.send(b"c", 2)
    assert not sender.last.error, "the byte of a probe that keeps a connection alive"
    assert sender.send(b"ghi\r\n") == [b"abcdefghi\r\n"]


def test_more_of_a_message_that_was_completed_late_is_an_error_as_in_wireshark() -> None:
    sender = Sender(Assembly(Line()))
    sender.send(b"abc")
    sender.send(b"def")
    sender.send(b"efgh", 4, late=True)
    assert sender.last.whole is not None
    assert sender.send(b"h\r\n", 7) == []
    assert sender.last.error == "New fragment overlaps old data (retransmission?)"


def test_a_message_that_claims_much_is_given_up_at_the_limit() -> None:
    sender = Sender(Assembly(LengthField(4, most=1 << 33), memory_limit=100_000))
    sender.send(b"\xff\xff\xff\xff")
    for _ in range(200):
        sender.send(bytes(1000))
        assert sender.assembly.memory <= 100_000
    assert sender.send(b"\0\0\0\7end") == [b"\0\0\0\7end"]


def test_no_more_than_64_are_kept() -> None:
    sender = prefixed()
    for place in range(0, 10_000, 10):
        sender.send(b"\0", place)
    assert len(sender.assembly._starts) == len(sender.assembly._units) == 64
    assert sender.send(b"\3abc", 9_991) == [b"\0\3abc"]


@given(st.lists(st.binary(max_size=6), max_size=6), st.data())
def test_any_cutting_shows_each_message_once_and_in_order(texts: list[bytes], choice: st.DataObject) -> None:
    stream = b"".join(len(text).to_bytes(2, "big") + text for text in texts)
    cuts = sorted(choice.draw(st.sets(st.integers(0, len(stream)), max_size=8)) | {0, len(stream)})
    sender = prefixed()
    found = [message for start, end in pairwise(cuts) for message in sender.send(stream[start:end])]
    assert found == split(PREFIX, stream)[0]


@given(st.lists(st.tuples(st.integers(0, 60), st.binary(min_size=1, max_size=9), st.booleans(), st.booleans())))
def test_whatever_comes_nothing_is_raised(sent: list[tuple[int, bytes, bool, bool]]) -> None:
    for rule in (PREFIX, Line(), Blank()):
        sender = Sender(Assembly(rule, memory_limit=5000))
        for place, data, again, late in sent:
            is_quiet = sender.assembly.passes_over(1 + place, 1 + place + len(data), comes_again=again)
            is_part = again and sender.assembly.has_part(1 + place, 1 + place + len(data))
            sender.send(data, place, again=again, late=late)
            if is_part:
                assert sender.last.data == [data]
                assert not any((sender.last.spans, sender.last.error, sender.last.is_part, sender.last.whole))
            if is_quiet and (again or late):
                last = sender.last
                assert not any((last.spans, last.data, last.error, last.is_part, last.whole, last.begins))
            assert sender.assembly.memory == sum(unit.memory for unit in sender.assembly._units.values()) <= 5000


def test_single_bytes_in_reverse_order_and_without_an_end_take_linear_time() -> None:
    """A quadratic way takes minutes."""
    sender = prefixed()
    for place in range(30_000, 0, -1):
        sender.send(b"\xff", place)
    endless = Sender(Assembly(Blank()))
    for _ in range(10_000):
        assert endless.send(b"a") == []
    filled = prefixed()
    filled.send(b"\xff\xff")
    for place in range(10_000, 2, -1):
        filled.send(b"x", place)


def test_the_byte_of_a_keep_alive_begins_no_message_and_may_belong_to_one() -> None:
    assembly = Assembly(LengthField(2, added=2))
    assert assembly.take(b"\0\1a", Arrival(1, 1)).spans
    probe = assembly.take(b"\0", Arrival(3, 2, keeps_alive=True))
    assert probe.is_probe
    assert (probe.spans, probe.data) == ([], [])
    assert [span.end for span in assembly.take(b"\0\1b", Arrival(4, 3)).spans] == [3]
    assert assembly.take(b"\0\5", Arrival(7, 4)).is_part
    inside = assembly.take(b"\5", Arrival(8, 5, keeps_alive=True))
    assert not inside.is_probe
    assert inside.data == [b"\5"]


def test_a_long_message_whose_end_is_found_late_is_looked_at_again() -> None:
    looked_at = []

    def until_newline(data: bytes) -> int | None:
        looked_at.append(len(data))
        return data.find(b"\n") + 1 or None

    sender = Sender(Assembly(until_newline))
    for _ in range(90):
        assert sender.send(bytes(1000)) == []
    assert sender.send(b"\n") == []
    for _ in range(12):
        if sender.send(bytes(1000)):
            break
    whole = sender.last.whole
    assert whole is not None
    assert whole.data[:90_001] == bytes(90_000) + b"\n"
    # Above 64 KiB, only once there is an eighth more of it.
    assert sum(size > 65_536 for size in looked_at) < 6
