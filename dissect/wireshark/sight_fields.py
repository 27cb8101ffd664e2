"""The fields that sights declare beside those of the headers: computed, told by other frames, or remarkable.

A sight names them as attributes and methods of its class, as declarations name theirs; they come under the names that
they have in Wireshark, with its types.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dissect.declaration.derived_fields import Derived, Expert
from dissect.declaration.kinds import (
    Boolean,
    Duration,
    HardwareAddress,
    Integer,
    IPv4Address,
    IPv6Address,
    Kind,
    MacAddress,
    Moment,
    Number,
    Octets,
    Signed,
    Text,
)
from dissect.errors import FieldAbsentError
from dissect.wireshark.field_types import (
    ABSOLUTE_TIME,
    BOOLEAN,
    BYTES,
    DOUBLE,
    ETHER,
    EUI64,
    FRAMENUM,
    INT32,
    IPV4,
    IPV6,
    NONE,
    RELATIVE_TIME,
    STRING,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    FieldType,
)
from dissect.wireshark.notices import PROTOCOL, Notice

__all__ = ["Computed", "Mark", "Noted", "computed", "learnt", "mark", "noted"]

_Value = TypeVar("_Value")


class Computed(Derived):
    """A field that Wireshark computes, by a method of the sight; `is_learnt` where only other frames tell the value.

    `words` makes of the value what the details say, where that is not the value alone. `facts` are the costly ones
    among those that tell the value (`dissect.flows.learner.Learner.costly`). `empty` stands for no bytes, and `shape`
    says how values are printed, where that is not as usual for the type. `fact` is the one that is the value in every
    whole header, and of those in `only_with` one at least is there in a header that has the field.
    """

    __slots__ = ("_fact", "facts", "is_learnt", "is_told", "method", "only_with", "told", "type", "words")

    def __init__(
        self, method: Callable[[Any, Any], Any], kind: FieldType, label: str, *, is_learnt: bool, **options: Any
    ) -> None:
        self.words: Callable[[Any], str] | None = options.pop("words", None)
        self.facts: tuple[str, ...] = options.pop("facts", ())
        self._fact: str = options.pop("fact", "")
        self.only_with: tuple[str, ...] = options.pop("only_with", ())
        self.is_told = False
        """Whether the value is a fact as it was learnt, of the name `told`; that of the field where this is ""."""
        self.told = ""
        empty: str = options.pop("empty", "")
        shape: Kind = options.pop("shape", None) or (Octets(empty) if empty else _KINDS[kind])
        super().__init__(_unbound, options.pop("width", kind.bits or 32), shape, label, **options)
        self.method = method
        self.type = kind
        self.is_learnt = is_learnt

    @property
    def fact(self) -> str:
        """The fact that is the value in every whole header; "" where the method has to be asked."""
        return self.told or self.name if self.is_told else self._fact


class Mark(Expert):
    """The name of a problem, which has no value, and what Wireshark says of it."""

    __slots__ = ("about", "notice")

    def __init__(self, label: str, title: str, notice: Notice, about: str) -> None:
        super().__init__(_unbound, 1, _BOOLEAN, label, title=title)
        self.notice = notice
        self.about = about


class Noted(Computed):
    """Something remarkable that is no problem of the record's own; its method tells in which words."""

    __slots__ = ("about", "notice", "tells")

    about: str
    notice: Notice
    tells: Callable[[Any], Any]

    def messages(self, record: Any) -> list[str]:
        """Return what is said of the record."""
        try:
            told = self.tells(record)
        except FieldAbsentError:
            return []
        return told if isinstance(told, list) else [] if told is None else [told]


def mark(
    label: str,
    title: str,
    severity: str = "Error",
    words: str | Callable[[Any], str] = "",
    *,
    group: str = PROTOCOL,
    about: str = "",
) -> Any:
    """Declare the display-filter name of a kind of problem, that of `header.problem(..., name=label)`.

    `severity`, `words` and `group` are those of Wireshark's notice, the words being the title where none are given;
    `about` names the field that the notice is about.
    """
    return Mark(label, title, Notice.of(severity, words or title, group), about)


def noted(
    label: str,
    title: str,
    severity: str,
    group: str,
    *,
    about: str = "",
    is_learnt: bool = False,
    only_with: tuple[str, ...] = (),
) -> Callable[[Callable[[Any, Any], _Value]], Callable[[Any, Any], _Value]]:
    """Declare a method of a sight, which takes a header, as what tells of something remarkable.

    It returns what Wireshark says, a list of several such messages, or None. `about` names the field that it is about,
    and of the facts in `only_with` one at least is there where there is something to say.
    """

    def declare(method: Callable[[Any, Any], _Value]) -> Callable[[Any, Any], _Value]:
        field: Any = Noted(
            _counted(method),
            NONE,
            label,
            title=title,
            is_learnt=is_learnt,
            only_with=only_with,
            doc=method.__doc__ or "",
        )
        field.notice, field.about, field.tells = Notice.of(severity, "", group), about, method
        return field  # type: ignore[no-any-return]

    return declare


def _counted(method: Callable[[Any, Any], Any]) -> Callable[[Any, Any], list[int] | None]:
    def count(sight: Any, record: Any) -> list[int] | None:
        told = method(sight, record)
        return None if told is None else [1] * len(told) if isinstance(told, list) else [1]

    return count


def learnt(label: str, kind: FieldType, title: str, fact: str = "", **options: Any) -> Any:
    """Declare a field whose value other frames tell: the fact of this name, or of the attribute's own."""

    def value(sight: Any, record: Any) -> Any:
        return record.learnt(fact or field.name)

    field = Computed(value, kind, label, title=title, is_learnt=True, **options)
    field.is_told, field.told = True, fact
    if fact:
        field.facts = (fact,)
    return field


def computed(
    label: str, kind: FieldType, *, is_learnt: bool = False, **options: Any
) -> Callable[[Callable[[Any, Any], _Value]], Callable[[Any, Any], _Value]]:
    """Declare a method of a sight, which takes a header, as a field that Wireshark computes, of this type.

    None means that the header has none, a list several of them. The value is in raw form: addresses are bytes. Of
    bytes, `empty` is what is printed where there are none and the field is there all the same.
    """

    def declare(method: Callable[[Any, Any], _Value]) -> Callable[[Any, Any], _Value]:
        field: Any = Computed(method, kind, label, is_learnt=is_learnt, doc=method.__doc__ or "", **options)
        return field  # type: ignore[no-any-return]

    return declare


def _unbound(record: Any) -> None:
    """Stand for the method of a sight until the sight is there, and for the function of a mark, which has none."""


_BOOLEAN = Boolean()
_KINDS: dict[FieldType, Kind] = {
    UINT8: Integer(),
    UINT16: Integer(),
    UINT32: Integer(),
    UINT64: Integer(),
    INT32: Signed(),
    FRAMENUM: Integer(),
    BOOLEAN: _BOOLEAN,
    NONE: _BOOLEAN,
    DOUBLE: Number(),
    BYTES: Octets(),
    STRING: Text(),
    IPV4: IPv4Address,
    IPV6: IPv6Address,
    ETHER: MacAddress,
    EUI64: HardwareAddress,
    ABSOLUTE_TIME: Moment(),
    RELATIVE_TIME: Duration(),
}
