"""Exercises: the right answer passes, a wrong one is told what is wrong, and none is given away."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from dissect import ARP, TCP, UDP, Ethernet, IPv4, Packet
from notebooks.exercises import OPEN, RIGHT, Exercise, FilterExercise

_FOLDER = Path(__file__).resolve().parents[2] / "notebooks" / "exercises"


def _all() -> Iterator[Any]:
    for path in sorted(_FOLDER.glob("[a-z]*.py")):
        for name, exercise in vars(import_module(f"notebooks.exercises.{path.stem}")).items():
            if isinstance(exercise, Exercise):
                yield pytest.param(exercise, id=f"{path.stem}.{name}")


@pytest.mark.parametrize("exercise", list(_all()))
def test_the_right_answer_passes_and_a_wrong_one_does_not(exercise: Exercise) -> None:
    assert exercise(exercise.right()) == RIGHT
    assert exercise(...) == OPEN
    wrong: Any
    for wrong in (None, "nonsense", b"", -1, [], UDP()):
        assert exercise(wrong).startswith("Not yet: ")


@pytest.mark.parametrize("exercise", list(_all()))
def test_no_sentence_gives_the_answer_away(exercise: Exercise) -> None:
    right = exercise.right()
    wrong: Any
    for wrong in (None, "nonsense", b"", -1, 10**9, [], {}, set(), UDP(), Ethernet() / ARP()):
        said = exercise(wrong)
        if isinstance(right, str) or (isinstance(right, int) and not isinstance(right, bool) and right > 9):
            assert str(right) not in said


@pytest.mark.parametrize(
    ("right", "answer", "said"),
    [
        (18, 18, None),
        (18, 17, "the number is too small."),
        (18, 19.5, "the number is too large."),
        (18, "18", "the answer is a number, and yours is of the type str."),
        (18, True, "the answer is a number, and yours is of the type bool."),
        (0.5, 0.5 + 1e-9, None),
        (True, True, None),
        (True, False, "think again."),
        (True, 1, "the answer is True or False, and yours is of the type int."),
        ("ARP", " arp ", None),
        ("ARP", "RARP", "it is another one."),
        ("10.0.0.255", "10.0.0.3", "the address differs from part 4 on."),
        ("10.0.0.255", "10.0.0", "an address of this kind has 4 parts, and yours has 3."),
        (b"abc", b"abd", "the number of bytes is right, and the first that differs is at offset 2."),
        (b"abc", bytearray(b"abc"), None),
        (b"abc", b"ab", "there are too few bytes: 2."),
        (b"abc", 3, "the answer is bytes, as b'...' or bytes.fromhex('...'), and yours is of the type int."),
        ([1, 2], (1, 2), None),
        ([1, 2], [1, 3], "item 1, counted from 0: the number is too large."),
        ([1, 2], [1], "there are too few items: 1."),
        ({1, 2}, [2, 1], None),
        ({1, 2}, {1, 5, 6}, "2 of yours do not belong there, and 1 is missing."),
        ({"a": 1}, {"a": 1}, None),
        ({"a": 1}, {"a": 2}, "'a': the number is too large."),
        ({"a": 1}, {"b": 1}, "of the keys, 1 of yours does not belong there, and 1 is missing."),
        (Ethernet() / ARP(), Ethernet() / ARP(), None),
        (Ethernet() / ARP(), Packet(bytes(Ethernet() / ARP())), None),
        (IPv4() / TCP(), IPv4() / UDP(), "layer 2 should not be UDP."),
        (IPv4(ttl=3) / TCP(), IPv4() / TCP(), "look again at ttl of IPv4."),
        (IPv4() / TCP(), IPv4(), "it has too few layers."),
        (UDP() / b"a", b"a", "the answer is a frame, such as Ethernet() / IPv4(), and yours is of the type bytes."),
        (UDP(checksum=1, trailer=b"a"), UDP(checksum=1, trailer=b"b"), "look at what stands behind the last layer."),
    ],
)
def test_what_is_wrong_is_said(right: Any, answer: Any, said: str | None) -> None:
    verdict = Exercise(lambda: right)(answer)
    if said is None:
        assert verdict == RIGHT
    else:
        assert verdict == f"Not yet: {said}"


def test_a_known_mistake_has_its_own_sentence() -> None:
    exercise = Exercise(lambda: 18, (lambda answer: answer.ttl == 3, "no."), (lambda answer: answer == 22, "the FCS!"))
    assert exercise(22) == "Not yet: the FCS!"
    assert exercise(23) == "Not yet: the number is too large."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("icmp.type == 8", None),
        ("icmp and icmp.code == 0 and !icmp.resp_to", None),
        ("icmp and frame.number in {3, 5, 7}", "it has to do without frame.number."),
        ("icmp", "of the packets, it lets 3 through that don't belong there."),
        ("arp or icmp.seq == 1", "of the packets, it lets 3 through that don't belong there and stops 2 that do."),
        ("icmp.type == 8 and icmp.seq != 1", "of the packets, it stops 1 that does."),
        ("icmp.tpye == 8", "there is no field 'icmp.tpye'; did you mean 'icmp.type'?"),
        (8, "the answer is a display filter, between quotes, and yours is of the type int."),
        ("arp", "no ARP."),
    ],
)
def test_a_filter_is_right_that_lets_the_same_packets_through(answer: Any, said: str | None) -> None:
    hint = (lambda answer: answer == "arp", "no ARP.")
    exercise = FilterExercise("first_ping.pcap", "icmp.type == 8", hint, without=["frame.number"])
    assert exercise(...) == OPEN
    assert exercise(answer).split("\n")[0] == (RIGHT if said is None else f"Not yet: {said}")
