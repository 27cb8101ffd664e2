"""Codes and flags: integers with names that keep values nobody has named."""

from __future__ import annotations

from collections.abc import Mapping
from enum import KEEP, EnumType, IntEnum, IntFlag
from typing import TYPE_CHECKING, Any, Self, overload

from dissect.errors import FieldError

__all__ = ["Code", "Flags"]


_NO_TITLES: dict[int, str] = {}


class Code(IntEnum):
    """An enumerated field: its members have names, and any other number is kept as it is.

    A member's `title` is what people read; an unknown number's title is "Unknown".
    Text is accepted where a member is wanted, in any case and with spaces or dashes for
    underscores: `ARP(opcode="reply")`, `ARPOperation("reply")`; and a member equals its name:
    `frame[ARP].opcode == "reply"`.
    """

    title: str

    def __new__(cls, value: int | str, title: str = "") -> Self:
        member = int.__new__(cls, value)
        member._value_ = int(member)
        member.title = title
        return member

    def __init__(self, value: int | str, title: str = "") -> None:
        if not self.title:
            self.title = self._name_.replace("_", " ").capitalize()

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if isinstance(value, str):
            try:
                return cls.named(value)
            except ValueError as reason:
                raise FieldError(f"{value!r} is no {cls.__name__}, expected {reason}") from None
        if not isinstance(value, int):
            return None
        unknown = int.__new__(cls, value)
        unknown._name_ = f"{value:#x}"
        unknown._value_ = int(value)
        unknown.title = cls.other_titles().get(int(value), "Unknown")
        # Bounded by the width of the field that the number came from.
        return cls._value2member_map_.setdefault(int(value), unknown)  # type: ignore[return-value]

    @classmethod
    def other_titles(cls) -> Mapping[int, str]:
        """Titles of numbers that are no members."""
        return _NO_TITLES

    @property
    def known(self) -> bool:
        """Whether the number has a name."""
        return self._name_ in type(self)._member_map_

    @classmethod
    def named(cls, text: str) -> Self:
        """Return the member with this name; ValueError names some that exist, and the nearest."""
        member = cls.member_written(text)
        if member is None:
            names = ", ".join(known.lower() for known in list(cls._member_map_)[:8])
            near = cls._nearest(cls.written_name(text))
            hint = f"; did you mean {near.lower()!r}?" if near else ""
            raise ValueError(f"a number or one of {names} …{hint}")
        return member

    @staticmethod
    def written_name(text: str) -> str:
        """Return a text as names are written: in upper case, with underscores for spaces and dashes."""
        return text.strip().upper().replace(" ", "_").replace("-", "_")

    @classmethod
    def member_written(cls, text: str) -> Self | None:
        """Return the member with this name, None where there is none."""
        return cls._member_map_.get(cls.written_name(text))  # type: ignore[return-value]

    @classmethod
    def _nearest(cls, name: str) -> str:
        """Return the member that is meant by one that there is not: cut short, with words too many, or misspelt."""
        from difflib import get_close_matches

        words = name.split("_")
        longer = [known for known in cls._member_map_ if name and known.startswith(name)]
        shorter = [known for known in cls._member_map_ if all(word in words for word in known.split("_"))]
        return next(iter([*longer, *shorter, *get_close_matches(name, cls._member_map_, 1)]), "")

    @property
    def word(self) -> str:
        """The name in lower case, which a constructor takes; the number's text when unknown."""
        return self._name_.lower()

    def __str__(self) -> str:
        return self.title if self.known else f"{self.title} ({int(self)})"

    def __format__(self, specification: str) -> str:
        return _formatted(self, specification)

    def __eq__(self, other: object) -> bool:
        if other.__class__ is str:
            name: Any = other
            return type(self).member_written(name) is self
        return int.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = int.__hash__

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self._name_}: {int(self)}>"


def _formatted(value: int, specification: str) -> str:
    """Return a number with a name as a format says: the number for a format of numbers, and else the text."""
    is_of_numbers = specification[-1:] in tuple("bcdoxXneEfFgG%")
    return format(int(value) if is_of_numbers else str(value), specification)


class _TakesLetters(EnumType):
    """Gives each set of flags the operators of `Flags`: `enum` gives every class its own, which know no letters."""

    def __new__(metacls, name: str, bases: tuple[type, ...], body: Any, **options: Any) -> Any:
        made = super().__new__(metacls, name, bases, body, **options)
        for base in bases:
            if isinstance(base, _TakesLetters):
                for operator in ("__or__", "__and__", "__xor__", "__ror__", "__rand__", "__rxor__"):
                    setattr(made, operator, getattr(base, operator))
        return made


class Flags(IntFlag, metaclass=_TakesLetters, boundary=KEEP):
    """A set of single bits that is written and shown as letters, lowest bit first: "SA".

    A subclass gives its letters in `letters()`, lowest bit first; bits without a letter are
    shown as "+0x…". Comparison with text reads the text, so the order of its letters is free; letters are
    tested, added and taken away as well: `"S" in flags`, `flags |= "A"`, `flags -= "P"`.
    """

    if TYPE_CHECKING:

        def __new__(cls, value: int | str) -> Self:
            """Return the flags with this value, or those that letters name."""

    @classmethod
    def letters(cls) -> tuple[str, ...]:
        """The letters of the bits, lowest bit first."""
        return ()

    @classmethod
    def separator(cls) -> str:
        """What stands between two letters: nothing, or "+" where they are words."""
        return ""

    @classmethod
    def of(cls, value: int) -> Self:
        """Return the flags with this value, quickly."""
        return cls._value2member_map_.get(value) or cls(value)  # type: ignore[return-value]

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the flags that the text names; ValueError for an unknown letter."""
        letters, separator = cls.letters(), cls.separator()
        value = 0
        rest, plus, number = text.partition("+0x")
        if plus:
            value = int(number, 16)
        names = rest.upper().split(separator) if separator else list(rest.upper())
        for name in names:
            if name in letters:
                value |= 1 << letters.index(name)
            elif name.strip() and name != ".":
                raise ValueError(f"letters of {(separator or '').join(letters)!r}")
        return cls(value)

    def __str__(self) -> str:
        value = int(self)
        letters = self.letters()
        text = self.separator().join(letter for bit, letter in enumerate(letters) if value >> bit & 1)
        rest = value >> len(letters) << len(letters)
        return f"{text}+{rest:#x}" if rest else text

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self)!r}: {int(self):#x}>"

    def __format__(self, specification: str) -> str:
        return _formatted(self, specification)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_"):
            raise FieldError(
                f"{type(self).__name__} are a value that cannot be changed in place; "
                'add and take away letters where the header has them: header.flags |= "S", header.flags -= "S"'
            )
        object.__setattr__(self, name, value)

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return cls._meant(value) if isinstance(value, str) else super()._missing_(value)

    @classmethod
    def _meant(cls, other: Any) -> Any:
        """Return the flags that letters name, and anything else as it is; FieldError for letters that there are not."""
        if not isinstance(other, str):
            return other
        try:
            return cls.read(other)
        except ValueError as reason:
            raise FieldError(f"{other!r} is no {cls.__name__}, expected {reason}") from None

    def __contains__(self, other: object) -> bool:
        """Whether all of these flags are set: `"SA" in flags`, `TCPFlags.SYN in flags`."""
        meant = self._meant(other)
        if not isinstance(meant, int):
            raise FieldError(f"{other!r} is no {type(self).__name__}, expected letters or flags")
        return int(self) & meant == meant

    def __or__(self, other: int | str) -> Self:
        return type(self)(int(self) | self._meant(other))

    def __and__(self, other: int | str) -> Self:
        return type(self)(int(self) & self._meant(other))

    def __xor__(self, other: int | str) -> Self:
        return type(self)(int(self) ^ self._meant(other))

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__

    @overload  # type: ignore[override]
    def __add__(self, other: str) -> Self: ...
    @overload
    def __add__(self, other: int) -> int: ...
    def __add__(self, other: int | str) -> Self | int:
        """Return these flags and those that letters name; and a number more where it is one."""
        return self | other if isinstance(other, str) else int(self) + other

    @overload  # type: ignore[override]
    def __sub__(self, other: str) -> Self: ...
    @overload
    def __sub__(self, other: int) -> int: ...
    def __sub__(self, other: int | str) -> Self | int:
        """Return these flags without those that letters name; less a number where it is one."""
        return type(self)(int(self) & ~int(self._meant(other))) if isinstance(other, str) else int(self) - other

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            try:
                return int(self) == int(self.read(other))
            except ValueError:
                return False
        return int.__eq__(self, other) if isinstance(other, int) else NotImplemented

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    def __hash__(self) -> int:
        return int.__hash__(self)
