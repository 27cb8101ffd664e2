from __future__ import annotations

from dissect import EchoReply, Ethernet, IPv4, Packet
from dissect.differences import Equality
from dissect.replay.answers import AnswerCheck
from dissect.replay.plan import Step


def reply(seq: int = 1, *, id: int = 0, ttl: int = 64) -> bytes:
    return bytes(Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1", id=id, ttl=ttl) / EchoReply(id=7, seq=seq))


def step(data: bytes, number: int = 1) -> Step:
    return Step(Packet(b"as it was captured", number=number), data, 0, False, 1)


def test_equal_answers_are_counted() -> None:
    check = AnswerCheck()
    assert not check.is_equal
    check(step(reply()), Packet(reply()))
    assert (check.equal, check.count, check.is_equal, check.unlike) == (1, 1, True, [])


def test_a_difference_is_told_by_field_with_the_frame_number() -> None:
    check = AnswerCheck()
    check(step(reply(ttl=64), 8), Packet(reply(ttl=63)))
    (unlike,) = check.unlike
    assert unlike.expected is not None
    assert unlike.expected.number == 8
    assert [str(each) for each in unlike.differences] == ["ip.ttl 64 -> 63 at byte 22"]
    assert (check.equal, check.count, check.is_equal) == (0, 1, False)


def test_what_did_not_come_and_what_was_not_expected_differ() -> None:
    check = AnswerCheck()
    check(step(reply()), None)
    check(None, Packet(reply(2)))
    assert [(each.expected is None, each.came is None) for each in check.unlike] == [(False, True), (True, False)]
    assert (check.equal, check.count) == (0, 2)


def test_identifications_stand_for_each_other_unless_bytes_count() -> None:
    check, exact = AnswerCheck(), AnswerCheck(equality=Equality.of())
    for each in (check, exact):
        each(step(reply(id=5)), Packet(reply(id=900)))
        each(step(reply(id=5)), Packet(reply(id=900)))
        each(step(reply(id=5)), Packet(reply(id=901)))
    assert (check.equal, check.count) == (2, 3)
    assert (exact.equal, exact.count) == (0, 3)


def test_each_round_is_compared_for_itself() -> None:
    check = AnswerCheck()
    for loop in range(1, 10):
        for number in (5, 6):
            check(step(reply(id=number))._replace(loop=loop), Packet(reply(id=100 * loop + number)))
    assert (check.equal, check.count) == (18, 18)
    check(step(reply(id=5))._replace(loop=9), Packet(reply(id=101)))
    assert (check.equal, check.count) == (18, 19)


def test_what_is_ignored_does_not_count() -> None:
    check = AnswerCheck(equality=Equality.of(ignore=["ip.ttl"]))
    check(step(reply(ttl=64)), Packet(reply(ttl=63)))
    assert check.is_equal


def test_what_does_not_matter_is_not_counted() -> None:
    check = AnswerCheck(matters=lambda packet: packet[EchoReply].seq == 2)
    check(step(reply(1)), Packet(reply(1)))
    check(step(reply(1)), None)
    check(None, Packet(reply(1)))
    check(step(reply(2)), Packet(reply(2)))
    assert (check.equal, check.count) == (1, 1)


def test_the_expected_frame_is_the_rewritten_one() -> None:
    check = AnswerCheck()
    check(step(reply(3)), Packet(reply(3)))
    assert check.is_equal
