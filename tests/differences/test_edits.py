"""The promise of the engine: of a random edit of one field in a real frame, exactly that field is named."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dissect import Header, compare, parse
from dissect.declaration.automatic import Variant
from dissect.declaration.fields import Field
from dissect.declaration.line_kinds import RestOfLine, Word
from dissect.declaration.lines import LineList
from dissect.declaration.record_lists import RecordList
from dissect.differences.field_differences import frame_differences
from dissect.wireshark.sight import sight_of
from tests.declared import real_frames


class Edit(NamedTuple):
    """A frame, and the same with other bits in one field, whose first bit is `first`."""

    before: bytes
    after: bytes
    header: Header
    field: Field
    first: int


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    before = draw(st.sampled_from(real_frames()))
    header = draw(st.sampled_from(list(parse(before).layers())))
    # A byte of a line of text may end a word, or make another message of it.
    fields = [
        field
        for field in header.present_fields()
        if not field.over and header.span(field)[1] and not isinstance(field.kind, (Word, RestOfLine, LineList))
    ]
    assume(fields)
    field = draw(st.sampled_from(fields))
    first, width = header.span(field)
    first += 8 * (header.offset or 0)
    if field.kind.code == "options":
        # One byte of an option; which field of it that is, the option itself knows.
        width = 8
    if not field.width:
        first, width = first + 8 * draw(st.integers(0, width // 8 - 1)), 8
    behind = 8 * len(before) - first - width
    old = int.from_bytes(before, "big") >> behind & (1 << width) - 1
    new = draw(st.integers(0, min(1 << width, 1 << 64) - 1).filter(lambda value: value != old))
    after = (int.from_bytes(before, "big") ^ (old ^ new) << behind).to_bytes(len(before), "big")
    return Edit(before, after, header, field, first)


def name_of(edit: Edit) -> str:
    """What display filters call the field; a length in the place of a type is one of the names apart."""
    header, field = edit.header, edit.field
    if field.label and sight_of(header).shows(header, field):
        return field.label
    return next((each.label for each in type(header).derived if each.over == field.name), field.label)


@settings(max_examples=200)
@given(edits())
def test_an_edited_field_is_named_and_nothing_else(edit: Edit) -> None:
    # A byte of a list may make other records of all that stand behind it.
    assume(not isinstance(edit.field.kind, RecordList))
    found = frame_differences(edit.before, edit.after)
    assert len(found) == 1
    assert found[0].consequences == ()
    if edit.field.kind.code != "options":
        assert found[0].name == name_of(edit) or not edit.field.label
        # Of fields that are all bytes, the byte that differs is told.
        changed = next(at for at in range(len(edit.before)) if edit.before[at] != edit.after[at])
        assert found[0].offset == (changed if edit.field.kind.code == "bytes" else (found[0].span_before or (0,))[0])
        if edit.field.width:
            assert found[0].offset in (edit.first // 8, changed)


@settings(max_examples=200)
@given(edits())
def test_what_a_frame_computes_is_a_consequence_of_the_edit(edit: Edit) -> None:
    assume(edit.field.factory is None or isinstance(edit.field.factory, Variant))
    # Of changed records another number may be there, and that is computed, too.
    assume(not isinstance(edit.field.kind, RecordList))
    assume(bytes(parse(edit.before).fixed()) == edit.before)
    after = bytes(parse(edit.after).fixed())
    assume(after != edit.before and len(after) == len(edit.before))
    found = frame_differences(edit.before, after)
    expected = frame_differences(edit.before, edit.after)
    assert [each.name for each in found] == [each.name for each in expected]
    consequences = found[0].consequences
    assert bool(consequences) is (after != edit.after)
    automatic = {
        (field.label, (header.offset or 0) + field.bit // 8)
        for header in parse(after).layers()
        for field in header.layout
        if field.factory is not None
    }
    assert {(each.name, each.offset) for each in consequences} <= automatic


@settings(max_examples=50)
@given(st.lists(edits(), min_size=1, max_size=6), st.data())
def test_among_other_frames_it_is_the_frame_that_is_named(several: list[Edit], draw: st.DataObject) -> None:
    before = [edit.before for edit in several]
    place = draw.draw(st.integers(0, len(several) - 1))
    after = [*before[:place], several[place].after, *before[place + 1 :]]
    (found,) = compare(before, after).differences
    if found.kind == "changed":
        assert found.number in (place + 1, 1 + before.index(several[place].before))
