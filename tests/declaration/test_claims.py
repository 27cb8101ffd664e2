from __future__ import annotations

from pathlib import Path

import pytest

from dissect.declaration.claims import Claims


def claims(folder: Path, *texts: str) -> Claims:
    for number, text in enumerate(texts):
        (folder / f"protocol{number}.py").write_text(text)
    return Claims(str(folder))


@pytest.mark.parametrize(
    "text",
    [
        "class A(Header, name='a', over={UDP: 4789}): pass",
        "class A(\n    Header,\n    name='a',\n    over={IPv4: 47, UDP: (1, 4_789)},\n): pass",
        "\nPORT: int = 0x12B5\nclass A(Header, over={TCP: 1, UDP: PORT}): pass",
        "\nPORT = 4789\nclass A(Header, over={\n    TCP: 1,\n    UDP: (\n        PORT,\n    ),\n}): pass",
    ],
)
def test_numbers_that_stand_in_the_text_are_claimed_and_no_others(tmp_path: Path, text: str) -> None:
    found = claims(tmp_path, text)
    numbers = found.numbers("UDP")
    assert numbers is not None
    assert numbers - {1} == {4789}
    assert found.numbers("SCTP") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "class A(Header, over={UDP: looks_like_mine}): pass",
        "class A(Header, over={UDP: (4789, looks_like_mine)}): pass",
        "class A(Header, over={UDP: Port.VXLAN}): pass",
        "class A(Header, over={UDP: range(10)}): pass",
        "class A(Header, over=EVERYWHERE): pass",
        "class A(Header, over={UDP: {1: 2}[1]}): pass",
        "class A(Header, over={\n    UDP: 1",
    ],
)
def test_what_the_text_does_not_tell_may_be_anything(tmp_path: Path, text: str) -> None:
    assert claims(tmp_path, text).numbers("UDP") is None


def test_the_field_that_an_overlay_reads_claims_nothing(tmp_path: Path) -> None:
    assert claims(tmp_path, 'class A(Header):\n    x: int = overlay(4, "x", over="y")\n').numbers("UDP") == frozenset()


def test_without_sources_anything_may_be_there(tmp_path: Path) -> None:
    (tmp_path / "protocol.pyc").write_bytes(b"")
    assert claims(tmp_path).numbers("UDP") is None
    assert Claims(str(tmp_path / "nowhere")).numbers("UDP") is None
