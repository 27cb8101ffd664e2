"""From a declaration to its constructor, written out for each class."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct
from struct import error as StructError
from typing import Any, NoReturn

from dissect.declaration.automatic import Variant
from dissect.declaration.fields import AUTOMATIC, Field, SetOfValues
from dissect.declaration.generated import compiled
from dissect.declaration.kept import look_for_empty_slots
from dissect.declaration.kinds import Boolean
from dissect.declaration.layout import measure, patched, raw_default
from dissect.declaration.writing import build
from dissect.errors import FieldError

__all__ = ["FILL_IN", "complete"]

FILL_IN = " fill_in(self)"
"""The line by which the constructor of an entry computes what stands for its bytes."""
_CHECKS = 3
"""The lines at the beginning of a constructor that look at names alone."""
_NAMED = object()
"""Stands for a value without a name where none is given, as it should be."""


def complete(cls: type[Any]) -> None:
    """Give the class its constructor, written out for its fields."""
    look_for_empty_slots(cls)
    names: dict[str, Any] = {"AUTOMATIC": AUTOMATIC, "StructError": StructError, "FieldError": FieldError, "cls": cls}
    # A field may be called `type`.
    names |= {"type_of": type, "NAMED": _NAMED, "SetOfValues": SetOfValues, "no_set": _refuse_set}
    lines = _standing_for_several(cls, _constructor(cls, names), names)
    exec(compiled(lines, cls, "constructor"), names)
    names["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    cls.__init__ = names["__init__"]


def _standing_for_several(cls: type[Any], lines: list[str], names: dict[str, Any]) -> list[str]:
    """Return the lines of a constructor; that of a header takes sets of values as well, where they are refused."""
    if not hasattr(cls, "layers"):
        return lines
    given = f"{_by_name(cls.layout)} | other_values"
    return [
        lines[0],
        *lines[1:_CHECKS],
        " automatic = 0",
        " try:",
        *(f" {line}" for line in lines[_CHECKS:]),
        " except FieldError:",
        f"  if not takes_sets(self, {given}, automatic, payload, trailer): raise",
    ]


def _field_by_field(cls: type[Any], names: dict[str, Any]) -> list[str]:
    """Return the lines of a constructor that leaves the bytes to `build`, because only values tell their places."""
    names["build"] = build
    names.update(cls._constructor_names())
    overlays = [field for field in cls.fields if field.over]
    extra, tail = cls._constructor_tail()
    positional = [f"{field.name}=AUTOMATIC" for field in cls.layout if not field.kw_only]
    keywords = [f"{field.name}=AUTOMATIC" for field in cls.layout if field.kw_only]
    below = {field.name: f"{field.name} is not AUTOMATIC" for field in _below(cls, overlays)}
    told = [field for field in cls.layout if field.when is None or field.name in below]
    lines = [f" values_by_name = {_by_name(cls.layout)}"]
    if overlays:
        first, second = _overlaid(below)
        lines += [
            first,
            # Second readings may have bits that say whether other fields are there, so these come after them.
            f"  build(self, dict.fromkeys(values_by_name, AUTOMATIC) | {_by_name(told)})",
            second,
            "  values_by_name |= {name: self.raw(name) for name in under}",
        ]
    return [
        *_beginning(cls, names, positional, [*keywords, *extra]),
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
    positional: list[str] = []
    keywords: list[str] = []
    for field in cls.layout:
        names[f"default_{field.name}"] = AUTOMATIC if field.mask else raw_default(field)
        names[f"store_{field.name}"] = field.kind.store
        (keywords if field.kw_only else positional).append(f"{field.name}=default_{field.name}")
    lines: list[str] = []
    for field in variable:
        # The default is stored already, and a set of values could be taken for a list of options.
        name = field.name
        lines.append(f"  if {name} is not default_{name}:")
        lines.append(f"   {name} = store_{name}({name}, 0) if not isinstance({name}, SetOfValues) else no_set()")
    layout, values, narrow = _packing(fixed)
    for field in fixed:
        checks = _checks(field, names)
        if field in narrow:
            checks.append(f"if {field.name} >> {field.width}: raise ValueError('bits')")
        indented = [f"   {line}" for line in checks]
        if not field.mask:
            lines += [f"  if {field.name} is not default_{field.name}:", *indented] if checks else []
            continue
        lines.append(f"  if {field.name} is AUTOMATIC:")
        if isinstance(field.factory, Variant):
            # The number belongs to the class, so it is as good as given.
            lines.append(f"   {field.name} = {field.factory.number_in(cls)}")
        else:
            # The sum is that of bits that differ, and quicker than to set them.
            lines.append(f"   automatic += {field.mask}")
            measured = field.factory is not None and field.factory.own
            lines += _measured(cls, field, variable, names) if measured else [f"   {field.name} = 0"]
        lines += ["  else:", *indented] if checks else []
    names["pack"] = Struct(layout).pack
    packed = f"pack({', '.join(values)})" if fixed else "b''"
    lines.append(f"  buffer = {packed}")
    # Usually there is nothing of variable length, and nothing to put together.
    lines += [f"  if {field.name}: buffer += {field.name}" for field in variable]
    extra, tail = cls._constructor_tail()
    names.update(cls._constructor_names())
    overlays = [field for field in cls.fields if field.over]
    given = {
        field.name: f"not automatic & {field.mask}" if field.mask else f"{field.name} is not default_{field.name}"
        for field in _below(cls, overlays)
    }
    return [
        *_beginning(cls, names, positional, [*keywords, *extra]),
        " automatic = 0",
        " try:",
        *lines,
        " except FieldError: raise",
        " except (ValueError, TypeError, StructError, AttributeError, OverflowError) as error:",
        f"  cls._refuse({_by_name(cls.layout)}, error)",
        " self._buffer = buffer",
        " self._start = 0",
        f" self._body = {'len(buffer)' if variable else cls.least_size}",
        *(line for line in tail if line != FILL_IN),
        *(_overlaid(given) if overlays else []),
        # What is computed from the bytes comes last, for second readings change some of them.
        *(line for line in tail if line == FILL_IN),
    ]


def _checks(field: Field, names: dict[str, Any]) -> list[str]:
    """Return the lines that make the raw form of a value that was given; none for a number as it is."""
    name = field.name
    store = f"{name} = store_{name}({name}, {field.width})"
    if isinstance(field.kind, Boolean) or field.kind.signed:
        return [store]
    if field.kind.plain:
        return []
    names |= {f"texts_{name}": {}, "remember": _remember}
    looked_up = f"texts_{name}.get({name}) or remember(texts_{name}, store_{name}, {name}, {field.width})"
    fits = f"type_of({name}) is int"
    if field.kind.octets:
        fits = f"type_of({name}) is bytes and len({name}) == {field.width // 8}"
    return [f"if type_of({name}) is str: {name} = {looked_up}", f"elif not ({fits}): {store}"]


def _measured(cls: type[Any], field: Field, variable: list[Field], names: dict[str, Any]) -> list[str]:
    """Return the lines that measure the fields of variable length for the field that tells how long they are."""
    names[f"field_{field.name}"] = field
    names["measure"] = measure
    usual = " and ".join(f"{each.name} is default_{each.name}" for each in variable) or "True"
    defaults = {each.name: raw_default(each) for each in variable}
    before = sum(map(len, defaults.values()))
    least = measure(cls, field, defaults)
    if sum(map(len, defaults.values())) != before:
        # The defaults alone must be padded already.
        usual = "False"
    return [
        f"   if {usual}: {field.name} = {least}",
        "   else:",
        f"    pieces = {_by_name(variable)}",
        f"    {field.name} = measure(cls, field_{field.name}, pieces)",
        *(f"    {each.name} = pieces[{each.name!r}]" for each in variable),
    ]


def _refuse_set() -> NoReturn:
    raise FieldError("a set of values is none of a record's, but only of a header's: expand takes a header with sets")


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


def _overlaid(given: dict[str, str]) -> list[str]:
    """Return the lines that set the overlays that were given, usually none; `given` tells whether a field below was."""
    below = ", ".join(f"{name!r}: {is_given}" for name, is_given in given.items())
    return [" if other_values:", f"  under = overlay(self, other_values, {{{below}}})"]


def _second_readings(cls: type[Any], others: dict[str, Any]) -> dict[str, Any]:
    """Return what was given for second readings of other fields' bits, in their order; FieldError for unknown names."""
    overlays = [field.name for field in cls.fields if field.over]
    for name in others:
        if name not in overlays:
            raise FieldError(cls.unknown_field(name))
    return {name: others[name] for name in overlays if others.get(name, AUTOMATIC) is not AUTOMATIC}


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


def _packing(fixed: list[Field]) -> tuple[str, list[str], list[Field]]:
    """Group the fixed fields into struct items: (format, value expressions, fields whose range that does not check)."""
    layout, values = "!", []
    narrow: list[Field] = []
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
                    narrow.append(each)
            expression = " | ".join(terms)
            if letter is None:
                layout += f"{width // 8}s"
                expression = f"({expression}).to_bytes({width // 8}, 'big')"
            else:
                layout += letter
            values.append(expression)
        group = []
    return layout, values, narrow


def _beginning(cls: type[Any], names: dict[str, Any], positional: list[str], keywords: list[str]) -> list[str]:
    """Return the first lines of a constructor with these parameters.

    Fields stand behind a parameter that takes the first value without a name. Parameters that take a name alone would
    say the same, but Python looks for the default of each of those by its name, which takes longer than all else here.
    Second readings of bits are seldom given: they are taken as what has no parameter, so that they cost nothing else.
    """
    others = " if other_values: raise FieldError(cls.unknown_field(next(iter(other_values))))"
    if any(field.over for field in cls.fields):
        names |= {"overlay": _overlay, "second_readings": _second_readings}
        others = " if other_values: other_values = second_readings(cls, other_values)"
    return [
        f"def __init__({', '.join(['self', *positional, 'nameless_value=NAMED', *keywords, '**other_values'])}):",
        others,
        " if nameless_value is not NAMED: cls._not_positional(nameless_value)",
    ]
