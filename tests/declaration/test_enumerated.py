from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, ARPOperation, EtherType, FieldError, IPProtocol, IPv4, IPv4Flags, TCPFlags


def test_a_code_is_its_number() -> None:
    assert EtherType.IPV4 == 0x0800
    assert int(EtherType.IPV4) == 0x0800
    assert EtherType(0x0800) is EtherType.IPV4
    assert EtherType.IPV4.known
    assert EtherType.IPV4.title == str(EtherType.IPV4) == "IPv4"
    assert repr(EtherType.IPV4) == "<EtherType.IPV4: 2048>"


def test_an_unknown_code_is_kept() -> None:
    code = EtherType(0x1234)
    assert code == 0x1234
    assert not code.known
    assert str(code) == "Unknown (4660)"
    assert EtherType(0x1234) is code
    assert code not in list(EtherType)


def test_what_is_no_number_is_no_code() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        EtherType("nonsense")


@pytest.mark.parametrize("text", ["reverse_request", "Reverse Request", "REVERSE-REQUEST", " reverse request "])
def test_ways_to_write_a_name(text: str) -> None:
    assert ARPOperation.named(text) is ARPOperation.REVERSE_REQUEST


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="a number or one of request, reply"):
        ARPOperation.named("shout")
    with pytest.raises(ValueError, match=r"; did you mean 'reverse_reply'\?$"):
        ARPOperation.named("Reverse Rely")


def test_a_word_names_the_member_again() -> None:
    for member in IPProtocol:
        assert IPProtocol.named(member.word) is member


def test_codes_are_copied_and_pickled() -> None:
    for code in (EtherType.IPV4, EtherType(0x1234)):
        assert copy.deepcopy(code) == code
        assert pickle.loads(pickle.dumps(code)) == code


def test_flags_as_letters() -> None:
    flags = TCPFlags.SYN | TCPFlags.ACK
    assert str(flags) == "SA"
    assert flags == "SA"
    assert flags == "AS"
    assert flags == 0x12
    assert flags != "S"
    assert flags != "no flags"
    assert not flags.__ne__("SA")
    assert repr(flags) == "<TCPFlags 'SA': 0x12>"
    assert TCPFlags.SYN in flags
    assert str(TCPFlags(0)) == ""
    assert hash(flags) == hash(0x12)


def test_flags_as_words() -> None:
    assert str(IPv4Flags.DF | IPv4Flags.MF) == "MF+DF"
    assert IPv4Flags.read("df+mf") == 3
    assert IPv4Flags.read("") == 0


def test_unknown_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="letters of 'FSRPAUECN'"):
        TCPFlags.read("SX")
    with pytest.raises(ValueError, match="letters of"):
        IPv4Flags.read("MF+XX")


def test_bits_without_a_letter_are_kept() -> None:
    flags = TCPFlags(0x212)
    assert str(flags) == "SA+0x200"
    assert TCPFlags.read("SA+0x200") == 0x212


@given(st.integers(0, 0xFFFF))
def test_flags_text_and_back(value: int) -> None:
    assert TCPFlags.read(str(TCPFlags(value))) == value
    assert TCPFlags.of(value) == TCPFlags(value) == value


@given(st.integers(0, 7))
def test_words_of_flags_and_back(value: int) -> None:
    assert IPv4Flags.read(str(IPv4Flags(value))) == value


def test_letters_are_tested_added_and_taken_away() -> None:
    flags = TCPFlags.read("SA")
    assert "S" in flags
    assert "SA" in flags
    assert TCPFlags.SYN in flags
    assert "F" not in flags
    assert "SF" not in flags
    flags |= "P"
    assert flags == "SAP"
    flags -= "A"
    assert flags == "SP"
    assert [str(each) for each in (flags & "SF", flags ^ "PF", "R" | flags)] == ["S", "FS", "SRP"]
    assert isinstance("R" | flags, TCPFlags)
    assert [str(each) for each in (flags | 1, flags & ~TCPFlags.SYN)] == ["FSP", "P"]
    assert flags - 2 == 8
    assert "DF" in IPv4(flags="DF").flags
    assert "MF" not in IPv4(flags="DF").flags
    with pytest.raises(FieldError, match="expected letters"):
        "X" in flags  # noqa: B015 - the question itself is refused
    with pytest.raises(FieldError, match="expected letters"):
        flags -= "?"
    segment = TCP(flags="S")
    segment.flags |= "A"
    assert segment.flags == "SA"


def test_text_names_codes_and_flags_where_they_are_made() -> None:
    assert ARPOperation("reply") is ARPOperation.REPLY
    assert IPProtocol("TCP") is IPProtocol.TCP
    assert TCPFlags("SA") == TCPFlags.SYN | TCPFlags.ACK
    with pytest.raises(FieldError, match=r"^'tpc' is no IPProtocol, expected a number .*; did you mean 'tcp'\?$"):
        IPProtocol("tpc")
    with pytest.raises(FieldError, match=r"^'SX' is no TCPFlags, expected letters of 'FSRPAUECN'$"):
        TCPFlags("SX")


def test_a_code_equals_its_name() -> None:
    code = IPv4(protocol=6).protocol
    assert code == "tcp"
    assert code == "TCP"
    assert code in ("udp", "tcp")
    assert code != "udp"
    assert not code.__ne__("tcp")
    assert code != "nonsense"
    assert IPv4(protocol=253).protocol != ""
    assert (code == 6, {6: "six"}[code], code is None) == (True, "six", False)


def test_a_format_pads_the_text_or_the_number() -> None:
    code, flags = IPProtocol.TCP, TCPFlags("SA")
    assert f"{code:>5}|{code:<5}|{code}|{code:>3d}|{code:x}" == "  TCP|TCP  |TCP|  6|6"
    assert f"{flags:>5}|{flags:<5}|{flags}|{flags:>3d}|{flags:#x}" == "   SA|SA   |SA| 18|0x12"


def test_flags_are_added_by_letters_and_changed_in_the_header_alone() -> None:
    segment = TCP(flags="S")
    segment.flags += "A"
    assert segment.flags == "SA"
    assert segment.flags + 1 == 19
    with pytest.raises(FieldError, match=r"cannot be changed in place; .*header\.flags \|= "):
        segment.flags.F = True


def test_what_is_meant_by_a_name_with_words_too_many_or_letters_too_few() -> None:
    with pytest.raises(FieldError, match=r"did you mean 'reverse_reply'\?$"):
        ARPOperation("reverse_rep")
    with pytest.raises(FieldError, match=r"did you mean 'reply'\?$"):
        ARPOperation("arp reply")
