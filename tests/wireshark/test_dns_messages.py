"""How Wireshark reads the sections of a message of DNS: up to where reading fails, and no further."""

from __future__ import annotations

from dissect import DNS, ARecord, Question
from dissect.wireshark.dns_messages import name_in, read_sections, with_readable_names

QUESTION, ANSWERS = Question("a.b"), [ARecord("a", "192.0.2.1"), ARecord("b", "192.0.2.2")]
WHOLE = bytes(DNS(is_response=True, questions=[QUESTION], answers=ANSWERS))


def read(raw: bytes) -> DNS:
    return DNS.decode(raw, 0, len(raw), 0)  # type: ignore[no-any-return]


def test_all_sections_are_seen_of_a_whole_message() -> None:
    found = read_sections(read(WHOLE))
    assert {name: len(entries) for name, entries in found.sections.items()} == {
        "questions": 1, "answers": 2, "authorities": 0, "additionals": 0,
    }  # fmt: skip
    assert not found.fails


def test_more_records_than_there_are_is_a_failure_behind_them() -> None:
    found = read_sections(read(WHOLE[:6] + b"\0\3" + WHOLE[8:]))
    assert len(found.sections["answers"]) == 2
    assert found.fails


def test_reading_ends_with_the_first_entry_that_fails() -> None:
    for size in range(12, len(WHOLE)):
        found = read_sections(read(WHOLE[:size]))
        assert found.fails
        assert len(found.sections["answers"]) <= max(0, size - 21) // 17


def test_the_message_that_was_read_last_is_not_read_again() -> None:
    message = read(WHOLE)
    assert read_sections(message) is read_sections(message)
    assert read_sections(read(WHOLE)) is not None


def test_names_are_printed_in_full() -> None:
    record = read(WHOLE).answers[1]
    assert name_in(record, "owner") == "b"
    assert with_readable_names(record) is record
