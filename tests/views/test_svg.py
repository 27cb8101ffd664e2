"""Pictures of headers: well-formed, to scale, in words as well."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given

import dissect
from dissect import TCP, UDP, IPv4
from dissect.declaration.record import Record
from dissect.views.svg import svg_document, to_svg
from tests.declared import RECORDS, any_bytes, of_each

_SVG = "{http://www.w3.org/2000/svg}"


@of_each(RECORDS)
def test_every_layout_is_a_well_formed_picture(cls: type[Record]) -> None:
    root = ElementTree.fromstring(to_svg(cls))
    assert root.find(f"{_SVG}title") is not None
    boxes = root.findall(f"{_SVG}rect")[1:]
    assert len(boxes) >= len(cls.layout)


@given(any_bytes)
def test_any_frame_is_a_well_formed_picture_of_nothing_but_shapes_and_text(data: bytes) -> None:
    root = ElementTree.fromstring(to_svg(dissect.parse(data)))
    assert {each.tag.removeprefix(_SVG) for each in root.iter()} <= {"svg", "title", "desc", "style", "rect", "text"}


def test_a_picture_says_its_values_in_words() -> None:
    picture = UDP(sport=4000, dport=53).to_svg()
    assert picture == to_svg(UDP(sport=4000, dport=53))
    bundle = to_svg(UDP(dport=53))._repr_mimebundle_()
    assert bundle["image/svg+xml"] == UDP(dport=53).to_svg()
    assert "Destination Port 53" in bundle["text/plain"]
    assert "Source Port 16 bits" in to_svg(UDP)._repr_mimebundle_()["text/plain"]


def test_the_boxes_are_to_scale() -> None:
    root = ElementTree.fromstring(to_svg(IPv4))
    widths = [float(box.get("width", "0")) for box in root.findall(f"{_SVG}rect")[1:]]
    assert widths[0] == widths[1]  # version and header length, 4 bits each
    assert widths[4] == 4 * widths[0]  # total length, 16 bits
    assert ElementTree.fromstring(TCP(options=[dissect.MSS(1460)]).to_svg()) is not None


def test_what_xml_has_no_room_for_is_spelt_out() -> None:
    """A DHCP server's name may hold any bytes."""
    document = svg_document(1, 1, "a\x01", "\ufffe\uffff", [])
    texts = [each.text for each in ElementTree.fromstring(document)]
    assert texts[:2] == ["a\\x01", "\\ufffe\\uffff"]


def test_text_of_a_document_is_escaped() -> None:
    document = svg_document(1, 1, "<a>", "&", [])
    assert "<title>&lt;a&gt;</title><desc>&amp;</desc>" in document


def test_texts_on_the_ground_are_read_on_a_dark_one() -> None:
    root = ElementTree.fromstring(to_svg(UDP))
    (sheet,) = [each.text or "" for each in root.iter(f"{_SVG}style")]
    assert sheet.startswith("@media(prefers-color-scheme:dark)")
    ground = root.find(f"{_SVG}rect")
    assert ground is not None
    assert ground.get("class") == "ground"
    # What stands in boxes keeps its ink, as their fills stay.
    plain = [each.text for each in root.findall(f"{_SVG}text") if each.get("class") == "plain"]
    assert plain == [*map(str, range(32)), "User Datagram Protocol"]
