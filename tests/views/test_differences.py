from __future__ import annotations

import json

from dissect import ARP, UDP, Ethernet, IPv4, compare
from dissect.differences import FrameDifference
from dissect.views.differences import difference_lines, html_page, json_document, total

FRAME = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2)


def lines(difference: FrameDifference) -> list[str]:
    return [line.text for line in difference_lines(difference)]


def test_changed_bytes_are_marked_in_both_frames() -> None:
    (difference,) = compare(FRAME / b"0123456789", FRAME / b"01XX456789")
    shown = [line.split()[0] for line in lines(difference) if " so " not in line]
    assert shown == ["#1", "-", "^^", "+", "^^"]
    marks = [line for line in lines(difference) if "^^" in line]
    assert [line.count("^^") for line in marks] == [2, 2]


def test_inserted_bytes_are_marked_where_they_are() -> None:
    (difference,) = compare(FRAME / b"0123456789", FRAME / b"01234new56789")
    assert sum(line.count("^^") for line in lines(difference)) == 3


def test_many_rows_are_counted() -> None:
    (difference,) = compare(FRAME / bytes(1000), FRAME / (b"\1" * 1000))
    assert sum("more rows differ" in line for line in lines(difference)) == 2
    assert len(lines(difference)) < 50


def test_no_frame_can_steer_a_terminal_or_a_page() -> None:
    odd = Ethernet(src="02:00:00:00:00:01") / ARP(sender_ip="10.0.0.1")
    document = "\n".join(html_page(("a\x1b[2J<b>", "&"), compare([], [odd])))
    assert "\x1b" not in document
    assert "<b>" not in document
    assert "&lt;b&gt;" in document
    assert all(line.isprintable() for difference in compare([FRAME], [odd]) for line in lines(difference))


def test_json_is_valid_with_any_number_of_differences() -> None:
    for after in ([], [FRAME], [FRAME, FRAME, FRAME / b"1"]):
        document = json.loads("\n".join(json_document(("a", 'b"'), compare([FRAME], after))))
        assert document["after"] == 'b"'
        assert len(document["differences"]) == abs(len(after) - 1)


def test_the_total_counts_by_kind() -> None:
    assert total({}) == "no frame differs"
    assert total({"added": 1}) == "1 frame differs: 1 added"
