from __future__ import annotations

from dissect.protocols.tls_extension import MalformedTLSExtension, TLSExtension, UnknownTLSExtension
from dissect.protocols.tls_extensions import CLIENT_EXTENSIONS, MaximumFragmentLength
from tests.protocols.tls_hello_bytes import extensions_of


def test_types_without_a_class_keep_their_bytes() -> None:
    (extension,) = extensions_of(bytes.fromhex("fafa 0001 00"))
    assert isinstance(extension, UnknownTLSExtension)
    assert (extension.raw("type"), extension.length, extension.data) == (0xFAFA, 1, b"\0")
    assert bytes(extension) == bytes.fromhex("fafa 0001 00")


def test_a_length_past_the_list_is_no_extension() -> None:
    known, malformed = extensions_of(bytes.fromhex("0001 0001 02 fafa 0009 00"))
    assert isinstance(known, MaximumFragmentLength)
    assert isinstance(malformed, MalformedTLSExtension)
    assert malformed.data == bytes.fromhex("fafa 0009 00")


def test_more_than_its_fields_is_a_problem_of_a_known_extension() -> None:
    (right,) = extensions_of(bytes.fromhex("0001 0001 02"))
    (longer,) = extensions_of(bytes.fromhex("0001 0003 02 0000"))
    assert not list(right.problems())
    assert [str(problem) for problem in longer.problems()] == ["has 3 bytes, which is not what its fields take"]
    assert bytes(longer) == bytes.fromhex("0001 0003 02 0000")


def test_all_lists_are_of_one_family() -> None:
    assert CLIENT_EXTENSIONS.family is TLSExtension
