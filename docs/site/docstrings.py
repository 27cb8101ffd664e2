"""What was read of the sources, as the reference shows it: examples are blocks of code, attributes have their types."""

from __future__ import annotations

from typing import Any

import griffe

from docs.site.markdown import example_blocks

__all__ = ["Examples", "Types"]


class Examples(griffe.Extension):
    """Marks the examples of each docstring as code, which is Markdown's without that."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of what was read."""
        if obj.docstring is not None:
            obj.docstring.value = example_blocks(obj.docstring.value)


class Types(griffe.Extension):
    """Gives attributes that a constructor fills the types of its parameters, in place of the lines that fill them."""

    def on_class_members(self, *, cls: griffe.Class, **_: Any) -> None:
        """Change the attributes of a class; those without a type and a docstring are left out."""
        constructor = cls.members.get("__init__")
        parameters = constructor.parameters if isinstance(constructor, griffe.Function) else ()
        types = {each.name: each.annotation for each in parameters}
        for name, attribute in list(cls.members.items()):
            if not isinstance(attribute, griffe.Attribute) or "class-attribute" in attribute.labels:
                continue
            if attribute.annotation is None and isinstance(attribute.value, griffe.ExprName):
                attribute.annotation = types.get(attribute.value.name)
            attribute.value = None
            if attribute.annotation is None and attribute.docstring is None:
                del cls.members[name]
