"""What headers carry: the numbers by which protocols stand in others, and what may stand behind a header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from dissect.declaration import decoder
from dissect.declaration.automatic import Ports, Selector, Variant
from dissect.declaration.described import Described, as_far_as_there
from dissect.declaration.fields import Field
from dissect.declaration.framing import Rule
from dissect.declaration.payloads import forget_payloads, postpone_payload
from dissect.declaration.pending import (
    PENDING,
    declare_claimed,
    declare_guessed,
    declare_named,
    declare_pending,
    has_waited,
)
from dissect.declaration.selection import Guess, Heuristic, count_change, guessed
from dissect.declaration.views import Views

__all__ = ["Carrying", "protocol_named"]

_PROTOCOL = re.compile(r"[a-z0-9][a-z0-9_.\-]*\Z")
_ATTRIBUTES = (
    *("carries_stream", "encloses", "finds", "framing", "is_network", "leaf", "link_type", "opened"),
    *("partial", "quotes", "shows_beginning", "transparent"),
)
"""The options of a declaration that become attributes of the class as they are."""
_NAMED: dict[str, type[Any]] = {}
"""Every protocol by its name; of a family of classes the one that states the name."""


def protocol_named(name: str) -> type[Any] | None:
    """Return the class that declares the protocol of this name, the first of its family; None where there is none."""
    if name not in _NAMED:
        declare_named(name)
    return _NAMED.get(name)


def _check_over(name: str, over: Any) -> None:
    """Refuse, with a TypeError, what says in another form than `over={UDP: 4789}` which carriers have which numbers."""
    if not isinstance(over, Mapping):
        raise TypeError(f"{name} has over={over!r}, expected carriers with their numbers, as in over={{Carrier: 4789}}")
    for carrier, said in over.items():
        if not (isinstance(carrier, type) and hasattr(carrier, "layout")):
            raise TypeError(f"{name} has {carrier!r} in over=, expected a class of headers that carries it")
        for each in said if isinstance(said, Iterable) and not isinstance(said, str) else (said,):
            if not (isinstance(each, (int, Guess)) or callable(each)):
                raise TypeError(
                    f"{name} is over {carrier.__name__} by {each!r}, expected a number, a function of the payload's "
                    "bytes, or several in a tuple"
                )


class Carrying(Views, Described):
    """A header's tables of what it carries, filled in by the declarations of the protocols above it."""

    framing: ClassVar[Rule | None] = None
    """How many bytes the next message takes where the protocol runs over a stream; None where it does not say."""
    shows_beginning: ClassVar[bool] = False
    """Whether a segment in which a message begins that is not whole counts as one of this protocol (TLS)."""
    carries_stream: ClassVar[bool] = False
    """Whether what such headers carry one after another is a stream (TCP), in which messages end where they will."""
    finds: ClassVar[tuple[type[Any] | str, ...] | None] = None
    """The classes that `other_payload` may return beside bytes, or their protocols' names; None for any."""
    leaf: ClassVar[bool] = False
    """Whether the header carries nothing, so that it ends where its own bytes do (ARP)."""
    transparent: ClassVar[bool] = False
    """Whether the bytes behind the payload belong to the header around this one (VLAN tags)."""
    link_type: ClassVar[int | None] = None
    """The LINKTYPE number of a capture whose frames begin with this header; None where it begins none."""

    partial: ClassVar[tuple[str, ...]] = ()
    """The fields of which one is not 0 where the header carries but a part of a datagram."""

    _carried: ClassVar[dict[int, Any]]
    _numbers: ClassVar[dict[type[Any], int]]
    _variants: ClassVar[dict[int, Any]]
    _forms: ClassVar[list[tuple[Heuristic, Any]]]
    _usual: ClassVar[dict[int, type[Any]]]
    _followers: ClassVar[list[type[Any]]]
    _like: ClassVar[type[Any] | None] = None
    _heuristics: ClassVar[list[tuple[Heuristic, Any]]]
    _chosen: ClassVar[dict[int, Any]]
    _known: ClassVar[dict[Any, Any]]
    always_carries: ClassVar[type[Any] | None] = None
    decode: ClassVar[Any]
    unless: ClassVar[str] = ""

    @classmethod
    def _declare(cls, own: dict[str, Field], options: dict[str, Any]) -> None:
        usual: bool = options.pop("usual", False)
        over: Mapping[type[Any], int | Heuristic | Iterable[int | Heuristic]] = options.pop("over", {})
        carries: Mapping[int, type[Any]] | type[Any] = options.pop("carries", {})
        carries_like: type[Any] | None = options.pop("carries_like", None)
        variant: int | tuple[int, ...] | Heuristic | None = options.pop("variant", None)
        links: tuple[int, ...] = options.pop("links", ())
        replaces: bool = options.pop("replaces", False)
        form_of: type[Any] | None = options.pop("form_of", None)
        if form_of is not None:
            options["name"] = form_of.name
        if over or "name" in options:
            # Whether a number or a name is taken shows when all protocols are known.
            declare_pending(module=cls.__module__)
        _check_over(cls.__name__, over)
        listed = {carrier: tuple(each) if isinstance(each, Iterable) else (each,) for carrier, each in over.items()}
        stated = {carrier: tuple(each for each in said if isinstance(each, int)) for carrier, said in listed.items()}
        name = options.get("name", cls.name)
        if "name" in options and form_of is None:
            cls._check_name(name, replaces)
        cls._check_carriers(stated, name, replaces)
        version: int | None = options.pop("network_version", None)
        if version is not None:
            cls.is_network = True
        for key in _ATTRIBUTES:
            if key in options:
                setattr(cls, key, options.pop(key))
        if cls.framing is not None and not callable(cls.framing):
            raise TypeError(
                f"{cls.__name__} has framing={cls.framing!r}, expected a rule of dissect.declaration.framing"
            )
        cls.unless = options.pop("unless", cls.unless)
        super()._declare(own, options)
        if cls.unless and cls.unless not in cls._by_name:
            raise TypeError(f"{cls.__name__} has unless={cls.unless!r}, and there is no such field")
        selects = decoder.field_of_role(cls, Selector) is not None
        if isinstance(carries, type):
            if selects:
                raise TypeError(
                    f"{cls.__name__} has carries= and a field that selects; say which number, as in {{1: ...}}"
                )
            cls.always_carries, carries = carries, {}
        elif carries and not selects:
            raise TypeError(f"{cls.__name__} has carries= and no field that selects; give one factory=Selector()")
        for line in ("info", "headline"):
            if line in vars(cls):
                setattr(cls, line, as_far_as_there(vars(cls)[line]))
        cls._carried, cls._numbers, cls._variants, cls._usual = {}, {}, {}, {}
        cls._forms = []
        cls._followers, cls._heuristics, cls._chosen, cls._known = [], [], {}, {}
        decoder.complete(cls)
        postpone_payload(cls)
        if variant is not None:
            if callable(variant):
                cls._take_form(variant)
            else:
                cls._take_variant((variant,) if isinstance(variant, int) else variant, replaces)
        for link in links:
            if link in decoder.LINKS and not replaces:
                raise TypeError(f"{cls.__name__} has links={link}, which is taken; say replaces=True to read it so")
            decoder.LINKS[link] = cls.decode
            cls.link_type = links[0]
        if version is not None:
            decoder.NETWORKS[version] = cls.decode
        cls._like = carries_like
        if carries_like is not None:
            cls._carried.update(carries_like._carried)
            cls._numbers.update(carries_like._numbers)
            cls._usual.update(carries_like._usual)
            cls._heuristics.extend(carries_like._heuristics)
            cls._chosen.update(carries_like._chosen)
            carries_like._followers.append(cls)
        for number, carried in carries.items():
            cls.carry(carried, number)
        for carrier, said in listed.items():
            for each in said:
                if isinstance(each, int):
                    carrier.carry(cls, each, usual)
                else:
                    carrier._guess(cls, each)
        if form_of is None and "name" in cls.__dict__ and not issubclass(cls, _NAMED.get(name, ())):
            _NAMED[name] = cls

    @classmethod
    def _take_variant(cls, numbers: tuple[int, ...], replaces: bool) -> None:
        """Have the header of which this is a form find it by these numbers; TypeError where another form has one."""
        # The class that declares the number decides; others may stand between it and the variant.
        told = decoder.field_of_role(cls, Variant)
        if told is None:
            raise TypeError(f"{cls.__name__} has variant= and inherits no field with factory=Variant() that tells it")
        parent: Any = told.owner
        for number in numbers:
            if number in parent._variants and not replaces:
                raise TypeError(
                    f"{cls.__name__} has variant={number:#x}, which another form of {parent.__name__} has; "
                    "choose another number, or say replaces=True"
                )
        parent._variants.update(dict.fromkeys(numbers, cls.decode))
        cls._variant_number = numbers[0]

    @classmethod
    def _take_form(cls, claims: Heuristic) -> None:
        """Have the header of which this is a form find it by a look at its first bytes."""
        family: list[Any] = [base for base in cls.__mro__[1:] if cls.name and getattr(base, "name", "") == cls.name]
        if not family:
            raise TypeError(f"{cls.__name__} has variant= and inherits no protocol of which it is a form")
        family[-1]._forms.append((claims, cls.decode))

    @classmethod
    def _check_name(cls, name: str, replaces: bool) -> None:
        """Refuse the name of another protocol with a TypeError; a family of classes shares one by inheritance."""
        given: object = name
        if not (isinstance(given, str) and _PROTOCOL.match(given)):
            raise TypeError(f"{cls.__name__} has name={name!r}, expected lower-case letters, digits, '_', '-' and '.'")
        holder = _NAMED.get(name)
        if name == "frame" or (holder is not None and not issubclass(cls, holder) and not replaces):
            raise TypeError(
                f"{cls.__name__} has name={name!r}, which {holder.__name__ if holder else 'every frame'} has; choose "
                "another, or say form_of= for another form of it, or replaces=True"
            )

    @classmethod
    def _check_carriers(cls, stated: Mapping[type[Any], tuple[int, ...]], name: str, replaces: bool) -> None:
        """Refuse, with a TypeError, to be carried without a name, by what selects nothing, or by a number in use."""
        if stated and not name:
            raise TypeError(f"{cls.__name__} has over= and no name; say name= for filters, lists and problems")
        for carrier, numbers in stated.items():
            selector = decoder.field_of_role(carrier, Selector)
            if selector is None:
                raise TypeError(
                    f"{cls.__name__} has over={carrier.__name__}, which has no field that says what it carries; "
                    "name a carrier with a selector"
                )
            for number in numbers:
                # A port of 0 says nothing.
                role: Any = selector.factory
                least, most = int(isinstance(role, Ports)), role.greatest(selector)
                if not least <= number <= most:
                    raise TypeError(
                        f"{cls.__name__} is over {carrier.__name__} by {number}, expected {least} to {most}"
                    )
                taken = carrier._carrier_of(number)
                if taken is not None and not replaces:
                    raise TypeError(
                        f"{cls.__name__} is over {carrier.__name__} by {number:#x}, which {taken} has; "
                        "choose another number, or say replaces=True"
                    )

    @classmethod
    def _carrier_of(cls, number: int) -> str | None:
        """Return the name of the class that has this number here, or in a class that carries the same."""
        decode = cls._carried.get(number)
        if decode is not None:
            named = (each.__name__ for each in cls._numbers if each.decode is decode)
            return next(named, "another protocol")
        return next((taken for each in cls._followers if (taken := each._carrier_of(number)) is not None), None)

    @classmethod
    def carry(cls, carried: type[Any], number: int, usual: bool = False, *, decode: Any = None) -> None:
        """Take up a protocol that this one carries, in the classes as well that carry the same (`carries_like`).

        With `decode` a function of this form finds which of several classes its bytes are: that of each class,
        `decode(buffer, start, end, outer)`.
        """
        if number in cls._carried:
            # What was written out for the protocol that had this number before is written anew.
            cls._usual.pop(int(number), None)
            forget_payloads()
        cls._carried[number] = decode or carried.decode
        cls._known.clear()
        count_change(is_surprising=not has_waited(carried.__module__))
        cls._numbers.setdefault(carried, number)
        if usual:
            cls._usual[int(number)] = carried
        for follower in cls._followers:
            follower.carry(carried, number, usual, decode=decode)

    @classmethod
    def _guess(cls, carried: type[Any], claims: Heuristic) -> None:
        """Take up a protocol that tells from the bytes whether they are its own, where no number says what follows."""
        cls._heuristics.append((claims, carried.decode))
        # In an order that does not depend on which one was declared first.
        cls._heuristics.sort(key=lambda each: (each[1].__module__, each[1].__qualname__))
        count_change(is_surprising=not has_waited(carried.__module__))
        for follower in cls._followers:
            follower._guess(carried, claims)

    @classmethod
    def may_carry(cls) -> list[Any] | None:
        """Return the decoders of all that can stand behind such a header; None where it looks for that by itself."""
        if cls.leaf:
            return []
        if cls.looks_further() and cls.finds is None:
            return None
        always = [] if cls.always_carries is None else [cls.always_carries.decode]
        told = [*cls._carried.values(), *cls._chosen.values(), *(decode for _, decode in cls._heuristics)]
        return [
            *always,
            *told,
            *(each.decode for each in cls._found_classes()),
            *cls._form_decoders(),
            *(decode for _, decode in cls._forms),
        ]

    @classmethod
    def _form_decoders(cls) -> list[Any]:
        """Return the decoders of forms that a number tells; a function that finds one may return any of them."""
        forms: list[Any] = list(cls.__subclasses__())
        for each in forms:
            forms += each.__subclasses__()
        decoders = [each.decode for each in forms if each.is_declared and not each.is_traced]
        stated = list(cls._variants.values())
        return stated if set(stated) <= set(decoders) else decoders

    @classmethod
    def _found_classes(cls) -> list[type[Any]]:
        named = (protocol_named(each) if isinstance(each, str) else each for each in cls.finds or ())
        return [each for each in named if each is not None]

    @classmethod
    def looks_further(cls) -> bool:
        """Whether the class finds by itself what stands behind it where no number tells."""
        return cls.other_payload is not Carrying.other_payload

    def other_payload(self, outer: Any, deep: bool) -> Any:
        """Return what is carried where no number tells, as `Data`; protocols that know better override this.

        `outer` is what their decoders take, and `deep` says that nothing but `Data` may stand here.
        """
        data = decoder.BASE["Data"]
        return data.decode(self._buffer, self._body, self._end, outer) if self._body < self._end else None

    @classmethod
    def usually_carries(cls) -> dict[int, type[Any]]:
        """Return what such a header usually carries, by numbers that no user chose to read otherwise."""
        return {number: carried for number, carried in cls._usual.items() if number not in cls._chosen}

    @classmethod
    def can_carry(cls, number: int) -> bool:
        """Whether some protocol has this number above this one."""
        return cls.decoder_of(number) is not None

    @classmethod
    def decoder_of(cls, number: int) -> Any:
        """Return the decoder of what this number stands for, chosen or declared; None where it stands for nothing."""
        decode = cls._chosen.get(number) or cls._carried.get(number)
        if decode is None and PENDING and declare_claimed(cls, number):
            decode = cls._carried.get(number)
        return decode

    @classmethod
    def decoder_of_ports(cls, one: int, other: int) -> Any:
        """Return the decoder of what these two ports stand for, as a payload is found; None for nothing."""
        low, high = sorted((one, other))
        if PENDING:
            declare_claimed(cls, low, high)
        chosen, carried = cls._chosen, cls._carried
        return chosen.get(low) or chosen.get(high) or carried.get(low) or carried.get(high)

    @classmethod
    def decoders(cls) -> dict[int, Any]:
        """Return the decoders of what such a header carries by its numbers, those that a user chose among them."""
        return cls._carried | cls._chosen

    @classmethod
    def guesses(cls) -> list[Heuristic]:
        """Return what tells from the bytes whether these are a protocol's own, in the order of `guessed_decoders`."""
        return [claims for claims, _ in cls._heuristics]

    @classmethod
    def guessed_decoders(cls) -> list[Any]:
        """Return the decoders of protocols that tell from the bytes whether these are their own."""
        return [decode for _, decode in cls._heuristics]

    @classmethod
    def guess(cls, data: bytes) -> Any:
        """Return the decoder of the first protocol that tells from these bytes that they are its own; None for none."""
        if PENDING:
            declare_guessed(cls, data, 0, len(data))
        return guessed(cls._heuristics, data, 0, len(data))

    @classmethod
    def carried_protocols(cls) -> dict[type[Any], int]:
        """Return the protocols that such a header carries, with the number of each."""
        return dict(cls._numbers)

    @classmethod
    def read_variant(cls, number: int, decode: Any) -> None:
        """Have this function find which form of the header one with the number is; it has the form of `decode`."""
        cls._variants[number] = decode

    def number_if_any(self, payload: Any) -> int | None:
        """Return the number by which this header says that it carries `payload`; None when it has none."""
        number = self._numbers.get(type(payload))
        if number is None:
            numbers = (self._numbers.get(base) for base in type(payload).__mro__)
            number = next((number for number in numbers if number is not None), None)
        return None if number is None else int(number)

    def number_of(self, payload: Any) -> int:
        """Return the number by which this header says that it carries `payload`; 0 when it has none."""
        return self.number_if_any(payload) or 0

    def selects(self, number: int, payload: Any) -> bool:
        """Whether this number stands for the protocol of `payload` in the table of what this header carries."""
        decode = self.decoder_of(number)
        return decode is not None and any(getattr(base, "decode", None) is decode for base in type(payload).__mro__)
