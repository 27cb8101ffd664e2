"""From a declaration to code: properties, constructors and decoders, specialised once."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, Any

from dissect.declaration.automatic import LengthOf, Variant
from dissect.declaration.checksum import internet_checksum
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.kinds import Address, Boolean
from dissect.errors import FieldError

if TYPE_CHECKING:
    from dissect.declaration.record import Record

__all__ = ["complete", "complete_assembly", "label", "lay_out", "measure", "patched", "raw_default", "raw_expression"]


def lay_out(cls: type[Record], own: dict[str, Field]) -> None:
    """Place the fields of `own` behind those that the class inherits, and make their properties."""
    inherited = next((base.__dict__["fields"] for base in cls.__mro__[1:] if "fields" in base.__dict__), ())
    fixed: list[Field] = [field for field in inherited if field.width and not field.over]
    variable: list[Field] = [field for field in inherited if not field.width]
    overlays: list[Field] = [field for field in inherited if field.over]
    bit = sum(field.width for field in fixed)
    mask = max((field.mask for field in inherited), default=0) << 1 or 1
    by_name = {field.name: field for field in inherited}
    for name, field in own.items():
        label(cls, name, field)
        earlier = by_name.get(name)
        if field.over:
            field.bit += by_name[field.over].bit
            overlays.append(field)
        elif earlier is not None:
            # Declared again, a field stays where it was and means something else (ICMP's code).
            if not field.width or field.width != earlier.width or field.factory is not None or earlier.mask:
                raise TypeError(f"{cls.__name__}.{name} is declared again as another piece of the layout")
            field.bit = earlier.bit
            fixed[fixed.index(earlier)] = field
        elif field.width:
            field.bit = bit
            bit += field.width
            fixed.append(field)
        else:
            variable.append(field)
        if field.factory is not None:
            field.mask, mask = mask, mask << 1
        by_name[name] = field
        setattr(cls, name, _property(cls, field))
    for field in variable:
        measured_by = by_name.get(field.length) if isinstance(field.length, str) else None
        if (
            measured_by is not None
            and isinstance(measured_by.factory, LengthOf)
            and field.name not in measured_by.factory.names
        ):
            measured_by.factory.names.append(field.name)
    if bit % 8:
        raise TypeError(f"{cls.__name__}: the fields make {bit} bits, not a whole number of bytes")
    cls.layout = (*fixed, *variable)
    cls.fields = (*cls.layout, *overlays)
    cls._by_name = by_name
    cls._fixed = bit // 8
    computed = [field for field in cls.layout if field.factory is not None and not field.factory.own]
    # A checksum covers the other computed fields, so it comes last.
    cls._computed = tuple(sorted(computed, key=lambda field: getattr(field.factory, "last", False)))


def label(cls: type[Record], name: str, field: Field) -> None:
    """Give the field its names: in Python, for people, and in display filters."""
    field.name, field.owner = name, cls
    field.title = field.title or name.replace("_", " ").capitalize()
    if field.label and cls.name:
        field.label = f"{cls.name}.{field.label}"
    if field.also and "." not in field.also:
        # One with a dot is of another protocol: tshark calls the version of IPv6 "ip.version", too.
        field.also = f"{cls.name}.{field.also}"


def raw_default(field: Field) -> Any:
    """Return the raw form of the field's default; 0 or b"" where it is automatic."""
    if field.default is AUTOMATIC:
        return 0
    return field.kind.store(field.default, field.width)


def patched(buffer: bytes, first: int, width: int, raw: Any) -> bytes:
    """Return `buffer` with the `width` bits from bit `first` on replaced by `raw`."""
    start, end = first // 8, (first + width + 7) // 8
    if isinstance(raw, bytes):
        return buffer[:start] + raw + buffer[end:]
    shift = 8 * end - first - width
    mask = (1 << width) - 1 << shift
    number: int = int.from_bytes(buffer[start:end], "big") & ~mask | raw << shift
    return buffer[:start] + number.to_bytes(end - start, "big") + buffer[end:]


def measure(cls: type[Record], field: Field, pieces: dict[str, bytes]) -> int:
    """Return the automatic length `field`, given the bytes of the fields of variable length."""
    number = int(field.factory.measure(cls._fixed, pieces))  # type: ignore[union-attr]
    if number >> field.width:
        most = (1 << field.width) - 1
        raise FieldError(
            f"{cls.__name__}: {', '.join(pieces)} do not fit, {field.name} would be {number} of at most {most}"
        )
    return number


# --- properties --------------------------------------------------------------------------------------

_STRUCTS = {8: Struct("!B"), 16: Struct("!H"), 32: Struct("!I"), 64: Struct("!Q")}


def _property(cls: type[Record], field: Field) -> property:
    def fset(record: Any, value: Any) -> None:
        if value is AUTOMATIC:
            record._reset(field)
        else:
            record._set(field, value)

    def fdel(record: Any) -> None:
        record._reset(field)

    return property(_getter(field), fset, fdel, field.doc or field.title)


def _getter(field: Field) -> Callable[[Any], Any]:
    """Return the quickest getter that the field's place and kind allow."""
    offset, last = field.bit // 8, (field.bit + field.width + 7) // 8
    load: Callable[[Any], Any] = field.kind.load
    if field.width == 0:
        return lambda record: load(record.raw(field))
    if isinstance(field.kind, Address):
        return _address_getter(field, offset, last)
    span = _STRUCTS.get(8 * (last - offset))
    if span is None or (field.mask and not field.factory.own and field.width != 8 * span.size):  # type: ignore[union-attr]
        return lambda record: load(record.raw(field))
    if field.mask and not field.factory.own:  # type: ignore[union-attr]
        return _deferred_getter(field, offset, span.unpack_from)
    shift, mask = 8 * last - field.bit - field.width, (1 << field.width) - 1
    if field.width == 8 * span.size:
        return _whole_getter(field, offset, span.unpack_from)
    return _bits_getter(field, offset, span.unpack_from, shift, mask)


# Every getter asks the buffer and lets a failure tell that a cut header does not reach the field.


def _whole_getter(field: Field, offset: int, unpack: Callable[[bytes, int], tuple[Any, ...]]) -> Callable[[Any], Any]:
    load, members = field.kind.load, field.kind.members
    if field.kind.plain and field.width == 8:

        def get_byte(record: Any) -> Any:
            try:
                return record._buffer[record._start + offset]
            except IndexError:
                raise record._absent(field) from None

        return get_byte
    if field.kind.plain:

        def get_number(record: Any) -> Any:
            try:
                return unpack(record._buffer, record._start + offset)[0]
            except StructError:
                raise record._absent(field) from None

        return get_number

    def get_loaded(record: Any) -> Any:
        try:
            number = unpack(record._buffer, record._start + offset)[0]
        except StructError:
            raise record._absent(field) from None
        return members.get(number) or load(number)

    return get_loaded


def _bits_getter(
    field: Field, offset: int, unpack: Callable[[bytes, int], tuple[Any, ...]], shift: int, mask: int
) -> Callable[[Any], Any]:
    load, members = field.kind.load, field.kind.members
    if field.kind.plain:

        def get_bits(record: Any) -> Any:
            try:
                return unpack(record._buffer, record._start + offset)[0] >> shift & mask
            except StructError:
                raise record._absent(field) from None

        return get_bits

    def get_loaded_bits(record: Any) -> Any:
        try:
            number = unpack(record._buffer, record._start + offset)[0] >> shift & mask
        except StructError:
            raise record._absent(field) from None
        return members.get(number) or load(number)

    return get_loaded_bits


def _address_getter(field: Field, offset: int, end: int) -> Callable[[Any], Any]:
    load, size = field.kind.load, end - offset

    def get_address(record: Any) -> Any:
        start = record._start
        raw = record._buffer[start + offset : start + end]
        if len(raw) < size:
            raise record._absent(field)
        return load(raw)

    return get_address


def _deferred_getter(
    field: Field, offset: int, unpack: Callable[[bytes, int], tuple[Any, ...]]
) -> Callable[[Any], Any]:
    """Return a getter for a field that may be automatic: computed as the frame stands now."""
    load, members, automatic = field.kind.load, field.kind.members, field.mask

    def get_deferred(record: Any) -> Any:
        if record._automatic & automatic:
            return load(record.raw(field))
        try:
            number = unpack(record._buffer, record._start + offset)[0]
        except StructError:
            raise record._absent(field) from None
        return members.get(number) or load(number)

    return get_deferred


# --- automatic fields ---------------------------------------------------------------------------------


def complete_assembly(cls: type[Record]) -> None:
    """Give the class `_filled(body, network)` and `_assemble(network)`, written out for its automatic fields."""
    names: dict[str, Any] = {
        "too_large": _too_large,
        "internet_checksum": internet_checksum,
        "numbers": getattr(cls, "_numbers", {}),
        "patched": patched,
    }
    fill = []
    for field in cls._computed:
        name, offset = field.name, field.bit // 8
        names[f"fill_{name}"], names[f"field_{name}"] = field.factory.fill, field  # type: ignore[union-attr]
        fill.append(f" if automatic & {field.mask}:")
        fill.append(f"  value = {field.factory.expression(name)}")  # type: ignore[union-attr]
        if field.bit % 8 == 0 and field.width in (8, 16):
            fill.append(f"  if value >> {field.width}: too_large(self, field_{name}, value)")
            if field.width == 16:
                fill.append(f"  header[{offset}] = value >> 8")
                fill.append(f"  header[{offset + 1}] = value & 255")
            else:
                fill.append(f"  header[{offset}] = value")
        else:
            fill.append(f"  header = bytearray(patched(bytes(header), {field.bit}, {field.width}, value))")
    lines = [
        "def filled(self, body, network):",
        " header = bytearray(self._buffer)",
        " automatic = self._automatic",
        *fill,
        " return header",
        "def assemble(self, network):",
        " body = self._tail",
        " around = self" if getattr(cls, "is_network", False) else " around = network",
        " if body is None: return self._assemble_attached(around)",
        " if self._payload is not None: body = self._payload._assemble(around) + body",
        " automatic = self._automatic",
        " if not automatic: return self._buffer + body",
        " header = bytearray(self._buffer)",
        *fill,
        " return join((header, body))",
    ]
    names["join"] = b"".join
    if hasattr(cls, "_extended"):
        names |= {"new": object.__new__, "cls": cls, **cls._constructor_names()}  # type: ignore[attr-defined]
        lines += _COPYING
    exec(compile("\n".join(lines), f"<{cls.__module__}.{cls.__name__} assembly>", "exec"), names)
    cls._filled = names["filled"]  # type: ignore[attr-defined]
    cls._assemble = names["assemble"]  # type: ignore[attr-defined]
    if "copy" in names:
        cls._copy, cls._extended = names["copy"], names["extended"]  # type: ignore[method-assign,attr-defined]


# Copying is the same for every class, but written out for each it runs twice as fast: the interpreter
# remembers at each place in the code where the slots of one class lie.
_COPYING = """
def copy(self):
 copy = new(cls)
 copy._buffer = self._buffer
 copy._start = self._start
 copy._body = self._body
 copy._end = self._end
 copy._tail = self._tail
 copy._automatic = self._automatic
 outer = self._outer
 copy._outer = outer if outer.__class__ is int else 0
 payload = self._payload
 if payload is not None and payload is not UNPARSED:
  linked = payload._outer.__class__ is not int
  payload = payload._copy()
  if linked: payload._outer = copy
 copy._payload = payload
 return copy
def extended(self, other, depth):
 if self._tail is None: return self._extended_attached(other, depth)
 chain = new(cls)
 chain._buffer = self._buffer
 chain._start = chain._outer = 0
 chain._body = self._body
 chain._end = self._end
 chain._tail = self._tail
 chain._automatic = self._automatic
 payload = self._payload
 if depth >= deepest: refuse_depth(other, depth)
 chain._payload = adopted(other) if payload is None else payload._extended(other, depth + 1)
 return chain
""".splitlines()


def _too_large(record: Any, field: Field, value: int) -> None:
    raise FieldError(
        f"{type(record).__name__}.{field.name} would be {value}, expected at most {(1 << field.width) - 1}; carry less"
    )


# --- constructors ------------------------------------------------------------------------------------


def complete(cls: type[Record]) -> None:
    """Give the class its constructor, written out for its fields."""
    names: dict[str, Any] = {"AUTOMATIC": AUTOMATIC, "StructError": StructError, "FieldError": FieldError, "cls": cls}
    lines = _constructor(cls, names)
    exec(compile("\n".join(lines), f"<{cls.__module__}.{cls.__name__}>", "exec"), names)
    names["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    cls.__init__ = names["__init__"]  # type: ignore[method-assign]


def _constructor(cls: type[Record], names: dict[str, Any]) -> list[str]:
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
        text = f"if {name}.__class__ is str: {name} = {looked_up}"
        names[f"texts_{name}"] = {}
        names["remember"] = _remember
        if isinstance(field.kind, Address):
            check = f"{text}\n  elif {name}.__class__ is not bytes or len({name}) != {field.width // 8}: {store}"
        elif field.kind.plain:
            check = ""
        else:
            check = f"{text}\n  elif {name}.__class__ is not int: {store}"
        if isinstance(field.kind, Boolean):
            check = f"{name} = store_{name}({name}, 1)"
        if field.mask:
            lines.append(f"  if {name} is AUTOMATIC: automatic |= {field.mask}; {name} = 0")
            if check:
                lines.append(f"  el{check}")
        elif check:
            lines.append(f"  {check}")
    for field in variable:
        lines.append(
            f"  if {field.name} is not default_{field.name}: {field.name} = store_{field.name}({field.name}, 0)"
        )
    for field in fixed:
        if isinstance(field.factory, Variant):
            # The number belongs to the class, so it is as good as given.
            names["number"] = cls._variant_number
            lines.append(f"  if automatic & {field.mask}: {field.name} = number; automatic ^= {field.mask}")
        elif field.mask and field.factory.own:  # type: ignore[union-attr]
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
    names.update((f"overlay_{field.name}", field) for field in overlays)
    extra, tail = cls._constructor_tail()  # type: ignore[attr-defined]
    names.update(cls._constructor_names())  # type: ignore[attr-defined]
    known = ", ".join(f"{field.name!r}: {field.name}" for field in cls.layout)
    parameters = ["self", *positional, "*", *parameters, *extra, "**unknown"]
    return [
        f"def __init__({', '.join(parameters)}):",
        " if unknown: raise FieldError(cls._unknown(next(iter(unknown))))",
        " automatic = 0",
        " try:",
        *lines,
        " except FieldError: raise",
        " except (ValueError, TypeError, StructError, AttributeError, OverflowError) as error:",
        f"  cls._refuse({{{known}}}, error)",
        " self._buffer = buffer",
        " self._start = 0",
        " self._body = len(buffer)",
        " self._automatic = automatic",
        *tail,
        *_overlaid([field.name for field in overlays]),
    ]


def _remember(texts: dict[str, Any], store: Callable[[Any, int], Any], text: str, width: int) -> Any:
    """Convert a text and keep the result: programs that build frames give the same few over and over."""
    if len(texts) >= 1024:
        texts.clear()
    raw = texts[text] = store(text, width)
    return raw


def _overlaid(names: list[str]) -> list[str]:
    """Return the lines that set the overlays that were given, usually none."""
    if not names:
        return []
    return [
        f" if not ({' is '.join(names)} is AUTOMATIC):",
        *(f"  if {name} is not AUTOMATIC: overlay(self, overlay_{name}, {name})" for name in names),
    ]


def _overlay(record: Record, field: Field, value: Any) -> None:
    """Store a second reading of other fields' bits in a record that is being built."""
    raw = record._store(field, value)
    for each in record.layout:
        if each.mask and each.bit < field.bit + field.width and field.bit < each.bit + each.width:
            record._automatic &= ~each.mask
    record._buffer = patched(record._buffer, field.bit, field.width, raw)


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
        if isinstance(field.kind, Address):
            layout += f"{width // 8}s"
            values.append(field.name)
        else:
            shift, terms = width, []
            for place, each in enumerate(group):
                shift -= each.width
                terms.append(f"{each.name} << {shift}" if shift else each.name)
                if place or letter is None:
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


def raw_expression(field: Field) -> str:
    """Return Python for the field's raw number, given `buffer` and `start`."""
    offset, last = field.bit // 8, (field.bit + field.width + 7) // 8
    shift, mask = 8 * last - field.bit - field.width, (1 << field.width) - 1
    terms = []
    for index in range(offset, last):
        place = f"buffer[start + {index}]" if index else "buffer[start]"
        up = 8 * (last - 1 - index)
        terms.append(f"{place} << {up}" if up else place)
    expression = " | ".join(terms)
    if len(terms) > 1:
        expression = f"({expression})"
    if shift:
        expression = f"{expression} >> {shift}"
    if field.width != 8 * (last - offset) and shift + field.width != 8 * (last - offset):
        expression = f"{expression} & {mask}"
    return f"({expression})" if len(terms) > 1 or shift or " & " in expression else expression
