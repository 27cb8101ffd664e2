from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    MSS,
    SACK,
    TCP,
    EndOfTCPOptions,
    FastOpen,
    IPv4,
    IPv4NoOperation,
    MalformedIPv4Option,
    MalformedTCPOption,
    Option,
    PPPoEEndOfList,
    PPPoETag,
    RecordRoute,
    SACKPermitted,
    TCPNoOperation,
    Timestamps,
    UnknownIPv4Option,
    UnknownTCPOption,
    WindowScale,
)
from dissect.declaration.header import Header
from dissect.declaration.options import OptionKind, OptionLength, OptionList, OptionSubtype
from dissect.declaration.problems import Problem
from dissect.declaration.specifiers import bits, octets, u8, u16
from dissect.declare import Entry, Listing, expert, listing
from dissect.errors import FieldAbsentError, FieldError
from dissect.protocols.ipv4_options import IPv4Option
from dissect.protocols.tcp_options import TCPOption
from dissect.views.strategies import headers
from dissect.views.tree import tree
from dissect.wireshark.columns import summarize
from dissect.wireshark.expert import expert_items
from dissect.wireshark.fields import texts
from dissect.wireshark.sight import sight_of
from tests.declared import A_FEW_OF_EACH, OPTIONS, again, of_each

TCP_OPTIONS, IPV4_OPTIONS = OptionList(TCPOption), OptionList(IPv4Option)


@given(st.binary(max_size=40))
def test_every_byte_belongs_to_one_option(raw: bytes) -> None:
    for kind in (TCP_OPTIONS, IPV4_OPTIONS):
        options = kind.load(raw)
        assert b"".join(map(bytes, options)) == raw
        assert kind.store(options, 0) == kind.store(list(options), 0) == kind.store(raw, 0) == raw
        assert all(len(option) for option in options)


@given(st.binary(max_size=40))
def test_options_of_a_header_are_those_of_its_bytes(raw: bytes) -> None:
    header = TCP(options=raw)
    assert b"".join(map(bytes, header.options)) == bytes(header)[20:]
    for option in header.options:
        assert isinstance(option, Option)
        assert again(option) == option
        for sentence in option.problems():
            assert sentence


@of_each(OPTIONS)
def test_an_option_is_read_as_it_was_built(cls: type[Option]) -> None:
    """Those that say what they are: of a known kind, and with a length of their own."""
    kind = OptionList(next(base for base in cls.__mro__ if base.__mro__[1] is Option))
    length = cls._by_name.get("length")
    subtype = next((field for field in cls.layout if isinstance(field.factory, OptionSubtype)), None)

    @given(headers(cls))
    @A_FEW_OF_EACH
    def check(option: Option) -> None:
        if (
            cls.number is None
            or option.raw(kind.kind_field.name) != cls.number
            or (length and not option.can_be_left_out(length))
        ):
            return
        if subtype is not None and option.raw(subtype) != subtype.factory.number_in(cls):  # type: ignore[union-attr]
            return
        found = kind.load(bytes(option))
        if type(found[0]) is not cls and (cls.is_apart or type(found[0]).is_apart):
            # In this list the kind means something else.
            return
        assert found == (option,) or any(found[0].problems()) or any(option.problems())

    check()


def test_a_usual_list() -> None:
    built = [MSS(1460), SACKPermitted(), Timestamps(value=1, echo=2), TCPNoOperation(), WindowScale(7)]
    segment = TCP(options=built)
    assert list(segment.options) == built
    assert segment.data_offset == 10
    assert bytes(segment)[20:].hex() == "020405b40402080a000000010000000201030307"


def test_the_end_takes_the_rest() -> None:
    (end,) = TCP_OPTIONS.load(bytes([0, 2, 4, 5]))
    assert end == EndOfTCPOptions(padding=bytes([2, 4, 5]))
    (problem,) = end.problems()
    assert isinstance(problem, Problem)
    assert problem.message == "is followed by bytes that are not zero"
    assert problem.name == "tcp.non_zero_bytes_after_eol"
    assert list(EndOfTCPOptions(padding=bytes(3)).problems()) == []


def test_an_end_with_a_length_takes_the_rest_as_well() -> None:
    data = bytes.fromhex("0000 0000 0101 0000")
    (end,) = OptionList(PPPoETag).load(data)
    assert (type(end), bytes(end), again(end)) == (PPPoEEndOfList, data, end)


def test_the_kinds_of_a_family() -> None:
    assert TCPOption.by_number()[2] is MSS
    assert 2 not in PPPoETag.by_number()


@pytest.mark.parametrize("raw", ["02", "0200", "0201", "0205 05b4", "fe", "fe00", "fe03"])
def test_a_length_that_leads_nowhere(raw: str) -> None:
    data = bytes.fromhex(raw)
    for kind, cls in ((TCP_OPTIONS, MalformedTCPOption), (IPV4_OPTIONS, MalformedIPv4Option)):
        (option,) = kind.load(data)
        assert type(option) is cls
        (problem,) = option.problems()
        assert isinstance(problem, Problem)
        assert problem.message == "has a length that is missing, below 2 or past the end of the header"
        assert problem.name == f"{cls.name}.{'opt' if cls is MalformedIPv4Option else 'option'}.len.invalid"


def test_what_follows_a_malformed_option_belongs_to_it() -> None:
    options = TCP_OPTIONS.load(bytes([1, 2, 1, 3, 3, 7]))
    assert [type(option) for option in options] == [TCPNoOperation, MalformedTCPOption]


def test_unknown_options_are_kept() -> None:
    assert TCP_OPTIONS.load(bytes([77, 4, 1, 2])) == (UnknownTCPOption(kind=77, data=b"\1\2"),)
    assert IPV4_OPTIONS.load(bytes([77, 2])) == (UnknownIPv4Option(type=77),)


def test_a_known_option_of_a_length_it_cannot_have() -> None:
    (option,) = TCP_OPTIONS.load(bytes([2, 3, 5]))
    assert option == UnknownTCPOption(kind=2, data=b"\5")
    (problem,) = option.problems()
    assert isinstance(problem, Problem)
    assert problem.message == "of kind 2 (Maximum segment size) has 3 bytes, which that option cannot have"
    assert problem.name == "tcp.option.len.invalid"
    (option,) = IPV4_OPTIONS.load(bytes([7, 5, 4, 1, 2]))
    assert type(option) is UnknownIPv4Option
    (option,) = TCP_OPTIONS.load(bytes([5, 9, *bytes(7)]))
    assert type(option) is UnknownTCPOption


def test_an_option_cannot_be_changed_in_place() -> None:
    segment = TCP(options=[MSS(1460)])
    (option,) = segment.options
    assert isinstance(option, MSS)
    with pytest.raises(FieldError, match="MSS stands in a list and cannot be changed in place"):
        option.value = 3
    segment.options = [option.replace(value=3)]
    assert segment.options == (MSS(3),)
    assert option.value == 1460


def test_replace() -> None:
    assert FastOpen(b"abcd").replace(cookie=b"ab") == FastOpen(b"ab")
    assert MSS(1, length=9).replace(value=2).length == 4
    with pytest.raises(FieldError, match="MSS has no field 'valeu'; did you mean 'value'"):
        MSS().replace(valeu=1)


def test_lists_take_options_of_their_own_family() -> None:
    with pytest.raises(FieldError, match=r"TCP.options is \[.*\], expected a list of TCPOption, or bytes"):
        TCP(options=[IPv4NoOperation()])
    for value in ("text", 5, [5], None, [RecordRoute(), "x"]):
        with pytest.raises(FieldError, match=r"IPv4.options is .*expected a list of IPv4Option, or bytes"):
            IPv4(options=value)  # type: ignore[arg-type]
    assert TCP(options=[MSS(1), bytes([1]), TCPNoOperation()]).data_offset == 7
    assert TCP(options=iter([MSS(1)])).options == (MSS(1),)


def test_options_are_values() -> None:
    assert MSS(1) == MSS(value=1)
    assert MSS(1) != MSS(2)
    assert MSS(1) != UnknownTCPOption(kind=2, data=b"\0\1")
    assert MSS(1) != bytes(MSS(1))
    assert {MSS(1), MSS(1), MSS(2)} == {MSS(1), MSS(2)}


def test_the_copy_bit() -> None:
    assert not RecordRoute().copied
    assert IPv4(options=[RecordRoute(copy_flag=True)]).options[0].copied


def test_a_list_above_the_length_of_its_option_is_refused() -> None:
    with pytest.raises(FieldError, match=r"SACK\.blocks is too long: length would be 258, expected at most 255"):
        SACK([(1, 2)] * 32)


class Note(Option, name="notes", title="A note", family=True):
    """Options whose length stands in front of their kind, and whose form may stand anywhere."""


class _Sized(Note, title="A note with a length"):
    size: int = u8("size", factory=OptionLength())
    kind: int = u8("kind", factory=OptionKind())


class UnknownNote(_Sized, unknown=True):
    data: bytes = octets("data", default=b"", length="rest")


class MalformedNote(Note, malformed=True):
    data: bytes = octets("data", default=b"", length="rest")


class MarkedNote(_Sized, number=1, subtype=3):
    reserved: int = u8("reserved", default=0)
    form: int = u8("form", factory=OptionSubtype())


class NamedNote(_Sized, number=2):
    count: int = u8("count", default=0)
    title_given: bytes = octets("title", default=b"", length="count")
    end: int = u8("end", default=0)


NOTES = OptionList(Note)
note = st.builds(
    lambda kind, value: bytes([len(value) + 2, kind]) + value,
    st.integers(0, 3),
    st.lists(st.integers(0, 3), max_size=4).map(bytes),
)


@given(st.lists(note, max_size=3).map(b"".join), st.lists(st.integers(0, 4), min_size=18, max_size=18))
def test_other_bytes_than_those_that_tell_of_an_option_change_nothing_of_it(raw: bytes, others: list[int]) -> None:
    options = NOTES.load(raw)
    told = {place for option in options for place in range(option.own_start, NOTES.told_by(option))}
    other = bytes(byte if place in told else others[place] for place, byte in enumerate(raw))
    found = [[(type(each), each.own_start, each.own_end) for each in found] for found in (options, NOTES.load(other))]
    assert found[0] == found[1]


def test_the_bytes_that_tell_of_an_option() -> None:
    marked, named = NOTES.load(b"\5\1\0\3\7" + b"\5\2\1a\0")
    assert (type(marked), type(named)) == (UnknownNote, NamedNote)
    assert (NOTES.told_by(marked), NOTES.told_by(named)) == (4, 10)
    assert [TCP_OPTIONS.told_by(each) for each in TCP_OPTIONS.load(b"\1\2\4\5\xb4")] == [1, 3]


class Row(Option, name="rows_of_test", family=True):
    kind: int = u8("", factory=OptionKind())


class UnknownRow(Row, unknown=True, title="Unknown"):
    data: bytes = octets("", default=bytes(2), size=2)


class MalformedRow(Row, malformed=True, ends_early=True, title="Malformed"):
    data: bytes = octets("", default=b"", length="rest")


class ShortRow(Row, number=1, title="Short"):
    kind: int = u8("kind", factory=OptionKind())
    value: int = u8("value", default=0, kw_only=False)

    def headline(self) -> str:
        return f"Short: {self.value}"


class TextRow(Row, number=2, title="Text"):
    size: int = u8("size", default=0)
    value: bytes = octets("text", default=b"", length="size", kw_only=False)


class MarkedRow(Row, number=3, title="Marked"):
    mark: int = u8("", factory=OptionSubtype())
    data: bytes = octets("", default=bytes(1), size=1)


class LongRow(Row, number=3, subtype=7, title="Long"):
    mark: int = u8("", factory=OptionSubtype())
    data: bytes = octets("", default=bytes(4), size=4)


class Rows(Header, name="rows_of_test"):
    version: int = u8("version", default=1)
    rows: Listing[Option] = listing(OptionList(Row), "", default=(), length="rest")

    bad = expert("bad", "Bad version")

    def check(self) -> Iterator[Problem]:
        if self.version != 1:
            yield self.problem("version", "is bad", 1, self.version, "warning", name="bad")

    def listed_name(self) -> str:
        return f"ROWSv{self.version}" if self.has("version") else ""


def test_options_without_a_length_are_as_long_as_their_classes() -> None:
    rows = OptionList(Row).load(bytes.fromhex("01 05 02 03 616263 09 0102 03 01 00 03 07 01020304 02 05 00"))
    assert rows == (
        ShortRow(5),
        TextRow(b"abc"),
        UnknownRow(kind=9, data=b"\1\2"),
        MarkedRow(mark=1),
        LongRow(data=b"\1\2\3\4"),
        # There is no text of five bytes, but as many as an unknown one has.
        UnknownRow(kind=2, data=b"\5\0"),
    )
    assert OptionList(Row).load(bytes.fromhex("01")) == (MalformedRow(kind=1),)


@given(st.binary(max_size=40))
def test_every_byte_belongs_to_one_option_without_a_length(raw: bytes) -> None:
    rows = OptionList(Row).load(raw)
    assert b"".join(map(bytes, rows)) == raw
    for row in rows:
        assert eval(repr(row), globals()) == row


def test_a_field_that_is_computed_may_be_declared_again_under_another_name() -> None:
    frame = Rows(rows=[ShortRow(5), TextRow(b"")])
    assert texts(frame, "rows_of_test.kind") == ["1"]
    with pytest.raises(TypeError, match="declared again as another piece"):

        class Other(Row, number=9):
            kind: int = u8("kind", factory=OptionLength())


@pytest.mark.parametrize(("rows", "is_short"), [("01 05", False), ("01 05 01", True), ("", False), ("02", True)])
def test_a_header_ends_early_with_an_option_that_is_none(rows: str, is_short: bool) -> None:
    frame = Rows(rows=bytes.fromhex(rows))
    assert frame.lists_end_early() == is_short
    assert sight_of(frame).stops_short(frame) == is_short
    assert summarize(frame).info == "Rows" + ("[Malformed Packet]" if is_short else "")


def test_lists_may_name_a_protocol_with_its_version() -> None:
    assert summarize(Rows(version=2)).protocol == "ROWSv2"
    assert summarize(Rows.cut("")).protocol == "Rows"


def test_a_problem_that_the_declaration_names_is_remarked() -> None:
    assert [item.line for item in expert_items(Rows(version=2))] == ["Expert Info (Warning/Protocol): Bad version"]
    assert list(expert_items(Rows())) == []


def test_an_option_has_a_line_of_its_own() -> None:
    lines = [node.line for node in tree(Rows(rows=[ShortRow(5)]))[0].children[1].children]
    assert lines == ["Short: 5"]


class Piece(Option, name="pieces_of_test", family=True):
    kind: int = bits(4, "", factory=OptionKind())
    length: int = bits(4, "", factory=OptionLength(uncounted=1))


class UnknownPiece(Piece, unknown=True, title="Unknown"):
    data: bytes = octets("", default=b"", length="rest")


class MalformedPiece(Piece, malformed=True, title="Malformed"):
    data: bytes = octets("", default=b"", length="rest")


class LastPiece(Piece, number=0, last=True, title="Last"):
    data: bytes = octets("", default=b"", length="rest")


class Pieces(Header, name="pieces_of_test"):
    pieces: Listing[Option] = listing(OptionList(Piece, to_last=True), "", default=(), length="")


@pytest.mark.parametrize(
    ("data", "size"), [("12 6162 00 7a", 4), ("12 6162", 3), ("01 61 00", 2), ("19 61", 2), ("", 0)]
)
def test_a_list_may_end_with_its_last_option(data: str, size: int) -> None:
    raw = bytes.fromhex(data)
    header = Pieces.decode(raw, 0, len(raw), 0)
    assert header.own_size == size
    assert b"".join(map(bytes, header.pieces)) == raw[:size]


def test_an_unknown_kind_fits_its_field() -> None:
    assert bytes(UnknownPiece()) == b"\xe0"


class Remark(Option, name="remark", family=True, looks_around=True):
    """An option of a header with a number in front of its options."""

    kind: int = u8("kind", factory=OptionKind())


class Gap(Remark, number=0, single=True, runs=True):
    """Zeros in a row."""

    more: bytes = octets("", length="rest", kw_only=False)


class OtherRemark(Remark, unknown=True):
    """Any other."""

    length: int = u8("length", factory=OptionLength())
    data: bytes = octets("", default=b"", length="rest")


class BrokenRemark(Remark, malformed=True):
    """None."""

    data: bytes = octets("", default=b"", length="rest")


class Remarked(Header, name="annotated"):
    """A header with such options behind a number."""

    number: int = u16("number", default=0)
    notes: Listing[Remark] = listing(OptionList(Remark), "", length="rest", default=())


def test_options_in_a_row_may_be_one() -> None:
    notes = Remarked(notes=bytes.fromhex("0000 0503aa 00 0502 000000")).notes
    assert [bytes(each).hex() for each in notes] == ["0000", "0503aa", "00", "0502", "000000"]
    assert Gap(b"\0\0") == notes[-1]


def test_options_may_know_their_message() -> None:
    header = Remarked(number=7, notes=bytes.fromhex("0000 0503aa"))
    first, second = header.notes
    assert first.message == second.message == bytes(header)
    assert (first.place_in_message, second.place_in_message) == (2, 4)
    assert (OtherRemark().message, OtherRemark().place_in_message) == (b"", 0)


class Filling(Entry, name="filled_of_test"):
    data: bytes = octets("filling", default=b"", length="rest", kw_only=False)


class Item(Option, name="filled_of_test", family=True):
    kind: int = u8("", factory=OptionKind())
    length: int = u8("", factory=OptionLength())


class UnknownItem(Item, unknown=True, title="Unknown"):
    data: bytes = octets("", default=b"", length="rest")


class MalformedItem(Item, malformed=True, title="Malformed"):
    data: bytes = octets("", default=b"", length="rest")


class Filled(Header, name="filled_of_test"):
    items: Listing[Option | Entry] = listing(OptionList(Item, padded=4, padding=Filling), "", default=(), length="rest")


def test_options_are_filled_up_behind_their_length() -> None:
    header = Filled(items=[UnknownItem(kind=1, data=b"abc"), UnknownItem(kind=2, data=b"d")])
    assert bytes(header).hex() == "0105616263000000" + "02036400"
    assert header.items[1::2] == (Filling(b"\0\0\0"), Filling(b"\0"))
    assert texts(header, "filled_of_test.filling") == ["000000", "00"]
    bare = Filled.decode(bytes.fromhex("0105616263"), 0, 5, 0)
    assert repr(bare) == "Filled(items=[UnknownItem(kind=1, data=b'abc'), Filling()])"
    assert eval(repr(bare), globals()) == bare


@given(st.binary(max_size=30))
def test_every_byte_belongs_to_an_option_or_to_what_fills_it_up(raw: bytes) -> None:
    header = Filled.decode(raw, 0, len(raw), 0)
    assert b"".join(map(bytes, header.items)) == raw
    assert bytes(eval(repr(header), globals())) == raw


class Number(Option, name="numbers_of_test", family=True, tolerant=True):
    kind: int = u8("", factory=OptionKind())
    length: int = u8("", factory=OptionLength())


class UnknownNumber(Number, unknown=True, title="Unknown"):
    data: bytes = octets("", default=b"", length="rest")


class MalformedNumber(Number, malformed=True, title="Malformed"):
    data: bytes = octets("", default=b"", length="rest")


class WholeNumber(Number, number=1, title="Whole"):
    value: int = u8("", default=0)


def test_options_that_are_too_short_hold_little_memory_and_read_nothing_behind_them() -> None:
    raw = b"\1\2" * 30000 + b"\1\3\7"
    found = OptionList(Number).load(raw)
    assert b"".join(map(bytes, found)) == raw
    assert sum(len(each.buffer) for each in found if each.buffer is not raw) < 20_000_000
    for each in (found[0], found[2000], found[29999]):
        with pytest.raises(FieldAbsentError):
            each.value  # type: ignore[attr-defined]  # noqa: B018
    assert found[-1] == WholeNumber(value=7)
