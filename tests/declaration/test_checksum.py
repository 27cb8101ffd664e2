from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import internet_checksum, updated_checksum
from dissect.declaration.checksum import ones_complement_sum

words = st.integers(0, 0xFFFF)


def summed_word_by_word(data: bytes) -> int:
    """RFC 1071 as it is written: add the 16-bit words and fold the carries back."""
    if len(data) % 2:
        data += b"\0"
    total = 0
    for place in range(0, len(data), 2):
        total += data[place] << 8 | data[place + 1]
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_example_of_rfc_1071() -> None:
    assert ones_complement_sum(bytes.fromhex("0001f203f4f5f6f7")) == 0xDDF2
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D


def test_empty_and_zero() -> None:
    assert ones_complement_sum(b"") == ones_complement_sum(bytes(7)) == 0
    assert internet_checksum(b"") == internet_checksum(bytes(20)) == 0xFFFF


def test_all_ones_sum_to_ones() -> None:
    assert ones_complement_sum(b"\xff\xff") == ones_complement_sum(b"\xff" * 20) == 0xFFFF
    assert internet_checksum(b"\xff" * 20) == 0


def test_odd_byte_is_the_high_half() -> None:
    assert ones_complement_sum(b"\x12") == 0x1200
    assert ones_complement_sum(b"\x00\x01\x80") == 0x8001


@given(st.binary(max_size=200))
def test_sum_is_that_of_the_words(data: bytes) -> None:
    assert ones_complement_sum(data) == summed_word_by_word(data)
    assert internet_checksum(data) == summed_word_by_word(data) ^ 0xFFFF


@given(st.binary(min_size=2, max_size=60))
def test_data_with_its_checksum_sum_to_ones(data: bytes) -> None:
    data = data[: len(data) // 2 * 2]
    assert ones_complement_sum(data + internet_checksum(data).to_bytes(2, "big")) == 0xFFFF


@given(st.lists(words, min_size=1, max_size=20), words, st.data())
def test_update_is_a_computation_anew(data: list[int], new: int, draw: st.DataObject) -> None:
    """RFC 1624: also where the sum becomes zero, which data other than all zeros never have."""
    place = draw.draw(st.integers(0, len(data) - 1))
    before = internet_checksum(b"".join(word.to_bytes(2, "big") for word in data))
    old, data[place] = data[place], new
    after = internet_checksum(b"".join(word.to_bytes(2, "big") for word in data))
    updated = updated_checksum(before, old, new)
    # All zeros are the one thing whose sum is 0 and not 0xFFFF; an update cannot know that it got there.
    assert updated == after or (not any(data) and {updated, after} == {0, 0xFFFF})


def test_update_of_rfc_1624() -> None:
    """Section 4: where equation 2 of RFC 1141 gives 0xFFFF."""
    assert updated_checksum(0xDD2F, 0x5555, 0x3285) == 0
