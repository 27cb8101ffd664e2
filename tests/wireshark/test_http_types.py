"""The types of bodies that Wireshark has dissectors for: as `Content-Type` has them, and none that is read here."""

from __future__ import annotations

import re

from dissect.protocols.http_bodies import FORM, body_class
from dissect.wireshark.http_types import READ_TYPES


def test_each_is_a_type_in_lower_case() -> None:
    # RFC 9110, section 8.3.1: a type and a subtype, in any case; "multipart/" stands for all others of its kind.
    assert all(re.fullmatch(r"[a-z]+/[a-z0-9.+_-]*", each) for each in READ_TYPES)
    assert [each for each in READ_TYPES if each.endswith("/")] == ["multipart/"]


def test_none_of_them_is_read_here() -> None:
    assert FORM not in READ_TYPES
    assert {body_class(each).__name__ for each in READ_TYPES if body_class(each)} <= {"Media"}
