from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import dissect.protocols
from dissect.declaration.claims import Claims, WaitingGuess
from dissect.declaration.decoder import LINKS
from dissect.declaration.options import Option
from dissect.declaration.pending import carriers_of, declare_pending
from dissect.declaration.record import FIELDS
from dissect.wireshark.types import declared_headers

_PACKAGE = "dissect.protocols."


def claims(folder: Path, *texts: str) -> Claims:
    for number, text in enumerate(texts):
        (folder / f"protocol{number}.py").write_text(text)
    return Claims(str(folder))


def test_a_number_is_claimed_by_the_files_that_state_it(tmp_path: Path) -> None:
    one = "class A(Header, name='a', over={UDP: (1, 2)}): pass\n"
    other = "class B(Header, name='b', over={UDP: 2, TCP: 3}): pass\n"
    found = claims(tmp_path, one, other)
    assert found.numbers(["UDP"]) == {1: ["protocol0"], 2: ["protocol0", "protocol1"]}
    assert found.carried(["UDP"], [1]) == ["protocol0"]
    assert found.carried(["UDP", "TCP"], [3, 4]) == ["protocol1"]
    assert found.carried(["UDP"], [9]) == found.carried(["SCTP"], [1]) == []
    assert found.files() == ["protocol0", "protocol1"]


def test_what_the_text_does_not_tell_may_be_any_number(tmp_path: Path) -> None:
    found = claims(tmp_path, "class A(Header, over={UDP: PORT_OF_OTHERS, TCP: 3}): pass\n")
    assert (found.numbers(["UDP"]), found.unsure(["UDP"])) == ({}, ["protocol0"])
    assert (found.numbers(["TCP"]), found.unsure(["TCP"])) == ({3: ["protocol0"]}, [])
    assert found.carried(["UDP"], [9]) == ["protocol0"]


def test_a_file_of_which_nothing_is_sure_may_be_anything(tmp_path: Path) -> None:
    found = claims(tmp_path, "class A(Header, over=EVERYWHERE): pass\n")
    assert found.unsure(["UDP"]) == ["protocol0"]
    asked = [found.carried(["UDP"], [9]), found.derived("B"), found.filling("LINKS", 1), found.naming("b")]
    assert [*asked, found.exporting("B")] == 5 * [["protocol0"]]
    assert found.carries("protocol0")


def test_guesses_are_told_with_what_their_messages_begin_with(tmp_path: Path) -> None:
    found = claims(
        tmp_path,
        "def mine(data): return True\n\nclass A(Header, over={TCP: (7, mine)}): pass\n",
        "class B(Header, over={TCP: Guess(mine, first=range(0x14, 0x18), least=5)}): pass\n",
    )
    function, stated = found.guesses(["TCP"]) or []
    assert function == WaitingGuess("protocol0", None)
    assert stated.guess is not None
    assert stated.guess.is_likely(b"\x14----")
    assert not stated.guess.is_likely(b"\x14---")
    assert not stated.guess.is_likely(b"\x13----")
    assert found.numbers(["TCP"]) == {7: ["protocol0"]}


def test_without_sources_anything_may_be_there(tmp_path: Path) -> None:
    (tmp_path / "protocol.pyc").write_bytes(b"")
    for found in (claims(tmp_path), Claims(str(tmp_path / "nowhere"))):
        assert found.files() is None
        assert (found.numbers(["UDP"]), found.guesses(["UDP"]), found.unsure(["UDP"])) == (None, None, [])
        assert (found.carried(["UDP"], [1]), found.derived("A"), found.filling("LINKS")) == (None, None, None)
        assert (found.naming("a"), found.quoting("a"), found.exporting("A")) == (None, None, None)
        assert found.carries("protocol")


def test_what_was_read_is_kept_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert claims(tmp_path, "class A(Header, over={UDP: 1}): pass\n").numbers(["UDP"]) == {1: ["protocol0"]}
    monkeypatch.setattr("dissect.declaration.claims_text.summarize", None)
    assert Claims(str(tmp_path)).numbers(["UDP"]) == {1: ["protocol0"]}
    monkeypatch.undo()
    assert claims(tmp_path, "class A(Header, over={UDP: 1234}): pass\n").numbers(["UDP"]) == {1234: ["protocol0"]}


def test_what_is_kept_and_damaged_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    text = "class A(Header, over={UDP: 1}): pass\n"
    claims(tmp_path, text).files()
    (kept,) = (tmp_path / "__pycache__").iterdir()
    for damaged in (b"", b"\0", kept.read_bytes()[:-9], b"[]"):
        kept.write_bytes(damaged)
        assert claims(tmp_path, text).numbers(["UDP"]) == {1: ["protocol0"]}


def test_nothing_is_written_where_python_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert claims(tmp_path, "class A(Header, over={UDP: 1}): pass\n").numbers(["UDP"])
    assert not (tmp_path / "__pycache__").exists()


declare_pending()
OWN = Claims(dissect.protocols.__path__[0])
HEADERS = [cls for cls in declared_headers() if cls.__module__.startswith(_PACKAGE)]
FILE_OF = {cls.decode: cls.__module__.removeprefix(_PACKAGE) for cls in HEADERS}


def home(cls: type) -> str:
    return cls.__module__.removeprefix(_PACKAGE)


def imported_with(file: str) -> set[str]:
    """The files that are there as soon as this one is: those that it imports."""
    found, waiting = {file}, [file]
    while waiting:
        module = sys.modules[_PACKAGE + waiting.pop()]
        for value in vars(module).values():
            name = getattr(value, "__module__", None) or ""
            other = name.removeprefix(_PACKAGE)
            if name.startswith(_PACKAGE) and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def test_every_file_says_what_it_claims_in_a_way_that_is_read() -> None:
    told = OWN.summary()
    assert told is not None
    assert told["unsure"] == []
    assert [pair for claimed in told["over"].values() for pair in claimed if pair[1] is None] == []
    assert [pair for guesses in told["guesses"].values() for pair in guesses if pair[1] is None] == []


def test_what_a_header_carries_is_told_from_the_text() -> None:
    for cls in HEADERS:
        there = imported_with(home(cls))
        for number, decode in cls.decoders().items():
            file = FILE_OF.get(decode)
            if file is not None and file not in there:
                assert file in (OWN.carried(carriers_of(cls), [int(number)]) or ()), (cls, number)
        for decode in cls.guessed_decoders():
            file = FILE_OF.get(decode)
            assert file is None or file in there | {each.file for each in OWN.guesses(carriers_of(cls)) or ()}, cls
        for number, decode in cls._variants.items():
            file = FILE_OF.get(decode)
            if file is not None and file not in there:
                assert file in (OWN.derived(cls.__name__, int(number)) or ()), (cls, number)


def test_options_are_told_from_the_text() -> None:
    families: set[Any] = {base for cls in _below(Option) for base in cls.__mro__ if "_registry" in vars(base)}
    own = [family for family in families if family.__module__.startswith(_PACKAGE)]
    assert own
    for family in own:
        there = imported_with(home(family))
        forms = [(number, each) for number, (_, each) in family._subtypes.items()]
        pairs = [*family._registry.items(), *((number, cls) for number, each in forms for cls in each.values())]
        for number, cls in pairs:
            if cls.__module__.startswith(_PACKAGE) and home(cls) not in there:
                assert home(cls) in (OWN.derived(family.__name__, int(number)) or ()), (family, number)


def test_link_types_are_told_from_the_text() -> None:
    for link, decode in LINKS.items():
        file = FILE_OF.get(decode)
        assert file is None or file in (OWN.filling("LINKS", link) or ()), link


def test_names_of_fields_are_told_from_the_text() -> None:
    for name, fields in FIELDS.items():
        for field in fields:
            owner: Any = field.owner
            # Sights add fields of their own.
            own = owner is not None and field in (*owner.layout, *owner.derived)
            if own and owner.__module__.startswith(_PACKAGE):
                assert home(owner) in (OWN.naming(name.partition(".")[0]) or ()), (name, owner)


def test_names_of_protocols_are_told_from_the_text() -> None:
    told = OWN.protocols(OWN.files() or ())
    assert told == {cls.name for cls in HEADERS} - {""}
    for cls in HEADERS:
        assert not cls.name or home(cls) in (OWN.naming(cls.name.partition(".")[0]) or ())


def test_public_names_are_told_from_the_text() -> None:
    for file in OWN.files() or ():
        for name in sys.modules[_PACKAGE + file].__all__:
            assert file in (OWN.exporting(name) or ()), name


def _below(cls: type[Option]) -> list[type[Option]]:
    return [each for below in cls.__subclasses__() for each in (below, *_below(below))]
