"""Lists of plain numbers: people give numbers or names, and read them again."""

from __future__ import annotations

import pytest

from dissect import FieldError
from dissect.protocols.tls_certificate_extensions import SignatureSchemeNumber
from dissect.protocols.tls_key_extensions import SupportedGroups
from dissect.protocols.tls_vectors import NumberList

LIST = NumberList(SignatureSchemeNumber)


@pytest.mark.parametrize(
    "value", [["rsa_pss_rsae_sha256", 0x0403], [0x0804, "ecdsa_secp256r1_sha256"], bytes.fromhex("0804 0403"),
              [SignatureSchemeNumber(0x0804), SignatureSchemeNumber(0x0403)]],
)  # fmt: skip
def test_numbers_names_records_and_bytes_are_the_same(value: object) -> None:
    raw = LIST.store(value, 0)
    assert raw == bytes.fromhex("0804 0403")
    assert LIST.source(raw, 16) == "['rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256']"


def test_what_is_no_whole_number_stays_as_bytes() -> None:
    raw = bytes.fromhex("0804 04")
    assert LIST.source(raw, 16) == "['rsa_pss_rsae_sha256', b'\\x04']"
    assert LIST.store(eval(LIST.source(raw, 16)), 0) == raw


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(FieldError):
        SupportedGroups([70000])
    with pytest.raises(FieldError):
        SupportedGroups("x25519")
