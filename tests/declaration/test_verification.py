"""What goes with a checksum stands beside it from the moment its class is made, for display filters too."""

from __future__ import annotations

from dissect import Header, IPv4
from dissect.declaration.automatic import Checksum
from dissect.declaration.record import FIELDS
from dissect.declaration.specifiers import u8, u16
from dissect.wireshark.fields import names, texts


class Summed(Header, name="summed", title="Summed"):
    value: int = u8("value", default=1)
    other: int = u8("other", default=2)
    checksum: int = u16("checksum", factory=Checksum(bad="checksum.wrong"), base=16, title="Checksum")


class Doubled(Summed):
    more: int = u16("more", default=0)


LABELS = ["summed.checksum.status", "summed.checksum_calculated", "summed.checksum.wrong"]


def test_a_checksum_has_its_companions_when_the_class_is_made() -> None:
    companions = Summed.field("checksum").companions
    assert [each.label for each in companions] == LABELS
    assert [each.name for each in companions] == ["checksum_status", "checksum_calculated", "checksum_bad"]
    assert all(FIELDS[each.label] == [each] and each.owner is Summed for each in companions)
    assert Doubled.field("checksum").companions == companions
    assert Summed.field("value").companions == ()
    assert set(LABELS) <= set(names())


def test_they_say_whether_it_is_right() -> None:
    for header in (Summed(), Doubled(more=7)):
        assert texts(header, "summed.checksum.status") == ["1"]
        assert texts(header, "summed.checksum_calculated") == texts(header, "summed.checksum")
        assert texts(header, "summed.checksum.wrong") == []
    wrong = Summed(checksum=5)
    assert [texts(wrong, label) for label in LABELS] == [["0"], ["0xfefd"], ["1"]]
    assert texts(IPv4(), "ip.checksum.status") == ["1"]
