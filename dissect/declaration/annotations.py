"""The types of fields that take more than they give, for type checkers.

A field is annotated with one of these, and its `__get__` and `__set__` say what it gives and takes. At run time the
declaration puts properties in their place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dissect.declaration.enumerated import Code, Flags

if TYPE_CHECKING:
    import ipaddress

__all__ = ["Address", "Coding", "Flagging", "Listing"]

_Member = TypeVar("_Member", bound=Code, covariant=True)
_Item = TypeVar("_Item")
_FlagsType = TypeVar("_FlagsType", bound=Flags, covariant=True)


class Coding(Generic[_Member]):
    """The type of an enumerated field: gives the enumeration's member, takes a number or a name."""

    def __get__(self, record: object, owner: Any = None) -> _Member:
        raise NotImplementedError

    def __set__(self, record: object, value: int | str) -> None:
        raise NotImplementedError


class Flagging(Generic[_FlagsType]):
    """The type of a field of flags: gives the flags, takes a number or letters."""

    def __get__(self, record: object, owner: Any = None) -> _FlagsType:
        raise NotImplementedError

    def __set__(self, record: object, value: int | str) -> None:
        raise NotImplementedError


class Listing(Generic[_Item]):
    """The type of a list: gives a tuple, takes bytes, or such items and bytes in any order."""

    def __get__(self, record: object, owner: Any = None) -> tuple[_Item, ...]:
        raise NotImplementedError

    def __set__(self, record: object, value: Iterable[_Item | bytes] | bytes) -> None:
        raise NotImplementedError


class Address:
    """The type of an address: gives text, takes text, bytes, an integer, or an object of `ipaddress`."""

    def __get__(self, record: object, owner: Any = None) -> str:
        raise NotImplementedError

    def __set__(self, record: object, value: str | bytes | int | ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
        raise NotImplementedError
