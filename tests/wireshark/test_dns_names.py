"""How Wireshark reads a name in a DNS message: where it ends, how long it is, and what stops it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.wireshark.dns_names import end_of_name, length_of_name

HEAD = bytes(12)


@pytest.mark.parametrize(
    ("name", "end", "length"),
    [
        # Dots stand between labels; the root has a word of its own.
        (b"\x03www\x01a\x00", 7, 5),
        (b"\x00", 1, 6),
        (b"\x03ww", -1, 0),
        (b"\x03www", -1, 0),
        (b"", -1, 0),
        # RFC 1035, section 4.1.4: the other two forms of the upper bits are reserved.
        (b"\x40", -1, 0),
        (b"\x80\x00", -1, 0),
        # Four labels of 63 take 256 bytes, and there is room for 255.
        ((b"\x3f" + b"a" * 63) * 4 + b"\x00", 257, len("<Name too long>")),
        ((b"\x3f" + b"a" * 63) * 3 + b"\x3e" + b"a" * 62 + b"\x00", 256, len("<Name too long>")),
        ((b"\x3f" + b"a" * 63) * 3 + b"\x3d" + b"a" * 61 + b"\x00", 255, 253),
    ],
)
def test_names_without_pointers(name: bytes, end: int, length: int) -> None:
    message = HEAD + name
    found = end_of_name(message, 12)
    assert (found - 12 if found >= 0 else -1) == end
    assert length_of_name(message, 12) == length


def test_a_name_ends_behind_its_first_pointer() -> None:
    message = HEAD + b"\x01a\x00" + b"\x01b\xc0\x0c" + b"behind"
    assert (end_of_name(message, 15), length_of_name(message, 15)) == (19, len("b.a"))
    # It may point forwards, too.
    assert end_of_name(HEAD + b"\xc0\x0e\x01c\x00", 12) == 14


def test_pointers_that_lead_around_are_told_and_end() -> None:
    loops = len("<Name contains a pointer that loops>")
    assert (end_of_name(HEAD + b"\xc0\x0c", 12), length_of_name(HEAD + b"\xc0\x0c", 12)) == (14, loops)
    both = HEAD + b"\xc0\x0e\xc0\x0c"
    assert (end_of_name(both, 12), length_of_name(both, 12)) == (14, loops)
    # With a label on the way, there is no more room some time.
    assert end_of_name(HEAD + b"\x01a\xc0\x0c", 12) == -1


@given(st.binary(max_size=80), st.integers(0, 90))
def test_any_bytes_are_read_in_bounded_time_and_never_behind_the_end(message: bytes, place: int) -> None:
    end = end_of_name(message, place)
    assert end == -1 or place < end <= len(message)
    assert (end == -1) == (length_of_name(message, place) == 0)
