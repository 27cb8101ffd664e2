from __future__ import annotations

import pytest

from dissect import (
    MSS,
    SACK,
    TCP,
    EndOfTCPOptions,
    Ethernet,
    FastOpen,
    IPv4,
    MalformedTCPOption,
    MD5Signature,
    Option,
    SACKPermitted,
    TCPAuthentication,
    TCPNoOperation,
    Timestamps,
    UnknownTCPOption,
    UserTimeout,
    WindowScale,
    parse,
)
from dissect.errors import FieldError

CASES: list[tuple[str, Option]] = [
    ("00 000000", EndOfTCPOptions(padding=bytes(3))),
    ("01", TCPNoOperation()),
    ("02 04 05b4", MSS(1460)),
    ("02 04 ffff", MSS(value=65535)),
    ("03 03 07", WindowScale(7)),
    ("03 03 0e", WindowScale(14)),
    ("04 02", SACKPermitted()),
    ("05 02", SACK()),
    ("05 0a 00000001 00000002", SACK([(1, 2)])),
    ("05 22" + "00000001 00000002" * 4, SACK([(1, 2)] * 4)),
    ("08 0a 00000001 ffffffff", Timestamps(value=1, echo=0xFFFFFFFF)),
    ("13 12" + "ab" * 16, MD5Signature(b"\xab" * 16)),
    ("1c 04 8005", UserTimeout(in_minutes=1, value=5)),
    ("22 02", FastOpen()),
    ("22 0a 0102030405060708", FastOpen(bytes(range(1, 9)))),
    ("fe 04 f989", UnknownTCPOption(kind=254, data=b"\xf9\x89")),
]


@pytest.mark.parametrize(("raw", "option"), CASES)
def test_construct_and_deconstruct(raw: str, option: Option) -> None:
    data = bytes.fromhex(raw)
    assert bytes(option) == data
    assert TCP(options=data).options[0] == option
    assert list(option.problems()) == []


@pytest.mark.parametrize(
    "raw",
    ["02", "02 00", "02 01", "02 03 05", "02 05 05b400", "03 04 0700", "05 09 00000000000000", "08 09 00000000000000"],
)
def test_impossible_length(raw: str) -> None:
    data = bytes.fromhex(raw)
    segment = TCP(options=data)
    option = segment.options[0]
    assert type(option) in (UnknownTCPOption, MalformedTCPOption)
    assert [problem for problem in segment.problems() if problem.field == "options"]
    assert bytes(segment)[20 : 20 + len(data)] == data


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (WindowScale(15), "has the shift 15, expected at most 14"),
        (MD5Signature(b"short"), "has a digest of 5 bytes, expected 16"),
        (FastOpen(b"abc"), "has a cookie of 3 bytes, expected an even number from 4 to 16"),
        (FastOpen(b"a" * 18), "has a cookie of 18 bytes, expected an even number from 4 to 16"),
        (EndOfTCPOptions(padding=b"\1"), "is followed by bytes that are not zero"),
    ],
)
def test_problems(option: Option, sentence: str) -> None:
    (found,) = option.problems()
    assert (found if isinstance(found, str) else found.message) == sentence
    (problem,) = [
        problem for problem in TCP(options=[option]).problems() if problem.message.startswith(type(option).__name__)
    ]
    assert problem.message == f"{type(option).__name__} {sentence}"


@pytest.mark.parametrize(
    ("cls", "name", "value", "expected"),
    [
        (MSS, "value", 65536, "0 to 65535"),
        (WindowScale, "shift", -1, "0 to 255"),
        (Timestamps, "value", 1 << 32, "0 to 4294967295"),
        (UserTimeout, "value", 1 << 15, "0 to 32767"),
        (UserTimeout, "in_minutes", 2, "0 to 1"),
        (SACK, "blocks", [(1,)], "pairs of numbers below 2"),
        (FastOpen, "cookie", "text", "bytes"),
    ],
)
def test_errors_name_field_value_and_range(cls: type[Option], name: str, value: object, expected: str) -> None:
    with pytest.raises(FieldError) as caught:
        cls(**{name: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"{cls.__name__}.{name} is {value!r}, expected ")
    assert expected in sentence


def test_an_authentication_has_two_keys_and_a_code() -> None:
    option = TCPAuthentication(key=1, next_key=2, code=bytes(range(12)))
    assert bytes(option).hex() == "1d100102000102030405060708090a0b"
    frame = parse(bytes(Ethernet() / IPv4() / TCP(flags="A", options=[option])))
    assert (frame[TCP].options, frame.problems()) == ((option,), [])
    assert (frame["tcp.options.ao.keyid"], frame["tcp.options.ao.rnextkeyid"]) == (1, 2)
    assert frame["tcp.options.ao.mac"] == bytes(range(12))
    assert frame.summary().endswith("TCP AO")
    (short, _) = parse(bytes(Ethernet() / IPv4() / TCP(options=b"\x1d\3\1\0")))[TCP].options
    assert isinstance(short, UnknownTCPOption)
    assert short.expected_length == 4
