"""From a declaration to its constructor, written out for each class."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct
from struct import error as StructError
from typing import Any

from dissect.declaration.automatic import Variant
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.generated import compiled
from dissect.declaration.kept import look_for_empty_slots
from dissect.declaration.kinds import Boolean
from dissect.declaration.layout import measure, patched, raw_default
from dissect.declaration.writing import build
from dissect.errors import FieldError

__all__ = ["FILL_IN", "complete"]

FILL_IN = " fill_in(self)"
"""The line by which the constructor of an entry computes what stands for its bytes."""
_NAMED = object()
"""Stands for a value without a name where none is given, as it should be."""


def complete(cls: type[Any]) -> None:
    """Give the class its constructor, written out for its fields."""
    look_for_empty_slots(cls)
    names: dict[str, Any] = {"AUTOMATIC": AUTOMATIC, "StructError": StructError, "FieldError": FieldError, "cls": cls}
    # A field may be called `type`.
    names |= {"type_of": type, "NAMED": _NAMED}
    lines = _constructor(cls, names)
    exec(compiled(lines, cls, "constructor"), names)
    names["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    cls.__init__ = names["__init__"]


def _field_by_field(cls: type[Any], names: dict[str, Any]) -> list[str]:
    """Return the lines of a constructor that leaves the bytes to `build`, because only values tell their places."""
    names["build"] = build
    names.update(cls._constructor_names())
    overlays = [field for field in cls.fields if field.over]
    extra, tail = cls._constructor_tail()
    names["overlay"] = _overlay
    positional = [f"{field.name}=AUTOMATIC" for field in cls.fields if not field.kw_only]
    keywords = [f"{field.name}=AUTOMATIC" for field in cls.fields if field.kw_only]
    below = {field.name: f"{field.name} is not AUTOMATIC" for field in _below(cls, overlays)}
    told = [field for field in cls.layout if field.when is None or field.name in below]
    lines = [f" values_by_name = {_by_name(cls.layout)}"]
    if overlays:
        first, second = _overlaid(overlays, below)
        lines += [
            first,
            # Second readings may have bits that say whether other fields are there, so these come after them.
            f"  build(self, dict.fromkeys(values_by_name, AUTOMATIC) | {_by_name(told)})",
            second,
            "  values_by_name |= {name: self.raw(name) for name in under}",
        ]
    return [
        f"def __init__({', '.join(_signature(positional, [*keywords, *extra]))}):",
        " if unknown: raise FieldError(cls.unknown_field(next(iter(unknown))))",
        " if nameless_value is not NAMED: cls._not_positional(nameless_value)",
        *lines,
        " build(self, values_by_name)",
        " automatic = self._automatic",
        *tail,
    ]


def _by_name(fields: Iterable[Field]) -> str:
    """Return Python for the arguments of these fields by their names."""
    return f"{{{', '.join(f'{field.name!r}: {field.name}' for field in fields)}}}"


def _constructor(cls: type[Any], names: dict[str, Any]) -> list[str]:
    if cls._mixed:
        return _field_by_field(cls, names)
    fixed = [field for field in cls.layout if field.width]
    variable = [field for field in cls.layout if not field.width]
    overlays = [field for field in cls.fields if field.over]
    positional: list[str] = []
    parameters: list[str] = []
    lines: list[str] = []
    for field in (*cls.layout, *overlays):
        name = field.name
        names[f"default_{name}"] = AUTOMATIC if field.mask or field.over else raw_default(field)
        names[f"store_{name}"] = field.kind.store
        (parameters if field.kw_only else positional).append(f"{name}=default_{name}")
    for field in fixed:
        name = field.name
        store = f"{name} = store_{name}({name}, {field.width})"
        looked_up = f"texts_{name}.get({name}) or remember(texts_{name}, store_{name}, {name}, {field.width})"
        names[f"texts_{name}"] = {}
        names["remember"] = _remember
        if isinstance(field.kind, Boolean) or field.kind.signed:
            checks = [store]
        elif field.kind.octets:
            fits = f"type_of({name}) is bytes and len({name}) == {field.width // 8}"
            checks = [f"if type_of({name}) is str: {name} = {looked_up}", f"elif not ({fits}): {store}"]
        elif field.kind.plain:
            checks = []
        else:
            checks = [f"if type_of({name}) is str: {name} = {looked_up}", f"elif type_of({name}) is not int: {store}"]
        if field.mask:
            lines.append(f"  if {name} is AUTOMATIC: automatic |= {field.mask}; {name} = 0")
            lines += ["  else:", *(f"   {line}" for line in checks)] if checks else []
        elif checks:
            # The default is stored already.
            lines += [f"  if {name} is not default_{name}:", *(f"   {line}" for line in checks)]
    for field in variable:
        lines.append(
            f"  if {field.name} is not default_{field.name}: {field.name} = store_{field.name}({field.name}, 0)"
        )
    for field in fixed:
        if isinstance(field.factory, Variant):
            # The number belongs to the class, so it is as good as given.
            number = field.factory.number_in(cls)
            lines.append(f"  if automatic & {field.mask}: {field.name} = {number}; automatic ^= {field.mask}")
        elif field.mask and field.factory.own:
            names[f"field_{field.name}"] = field
            names["measure"] = measure
            usual = " and ".join(f"{each.name} is default_{each.name}" for each in variable) or "True"
            defaults = {each.name: raw_default(each) for each in variable}
            before = sum(map(len, defaults.values()))
            least = measure(cls, field, defaults)
            if sum(map(len, defaults.values())) != before:
                # The defaults alone must be padded already.
                usual = "False"
            lines += [
                f"  if automatic & {field.mask}:",
                f"   if {usual}: {field.name} = {least}",
                "   else:",
                f"    pieces = {{{', '.join(f'{each.name!r}: {each.name}' for each in variable)}}}",
                f"    {field.name} = measure(cls, field_{field.name}, pieces)",
                *(f"    {each.name} = pieces[{each.name!r}]" for each in variable),
            ]
    layout, values, checks = _packing(fixed)
    if checks:
        lines.append(f"  if {' or '.join(checks)}: raise ValueError('bits')")
    names["pack"] = Struct(layout).pack
    packed = f"pack({', '.join(values)})" if fixed else "b''"
    lines.append(f"  buffer = {' + '.join([packed, *(field.name for field in variable)])}")
    names["overlay"] = _overlay
    extra, tail = cls._constructor_tail()
    names.update(cls._constructor_names())
    given = {
        field.name: f"not automatic & {field.mask}" if field.mask else f"{field.name} is not default_{field.name}"
        for field in _below(cls, overlays)
    }
    parameters = _signature(positional, [*parameters, *extra])
    return [
        f"def __init__({', '.join(parameters)}):",
        " if unknown: raise FieldError(cls.unknown_field(next(iter(unknown))))",
        " if nameless_value is not NAMED: cls._not_positional(nameless_value)",
        " automatic = 0",
        " try:",
        *lines,
        " except FieldError: raise",
        " except (ValueError, TypeError, StructError, AttributeError, OverflowError) as error:",
        f"  cls._refuse({_by_name(cls.layout)}, error)",
        " self._buffer = buffer",
        " self._start = 0",
        " self._body = len(buffer)",
        *(line for line in tail if line != FILL_IN),
        *_overlaid(overlays, given),
        # What is computed from the bytes comes last, for second readings change some of them.
        *(line for line in tail if line == FILL_IN),
    ]


def _remember(texts: dict[str, Any], store: Callable[[Any, int], Any], text: str, width: int) -> Any:
    """Convert a text and keep the result: programs that build frames give the same few over and over."""
    if len(texts) >= 1024:
        texts.clear()
    raw = texts[text] = store(text, width)
    return raw


def _below(cls: type[Any], overlays: list[Field]) -> list[Field]:
    """Return the fields whose bits can be given a second time; a number that belongs to the class is not given."""
    return [
        field
        for field in cls.layout
        if field.width and not isinstance(field.factory, Variant) and any(field.overlaps(over) for over in overlays)
    ]


def _overlaid(overlays: list[Field], given: dict[str, str]) -> list[str]:
    """Return the lines that set the overlays that were given, usually none; `given` tells whether a field below was."""
    if not overlays:
        return []
    below = ", ".join(f"{name!r}: {is_given}" for name, is_given in given.items())
    names = " is ".join(field.name for field in overlays)
    return [f" if not ({names} is AUTOMATIC):", f"  under = overlay(self, {_by_name(overlays)}, {{{below}}})"]


def _overlay(record: Any, values: dict[str, Any], given: dict[str, bool]) -> set[str]:
    """Store second readings of other fields' bits in a record that is being built, and return whose bits these are.

    Raises FieldError where what was given for the same bits says otherwise.
    """
    before = {
        name: record.raw(name) for name, is_given in given.items() if is_given and record._has(record.field(name))
    }
    stored: dict[str, Any] = {}
    under: set[str] = set()
    for name, value in values.items():
        if value is AUTOMATIC:
            continue
        field = record.field(name)
        stored[name] = record._store(field, value)
        for each in record.layout:
            if each.overlaps(field):
                under.add(each.name)
                record._automatic &= ~each.mask
        record._buffer = patched(record._buffer, record.span(field)[0], field.width, stored[name], little=field.little)
    cls = type(record).__name__
    for name, raw in (before | stored).items():
        if record.raw(name) != raw:
            field = record.field(name)
            others = [each for each in stored if each != name and field.overlaps(record.field(each))]
            said = " and ".join(f"{each}={values[each]!r}" for each in others)
            raise FieldError(
                f"{cls}.{name} and {said} contradict each other, for they are the same bits: give one of them"
            )
    return under


def _unsigned(field: Field) -> str:
    """Return Python for the field's bits; those of a signed number in two's complement."""
    return f"({field.name} & {(1 << field.width) - 1})" if field.kind.signed else field.name


def _packing(fixed: list[Field]) -> tuple[str, list[str], list[str]]:
    """Group the fixed fields into struct items: (format, value expressions, range checks)."""
    layout, values, checks = "!", [], []
    group: list[Field] = []
    for field in fixed:
        group.append(field)
        width = sum(each.width for each in group)
        if width % 8:
            continue
        letter = {8: "B", 16: "H", 32: "I", 64: "Q"}.get(width)
        if field.kind.octets:
            layout += f"{width // 8}s"
            values.append(field.name)
        elif field.little:
            layout += f"{width // 8}s"
            values.append(f"{_unsigned(field)}.to_bytes({width // 8}, 'little')")
        else:
            shift, terms = width, []
            for place, each in enumerate(group):
                shift -= each.width
                terms.append(f"{_unsigned(each)} << {shift}" if shift else _unsigned(each))
                if (place or letter is None) and not each.kind.signed:
                    # Too large a number in the first place makes the packing itself fail.
                    checks.append(f"{each.name} >> {each.width}")
            expression = " | ".join(terms)
            if letter is None:
                layout += f"{width // 8}s"
                expression = f"({expression}).to_bytes({width // 8}, 'big')"
            else:
                layout += letter
            values.append(expression)
        group = []
    return layout, values, checks


def _signature(positional: list[str], keywords: list[str]) -> list[str]:
    """Return the parameters of a constructor; what comes without a name or under an unknown one is told of.

    Fields stand behind a parameter that takes the first value without a name. Parameters that take a name alone would
    say the same, but Python looks for the default of each of those by its name, which takes longer than all else here.
    """
    return ["self", *positional, "nameless_value=NAMED", *keywords, "**unknown"]
