"""What a header says of itself: its problems, and its words in lists and details."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import Any

from dissect.declaration.automatic import Checksum, HeaderLength, LengthOf, Selector, TotalLength, Variant
from dissect.declaration.chain import Linked
from dissect.declaration.checksum import ChecksumState
from dissect.declaration.decoder import MAXIMUM_DEPTH, field_of_role
from dissect.declaration.entry import EntryList, lists_end_early
from dissect.declaration.fields import Automatic, Field
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import OptionList
from dissect.declaration.problems import Problem
from dissect.errors import FieldAbsentError

__all__ = ["EVERYDAY", "Described", "as_far_as_there"]

EVERYDAY = frozenset(
    """
    bits checksum_state copy diagram explain fixed get hexdump info layers padded payload problems replace show source
    summary to_mermaid to_svg trailer
    """.split()
)
"""What people do with frames."""
_MACHINERY = "dissect.declaration"


class _Judged(NamedTuple):
    """A field of which something may be wrong in itself, and what may be."""

    field: Field
    is_conditional: bool
    factory: Automatic | None
    """What finds problems of it; None where nothing does."""
    lists_records: bool
    refers: bool
    is_expected: bool


@lru_cache(4096)
def _judged(cls: type[Any]) -> tuple[_Judged, ...]:
    """Return the fields of a class of headers of which something may be wrong in themselves."""
    found: list[_Judged] = []
    for field in cls.layout:
        factory, kind = field.factory, field.kind
        if factory is not None and type(factory).problems is Automatic.problems:
            factory = None
        lists_records = isinstance(kind, EntryList) and kind.of_records
        is_expected = field.expected is not None
        if factory is not None or lists_records or kind.refers or is_expected:
            found.append(_Judged(field, field.when is not None, factory, lists_records, kind.refers, is_expected))
    return tuple(found)


def as_far_as_there(method: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return a method that gives a header's title where `method` asks for a field that the header lacks."""

    @wraps(method)
    def told(header: Any) -> str:
        try:
            return method(header)
        except FieldAbsentError:
            return header.title or type(header).__name__

    return told


def _placed(problem: Problem, mine: Any, read: Any) -> Problem:
    """Return a problem at its byte of the frame that `mine` was parsed from; without one where it was not."""
    if problem.offset is None or mine is None or mine.offset is None or type(mine) is not type(read):
        return problem._replace(offset=None)
    return problem._replace(offset=problem.offset - read._start + mine.offset)


class Described(Linked):
    """A header's problems and summaries; a protocol's file overrides those in which it has more to say."""

    def __dir__(self) -> list[str]:
        """Return the fields, what is done with frames every day, and what the protocol itself adds: no machinery."""
        own: set[str] = set()
        machinery: set[str] = set()
        for cls in type(self).__mro__:
            (machinery if cls.__module__.startswith(_MACHINERY) or cls is object else own).update(vars(cls))
        own -= machinery
        return sorted({field.name for field in self.fields} | EVERYDAY | {name for name in own if name[0] != "_"})

    def problem(
        self,
        field: str,
        message: str,
        expected: object = "",
        found: object = "",
        severity: str = "error",
        *,
        name: str = "",
    ) -> Problem:
        """Return a problem of this header, placed at the field's byte in the frame.

        `name` is its display-filter name behind the protocol's. Numbers are told as the field is printed: in
        hexadecimal digits where it is.
        """
        offset = self.offset
        if offset is not None and field:
            try:
                offset += self.span(field)[0] // 8
            except FieldAbsentError:
                offset += self._body - self._start
        name = f"{self.name}.{name}" if name else ""
        declared = self._by_name.get(field)
        if declared is not None and declared.base == 16:
            expected, found = (
                f"{value:#0{-(-declared.width // 4) + 2}x}" if value.__class__ is int else value
                for value in (expected, found)
            )
        return Problem(self.name, field, offset, message, str(expected), str(found), severity, name)

    def checksum_state(self, name: str = "checksum", *, as_there: bool = False) -> ChecksumState:
        """Return whether the checksum field is good, bad, absent or cannot be verified.

        It cannot where a length says that there should be more; with `as_there` what was on the wire counts as all.
        """
        field = self.field(name)
        assert isinstance(field.factory, Checksum)
        return field.factory.state(self, field, as_there)

    def problems(self) -> list[Problem]:
        """Return what is wrong with this header and with those that it carries, outermost first.

        A frame that was built or changed knows what its bytes would tell when they are read, and besides where a
        selector says otherwise than what is carried, and where a length ends before the data do.
        """
        return [problem for _, problem in self.findings()]

    def findings(self) -> list[tuple[Any, Problem]]:
        """Return each problem with its header; None for one that only shows where the bytes are read."""
        read = self._as_read()
        if read is self or read is None:
            return [(header, problem) for header in self.layers() for problem in header.own_problems()]
        found: list[tuple[Any, Problem]] = []
        mine: Any = self
        while mine is not None or read is not None:
            is_same = type(mine) is type(read)
            if read is not None:
                # An echo request made a reply by its type stays of its class, its fields are in the same places.
                is_variant = mine is not None and mine.name == read.name and field_of_role(type(mine), Variant)
                owner = mine if is_same or is_variant else None
                found += [(owner, _placed(each, mine, read)) for each in read.own_problems()]
            if is_same:
                told = {problem.field for header, problem in found if header is mine}
                found += [(header, each) for header, each in mine.contradictions(read) if each.field not in told]
            if mine is not None:
                mine = mine.payload
            read = None if read is None else read.payload
        return found

    def contradictions(self, read: Any) -> Iterator[tuple[Any, Problem]]:
        """Yield, with its header, what only a header that was changed can have; `read` is it as its bytes are read."""
        header: Any = self
        for field in () if self.is_cut else self.layout:
            role = field.factory
            if self._automatic & field.mask or not header._has(field):
                continue
            if isinstance(role, TotalLength):
                short = role.falls_short(self, field)
                # Of a header that is not understood, as of another version, the length ends nothing.
                if short is not None and role.falls_short(read, field) is None:
                    yield header, short
            elif isinstance(role, (HeaderLength, LengthOf)):
                measured, claimed = header._measured(field), header.raw(field)
                if measured not in (-1, claimed):
                    yield header, self.problem(field.name, "differs from what it measures", measured, claimed)
        for problem in header._contradictions():
            yield header, problem
        carried, behind = header.payload, read.payload
        if carried is None or behind is None or type(carried) is type(behind) or carried.is_cut:
            return
        variant = field_of_role(type(carried), Variant)
        if variant is not None and carried.name == behind.name:
            name, number = type(behind).__name__, carried._variant_number
            yield carried, carried.problem(variant.name, f"is that of {name}", number, carried.raw(variant))

    def own_problems(self) -> Iterator[Problem]:
        """Yield what is wrong with this header alone."""
        if self.is_cut:
            there = self._body - self._start
            if not self.is_cut_by_capture(1):
                # The part of fixed length is cut, or what its fields say stands behind that.
                needed = f"at least {self.least_size}" if there < self.least_size else f"more than {there}"
                yield self.problem("", "is cut short", f"{needed} bytes", f"{there} bytes")
        else:
            for field, is_conditional, factory, lists_records, refers, is_expected in _judged(type(self)):
                if is_conditional and not self._has(field):
                    continue
                if factory is not None and not self._automatic & field.mask:
                    for problem in factory.problems(self, field):
                        named = field.wrong and not problem.name
                        yield problem._replace(name=f"{self.name}.{field.wrong}") if named else problem
                if lists_records:
                    yield from self._problems_listed(field)
                if refers:
                    for fault in self._reference_faults(field):
                        yield self.problem(field.name, fault)
                if is_expected and self.raw(field) != field.expected:
                    yield self.problem(field.name, "is unknown", field.expected, self.raw(field), name=field.wrong)
        deepest: Any = self if self._depth() >= MAXIMUM_DEPTH - 1 else None
        if deepest is not None and deepest.payload is not None and deepest.payload.name == "data":
            yield self.problem("", f"carries more than the {MAXIMUM_DEPTH} layers that are looked at")
        yield from self._contradictions()
        try:
            yield from self.check()
        except FieldAbsentError:
            # Of a header that is cut, a check has said what there was to say in front of the field that is not there.
            return

    def _contradictions(self) -> Iterator[Problem]:
        """Yield that what this header says it carries is something else than what it carries."""
        header: Any = self
        carried = header._payload if header.is_attached else header.payload
        read = header.read_again()
        if read is carried or read.name == carried.name:
            return
        selector = field_of_role(type(header), Selector)
        name = "" if selector is None else selector.name
        found = "" if selector is None else self.raw(selector)
        if header.number_of(carried):
            expected: object = header.number_of(carried)
            yield self.problem(name, f"does not stand for {carried.short_name()}, which is carried", expected, found)
        elif carried.name == "data":
            # Whoever gave bytes may well have meant them for what the number says.
            message = f"stands for {read.short_name()}, of which only the bytes were given"
            yield self.problem(name, message, found=found, severity="note")
        elif read.name == "data":
            yield self.problem(name, f"has no number for {carried.short_name()}, which is carried", found=found)
        else:
            message = f"makes {read.short_name()} of what is carried, which is {carried.short_name()}"
            yield self.problem(name, message, found=found)

    def problem_names(self) -> Iterator[str]:
        """Yield the display-filter names of this header's own problems, those that have one."""
        return (problem.name for problem in self.own_problems() if problem.name)

    def option_problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the options that this header lists, each at its own byte."""
        for field in self.layout:
            if isinstance(field.kind, OptionList):
                yield from self._problems_listed(field)

    def _problems_listed(self, field: Field) -> Iterator[Problem]:
        kind: Any = field.kind
        for raw in field.values(self):
            for entry in kind.entries(self, raw):
                for found in entry.problems():
                    problem = entry.problem(found) if isinstance(found, str) else found
                    placed = self.problem(field.name, f"{type(entry).__name__} {problem.message}")
                    offset = None if placed.offset is None else placed.offset + entry._start
                    yield placed._replace(offset=offset, severity=problem.severity, name=problem.name)

    def check(self) -> Iterator[Problem]:
        """Yield the problems that only this protocol knows of; a protocol's file overrides this."""
        return iter(())

    def tells_names(self) -> Iterator[tuple[str, str]]:
        """Yield the addresses whose names the header tells, each with the name; a protocol's file overrides this.

        Nothing is raised, whatever the header holds.
        """
        return iter(())

    def info(self) -> str:
        """Return one line about this header; the title alone where it lacks a field that the line tells of."""
        return self.title or type(self).__name__

    def headline(self) -> str:
        """Return the header's line in the details of a frame: its title and, where it is there, what matters most."""
        return self.title or type(self).__name__

    def lists_end_early(self) -> bool:
        """Whether what the header lists holds an entry of which bytes are missing, with which the header ends."""
        return lists_end_early(self)

    def listed_name(self) -> str:
        """Return what lists call the protocol; "" for its short name, which the versions of a protocol may not have."""
        return ""

    def short_name(self) -> str:
        """Return the name that people write for the protocol: that of its class, "TCP"."""
        name = type(self).__name__
        for base in type(self).__mro__:
            # The forms of a header are classes of their own, and all of them go by the name of the first.
            if issubclass(base, Described) and base.name == self.name and not base.__name__.startswith("_"):
                name = base.__name__
        return name
