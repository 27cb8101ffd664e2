"""Fields that sights declare: what they say, and what of it other frames have to tell."""

from __future__ import annotations

from dissect.declaration.header import Header
from dissect.declaration.specifiers import u8, u16
from dissect.wireshark.field_tables import LEARNT
from dissect.wireshark.field_types import NONE, UINT8
from dissect.wireshark.fields import values
from dissect.wireshark.notices import SEQUENCE
from dissect.wireshark.sight import Sight, derived_of
from dissect.wireshark.sight_fields import Noted, computed, learnt, noted
from dissect.wireshark.types import field_type


class Remarked(Header, name="remarked", title="A Header That Is Remarked Upon", source="nobody's"):
    """A header with a sight."""

    kind: int = u8("kind", default=1, title="Kind")
    size: int = u16("size", default=2, title="Size")


class RemarkedSight(Sight, of=Remarked):
    """A field of each sort."""

    turn = learnt("turn", UINT8, "Turn")
    other_turn = learnt("turn.other", UINT8, "Other turn", fact="back")

    @computed("double", UINT8, title="Double")
    def doubled(self, header: Remarked) -> int | None:
        """Twice the kind; nothing for a kind of 9."""
        return None if header.kind == 9 else 2 * header.kind

    @noted("odd", "Odd", "Note", SEQUENCE)
    def odd(self, header: Remarked) -> str | list[str] | None:
        """The size is odd; two remarks on one of 7."""
        return ["seven", "odd"] if header.size == 7 else "odd" if header.size % 2 else None


def remark() -> Noted:
    (found,) = (field for field in derived_of(Remarked) if isinstance(field, Noted))
    return found


def test_a_computed_field_has_a_value_where_its_method_returns_one() -> None:
    assert values(Remarked(kind=3), "remarked.double") == [6]
    assert values(Remarked(kind=9), "remarked.double") == []


def test_other_frames_tell_a_fact_by_the_name_of_the_attribute_or_by_its_own() -> None:
    header = Remarked()
    assert values(header, "remarked.turn") == values(header, "remarked.turn.other") == []
    header.learn(turn=1, back=2)
    assert (values(header, "remarked.turn"), values(header, "remarked.turn.other")) == ([1], [2])
    assert {"remarked.turn", "remarked.turn.other"} <= LEARNT.keys()
    assert "remarked.double" not in LEARNT


def test_a_remark_is_told_in_words_and_counted() -> None:
    assert field_type("remarked.odd") == NONE
    for size, messages in ((2, []), (3, ["odd"]), (7, ["seven", "odd"])):
        header = Remarked(size=size)
        assert remark().messages(header) == messages
        assert values(header, "remarked.odd") == [1] * len(messages)


def test_nothing_is_remarked_where_a_field_is_missing() -> None:
    assert remark().messages(Remarked.decode(b"\x01", 0, 1, 0)) == []
