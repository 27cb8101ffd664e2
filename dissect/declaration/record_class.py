"""What makes a class of records from a class body: fields become properties, and the rest is left to the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from dissect.declaration import constructor
from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.kept import slots_of
from dissect.declaration.places import is_mixed
from dissect.errors import FieldError

if TYPE_CHECKING:
    from inspect import Signature

__all__ = ["RecordMeta"]


class RecordMeta(type):
    """Turns the fields of a class body into properties, a constructor and the rest."""

    def __new__(
        metacls, class_name: str, bases: tuple[type, ...], body: dict[str, Any], /, **options: Any
    ) -> RecordMeta:
        own = {key: value for key, value in body.items() if isinstance(value, Field)}
        for key, value in own.items():
            if isinstance(value, Derived):
                body[key] = property(value.given, doc=value.doc or value.title)
            else:
                value.name = key
                del body[key]
        above = next((base.fields for base in bases if getattr(base, "fields", ())), ())  # type: ignore[attr-defined]
        mixed = is_mixed((*above, *(field for field in own.values() if not isinstance(field, Derived))))
        remembers = mixed and not any(hasattr(base, "_ends") for base in bases)
        slots = (*body.get("__slots__", ()), *(("_ends",) if remembers else ()), *slots_of(own.values(), bases))
        body["__slots__"] = slots
        body["is_declared"] = False
        cls = super().__new__(metacls, class_name, bases, body)
        cls._declare(own, options)  # type: ignore[attr-defined]
        cls._publish()  # type: ignore[attr-defined]
        return cls

    def __init__(cls, class_name: str, bases: tuple[type, ...], body: dict[str, Any], /, **options: Any) -> None:
        super().__init__(class_name, bases, body)

    def __truediv__(cls, other: object) -> NoReturn:
        """Refuse a class where a header is stacked; what it says names the class."""
        raise FieldError(f"{cls.__name__} is a class, expected a header of it, as in {cls.__name__}()")

    __rtruediv__ = __truediv__

    @property
    def __signature__(cls) -> Signature:
        """The constructor's parameters with the defaults that people read, for `help` and completion."""
        from inspect import Parameter, Signature, signature

        if not cls.layout:  # type: ignore[attr-defined]
            return Signature()
        constructor.complete(cls)
        parameters: list[Parameter] = []
        of_no_field: list[Parameter] = []
        by_name_alone = False
        for name, parameter in list(signature(cls.__init__).parameters.items())[1:]:  # type: ignore[misc]
            field = cls._by_name.get(name)  # type: ignore[attr-defined]
            kind = Parameter.KEYWORD_ONLY if by_name_alone else parameter.kind
            if name == "nameless_value":
                by_name_alone = True
            elif field is not None:
                default = AUTOMATIC if parameter.default is AUTOMATIC else field.default
                parameters.append(parameter.replace(default=default, kind=kind))
            elif name != "other_values":
                of_no_field.append(parameter.replace(kind=kind))
        for field in cls.fields:  # type: ignore[attr-defined]
            if field.over:
                parameters.append(Parameter(field.name, Parameter.KEYWORD_ONLY, default=AUTOMATIC))
        return Signature([*parameters, *of_no_field])
