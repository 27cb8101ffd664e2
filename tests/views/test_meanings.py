"""What is said of a field's value is kept, and is the same as if it were made each time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import TCP, UDP, Ethernet, IPv4, parse
from dissect.views import meanings
from dissect.views.meanings import LONGEST, digits, meaning, said
from tests.declared import real_frames

__all__: list[str] = []
FRAMES = real_frames()


@given(data=st.sampled_from(FRAMES), place=st.integers(0, 200), octet=st.integers(0, 255))
@settings(max_examples=60)
def test_what_is_kept_is_what_would_be_made(data: bytes, place: int, octet: int) -> None:
    changed = bytearray(data)
    changed[place % len(data)] = octet
    for header in parse(bytes(changed)).layers():
        for field in header.present_fields():
            if header.has(field.name):
                raw = header.raw(field)
                assert said(header, field, raw) == meanings._made(header, field, raw)


def test_a_checksum_is_judged_in_each_record() -> None:
    good = parse(bytes(Ethernet() / IPv4() / UDP(sport=1, dport=2, payload=b"one")))[UDP]
    bad = parse(bytes(Ethernet() / IPv4() / UDP(sport=1, dport=2, checksum=good.checksum, payload=b"two")))[UDP]
    field = UDP.field("checksum")
    assert said(good, field, good.checksum).meaning == f"{good.checksum:#06x} [correct]"
    assert said(bad, field, bad.checksum).meaning.startswith(f"{bad.checksum:#06x} [incorrect")


def test_no_more_is_kept_than_a_number_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meanings, "_MOST_KEPT", 8)
    monkeypatch.setattr(meanings, "_SAID", {})
    field: Any = TCP.field("window")
    for window in range(40):
        assert said(TCP(window=window), field, window).printed == str(window)
        assert len(meanings._SAID) <= 8


def test_long_bytes_end_in_an_ellipsis() -> None:
    assert digits(bytes(LONGEST)) == "00" * LONGEST
    assert digits(bytes(LONGEST + 1)) == "00" * LONGEST + "…"


def test_names_stand_in_front_of_numbers() -> None:
    header = IPv4(protocol=17)
    assert meaning(header, header.field("protocol"), 17) == "UDP (17)"
