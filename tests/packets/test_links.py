"""Link types: numbers, names, and the sentence for a wrong one."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.errors import DissectError, FieldError
from dissect.packets.links import ETHERNET, LINK_NAMES, canonical_link, link_description, link_name, link_number


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("null", 0),
        ("ethernet", 1),
        ("ppp", 9),
        ("raw", 101),
        ("chdlc", 104),
        ("frelay", 107),
        ("loop", 108),
        ("linux_sll", 113),
        ("ipv4", 228),
        ("ipv6", 229),
        ("linux_sll2", 276),
    ],
)
def test_the_links_that_are_parsed(name: str, number: int) -> None:
    assert link_number(name) == number
    assert link_name(number) == name


def test_names_are_unique_and_come_back_to_their_number() -> None:
    assert len({name for name, _ in LINK_NAMES.values()}) == len(LINK_NAMES)
    for number, (name, description) in LINK_NAMES.items():
        assert link_number(name) == number
        assert link_name(number) == name
        assert link_description(number) == description
        assert description
        assert "\n" not in description


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        ("LINKTYPE_ETHERNET", 1),
        ("DLT_EN10MB", 1),
        ("Ethernet", 1),
        ("linktype_c_hdlc", 104),
        ("linux-sll2", 276),
        ("Linux SLL", 113),
        (" raw ", 101),
        ("228", 228),
        ("user15", 162),
    ],
)
def test_other_spellings(spelling: str, number: int) -> None:
    assert link_number(spelling) == number


def test_raw_ip_under_the_numbers_of_the_bsds() -> None:
    assert [canonical_link(number) for number in (12, 14, 101)] == [101, 101, 101]
    assert link_name(12) == link_name(14) == "raw"
    assert link_number(12) == 12, "the number of the file is kept as it is"


def test_every_number_has_a_name_that_leads_back() -> None:
    for number in range(0x10000):
        assert canonical_link(link_number(link_name(number))) == canonical_link(number)


def test_an_unknown_link_is_named_by_its_number() -> None:
    assert link_name(9999) == "unknown 9999"
    assert "not in the public list" in link_description(9999)


@pytest.mark.parametrize(("wrong", "right"), [("etherent", "ethernet"), ("linux_sl", "linux_sll"), ("rww", "raw")])
def test_a_misspelt_name_is_answered_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(FieldError, match=f"there is no link type '{wrong}': did you mean '{right}'"):
        link_number(wrong)


@pytest.mark.parametrize("wrong", ["", "zzzzzz", "1.5", "-1", "²", "9" * 5000, "65536"])
def test_what_is_no_name_is_refused(wrong: str) -> None:
    with pytest.raises(FieldError) as caught:
        link_number(wrong)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("wrong", [-1, 0x10000, True, 1.5, None])
def test_what_is_no_number_is_refused(wrong: object) -> None:
    with pytest.raises(FieldError, match="0 to 65535"):
        link_number(wrong)  # type: ignore[arg-type]


@given(st.text())
def test_any_text_gives_a_number_or_a_sentence(text: str) -> None:
    with contextlib.suppress(DissectError):
        assert 0 <= link_number(text) <= 0xFFFF


def test_difflib_is_imported_only_for_an_error() -> None:
    program = (
        "import sys, dissect.packets.links as links; links.link_number('raw'); assert 'difflib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert ETHERNET == 1
