from __future__ import annotations

from typing import Any

import pytest

from dissect.declaration.claims_text import summarize


def of(*texts: str) -> dict[str, Any]:
    return summarize({f"file{number}": f"\n{text}\n" for number, text in enumerate(texts)})


def claimed(told: dict[str, Any], carrier: str) -> set[int] | None:
    """The numbers of a carrier that are claimed; None for any."""
    claims = [numbers for _, numbers in told["over"].get(carrier, ())]
    return None if None in claims or told["unsure"] else {number for numbers in claims for number in numbers}


ENUMERATION = 'class Port(Code):\n    """Ports."""\n\n    OTHER = 7, "Other"\n    VXLAN = 0x12B5, "VXLAN"\n'


@pytest.mark.parametrize(
    "text",
    [
        "class A(Header, name='a', over={UDP: 4789}): pass",
        "class A(\n    Header,\n    name='a',\n    over={IPv4: 47, UDP: (1, 4_789)},\n): pass",
        "PORT: int = 0x12B5\nclass A(Header, over={TCP: 1, UDP: PORT}): pass",
        "PORT = 4789\nclass A(Header, over={\n    TCP: 1,\n    UDP: (\n        PORT,\n    ),\n}): pass",
        "_PORTS = (\n    1,\n    4789,\n)\nclass A(Header, over={UDP: _PORTS}): pass",
        "FIRST = 4788\nPORT = FIRST + 1\nclass A(Header, over={UDP: PORT}): pass",
        "class A(Header, over={UDP: range(4789, 4790)}): pass",
        "class A(Header, title='odd ) words', over={UDP: 4789}):  # and more\n    pass",
        "if True:\n    class A(Header, over={UDP: 4789}):\n        pass",
        f"{ENUMERATION}\n\nclass A(Header, over={{UDP: Port.VXLAN}}): pass",
    ],
)
def test_numbers_that_stand_in_the_text_are_claimed_and_no_others(text: str) -> None:
    told = of(text)
    numbers = claimed(told, "UDP")
    assert numbers is not None
    assert numbers - {1} == {4789}
    assert claimed(told, "SCTP") == set()


def test_numbers_may_have_names_of_other_files() -> None:
    assert claimed(of("class A(Header, over={UDP: Port.VXLAN}): pass", ENUMERATION), "UDP") == {4789}
    assert claimed(of("class A(Header, over={UDP: PORT}): pass", "PORT = 4789\n"), "UDP") == {4789}


def test_what_another_file_is_told_to_carry_is_claimed() -> None:
    carriers = "class UDP(Header): pass\nclass TCP(Header): pass"
    told = of(
        "class A(Header): pass\nfor _cls in (UDP, TCP):\n    _cls.carry(A, 4789, decode=decode_as(_cls))", carriers
    )
    assert (claimed(told, "UDP"), claimed(told, "TCP")) == ({4789}, {4789})
    told = of("for _cls in (A, B):\n    UDP.carry(\n        _cls,\n        0x12B5,\n    )", carriers)
    assert (claimed(told, "UDP"), claimed(told, "TCP")) == ({4789}, set())


@pytest.mark.parametrize(
    "text",
    [
        "class A(Header, over={UDP: Port.VXLAN}): pass",
        "class A(Header, over={UDP: PORT}): pass",
        "class A(Header, over={UDP: {1: 2}[1]}): pass",
        "class A(Header, over={UDP: next_free_port()}): pass",
        "class A(Header, over={UDP: [1]}): pass",
        "PORT = OTHER\nOTHER = PORT\nclass A(Header, over={UDP: PORT}): pass",
        "class A(Header, over=EVERYWHERE): pass",
        "class A(Header, over={**EVERYWHERE}): pass",
        "class A(Header, over={\n    UDP: 1",
        "class A(Header): pass\nUDP.carry(A, some_port())",
        "class A(Header): pass\nfor _cls in all_there_are():\n    _cls.carry(A, 4789)",
        "UDP.read_variant(4789, decode)",
    ],
)
def test_what_the_text_does_not_tell_may_be_anything(text: str) -> None:
    assert claimed(of(text), "UDP") is None


@pytest.mark.parametrize(
    "text",
    [
        'class A(Header):\n    x: int = overlay(4, "x", over="y")',
        "class A(Header): pass\nclass B(A): pass\nfor _cls in (A, B):\n    _cls.carry(Other, 4789)\nA.carry(A, 7)",
        '"""Text about class A(Header, over=..."""',
        "class A: pass",
    ],
)
def test_what_claims_nothing(text: str) -> None:
    assert claimed(of(text), "UDP") == set()


def test_guesses() -> None:
    told = of(
        "def mine(data): ...\nclass A(Header, over={UDP: (4789, mine)}): pass",
        "class B(Header, over={UDP: Guess(mine, first=range(3), then=(b'a',), least=2)}): pass\n"
        "class F(Header, over={SCTP: Guess(places={4: (0, 7), 2: range(3)})}): pass\n"
        "class E(Header, over={TCP: Guess(mine, begins=(b'GET ',))}): pass",
        "class C(Header, over={UDP: Guess(mine, first=found_out())}): pass",
        "_ANY = Guess(\n    mine,\n    begins=(\n        b'A',\n        b'B',\n    ),\n)\n_PORTS = (4789, _ANY)\n"
        "class D(Header, over={UDP: _PORTS, SCTP: (_ANY,)}): pass",
    )
    assert told["guesses"] == {
        "UDP": [
            ("file0", None),
            ("file1", (((0, (0, 1, 2)),), (), 2, (b"a",))),
            ("file2", None),
            ("file3", (((0, (65, 66)),), (b"A", b"B"), 1, ())),
        ],
        "SCTP": [
            ("file1", (((4, (0, 7)), (2, (0, 1, 2))), (), 5, ())),
            ("file3", (((0, (65, 66)),), (b"A", b"B"), 1, ())),
        ],
        "TCP": [("file1", (((0, (71,)),), (b"GET ",), 1, ()))],
    }
    assert claimed(told, "UDP") == {4789}


def test_forms_and_options_are_told_by_what_they_inherit() -> None:
    told = of(
        "class Message(Header, name='m'): pass\nclass _Shared(Message): pass\nclass A(_Shared, variant=Kind.A): pass",
        "class Kind(Code):\n    A = 3, 'A'\nclass B(Message, variant=(5, 6)): pass\n"
        "class C(Message, variant=odd()): pass",
        "class _Shared(Header): pass\nclass D(_Shared, variant=9): pass",
        "class E(Options.Message[int], unknown=True, number=1): pass",
    )
    assert dict(told["derived"]["Message"]) == {"file0": (3,), "file1": None, "file3": None}
    assert ("file1", (5, 6)) in told["derived"]["Message"]
    assert ("file2", (9,)) in told["derived"]["Header"]


def test_tables_are_told_by_their_names() -> None:
    told = of("LINK = 4\nLINKS[LINK] = decode\nOTHERS[b'x'] = decode", "class A(Header, links=(1, 2)): pass")
    assert told["filled"] == {"LINKS": [("file0", (4,)), ("file1", (1, 2))], "OTHERS": [("file0", None)]}


def test_names_are_told_with_those_of_what_is_inherited() -> None:
    told = of(
        '__all__ = ["A"]\nclass A(Header, name="a"):\n    x: int = u8("x", also="other.x")',
        '__all__ = [\n    "B",\n    "C",\n]\nclass B(A): pass\nclass C(Header, name="c.d"): pass',
        'class D(Option, name="d", family=True): pass\nclass E(D, number=1): pass',
    )
    assert told["labels"] == {"a": ["file0", "file1"], "other": ["file0"], "c": ["file1"], "d": ["file2"]}
    assert told["protocols"] == {"file0": ["a"], "file1": ["c.d"]}
    assert told["public"] == {"A": ["file0"], "B": ["file1"], "C": ["file1"]}


def test_names_between_quotation_marks_are_told_by_their_first_words() -> None:
    assert of('types = {"a.b.c": BYTES, "d": NONE}', "x = 'e.f' + \"a.g\"")["quoted"] == {"a": ["file0", "file1"]}


def test_what_looks_for_its_payload_by_itself_may_say_what_it_finds() -> None:
    told = of(
        'class A(Header, finds=(B, "c"), name="a"):\n    def other_payload(self, outer, deep): ...',
        'class B(Header, name="b"): pass\nclass D(Header, carries=B): pass',
        "class C(Header):\n    def other_payload(self, outer, deep): ...",
    )
    assert told["found"] == {"file0": ["b", "c"]}
    assert told["carrying"] == ["file2"]


def test_what_may_carry_others_is_told_by_its_words() -> None:
    told = of("class A(Header, carries=B): pass", "class B(Header): 'carries Selector'", "x = code(8, Selector())")
    assert told["carrying"] == ["file0", "file2"]


def test_what_inherits_carries_as_well_and_so_does_what_has_such_forms() -> None:
    told = of(
        "class A(Header):\n    def other_payload(self, outer, deep): ...",
        "class B(A, name='b'): pass",
        "class C(Header, name='c'): pass",
        "class D(C, quotes=True): pass",
        "class E(Header): pass\nclass F(E): pass",
    )
    assert told["carrying"] == ["file0", "file1", "file2", "file3"]
